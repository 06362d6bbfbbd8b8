//! Nodes as an SVG document: GPUs as rows, slices to the scale of their memory, what is stranded in grey.

use super::NodeLayout;
use crate::placement::Placed;

/// Pixels of a GPU's memory, of the labels left of it, and of a row.
const MEMORY: usize = 640;
const LABELS: usize = 90;
const ROW: usize = 34;

/// Fill colours by compute slices, light to dark.
const FILLS: [&str; 5] = ["#e3f2c6", "#cfe8a0", "#b5db74", "#97ca47", "#76b900"];

/// One heading per node, one row per group of equal neighbouring GPUs.
pub(super) fn picture<'a>(nodes: impl Iterator<Item = &'a NodeLayout>) -> String {
    let mut body = String::new();
    let mut y = 0;
    for node in nodes {
        let heading = format!("{}: {} x {}", node.instance_type, node.gpus.len(), node.gpu.model);
        body.push_str(&text(4, y + 22, "start", &heading));
        y += ROW;
        for (devices, slices) in node.groups() {
            body.push_str(&text(4, y + 20, "start", &format!("GPU {devices}")));
            body.push_str(&row(node, slices, y));
            y += ROW;
        }
    }
    let width = LABELS + MEMORY + 4;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{y}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n{body}</svg>\n"
    )
}

fn row(node: &NodeLayout, slices: &[Placed], y: usize) -> String {
    if slices.is_empty() {
        return block("whole", "#ffffff", LABELS, MEMORY, y, "whole GPU");
    }
    let cell = MEMORY / usize::from(node.gpu.memory_slices).max(1);
    let x = |slice: u8| LABELS + cell * usize::from(slice);
    let mut text = String::new();
    let mut at = 0;
    let end = [None];
    for placed in slices.iter().map(Some).chain(end) {
        let start = placed.map_or(node.gpu.memory_slices, |placed| placed.start);
        if start > at {
            text.push_str(&block(
                "stranded",
                "#dddddd",
                x(at),
                cell * usize::from(start - at),
                y,
                "",
            ));
        }
        let Some(placed) = placed else { break };
        let width = cell * usize::from(placed.size);
        let fill = FILLS[usize::from(placed.compute_slices).clamp(1, FILLS.len()) - 1];
        text.push_str(&block(
            "slice",
            fill,
            x(placed.start),
            width,
            y,
            &placed.profile.to_string(),
        ));
        at = placed.start + placed.size;
    }
    text
}

fn block(class: &str, fill: &str, x: usize, width: usize, y: usize, label: &str) -> String {
    let (top, height) = (y + 2, ROW - 6);
    let rect = format!(
        "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" \
         stroke=\"#555555\"/>\n"
    );
    if label.is_empty() {
        rect
    } else {
        rect + &text(x + width / 2, y + 20, "middle", label)
    }
}

/// Names of the catalog hold no character that XML would need escaped.
fn text(x: usize, y: usize, anchor: &str, label: &str) -> String {
    format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{label}</text>\n")
}
