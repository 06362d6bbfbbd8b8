//! A node as text: GPUs as rows, slices to the scale of their memory.

use super::NodeLayout;
use crate::placement::Placed;

/// One row per group of equal neighbouring GPUs; `.` is memory that no slice has.
pub(super) fn picture(node: &NodeLayout) -> String {
    let mut text = format!(
        "{}: {} x {}\n",
        node.instance_type,
        node.gpus.len(),
        node.gpu.model
    );
    let groups = node.groups();
    let labels: Vec<String> = groups
        .iter()
        .map(|(devices, _)| format!("GPU {devices}"))
        .collect();
    let label_width = labels.iter().map(String::len).max().unwrap_or(0);
    let cell = cell_width(node);
    for (label, (_, slices)) in labels.iter().zip(&groups) {
        let row = if slices.is_empty() {
            whole(node, cell)
        } else {
            cut(node, slices, cell)
        };
        text.push_str(&format!("  {label:<label_width$} {row}\n"));
    }
    text
}

/// Where the slices of each group of equal GPUs lie, one line for each: profile, first memory slice, memory and compute slices.
pub(super) fn placements(node: &NodeLayout) -> String {
    let of_group = |(devices, slices): (String, &[Placed])| {
        let of_slice = |placed: &Placed| {
            let Placed {
                profile,
                start,
                size,
                compute_slices,
                ..
            } = placed;
            format!(
                "  GPU {devices}: {profile} from memory slice {start}, {size} of memory, {compute_slices} of compute\n"
            )
        };
        match slices {
            [] => format!("  GPU {devices}: whole\n"),
            slices => slices.iter().map(of_slice).collect::<String>(),
        }
    };
    node.groups().into_iter().map(of_group).collect()
}

/// Characters per memory slice: the longest name fits its slice.
fn cell_width(node: &NodeLayout) -> usize {
    let needed = |placed: &Placed| (placed.profile.to_string().len() + 2).div_ceil(usize::from(placed.size));
    node.gpus.iter().flatten().map(needed).max().unwrap_or(4).max(4)
}

fn whole(node: &NodeLayout, cell: usize) -> String {
    let width = cell * usize::from(node.gpu.memory_slices).max(4) - 1;
    format!("|{:^width$}|", "whole GPU")
}

fn cut(node: &NodeLayout, slices: &[Placed], cell: usize) -> String {
    let mut row = String::from("|");
    let mut at = 0;
    for placed in slices {
        free(&mut row, usize::from(placed.start - at), cell);
        let width = cell * usize::from(placed.size) - 1;
        row.push_str(&format!("{:^width$}|", placed.profile.to_string()));
        at = placed.start + placed.size;
    }
    free(&mut row, usize::from(node.gpu.memory_slices - at), cell);
    row + &left_over(node, slices)
}

fn free(row: &mut String, slices: usize, cell: usize) {
    if slices > 0 {
        row.push_str(&".".repeat(slices * cell - 1));
        row.push('|');
    }
}

fn left_over(node: &NodeLayout, slices: &[Placed]) -> String {
    let stranded = node.stranded_on(slices);
    let part = |count: u32, of: u8, what: &str| (count > 0).then(|| format!("{count} of {of} {what}"));
    let parts: Vec<String> = [
        part(stranded.compute_slices, node.gpu.compute_slices, "compute"),
        part(stranded.memory_slices, node.gpu.memory_slices, "memory"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!("  stranded: {} slices", parts.join(", "))
    }
}
