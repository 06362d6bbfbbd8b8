//! What each AWS instance type can do.

use std::collections::BTreeMap;

use mig::catalog::{InstanceType, MigSupport};
use mig::{Catalog, Gpu};

use super::table::{code, known, table};
use super::{note, references};

pub(super) fn sections(catalog: &Catalog) -> String {
    let mut all: Vec<&InstanceType> = catalog.instance_types().collect();
    all.sort_by_key(|found| (found.family.as_str(), found.gpu.count, size(&found.name)));
    let (without, with): (Vec<&InstanceType>, Vec<&InstanceType>) = all
        .into_iter()
        .partition(|found| found.mig.support == MigSupport::No);
    format!("{}{}", with_mig(catalog, &with), without_mig(&without))
}

/// What a type's name says of its size: `4xlarge` is 4, `xlarge` 1, `large` less, `metal` the greatest of all.
fn size(name: &str) -> u32 {
    match name.split('.').nth(1).unwrap_or_default() {
        "large" => 0,
        "xlarge" => 1,
        size => size
            .strip_suffix("xlarge")
            .and_then(|number| number.parse().ok())
            .unwrap_or(u32::MAX),
    }
}

fn with_mig(catalog: &Catalog, types: &[&InstanceType]) -> String {
    let columns = [
        "Instance type",
        "GPUs",
        "MIG",
        "First driver",
        "Smallest slices per node",
        "Bottlerocket cuts it into",
    ];
    let rows: Vec<Vec<String>> = types.iter().map(|found| row(catalog, found)).collect();
    let mut text = String::from("## AWS instance types with MIG\n\n");
    text += "*not verified*: the GPU has MIG, but nothing shows that it works on this instance type; a layout that cuts it gets a \
             warning with the reason. Bottlerocket cuts every GPU into as many slices of one profile as fit. The link leads to what the GPU can be cut into.\n\n";
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
        bottlerocket(gpu),
    ]
}

/// The profiles into one of which Bottlerocket can cut every GPU evenly.
fn bottlerocket(gpu: &Gpu) -> String {
    let facts = gpu.bottlerocket.as_ref();
    let names = facts.map(|facts| facts.profiles.iter().map(code).collect::<Vec<_>>());
    names.map_or_else(|| "–".to_owned(), |names| names.join(", "))
}

/// `56 x 1g.10gb`
fn smallest(gpu: &Gpu, count: u8) -> String {
    if !gpu.placements_known() {
        return "refused: where they lie is not published".to_owned();
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
    let mut by_gpu: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for found in types {
        let part = found.gpu.fraction < 1.0;
        let each = if part {
            format!("{} ({} of one)", code(&found.name), found.gpu.fraction)
        } else {
            format!("{} ({})", code(&found.name), found.gpu.count)
        };
        by_gpu
            .entry((found.gpu.model.as_str(), why_not(found)))
            .or_default()
            .push(each);
    }
    let rows: Vec<Vec<String>> = by_gpu
        .into_iter()
        .map(|((gpu, why), types)| vec![gpu.to_owned(), types.join(", "), why.to_owned()])
        .collect();
    let mut text = String::from("## AWS instance types without MIG\n\n");
    text += "Their GPUs cannot be cut. They can be shared: several pods take turns on a whole GPU (`time-slicing`), or run side by side \
             on it (`mps`), without the isolation of memory and faults that slices have.\n\n```terraform\nlocals {\n  layout = {\n    \
             instance_types = [\"g6.xlarge\"]\n    sharing        = { strategy = \"time-slicing\", replicas = 4 }\n  }\n}\n```\n\n";
    text += &table(&["GPU", "Instance types (GPUs)", "Why not"], &rows);
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
