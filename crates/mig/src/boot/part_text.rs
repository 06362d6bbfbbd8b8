//! What the text of a part must be, by its type: what cloud-init and nodeadm would pass over or fail at on the node, where
//! only its log says so.

use yaml_rust2::{Yaml, YamlLoader};

use super::node_part::{self, Around, Fault};
use crate::finding::{Advice, Remedy, Unwanted};

/// What cloud-init knows a text without a type of its own by (`INCLUSION_TYPES_MAP`).
const STARTS: [&str; 6] = [
    "#!",
    "#cloud-config",
    "#include",
    "#cloud-boothook",
    "#part-handler",
    "## template: jinja",
];

pub(super) fn faults(media_type: &str, text: &str, around: Around<'_>) -> Vec<Fault> {
    if text.starts_with('\u{feff}') {
        let advice = Advice::new(
            "cloud-init and nodeadm read by the first bytes.",
            [
                Remedy::Words("save the file as UTF-8 without it".into()),
                Remedy::Clean(Unwanted::ByteOrderMark),
            ],
        );
        return vec![("The text begins with a byte order mark".to_owned(), advice)];
    }
    match media_type {
        "application/node.eks.aws" => match YamlLoader::load_from_str(text) {
            Ok(documents) => node_part::faults(&documents, around),
            Err(error) => vec![not_yaml(&error.to_string())],
        },
        "text/cloud-config" => cloud_config(text).into_iter().collect(),
        "text/plain" | "text/x-not-multipart" => untyped(text).into_iter().collect(),
        "text/cloud-boothook" => {
            let script = text.strip_prefix("#cloud-boothook").unwrap_or(text);
            shell(script.trim_start()).into_iter().collect()
        }
        _ if media_type.starts_with("text/x-shellscript") => shell(text).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// cloud-init executes the file, and the kernel goes by its first two bytes.
fn shell(text: &str) -> Option<Fault> {
    if text.starts_with("#!") {
        return None;
    }
    let reason =
        "cloud-init runs a script only if its first two bytes are #!; otherwise only the node's log says so.";
    let advice = if text.trim_start().starts_with("#!") {
        let begin = Remedy::Words("begin the text with #! itself".into());
        let reason = format!("{reason} There is space before it.");
        Advice::new(reason, [begin, Remedy::Clean(Unwanted::Space)])
    } else if is_template(text) {
        format!("{reason} Give a template the type text/jinja2.").into()
    } else {
        format!("{reason} Begin it with the line #!/bin/bash.").into()
    };
    Some(("The script does not begin with #!".to_owned(), advice))
}

fn untyped(text: &str) -> Option<Fault> {
    if text.starts_with("#cloud-config") && !text.starts_with("#cloud-config-") {
        return cloud_config(text);
    }
    if STARTS.iter().any(|start| text.starts_with(start)) {
        return None;
    }
    let detail = "cloud-init goes by the first line where the type does not say it. Give the type in content_type, or begin \
                  with #!, #cloud-config and so on.";
    Some(("cloud-init would pass this text over".to_owned(), detail.into()))
}

fn is_template(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let words: String = first.split_whitespace().collect();
    words.to_ascii_lowercase().starts_with("##template:jinja")
}

fn cloud_config(text: &str) -> Option<Fault> {
    // A template is YAML only when cloud-init has filled it in.
    if is_template(text) {
        return None;
    }
    match YamlLoader::load_from_str(text) {
        // Python's reader takes the last of two equal keys.
        Err(error) if error.to_string().contains("duplicate") => None,
        Err(error) => Some(not_yaml(&error.to_string())),
        Ok(documents) => match documents.as_slice() {
            [] | [Yaml::Hash(_) | Yaml::Null] => None,
            [_] => Some((
                "The part is not a cloud-config".to_owned(),
                "It is a map of cloud-init's modules, such as packages: [...]. cloud-init would pass anything else over."
                    .into(),
            )),
            several => Some((
                format!("The part has {} YAML documents", several.len()),
                "cloud-init reads one from each part.".into(),
            )),
        },
    }
}

fn not_yaml(error: &str) -> Fault {
    (
        "The part is not YAML".to_owned(),
        format!("{error}. The node would fail at it, and only its log would say so.").into(),
    )
}
