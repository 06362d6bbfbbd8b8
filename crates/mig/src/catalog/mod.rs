//! The reviewed facts: which GPUs there are, what they can be cut into, which AWS instance types carry them.
//!
//! The facts themselves are the JSON files of `crates/mig/catalog/`, each with its source.

mod driver;
mod gpu;
mod image;
mod instance_type;
mod nearest;
mod overrides;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;
use thiserror::Error;

pub use driver::{DriverVersion, DriverVersionError};
pub use gpu::{Bottlerocket, Confidence, Engines, Gpu, ModeChange, Placements, ProfileFact};
pub use image::{ImageAlias, ImageDriver, ImageError, ImageFamily, ImageRelease};
pub use instance_type::{InstanceType, MigSupport, NodeGpu, NodeMig};
pub use nearest::{did_you_mean, nearest as nearest_names};
pub use overrides::{CatalogOverrides, GpuOverride, InstanceTypeOverride, ProfileOverride};
pub use rows::{ProfileFilter, ProfileRow};

const GPUS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/gpus.json"));
const INSTANCE_TYPES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/catalog/aws-instance-types.json"
));
const EKS_IMAGES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/eks-images.json"));

/// Every GPU and every AWS GPU instance type that is known.
#[derive(Debug, Clone)]
pub struct Catalog {
    gpus: BTreeMap<String, Gpu>,
    instance_types: BTreeMap<String, InstanceType>,
    images: Vec<ImageDriver>,
    newest_images: BTreeMap<ImageFamily, ImageRelease>,
    sources: BTreeMap<String, String>,
}

/// Why catalog text was refused.
#[derive(Debug, Error)]
pub enum CatalogError {
    /// The text does not have the catalog's form.
    #[error("the catalog of {what} cannot be read: {error}")]
    Malformed {
        /// Which of the files.
        what: &'static str,
        /// What the JSON reader says.
        error: serde_json::Error,
    },
    /// Two entries of one name.
    #[error("{0} is in the catalog twice")]
    Twice(String),
    /// An instance type refers to a GPU that is not there.
    #[error("instance type {instance_type} refers to GPU {gpu}, which the catalog does not have")]
    NoSuchGpu {
        /// The instance type.
        instance_type: String,
        /// What it refers to.
        gpu: String,
    },
}

/// Why a profile could not be found for a GPU or an instance type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LookupError {
    /// Neither a GPU nor an instance type.
    #[error("{name:?} is neither a GPU nor an AWS GPU instance type of the catalog{hint}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Nearest names, or empty.
        hint: String,
    },
    /// No MIG on that GPU.
    #[error("{name} carries {gpu}, which cannot be cut by MIG; share the whole GPU by time-slicing instead")]
    NoMig {
        /// What was asked for.
        name: String,
        /// Its GPU.
        gpu: String,
    },
    /// Not a profile name.
    #[error(transparent)]
    Profile(#[from] crate::profile::ProfileError),
    /// The GPU does not have it.
    #[error("{gpu} has no profile {profile}; it has {available}")]
    NoSuchProfile {
        /// The GPU.
        gpu: String,
        /// What was asked for.
        profile: String,
        /// All that it has.
        available: String,
    },
}

#[derive(Deserialize)]
struct GpuFile {
    sources: BTreeMap<String, String>,
    gpus: Vec<Gpu>,
}

#[derive(Deserialize)]
struct ImageFile {
    newest: BTreeMap<ImageFamily, ImageRelease>,
    sources: BTreeMap<String, String>,
    images: Vec<ImageDriver>,
}

#[derive(Deserialize)]
struct InstanceTypeFile {
    sources: BTreeMap<String, String>,
    instance_types: Vec<InstanceType>,
}

