//! CustomResourceDefinitions: read from where their authors keep them, applied, waited for.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::KubeApiServer;
use super::watch::is_true;
use crate::error::{Error, IoContext, Result};

const ESTABLISHED: Duration = Duration::from_secs(60);

/// A CustomResourceDefinition as a file of its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crd {
    /// Its name, for example `nodepools.karpenter.sh`.
    pub name: String,
    /// The file's text.
    pub yaml: String,
}

impl Crd {
    /// Reads every `GROUP_PLURAL.yaml` of a folder, in the order of the names: the form that controller-gen writes.
    ///
    /// # Errors
    /// The folder or a file cannot be read, or holds a file of another form.
    pub fn read_dir(dir: &Path) -> Result<Vec<Self>> {
        let entries = fs::read_dir(dir).context(|| format!("read {}", dir.display()))?;
        let mut crds = Vec::new();
        for entry in entries {
            let path = entry.context(|| format!("read {}", dir.display()))?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                crds.push(Self::read(&path)?);
            }
        }
        crds.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(crds)
    }

    fn read(path: &Path) -> Result<Self> {
        let yaml = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let (group, plural) = stem.split_once('_').ok_or_else(|| Error::Answer {
            request: format!("read {}", path.display()),
            fact: "the name is not GROUP_PLURAL.yaml".to_owned(),
        })?;
        Ok(Self {
            name: format!("{plural}.{group}"),
            yaml,
        })
    }
}

impl KubeApiServer {
    /// Applies definitions and waits until the API server serves all of them.
    ///
    /// # Errors
    /// The server refuses one, or does not establish it in time.
    pub fn apply_crds(&self, crds: &[Crd]) -> Result<()> {
        let path = |crd: &Crd| {
            format!(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{}",
                crd.name
            )
        };
        for crd in crds {
            self.apply_yaml(&path(crd), "counterparts", &crd.yaml)?;
        }
        for crd in crds {
            self.wait_until(&path(crd), ESTABLISHED, |found| is_true(found, "Established"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_has_the_name_that_its_file_says() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("karpenter.sh_nodepools.yaml"), "kind: X\n").unwrap();
        fs::write(dir.path().join("README.md"), "").unwrap();
        let crds = Crd::read_dir(dir.path()).unwrap();
        let [crd] = crds.as_slice() else {
            panic!("{crds:?}")
        };
        assert_eq!(
            (crd.name.as_str(), crd.yaml.as_str()),
            ("nodepools.karpenter.sh", "kind: X\n")
        );
        fs::write(dir.path().join("kustomization.yaml"), "").unwrap();
        let error = Crd::read_dir(dir.path()).unwrap_err().to_string();
        assert!(error.contains("not GROUP_PLURAL.yaml"), "{error}");
    }
}
