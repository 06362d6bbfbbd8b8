//! The examples that pages show.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::files::entries;

/// The folder `examples/`.
#[derive(Debug)]
pub(super) struct Examples(PathBuf);

impl Examples {
    pub(super) fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    /// Every example of one object: `NAME.tf` first, then `NAME-*.tf` in order.
    pub(super) fn usage(&self, folder: &str, name: &str) -> String {
        let further = entries(&self.0.join(folder)).into_iter().filter_map(|path| {
            let file = path.file_name()?.to_str()?;
            (file.starts_with(&format!("{name}-")) && file.ends_with(".tf")).then(|| file.to_owned())
        });
        let files = [format!("{name}.tf")].into_iter().chain(further);
        let blocks = files.map(|file| self.one(&format!("{folder}/{file}"), "terraform"));
        blocks.collect::<Vec<_>>().join("\n")
    }

    /// One file as a block of code.
    pub(super) fn one(&self, file: &str, language: &str) -> String {
        let path = self.0.join(file);
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("examples/{file} is needed: {error}"));
        format!("```{language}\n{}\n```\n", text.trim_end())
    }
}
