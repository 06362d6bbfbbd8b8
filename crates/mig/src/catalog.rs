//! The reviewed facts: which GPUs there are, what they can be cut into, which AWS instance types carry them.
//!
//! The facts themselves are the JSON files of `crates/mig/catalog/`, each with its source.

mod driver;
mod gpu;
mod image;
mod instance_type;
mod nearest;
mod overrides;
mod price;
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;
use thiserror::Error;

pub use driver::{DriverVersion, DriverVersionError};
pub use gpu::{Bottlerocket, Confidence, Engines, Gpu, ModeChange, Placements, ProfileFact};
pub use image::{ImageAlias, ImageDriver, ImageError, ImageFamily, ImageFault, ImageRelease};
pub use instance_type::{InstanceType, MigSupport, NodeGpu, NodeMig};
pub use nearest::{did_you_mean, nearest as nearest_names};
pub use overrides::{CatalogOverrides, GpuOverride, InstanceTypeOverride, ProfileOverride};
pub use price::{Price, UsdMicros};
pub use rows::{ProfileFilter, ProfileRow};

const GPUS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/gpus.json"));
const INSTANCE_TYPES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/catalog/aws-instance-types.json"
));
const EKS_IMAGES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/eks-images.json"));
const PRICES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/catalog/prices.json"));

/// The text of the catalog's files.
#[derive(Debug, Clone, Copy)]
pub struct CatalogText<'a> {
    /// `gpus.json`
    pub gpus: &'a str,
    /// `aws-instance-types.json`
    pub instance_types: &'a str,
    /// `eks-images.json`
    pub images: &'a str,
    /// `prices.json`
    pub prices: &'a str,
}

impl CatalogText<'static> {
    /// The files of this release.
    pub const BUILTIN: Self = Self {
        gpus: GPUS,
        instance_types: INSTANCE_TYPES,
        images: EKS_IMAGES,
        prices: PRICES,
    };
}

/// Every GPU and every AWS GPU instance type that is known.
#[derive(Debug, Clone)]
pub struct Catalog {
    gpus: BTreeMap<String, Gpu>,
    instance_types: BTreeMap<String, InstanceType>,
    images: Vec<ImageDriver>,
    newest_images: BTreeMap<ImageFamily, ImageRelease>,
    image_faults: Vec<ImageFault>,
    prices: BTreeMap<(String, String), Price>,
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
    /// A price of an instance type that is not there.
    #[error("a price refers to instance type {0}, which the catalog does not have")]
    NoSuchType(String),
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
    #[serde(default)]
    faults: Vec<ImageFault>,
}

#[derive(Deserialize)]
struct InstanceTypeFile {
    sources: BTreeMap<String, String>,
    instance_types: Vec<InstanceType>,
}

#[derive(Deserialize)]
struct PriceFile {
    sources: BTreeMap<String, String>,
    prices: Vec<Price>,
}

impl Catalog {
    /// The catalog of this release, read once.
    pub fn builtin() -> &'static Catalog {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| match Catalog::parse(CatalogText::BUILTIN) {
            Ok(catalog) => catalog,
            // The text is part of the program and a test reads it, so this line cannot be reached in a release.
            Err(error) => unreachable!("{error}"),
        })
    }

    /// Reads a catalog from the text of its files.
    pub fn parse(text: CatalogText<'_>) -> Result<Self, CatalogError> {
        let gpus: GpuFile = read("GPUs", text.gpus)?;
        let types: InstanceTypeFile = read("instance types", text.instance_types)?;
        let images: ImageFile = read("EKS images", text.images)?;
        let prices: PriceFile = read("prices", text.prices)?;
        let sources = [gpus.sources, types.sources, images.sources, prices.sources];
        let catalog = Self {
            gpus: unique(gpus.gpus, |gpu| gpu.id.clone())?,
            instance_types: unique(types.instance_types, |found| found.name.clone())?,
            images: images.images,
            newest_images: images.newest,
            image_faults: images.faults,
            prices: unique(prices.prices, |price| {
                (price.instance_type.clone(), price.region.clone())
            })?,
            sources: sources.into_iter().flatten().collect(),
        };
        catalog.check_references()?;
        Ok(catalog)
    }

    fn check_references(&self) -> Result<(), CatalogError> {
        for (name, instance_type) in &self.instance_types {
            let gpu = instance_type.mig.gpu.as_ref();
            if let Some(gpu) = gpu.filter(|gpu| !self.gpus.contains_key(*gpu)) {
                return Err(CatalogError::NoSuchGpu {
                    instance_type: name.clone(),
                    gpu: gpu.clone(),
                });
            }
        }
        let mut priced = self.prices.keys().map(|(name, _)| name);
        let unknown = priced.find(|name| !self.instance_types.contains_key(*name));
        unknown.map_or(Ok(()), |name| Err(CatalogError::NoSuchType(name.clone())))
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

    /// The price of an instance type in a region, where the catalog has one.
    pub fn price(&self, instance_type: &str, region: &str) -> Option<&Price> {
        self.prices.get(&(instance_type.to_owned(), region.to_owned()))
    }

    /// All prices, by instance type and region.
    pub fn prices(&self) -> impl Iterator<Item = &Price> {
        self.prices.values()
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

fn unique<K: Ord + Clone + fmt::Debug, T>(
    entries: Vec<T>,
    name: impl Fn(&T) -> K,
) -> Result<BTreeMap<K, T>, CatalogError> {
    let mut map = BTreeMap::new();
    for entry in entries {
        let key = name(&entry);
        if map.insert(key.clone(), entry).is_some() {
            return Err(CatalogError::Twice(format!("{key:?}")));
        }
    }
    Ok(map)
}

#[cfg(test)]
mod tests;
