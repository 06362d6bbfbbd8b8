//! Nodes as an SVG document: GPUs as rows, slices to the scale of their memory, what is stranded hatched.

use super::NodeLayout;
use crate::placement::Placed;
use crate::xml::escaped;

/// Pixels: of a GPU's memory, of the labels left of it and the remarks right of it, of a row, and around everything.
const MEMORY: usize = 640;
const LABELS: usize = 80;
const REMARKS: usize = 290;
const ROW: usize = 32;
const MARGIN: usize = 12;

/// Where the memory of GPUs begins.
const LEFT: usize = MARGIN + LABELS;

/// Pixels that a character of a label takes, with some room.
const CHARACTER: usize = 8;

/// Fill colours by compute slices, light to dark.
const FILLS: [&str; 5] = ["#e3f2c6", "#cfe8a0", "#b5db74", "#97ca47", "#76b900"];

/// Grey lines for memory that no slice has: distinct from slices without colour, too.
const HATCH: &str = "<defs><pattern id=\"stranded\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">\
                     <path d=\"M0 8L8 0\" stroke=\"#999999\"/></pattern></defs>\n";

/// One heading per node, one row per group of equal neighbouring GPUs.
pub(super) fn picture<'a>(nodes: impl Iterator<Item = &'a NodeLayout>) -> String {
    let mut body = String::new();
    let mut y = MARGIN;
    for node in nodes {
        y = draw_node(node, y, &mut body) + MARGIN;
    }
    let width = LEFT + MEMORY + REMARKS + MARGIN;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{y}\" viewBox=\"0 0 {width} {y}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<title>Slices of each GPU</title>\n{HATCH}\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

/// Draws a node from `y` on, and says where it ends.
fn draw_node(node: &NodeLayout, mut y: usize, body: &mut String) -> usize {
    let heading = format!("{}: {} x {}", node.instance_type, node.gpus.len(), node.gpu.model);
    let bold = "font-size=\"14\" font-weight=\"bold\"";
    body.push_str(&text(MARGIN, y + 16, "start", bold, &heading));
    y += 24;
    if node.is_cut() {
        body.push_str(&ruler(node, y));
        y += 16;
    }
    for (devices, slices) in node.groups() {
        body.push_str(&text(MARGIN, y + 20, "start", "", &format!("GPU {devices}")));
        body.push_str(&row(node, slices, y));
        if let Some(remark) = remark(node, slices) {
            body.push_str(&text(
                LEFT + MEMORY + 10,
                y + 20,
                "start",
                "fill=\"#555555\"",
                &remark,
            ));
        }
        y += ROW;
    }
    y
}

/// The numbers of memory slices, by which placements are named.
fn ruler(node: &NodeLayout, y: usize) -> String {
    let small = "font-size=\"10\" fill=\"#777777\"";
    let cell = cell(node);
    let number = |slice: usize| {
        text(
            LEFT + cell * slice + cell / 2,
            y + 11,
            "middle",
            small,
            &slice.to_string(),
        )
    };
    let numbers: String = (0..usize::from(node.gpu.memory_slices)).map(number).collect();
    text(MARGIN, y + 11, "start", small, "memory slice") + &numbers
}

/// Pixels of a memory slice.
fn cell(node: &NodeLayout) -> usize {
    MEMORY / usize::from(node.gpu.memory_slices).max(1)
}

fn row(node: &NodeLayout, slices: &[Placed], y: usize) -> String {
    if slices.is_empty() {
        return block("whole", "#ffffff", LEFT, MEMORY, y, "whole GPU", "whole GPU");
    }
    let cell = cell(node);
    let x = |slice: u8| LEFT + cell * usize::from(slice);
    let mut text = String::new();
    let mut at = 0;
    for placed in slices {
        text.push_str(&free(at, placed.start, cell, y));
        let label = placed.profile.to_string();
        let fill = FILLS[usize::from(placed.compute_slices).clamp(1, FILLS.len()) - 1];
        let told = format!(
            "{label}: {}, {} from {}",
            count(placed.compute_slices.into(), "compute slice"),
            count(placed.size.into(), "memory slice"),
            placed.start
        );
        let width = cell * usize::from(placed.size);
        text.push_str(&block("slice", fill, x(placed.start), width, y, &label, &told));
        at = placed.start + placed.size;
    }
    text + &free(at, node.gpu.memory_slices, cell, y)
}

/// Memory from one slice up to another that nothing has.
fn free(from: u8, to: u8, cell: usize, y: usize) -> String {
    if from >= to {
        return String::new();
    }
    let (slices, x) = (usize::from(to - from), LEFT + cell * usize::from(from));
    let told = format!(
        "{} that no slice uses",
        count(u32::from(to - from), "memory slice")
    );
    block("stranded", "url(#stranded)", x, cell * slices, y, "", &told)
}

fn remark(node: &NodeLayout, slices: &[Placed]) -> Option<String> {
    if slices.is_empty() {
        return None;
    }
    let stranded = node.stranded_on(slices);
    let parts: Vec<String> = [
        (stranded.compute_slices, node.gpu.compute_slices, "compute"),
        (stranded.memory_slices, node.gpu.memory_slices, "memory"),
    ]
    .into_iter()
    .filter(|(left, _, _)| *left > 0)
    .map(|(left, of, what)| format!("{left} of {of} {what}"))
    .collect();
    (!parts.is_empty()).then(|| format!("stranded: {}", parts.join(", ")))
}

fn count(number: u32, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A box with its label and its tooltip. The label shrinks where its box is narrow.
fn block(class: &str, fill: &str, x: usize, width: usize, y: usize, label: &str, told: &str) -> String {
    let (top, height) = (y + 2, ROW - 4);
    let told = escaped(told);
    let mut svg = format!(
        "<g><title>{told}</title>\n<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
         rx=\"3\" fill=\"{fill}\" stroke=\"#555555\"/>\n"
    );
    if !label.is_empty() {
        let needed = label.chars().count() * CHARACTER;
        let small = if needed >= width { "font-size=\"10\"" } else { "" };
        svg.push_str(&text(x + width / 2, y + 20, "middle", small, label));
    }
    svg + "</g>\n"
}

fn text(x: usize, y: usize, anchor: &str, style: &str, label: &str) -> String {
    let space = if style.is_empty() { "" } else { " " };
    let label = escaped(label);
    format!("<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\"{space}{style}>{label}</text>\n")
}
