//! What can be wrong with a layout: where, the fact, and the next step.

use serde_json::json;
use thiserror::Error;

use super::misfit;
use crate::finding::{Advice, Finding, FindingKind, Listing, Remedy};
use crate::placement::{FitError, Obstacle, ProfileCounts, Suggestion, in_words};
use crate::profile::ProfileError;

/// How a user brings an instance type that a release does not know yet.
const ADD_TYPE: &str = "A type that it does not have yet can be added with catalog_overrides.";

/// What is wrong; its text is the one-line summary.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// No instance type at all.
    #[error("The layout names no instance type")]
    NoInstanceTypes,
    /// A name that the catalog does not have.
    #[error("Unknown GPU instance type {name:?}")]
    UnknownInstanceType {
        /// What was written.
        name: String,
        /// Similar names, likeliest first.
        nearest: Vec<String>,
    },
    /// A name that is there already.
    #[error("{0} is listed twice")]
    InstanceTypeTwice(String),
    /// Neither `slices` nor `gpus` nor `sharing`.
    #[error("The layout does not say what the GPUs are cut into")]
    NothingAsked,
    /// Both `slices` and `gpus`.
    #[error("slices and gpus contradict each other")]
    SlicesAndGpus,
    /// `gpus = []`.
    #[error("gpus has no group")]
    NoGroups,
    /// A word that is no strategy.
    #[error("Unknown strategy {0:?}")]
    UnknownStrategy(String),
    /// A word that is no way of sharing.
    #[error("Unknown sharing strategy {0:?}")]
    UnknownSharing(String),
    /// Fewer than two replicas, or absurdly many.
    #[error("{0} replicas share nothing")]
    Replicas(i64),
    /// MPS on slices.
    #[error("MPS cannot share MIG slices")]
    MpsOnMig,
    /// MIG on a GPU that has none.
    #[error("{instance_type} cannot be cut: {model} has no MIG")]
    NoMig {
        /// The instance type.
        instance_type: String,
        /// NVIDIA's name of its GPU.
        model: String,
        /// Families of instance types that can be cut.
        families: Vec<String>,
    },
    /// MIG on a GPU whose slice placements are not published.
    #[error("{instance_type} cannot be cut reliably: the placements of {product} are not published")]
    PlacementsUnknown {
        /// The instance type.
        instance_type: String,
        /// NVIDIA's name of its GPU.
        product: String,
        /// What the catalog knows of it.
        notes: Vec<String>,
    },
    /// Not a profile name.
    #[error("{0}")]
    NotAProfile(ProfileError),
    /// A profile that the GPU does not have.
    #[error("{} has no profile {profile}", .on.product)]
    UnknownProfile {
        /// What was written.
        profile: String,
        /// Where it was looked for.
        on: GpuUse,
        /// What there is.
        available: Vec<String>,
    },
    /// An exact profile that only some of the instance types have.
    #[error("{profile} exists on {}, but not on {}", .on.place(), .missing.place())]
    NotOnAll {
        /// What was written.
        profile: String,
        /// One GPU that has it.
        on: GpuUse,
        /// One that does not.
        missing: GpuUse,
        /// The generic name, if every GPU of the layout has it.
        generic: Option<String>,
    },
    /// Two names for one profile.
    #[error("{first} and {second} are the same profile on {}", .on.product)]
    SameProfile {
        /// One name.
        first: String,
        /// The other.
        second: String,
        /// Where.
        on: GpuUse,
    },
    /// Zero, negative or absurd.
    #[error("{count} x {profile} cannot be created")]
    Count {
        /// What was written.
        profile: String,
        /// How many.
        count: i64,
    },
    /// No room.
    #[error("{} does not fit on {}", in_words(.asked), .on.product)]
    DoesNotFit {
        /// Per GPU.
        asked: ProfileCounts,
        /// Where.
        on: GpuUse,
        /// The rule that is broken.
        error: FitError,
        /// Which instance has no place, and beside what.
        obstacle: Option<Box<Obstacle>>,
        /// What would fit.
        suggestion: Option<Suggestion>,
    },
    /// Different profiles under `single`.
    #[error("The single strategy needs equal slices, found {}", .0.join(" and "))]
    SingleWithDifferent(Vec<String>),
    /// Whole GPUs under `single`.
    #[error("The single strategy needs every GPU to be cut")]
    SingleWithWhole,
    /// A group without GPUs.
    #[error("The group has no devices")]
    NoDevices,
    /// An index that the node does not have.
    #[error("{instance_type} has no GPU {index}")]
    DeviceOutside {
        /// What was written.
        index: i64,
        /// The instance type.
        instance_type: String,
        /// GPUs that it has.
        count: u8,
    },
    /// An index in two places.
    #[error("GPU {0} is listed twice")]
    DeviceTwice(i64),
    /// GPUs in no group.
    #[error("gpus leaves out {} of {instance_type}", devices(.missing))]
    DevicesMissing {
        /// Their indexes.
        missing: Vec<u8>,
        /// The instance type.
        instance_type: String,
        /// GPUs that it has.
        count: u8,
    },
}

