//! What the tests of all objects need.

use serde_json::Value;

use crate::finding::Finding;
use crate::{Catalog, Layout, LayoutSpec};

pub(super) fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

pub(super) fn fault_paths(faults: &[Finding]) -> Vec<String> {
    faults.iter().map(|fault| fault.path().to_string()).collect()
}

pub(super) fn warning_paths(warnings: &[Finding]) -> Vec<String> {
    warnings
        .iter()
        .map(|warning| warning.path().to_string())
        .collect()
}
