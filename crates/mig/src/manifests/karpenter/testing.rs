//! What the tests of all objects need.

use serde_json::Value;

use crate::finding::Finding;
use crate::{Catalog, Layout, LayoutSpec, PathStep};

pub(super) fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// `a.b[0]["k"]`
pub(super) fn shown(path: &[PathStep]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            PathStep::Attribute(name) if text.is_empty() => text.push_str(name),
            PathStep::Attribute(name) => text.push_str(&format!(".{name}")),
            PathStep::Key(key) => text.push_str(&format!("[{key:?}]")),
            PathStep::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

pub(super) fn fault_paths(faults: &[Finding]) -> Vec<String> {
    faults.iter().map(|fault| shown(fault.path())).collect()
}

pub(super) fn warning_paths(warnings: &[Finding]) -> Vec<String> {
    warnings.iter().map(|warning| shown(warning.path())).collect()
}