/// A GPU model and the instance types of the layout that carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuUse {
    /// NVIDIA's name.
    pub product: String,
    /// Instance types, sorted.
    pub instance_types: Vec<String>,
}

impl GpuUse {
    fn place(&self) -> String {
        format!("{} ({})", self.instance_types.join(", "), self.product)
    }
}

fn devices(indexes: &[u8]) -> String {
    let list: Vec<String> = indexes.iter().map(u8::to_string).collect();
    format!("GPU {}", list.join(", "))
}

fn no_mig(model: &str, families: &[String]) -> Advice {
    let sharing = json!({"strategy": "time-slicing", "replicas": 4});
    Advice::new(
        format!("{model} is not on NVIDIA's list of GPUs with MIG. Without slices whole GPUs can be shared."),
        [
            Remedy::write("sharing", sharing),
            Remedy::Words(format!("choose a type with MIG ({})", families.join(", "))),
        ],
    )
}

/// A layout's problem at its place.
impl From<Problem> for Finding {
    fn from(problem: Problem) -> Self {
        let (summary, advice) = (problem.to_string(), problem.advice());
        Self::error(FindingKind::Layout(Box::new(problem)), summary, advice)
    }
}

impl Problem {
    fn advice(&self) -> Advice {
        match self {
            Self::NoInstanceTypes
            | Self::UnknownInstanceType { .. }
            | Self::InstanceTypeTwice(_)
            | Self::NoMig { .. }
            | Self::PlacementsUnknown { .. } => self.instance_type_advice(),
            Self::NotAProfile(_)
            | Self::UnknownProfile { .. }
            | Self::NotOnAll { .. }
            | Self::SameProfile { .. }
            | Self::Count { .. }
            | Self::DoesNotFit { .. } => self.slices_advice(),
            Self::NoDevices
            | Self::DeviceOutside { .. }
            | Self::DeviceTwice(_)
            | Self::DevicesMissing { .. }
            | Self::NoGroups => self.device_advice(),
            _ => self.choice_advice(),
        }
    }

    fn instance_type_advice(&self) -> Advice {
        match self {
            Self::NoInstanceTypes => {
                let types = Remedy::Example("instance_types".into(), json!(["p5.48xlarge"]));
                Advice::new("Give at least one.", [types])
            }
            Self::UnknownInstanceType { nearest, .. } if nearest.is_empty() => {
                let all = Remedy::LookUp(Listing::InstanceTypes);
                Advice::new(format!("The catalog has no GPU instance type of a similar name. {ADD_TYPE}"), [all])
            }
            Self::UnknownInstanceType { nearest, .. } => {
                let names = format!("The nearest that the catalog has: {}. {ADD_TYPE}", nearest.join(", "));
                Advice::new(names, [Remedy::LookUp(Listing::InstanceTypes)])
            }
            Self::NoMig { model, families, .. } => no_mig(model, families),
            Self::PlacementsUnknown { notes, .. } => format!(
                "Slices are created at explicit places, so that a node either has them all or does not join. {} Leave \
                 slices out and use sharing, or choose another type.",
                notes.join(" ")
            )
            .into(),
            _ => "Remove one of them.".into(),
        }
    }

