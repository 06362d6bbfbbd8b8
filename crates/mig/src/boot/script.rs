//! The boot script and its data.

use super::{BootOptions, RenderVersion};
use crate::layout::{Layout, NodeLayout};
use crate::placement::Placed;

pub(super) const CONTENT_TYPE: &str = "text/x-shellscript; charset=\"utf-8\"";

/// What the unit may take beyond the script's own deadline before systemd ends it.
pub(super) const GRACE_SECONDS: u32 = 60;

struct Templates {
    install: &'static str,
    partition: &'static str,
    /// Whether a node's copy has the comments, which are for who changes the script. The bytes are better left to
    /// users' own parts.
    keeps_comments: bool,
    /// Whether it has the spaces at the beginning of lines, which add up to half a kilobyte.
    keeps_indentation: bool,
}

impl Templates {
    fn text(&self, template: &str) -> String {
        let text = if self.keeps_comments {
            template.to_owned()
        } else {
            without_comments(template)
        };
        if self.keeps_indentation {
            text
        } else {
            text.lines()
                .map(|line| format!("{}\n", line.trim_start()))
                .collect()
        }
    }
}

const V1: Templates = Templates {
    install: include_str!("v1/install.sh"),
    partition: include_str!("v1/partition.sh"),
    keeps_comments: true,
    keeps_indentation: true,
};

const V2: Templates = Templates {
    install: include_str!("v2/install.sh"),
    partition: include_str!("v2/partition.sh"),
    keeps_comments: false,
    keeps_indentation: true,
};

const V3: Templates = Templates {
    install: include_str!("v3/install.sh"),
    partition: include_str!("v3/partition.sh"),
    keeps_comments: false,
    keeps_indentation: false,
};

/// The script that installs the unit, with the layout in it.
pub(super) fn shell_part(layout: &Layout, options: &BootOptions) -> String {
    let templates = match options.render_version {
        RenderVersion::V1 => V1,
        RenderVersion::V2 => V2,
        RenderVersion::V3 => V3,
    };
    let deadline = options.deadline_seconds;
    templates
        .text(templates.install)
        .replace("@LAYOUT@", layout_table(layout).trim_end())
        .replace("@PARTITION@", templates.text(templates.partition).trim_end())
        .replace(
            "@JOB_TIMEOUT@",
            &deadline.saturating_add(2 * GRACE_SECONDS).to_string(),
        )
        .replace("@TIMEOUT@", &deadline.saturating_add(GRACE_SECONDS).to_string())
        .replace("@DEADLINE@", &deadline.to_string())
        .replace("@ON_FAILURE@", options.on_failure.as_str())
}

/// A script without the lines that are comments, but for those at its head, which say what it is.
fn without_comments(script: &str) -> String {
    let is_comment = |line: &str| line.trim_start().starts_with("# ");
    let head = script.lines().take_while(|line| line.starts_with('#')).count();
    let kept = script
        .lines()
        .enumerate()
        .filter(|(number, line)| *number < head || !is_comment(line));
    kept.map(|(_, line)| format!("{line}\n")).collect()
}

/// `/etc/mig/layout`: per instance type a line `node TYPE GPUS PCI-DEVICE FIRST-DRIVER FABRIC-MANAGER`, then a line
/// `gpus FIRST[-LAST] PROFILE-ID:START,...` (or `whole`) per run of equal GPUs. `-` is unknown.
pub fn layout_table(layout: &Layout) -> String {
    layout.nodes().map(node_lines).collect()
}

fn node_lines(node: &NodeLayout) -> String {
    let gpu = node.gpu();
    let known = |value: &Option<String>| {
        value
            .as_deref()
            .filter(|_| gpu.id.is_some())
            .unwrap_or("-")
            .to_owned()
    };
    let mut text = format!(
        "node {} {} {} {} {}\n",
        node.instance_type(),
        node.gpus().len(),
        known(&gpu.pci_device_id),
        known(&gpu.min_driver),
        if gpu.fabric_manager { "yes" } else { "no" }
    );
    for (devices, slices) in node.groups() {
        text.push_str(&format!("gpus {devices} {}\n", instances(slices)));
    }
    text
}

fn instances(slices: &[Placed]) -> String {
    if slices.is_empty() {
        return "whole".to_owned();
    }
    let items: Vec<String> = slices
        .iter()
        .map(|slice| format!("{}:{}", slice.gpu_instance_profile_id, slice.start))
        .collect();
    items.join(",")
}
