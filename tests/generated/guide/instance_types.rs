//! What each AWS instance type can do.

use std::collections::BTreeMap;

use mig::catalog::{InstanceType, MigSupport};
use mig::{Catalog, Gpu};

use super::table::{code, known, table};
use super::{note, references};

pub(super) fn sections(catalog: &Catalog) -> String {
    let (without, with): (Vec<&InstanceType>, Vec<&InstanceType>) = catalog
        .instance_types()
        .partition(|found| found.mig.support == MigSupport::No);
    format!("{}{}", with_mig(catalog, &with), without_mig(&without))
}

fn with_mig(catalog: &Catalog, types: &[&InstanceType]) -> String {
    let columns = [
        "Instance type",
        "GPUs",
        "MIG",
        "First driver",
        "Smallest slices per node",
        "Bottlerocket",
    ];
    let rows: Vec<Vec<String>> = types.iter().map(|found| row(catalog, found)).collect();
    let mut text = String::from("## AWS instance types with MIG\n\n");
    text += "*not verified*: the GPU has MIG, but nothing shows that it works on this instance type; a layout that cuts it gets a \
             warning with the reason. The link leads to what the GPU can be cut into.\n\n";
    text += &table(&columns, &rows);
    text + &notes(types)
}

fn row(catalog: &Catalog, found: &InstanceType) -> Vec<String> {
    let gpu = catalog.mig_gpu(found).unwrap();
    let support = match found.mig.support {
        MigSupport::Yes => "yes",
        MigSupport::Unverified => "not verified",
        MigSupport::No => "no",
    };
    vec![
        code(&found.name),
        format!("{} x [{}](#{})", found.gpu.count, found.gpu.model, gpu.id),
        support.to_owned(),
        known(found.mig.min_driver.as_ref()),
        smallest(gpu, found.gpu.count),
        gpu.bottlerocket.as_ref().map_or("no", |_| "yes").to_owned(),
    ]
}

/// `56 x 1g.10gb`
fn smallest(gpu: &Gpu, count: u8) -> String {
    if !gpu.placements_known() {
        return "placements not published".to_owned();
    }
    let facts = gpu
        .profiles
        .iter()
        .filter(|fact| fact.profile.attribute.is_none());
    let least = facts.min_by_key(|fact| fact.profile).unwrap();
    code(format!(
        "{} x {}",
        u16::from(count) * u16::from(least.max_instances),
        least.profile
    ))
}

/// Notes and sources once for all types that share them.
fn notes(types: &[&InstanceType]) -> String {
    let mut by_note: BTreeMap<&[String], Vec<&InstanceType>> = BTreeMap::new();
    for found in types.iter().filter(|found| !found.notes.is_empty()) {
        by_note.entry(&found.notes).or_default().push(found);
    }
    let mut noted: Vec<(&[String], Vec<&InstanceType>)> = by_note.into_iter().collect();
    noted.sort_by_key(|(_, types)| types.first().map(|found| found.name.clone()));
    let mut text = String::new();
    for (notes, types) in noted {
        let names: Vec<String> = types.iter().map(|found| code(&found.name)).collect();
        let notes: Vec<String> = notes.iter().map(|text| note(text)).collect();
        text += &format!("- {}: {}\n", names.join(", "), notes.join(" "));
    }
    let sources = types.iter().flat_map(|found| &found.sources);
    text + &format!("- Sources: {}.\n\n", references(sources))
}

fn without_mig(types: &[&InstanceType]) -> String {
    let columns = ["Instance type", "GPUs", "Why not"];
    let rows: Vec<Vec<String>> = types
        .iter()
        .map(|found| {
            let count = if found.gpu.fraction < 1.0 {
                format!("{} of a {}", found.gpu.fraction, found.gpu.model)
            } else {
                format!("{} x {}", found.gpu.count, found.gpu.model)
            };
            vec![code(&found.name), count, why_not(found).to_owned()]
        })
        .collect();
    let mut text = String::from("## AWS instance types without MIG\n\n");
    text += "Their GPUs cannot be cut. They can be shared: several pods take turns on a whole GPU (`time-slicing`), or run side by side \
             on it (`mps`), without the isolation of memory and faults that slices have.\n\n```terraform\nlocals {\n  layout = {\n    \
             instance_types = [\"g6.xlarge\"]\n    sharing        = { strategy = \"time-slicing\", replicas = 4 }\n  }\n}\n```\n\n";
    text += &table(&columns, &rows);
    let sources = types.iter().flat_map(|found| &found.sources);
    text + &format!("Sources: {}.\n\n", references(sources))
}

fn why_not(found: &InstanceType) -> &'static str {
    if found.gpu.fraction < 1.0 {
        "EC2 hands over a part of a GPU"
    } else {
        "NVIDIA's list of GPUs with MIG does not have it"
    }
}