    fn slices_advice(&self) -> Advice {
        match self {
            Self::UnknownProfile { on, available, .. } => {
                format!("{} can be cut into: {}.", on.place(), available.join(", ")).into()
            }
            Self::NotOnAll {
                generic: Some(generic),
                ..
            } => format!(
                "Profile names follow the memory of the GPU. Write the generic profile {generic}, which each GPU \
                 resolves to its own name, or split the layout by instance type."
            )
            .into(),
            Self::NotOnAll { .. } => "No generic name means one profile on all of them: split the layout by \
                instance type."
                .into(),
            Self::SameProfile { .. } => "Write it once, with the sum of both counts.".into(),
            Self::Count { .. } => "A count is 1 or more; leave the profile out where none is wanted.".into(),
            Self::DoesNotFit {
                asked,
                on,
                error,
                obstacle,
                suggestion,
            } => {
                let place = on.place();
                misfit::explain(&place, asked, error, obstacle.as_deref(), suggestion.as_ref()).into()
            }
            _ => Advice::new("Each GPU has profiles of its own.", [Remedy::LookUp(Listing::Profiles)]),
        }
    }

    fn device_advice(&self) -> Advice {
        match self {
            Self::DeviceOutside { count: 1, .. } => "It has one GPU, number 0.".into(),
            Self::DeviceOutside { count, .. } => {
                format!("It has {count} GPUs, numbered 0 to {}.", count - 1).into()
            }
            Self::DeviceTwice(_) => "Each GPU belongs to exactly one group.".into(),
            Self::DevicesMissing { count, missing, .. } => {
                let whole = Remedy::Add("gpus".into(), json!({"devices": missing, "slices": {}}));
                let reason =
                    format!("Each of its {count} GPUs belongs to a group, also one that stays whole.");
                Advice::new(reason, [whole])
            }
            _ => {
                let some = Remedy::Example("devices".into(), json!([0, 1, 2, 3]));
                Advice::new("Name the GPUs by index.", [some])
            }
        }
    }

    fn choice_advice(&self) -> Advice {
        let mixed = Remedy::write("strategy", "mixed");
        let remedies = match self {
            Self::SingleWithWhole => vec![Remedy::Words("cut every GPU".into()), mixed],
            Self::SingleWithDifferent(_) => vec![mixed],
            _ => Vec::new(),
        };
        let reason = match self {
            Self::NothingAsked => {
                "Set slices (the same on every GPU), gpus (different per GPU), or sharing for whole \
                GPUs. Empty slices keep GPUs whole."
            }
            Self::SlicesAndGpus => {
                "slices applies to every GPU of the node, and gpus to groups of GPUs that differ. Keep one of them."
            }
            Self::UnknownStrategy(_) => {
                "It is \"mixed\" (each profile is a resource of its own, the default) or \
                \"single\" (equal slices, called nvidia.com/gpu)."
            }
            Self::UnknownSharing(_) => "It is \"time-slicing\" or \"mps\".",
            Self::Replicas(_) => "replicas is how many pods share one GPU or slice: 2 to 1000.",
            Self::MpsOnMig => {
                "NVIDIA's device plugin refuses MPS on MIG devices. Use sharing strategy \
                \"time-slicing\", or leave slices out and share whole GPUs by MPS."
            }
            Self::SingleWithWhole => {
                "With a whole GPU on the node the device plugin refuses to start. Under \"mixed\" \
                whole GPUs stay nvidia.com/gpu."
            }
            _ => "Under it every slice is called nvidia.com/gpu, so all must be of one profile.",
        };
        Advice::new(reason, remedies)
    }
}
