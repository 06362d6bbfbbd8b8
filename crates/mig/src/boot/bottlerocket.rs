//! Bottlerocket's own settings for MIG and sharing (1.34 or later), where they can say what the layout says.
//!
//! Bottlerocket cuts every GPU of a model evenly into one profile, as many slices as fit, and its built-in device plugin
//! knows the `single` strategy only. Nodes of such a layout must not carry [`crate::layout::DEVICE_PLUGIN_LABEL`]: ours
//! beside the built-in plugin would register the same resource twice.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Gpu};
use crate::finding::{Advice, FieldPath, Finding, Remedy};
use crate::layout::{Layout, NodeLayout, Sharing, SharingStrategy, Strategy};
use crate::profile::Profile;

const TABLE: &str = "settings.kubelet-device-plugins.nvidia";

/// The settings as TOML, or everything that Bottlerocket cannot express. Equal input gives equal bytes.
pub fn bottlerocket_settings(layout: &Layout, catalog: &Catalog) -> Result<String, Vec<Finding>> {
    let mut faults = Vec::new();
    if layout.is_cut() && layout.strategy() != Strategy::Single {
        let advice = Advice::new(
            "Its built-in device plugin knows the strategy \"single\" only.",
            [
                Remedy::write("strategy", "single"),
                Remedy::Words("use Amazon Linux 2023".into()),
            ],
        );
        faults.push(fault(
            "strategy",
            "Bottlerocket cannot serve the mixed strategy",
            advice,
        ));
    }
    let mut profiles: BTreeMap<String, Profile> = BTreeMap::new();
    for node in layout.nodes().filter(|_| layout.is_cut()) {
        match model_and_profile(node, catalog) {
            Ok((model, profile)) => drop(profiles.insert(model, profile)),
            Err(found) => faults.push(found),
        }
    }
    if faults.is_empty() {
        Ok(render(&profiles, layout.sharing()))
    } else {
        Err(faults)
    }
}

fn fault(attribute: &str, summary: impl Into<String>, advice: impl Into<Advice>) -> Finding {
    super::fault::fault(FieldPath::of("layout").attr(attribute), summary, advice)
}

/// The model's key and the one profile of all GPUs of a node.
fn model_and_profile(node: &NodeLayout, catalog: &Catalog) -> Result<(String, Profile), Finding> {
    let gpu = node.gpu().id.as_deref().and_then(|id| catalog.gpu(id));
    let Some((gpu, facts)) = gpu.and_then(|gpu| Some((gpu, gpu.bottlerocket.as_ref()?))) else {
        let summary = format!("Bottlerocket cannot cut the GPUs of {}", node.instance_type());
        let detail = format!(
            "It has no setting for {}. Use Amazon Linux 2023.",
            node.gpu().model
        );
        return Err(fault("instance_types", summary, detail));
    };
    let possible: Vec<String> = facts
        .profiles
        .iter()
        .map(|profile| format!("{} x {profile}", most(gpu, *profile)))
        .collect();
    let slices = node.slices();
    let even = slices.first_key_value().filter(|(profile, count)| {
        let each = u32::from(most(gpu, **profile));
        slices.len() == 1 && facts.profiles.contains(profile) && **count == each * node.gpus().len() as u32
    });
    even.map(|(profile, _)| (facts.model.clone(), *profile)).ok_or_else(|| {
        let summary = format!("Bottlerocket cannot make these slices on {}", node.instance_type());
        let detail = format!(
            "It cuts every GPU evenly into as many slices of one profile as fit. On {} that is one of: {}. For others use \
             Amazon Linux 2023.",
            gpu.product,
            possible.join(", ")
        );
        fault("slices", summary, detail)
    })
}

pub(super) fn most(gpu: &Gpu, profile: Profile) -> u8 {
    gpu.profile(profile).map_or(0, |fact| fact.max_instances)
}

fn render(profiles: &BTreeMap<String, Profile>, sharing: Option<Sharing>) -> String {
    let mut text = format!("[{TABLE}]\n");
    if !profiles.is_empty() {
        text.push_str("device-partitioning-strategy = \"mig\"\n");
    }
    if let Some(sharing) = sharing {
        text.push_str(&format!(
            "device-sharing-strategy = \"{}\"\n",
            sharing.strategy.as_str()
        ));
    }
    if !profiles.is_empty() {
        text.push_str(&format!("\n[{TABLE}.mig.profile]\n"));
        profiles
            .iter()
            .for_each(|(model, profile)| text.push_str(&format!("\"{model}\" = \"{profile}\"\n")));
    }
    match sharing.map(|sharing| (sharing.strategy, sharing.replicas)) {
        None => {}
        Some((SharingStrategy::TimeSlicing, replicas)) => text.push_str(&format!(
            "\n[{TABLE}.time-slicing]\nfail-requests-greater-than-one = true\nrename-by-default = false\nreplicas = {replicas}\n"
        )),
        Some((SharingStrategy::Mps, replicas)) => {
            text.push_str(&format!("\n[{TABLE}.mps]\nrename-by-default = false\nreplicas = {replicas}\n"));
        }
    }
    text
}
