//! A MIME multipart document that Karpenter and EKS can merge theirs into.
//!
//! Karpenter keeps nothing of a part but its Content-Type and its text, and writes them under a boundary of its own,
//! `//`. So parts are plain text without transfer encoding, and no line may look like either boundary.

/// Stable, and unlike anything that a script or a YAML file says.
pub(super) const BOUNDARY: &str = "==MIG-USER-DATA==";

/// What begins a line that ends a part: ours, and Karpenter's.
pub(super) const DELIMITERS: [&str; 2] = ["--==MIG-USER-DATA==", "--//"];

/// One part.
pub(super) struct Part {
    pub(super) content_type: String,
    pub(super) text: String,
}

/// The document, with LF line ends.
pub(super) fn document(parts: &[Part]) -> String {
    let mut text = head();
    for part in parts {
        text.push_str(&format!(
            "--{BOUNDARY}\nContent-Type: {}\n\n{}",
            part.content_type, part.text
        ));
        if !part.text.ends_with('\n') {
            text.push('\n');
        }
    }
    text.push_str(&format!("--{BOUNDARY}--\n"));
    text
}

fn head() -> String {
    format!("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\n")
}

/// The parts of a document of this form.
pub(super) fn parse(document: &str) -> Option<Vec<Part>> {
    let delimiter = format!("--{BOUNDARY}\n");
    let parts = document.strip_prefix(&head())?.strip_prefix(&delimiter)?;
    let parts = parts.strip_suffix(&format!("\n--{BOUNDARY}--\n"))?;
    let between = format!("\n{delimiter}");
    let part = |part: &str| {
        let (content_type, text) = part.strip_prefix("Content-Type: ")?.split_once("\n\n")?;
        Some(Part {
            content_type: content_type.to_owned(),
            text: format!("{text}\n"),
        })
    };
    parts.split(&between).map(part).collect()
}