impl Catalog {
    /// The catalog of this release, read once.
    pub fn builtin() -> &'static Catalog {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| match Catalog::parse(GPUS, INSTANCE_TYPES, EKS_IMAGES) {
            Ok(catalog) => catalog,
            // The text is part of the program and a test reads it, so this line cannot be reached in a release.
            Err(error) => unreachable!("{error}"),
        })
    }

    /// Reads a catalog from the text of its three files.
    pub fn parse(gpus: &str, instance_types: &str, images: &str) -> Result<Self, CatalogError> {
        let gpus: GpuFile = read("GPUs", gpus)?;
        let types: InstanceTypeFile = read("instance types", instance_types)?;
        let images: ImageFile = read("EKS images", images)?;
        let mut sources = gpus.sources;
        sources.extend(types.sources);
        sources.extend(images.sources);
        let gpus = unique(gpus.gpus, |gpu| &gpu.id)?;
        let instance_types = unique(types.instance_types, |instance_type| &instance_type.name)?;
        for (name, instance_type) in &instance_types {
            if let Some(gpu) = instance_type
                .mig
                .gpu
                .as_ref()
                .filter(|gpu| !gpus.contains_key(*gpu))
            {
                return Err(CatalogError::NoSuchGpu {
                    instance_type: name.clone(),
                    gpu: gpu.clone(),
                });
            }
        }
        Ok(Self {
            gpus,
            instance_types,
            images: images.images,
            newest_images: images.newest,
            sources,
        })
    }

    /// The GPU of that identity (`h100-80gb`).
    pub fn gpu(&self, id: &str) -> Option<&Gpu> {
        self.gpus.get(id)
    }

    /// All GPUs that MIG can cut, by identity.
    pub fn gpus(&self) -> impl Iterator<Item = &Gpu> {
        self.gpus.values()
    }

    /// The instance type of that name (`p5.48xlarge`).
    pub fn instance_type(&self, name: &str) -> Option<&InstanceType> {
        self.instance_types.get(name)
    }

    /// All AWS GPU instance types, by name.
    pub fn instance_types(&self) -> impl Iterator<Item = &InstanceType> {
        self.instance_types.values()
    }

    /// The GPU that MIG cuts on an instance type; none where it cannot.
    pub fn mig_gpu(&self, instance_type: &InstanceType) -> Option<&Gpu> {
        instance_type.mig.gpu.as_deref().and_then(|id| self.gpu(id))
    }

    /// Families of the instance types that are known to be cut as declared.
    pub(crate) fn mig_families(&self) -> Vec<String> {
        let certain = |of: &&InstanceType| {
            of.mig.support == MigSupport::Yes && self.mig_gpu(of).is_some_and(Gpu::placements_known)
        };
        let families = self.instance_types().filter(certain).map(|of| of.family.clone());
        families.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Up to three instance types that a misspelt name may have meant, the likeliest first.
    pub fn nearest_instance_types(&self, name: &str) -> Vec<&str> {
        nearest::nearest(name, self.instance_types.keys().map(String::as_str))
    }

    /// Where a fact comes from, in words, by the key that facts carry.
    pub fn source<'a>(&'a self, key: &'a str) -> &'a str {
        self.sources.get(key).map_or(key, String::as_str)
    }

    /// The exact profile that a generic (or exact) name means on a GPU or on the GPU of an instance type.
    pub fn profile(&self, gpu_or_instance_type: &str, name: &str) -> Result<crate::Profile, LookupError> {
        let gpu = self.gpu_of(gpu_or_instance_type)?;
        let asked = name.parse::<crate::ProfileRef>()?;
        let fact = gpu.resolve(asked).ok_or_else(|| LookupError::NoSuchProfile {
            gpu: gpu.product.clone(),
            profile: name.to_owned(),
            available: gpu.profile_names().join(", "),
        })?;
        Ok(fact.profile)
    }

    fn gpu_of(&self, name: &str) -> Result<&Gpu, LookupError> {
        if let Some(gpu) = self.gpu(name) {
            return Ok(gpu);
        }
        let Some(instance_type) = self.instance_type(name) else {
            let names = self
                .instance_types
                .keys()
                .chain(self.gpus.keys())
                .map(String::as_str);
            let hint = nearest::did_you_mean(&nearest::nearest(name, names));
            return Err(LookupError::Unknown {
                name: name.to_owned(),
                hint,
            });
        };
        self.mig_gpu(instance_type).ok_or_else(|| LookupError::NoMig {
            name: name.to_owned(),
            gpu: instance_type.gpu.model.clone(),
        })
    }
}

fn read<'t, T: Deserialize<'t>>(what: &'static str, text: &'t str) -> Result<T, CatalogError> {
    serde_json::from_str(text).map_err(|error| CatalogError::Malformed { what, error })
}

fn unique<T>(entries: Vec<T>, name: impl Fn(&T) -> &String) -> Result<BTreeMap<String, T>, CatalogError> {
    let mut map = BTreeMap::new();
    for entry in entries {
        let key = name(&entry).clone();
        if map.insert(key.clone(), entry).is_some() {
            return Err(CatalogError::Twice(key));
        }
    }
    Ok(map)
}

#[cfg(test)]
mod tests;
