//! One GPU: its facts, its profiles, how they fill it.

use mig::Catalog;
use mig::catalog::{Confidence, Gpu, ModeChange, ProfileFact};
use mig::placement::Counts;

use super::table::{code, known, table};
use super::{note, picture, references, types_of};

pub(super) fn section(catalog: &Catalog, gpu: &Gpu) -> String {
    let mut text = format!("<a id=\"{}\"></a>\n### {}\n\n", gpu.id, gpu.product);
    text += &table(&["", ""], &facts(catalog, gpu));
    text += &table(&PROFILE_COLUMNS, &profiles(gpu));
    for fact in gpu.profiles.iter().filter(|fact| fact.note.is_some()) {
        text += &format!(
            "- `{}`: {}\n",
            fact.profile,
            note(fact.note.as_deref().unwrap_or_default())
        );
    }
    for remark in &gpu.notes {
        text += &format!("- {}\n", note(remark));
    }
    let keys = gpu
        .sources
        .iter()
        .chain(gpu.profiles.iter().flat_map(|p| &p.sources));
    text += &format!("- Sources: {}.\n\n", references(keys));
    text + &fillings(gpu) + &drawn(catalog, gpu)
}

fn facts(catalog: &Catalog, gpu: &Gpu) -> Vec<Vec<String>> {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let types: Vec<String> = types_of(catalog, gpu).map(|found| code(&found.name)).collect();
    let memory = match gpu.memory_slices {
        Some(slices) => format!("{} GB, {slices} memory slices", gpu.memory_gb),
        None => format!("{} GB; how many memory slices is not published", gpu.memory_gb),
    };
    let none = |text: String, instead: &str| if text.is_empty() { instead.to_owned() } else { text };
    vec![
        row("Name in `mig_profiles`", code(&gpu.id)),
        row("AWS instance types", none(types.join(", "), "none")),
        row("Architecture", gpu.architecture.clone()),
        row("Compute", format!("{} compute slices", gpu.compute_slices)),
        row("Memory", memory),
        row("First driver with MIG", known(gpu.min_driver.as_ref())),
        row("Change of MIG mode", mode(gpu).to_owned()),
        row("Bottlerocket", bottlerocket(gpu)),
        row("How sure", confidence(gpu)),
    ]
}

fn mode(gpu: &Gpu) -> &'static str {
    match (gpu.mode_change, gpu.mode_persists_reboot) {
        (ModeChange::Reset, true) => {
            "needs a reset of the GPU, which EC2 often refuses: then one reboot, at the first boot of a node. The mode stays on \
             over reboots; slices never do"
        }
        (ModeChange::Reset, false) => {
            "needs a reset of the GPU, or a reboot. Neither mode nor slices outlast a reboot"
        }
        (ModeChange::Immediate, true) => "at once, and it stays on over reboots; slices never do",
        (ModeChange::Immediate, false) => {
            "at once. Neither mode nor slices outlast a reboot: both are made again at each boot"
        }
    }
}

/// What Bottlerocket can do by its own settings.
fn bottlerocket(gpu: &Gpu) -> String {
    let Some(facts) = &gpu.bottlerocket else {
        return "cannot cut it".to_owned();
    };
    let most = |profile| gpu.profile(profile).map_or(0, |fact| fact.max_instances);
    let each: Vec<String> = facts
        .profiles
        .iter()
        .map(|profile| format!("{} x {profile}", most(*profile)))
        .collect();
    format!("{}, with `strategy = \"single\"`", each.join("; "))
}

fn confidence(gpu: &Gpu) -> String {
    let unsure: Vec<String> = gpu
        .profiles
        .iter()
        .filter(|fact| fact.confidence < Confidence::High)
        .map(|fact| code(fact.profile))
        .collect();
    if unsure.is_empty() {
        "all profiles are in NVIDIA's published tables".to_owned()
    } else if unsure.len() == gpu.profiles.len() {
        "not in NVIDIA's published tables: from other sources or by the pattern of GPUs of its kind"
            .to_owned()
    } else {
        format!("in NVIDIA's published tables, but for {}", unsure.join(", "))
    }
}

const PROFILE_COLUMNS: [&str; 11] = [
    "Profile",
    "Generic",
    "Resource",
    "ID",
    "Compute",
    "Memory",
    "GiB",
    "SMs",
    "CE and engines",
    "Most",
    "Starts",
];

fn profiles(gpu: &Gpu) -> Vec<Vec<String>> {
    let mut facts: Vec<&ProfileFact> = gpu.profiles.iter().collect();
    facts.sort_by_key(|fact| fact.profile);
    facts.into_iter().map(|fact| profile(gpu, fact)).collect()
}

fn profile(gpu: &Gpu, fact: &ProfileFact) -> Vec<String> {
    let name = fact.profile;
    let mark = if fact.confidence < Confidence::High {
        " †"
    } else {
        ""
    };
    let generic = name.generic();
    let means = gpu.resolve(generic.parse().unwrap()).map(|found| found.profile);
    let starts = fact.placements.as_ref().map(|placements| {
        let starts: Vec<String> = placements.starts.iter().map(u8::to_string).collect();
        starts.join(", ")
    });
    let branch = fact
        .min_driver_branch
        .as_ref()
        .map(|branch| format!(" (from {branch})"));
    vec![
        format!("{}{mark}{}", code(name), branch.unwrap_or_default()),
        if means == Some(name) {
            code(generic)
        } else {
            String::new()
        },
        code(name.resource_name()),
        known(fact.gpu_instance_profile_id),
        fact.compute_slices.to_string(),
        known(fact.memory_slices),
        known(fact.memory_gib),
        known(fact.sm_count),
        engines(fact),
        fact.max_instances.to_string(),
        known(starts),
    ]
}

/// `2 CE, 1 NVDEC`: what there is of each kind.
fn engines(fact: &ProfileFact) -> String {
    let all = [
        (fact.copy_engines, "CE"),
        (fact.nvdec, "NVDEC"),
        (fact.nvenc, "NVENC"),
        (fact.jpeg, "JPEG"),
        (fact.ofa, "OFA"),
    ];
    if all.iter().all(|(count, _)| count.is_none()) {
        return known(None::<u8>);
    }
    let some = all.iter().filter(|(count, _)| *count != Some(0));
    let parts: Vec<String> = some
        .map(|(count, name)| format!("{} {name}", known(*count)))
        .collect();
    parts.join(", ")
}

/// The pictures of the fillings, on a node of the smallest type with this GPU.
fn drawn(catalog: &Catalog, gpu: &Gpu) -> String {
    let smallest = types_of(catalog, gpu).min_by_key(|found| found.gpu.count);
    let Some(found) = smallest.filter(|_| gpu.placements_known()) else {
        return String::new();
    };
    picture::layouts(&found.name, gpu, &picture::plain(gpu))
}

fn fillings(gpu: &Gpu) -> String {
    if !gpu.placements_known() {
        return "Where slices lie on this GPU is not published, so that none can be made reliably: a layout that cuts it is refused.\n\n"
            .to_owned();
    }
    let (all, plain) = (Counts::of(gpu, None), picture::plain(gpu));
    let pictures = picture::fillings(gpu, &plain);
    let names: Vec<String> = plain.iter().map(code).collect();
    format!(
        "One GPU can be cut in {} ways, which are {} sets of profiles; in {} of the ways no further slice can be added. With {} alone, \
         these sets fill it, each drawn where the provider puts it (`.` is memory that is left over):\n\n```text\n{pictures}```\n\n",
        all.layouts,
        all.multisets,
        all.maximal,
        names.join(", ")
    )
}
