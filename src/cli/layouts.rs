//! Files of layouts: the attributes of `data.mig_layout`, or a list of them.

use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};

use clap::Args;
use mig::Layout;
use tfplug::{Attr, Diagnostic, Diagnostics, Model, Path};

use super::file;
use crate::facts::Facts;
use crate::models::{self, CatalogOverridesModel, LayoutModel};
use crate::untyped_input;

/// A file of one layout.
#[derive(Debug, Clone, Default, PartialEq, Model)]
struct One {
    #[attr(flatten)]
    layout: LayoutModel,
    /// GPUs and instance types that this release does not know, as in the provider block.
    catalog_overrides: Attr<CatalogOverridesModel>,
}

/// A file of several.
#[derive(Debug, Clone, Default, PartialEq, Model)]
struct Several {
    /// The layouts.
    #[attr(required)]
    layouts: Attr<Vec<LayoutModel>>,
    /// GPUs and instance types that this release does not know, as in the provider block.
    catalog_overrides: Attr<CatalogOverridesModel>,
}

/// Layouts, and the facts that they were checked against.
#[derive(Debug, Default)]
pub(super) struct Layouts {
    pub(super) facts: Facts,
    /// By the value of the node label `mig.eks/layout`.
    pub(super) by_id: BTreeMap<String, Layout>,
    /// The same values in the order of the file, each once.
    ids: Vec<String>,
}

impl Layouts {
    /// The layouts in the order of the file.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &Layout> {
        self.ids.iter().filter_map(|id| self.by_id.get(id))
    }
}

/// The layouts of a text; what is wrong with it, and what may surprise, is in `findings`.
pub(super) fn read(text: &str, findings: &mut Diagnostics) -> Option<Layouts> {
    let value = file::parse(text)
        .map_err(|problem| findings.push(Diagnostic::error("The file is not readable", problem.to_string())))
        .ok()?;
    let several = value
        .as_map()
        .is_some_and(|attributes| attributes.contains_key("layouts"));
    let (models, overrides) = match several {
        true => {
            let file: Several = untyped_input::decode(&value, &Path::root(), findings).ok()?;
            (
                file.layouts.known().cloned().unwrap_or_default(),
                file.catalog_overrides,
            )
        }
        false => {
            let file: One = untyped_input::decode(&value, &Path::root(), findings).ok()?;
            (vec![file.layout], file.catalog_overrides)
        }
    };
    let facts = models::facts(&overrides, findings);
    let place = |index: usize| match several {
        true => Path::attr("layouts").index(index),
        false => Path::root(),
    };
    let (mut by_id, mut ids) = (BTreeMap::new(), Vec::new());
    for (index, model) in models.iter().enumerate() {
        if let Ok(layout) = model.resolve(&facts, &place(index), findings) {
            let id = layout.id();
            if by_id.insert(id.clone(), layout).is_none() {
                ids.push(id);
            }
        }
    }
    (!findings.has_errors()).then_some(Layouts { facts, by_id, ids })
}

/// The argument of commands that read one.
#[derive(Debug, Args)]
pub(super) struct LayoutsFile {
    /// File in YAML or JSON with the attributes of data.mig_layout, or with a list of them under `layouts`; - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl LayoutsFile {
    /// Its layouts; what is wrong with it is in `findings`.
    pub(super) fn read(&self, findings: &mut Diagnostics) -> Option<Layouts> {
        of_file(&self.file, findings)
    }
}

/// The layouts of a file.
pub(super) fn of_file(path: &FilePath, findings: &mut Diagnostics) -> Option<Layouts> {
    match file::text(path) {
        Ok(text) => read(&text, findings),
        Err(error) => {
            let detail = format!("{}: {error}. Check the path and the rights.", file::source(path));
            findings.push(Diagnostic::error("The file cannot be read", detail));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> (usize, Vec<String>) {
        let mut findings = Diagnostics::new();
        let read = read(text, &mut findings);
        let faults = findings
            .iter()
            .map(|fault| format!("{}: {}", fault.path, fault.summary))
            .collect();
        (read.map_or(0, |layouts| layouts.by_id.len()), faults)
    }

    #[test]
    fn one_layout_or_several() {
        assert_eq!(ids("instance_types: [p5.48xlarge]\nslices: {1g.10gb: 7}").0, 1);
        let several = "layouts:\n- {instance_types: [p5.48xlarge], slices: {1g: 7}}\n- {instance_types: [p4d.24xlarge], slices: {1g: 7}}";
        assert_eq!(ids(several).0, 2);
    }

    #[test]
    fn a_fault_names_its_place() {
        let (none, faults) = ids("layouts: [{instance_types: [p5.48xlarge], slices: {1g.11gb: 7}}]");
        assert_eq!(none, 0);
        assert!(
            faults[0].starts_with("layouts[0].slices[\"1g.11gb\"]"),
            "{faults:?}"
        );
        assert_eq!(ids("slices: {}").1.len(), 1);
        assert_eq!(ids("- a").1.len(), 1);
    }
}
