//! Why a node is in its state: facts, and a sentence for each.

use serde::Serialize;

/// One fact about a node that matters to its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the fields say what the variants' lines say")]
pub enum Reason {
    /// It has no label of a layout and no other sign that it is one of these nodes.
    NotOurs,
    /// It has other labels of these nodes, but not that of its layout.
    LayoutLabelMissing,
    /// No expected layout has the ID that its label says: most often the layout before the last change.
    OldLayout { layout: String },
    /// Its layout does not have its instance type.
    OtherInstanceType { instance_type: String },
    /// Its instance type is not known, and the layout's types differ.
    InstanceTypeUnknown,
    /// It is being deleted.
    Deleted,
    /// It is cordoned, by hand or by what drains it.
    Cordoned { by: String },
    /// It is not Ready.
    NotReady { why: String, seconds: i64 },
    /// It is younger than the time that a node may take.
    Starting { seconds: i64 },
    /// The device plugin is being replaced.
    PluginRolls,
    /// It joined although its GPUs could not be cut.
    PartitionFailed { value: String },
    /// None of its layout's resources is there.
    NothingRegistered,
    /// Karpenter does not take it as initialized.
    NotInitialized { claim: String, why: String },
    /// There are fewer or more devices than expected.
    OtherCount {
        resource: String,
        expected: u64,
        found: u64,
    },
    /// There are devices that the layout does not have.
    Unexpected { resource: String, found: u64 },
    /// Devices are unhealthy, so pods cannot get them.
    Unhealthy {
        resource: String,
        capacity: u64,
        allocatable: u64,
    },
    /// Slices are named by the other strategy.
    OtherStrategy { resource: String, found: u64 },
    /// Each device is shared by another number of pods.
    OtherSharing { expected: u64, found: u64 },
    /// The device plugin gives shared devices another name.
    SharedName { resource: String, found: u64 },
    /// A resource of another layout is left with no devices.
    Stale { resource: String },
    /// Feature discovery, which looks every minute, counts other slices than the device plugin, which looks at its start.
    DiscoveryDisagrees {
        label: String,
        expected: u64,
        found: u64,
    },
    /// The slices lie elsewhere than the layout has them.
    PlacementsDiffer {
        expected: Vec<String>,
        found: Vec<String>,
    },
    /// NVIDIA's MIG manager cuts this node too.
    ForeignMigManager { config: String, state: String },
    /// NVIDIA's DRA driver hands out the same GPUs.
    ForeignDraDriver { devices: usize },
}

impl Reason {
    /// A stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOurs => "not-ours",
            Self::LayoutLabelMissing => "layout-label-missing",
            Self::OldLayout { .. } => "old-layout",
            Self::OtherInstanceType { .. } => "other-instance-type",
            Self::InstanceTypeUnknown => "instance-type-unknown",
            Self::Deleted => "deleted",
            Self::Cordoned { .. } => "cordoned",
            Self::NotReady { .. } => "not-ready",
            Self::Starting { .. } => "starting",
            Self::PluginRolls => "plugin-rolls",
            Self::PartitionFailed { .. } => "partition-failed",
            Self::NothingRegistered => "nothing-registered",
            Self::NotInitialized { .. } => "not-initialized",
            Self::OtherCount { .. } => "other-count",
            Self::Unexpected { .. } => "unexpected",
            Self::Unhealthy { .. } => "unhealthy",
            Self::OtherStrategy { .. } => "other-strategy",
            Self::OtherSharing { .. } => "other-sharing",
            Self::SharedName { .. } => "shared-name",
            Self::Stale { .. } => "stale",
            Self::DiscoveryDisagrees { .. } => "discovery-disagrees",
            Self::PlacementsDiffer { .. } => "placements-differ",
            Self::ForeignMigManager { .. } => "foreign-mig-manager",
            Self::ForeignDraDriver { .. } => "foreign-dra-driver",
        }
    }

    /// The fact as a sentence whose subject is the node or a part of it.
    pub fn sentence(&self) -> String {
        self.of_life()
            .or_else(|| self.of_others())
            .or_else(|| self.of_counts())
            .unwrap_or_else(|| self.of_cuts())
    }

    fn of_life(&self) -> Option<String> {
        Some(match self {
            Self::NotOurs => "The node belongs to no layout.".to_owned(),
            Self::LayoutLabelMissing => "The node has labels of a layout's nodes, but no layout.".to_owned(),
            Self::OldLayout { layout } => {
                format!("The node has the layout {layout}, which is not expected any more.")
            }
            Self::OtherInstanceType { instance_type } => {
                format!("The node is a {instance_type}, which its layout does not have.")
            }
            Self::InstanceTypeUnknown => "The node does not say its instance type.".to_owned(),
            Self::Deleted => "The node is being deleted.".to_owned(),
            Self::Cordoned { by } => format!("The node takes no pods: {by}."),
            Self::NotReady { why, seconds } => format!(
                "The node is not Ready since {seconds} seconds{}.",
                after_colon(why)
            ),
            Self::Starting { seconds } => format!("The node started {seconds} seconds ago."),
            Self::PluginRolls => "The device plugin is being replaced.".to_owned(),
            Self::NothingRegistered => "The node is Ready and has none of its slices.".to_owned(),
            Self::NotInitialized { claim, why } => {
                format!(
                    "Karpenter does not take the node of {claim} as initialized{}.",
                    after_colon(why)
                )
            }
            _ => return None,
        })
    }

    fn of_others(&self) -> Option<String> {
        Some(match self {
            Self::ForeignMigManager { config, state } => {
                format!(
                    "The MIG manager has the configuration {config} for the node{}.",
                    after_colon(state)
                )
            }
            Self::ForeignDraDriver { devices } => {
                format!("The DRA driver offers {devices} devices of the node, beside the device plugin.")
            }
            Self::DiscoveryDisagrees {
                label,
                expected,
                found,
            } => {
                format!("Feature discovery says {found} in {label}; {expected} is expected.")
            }
            _ => return None,
        })
    }

    fn of_counts(&self) -> Option<String> {
        Some(match self {
            Self::OtherCount {
                resource,
                expected,
                found,
            } => format!("The node has {found} {resource}; {expected} are expected."),
            Self::Unhealthy {
                resource,
                capacity,
                allocatable,
            } => format!("Only {allocatable} of {capacity} {resource} are healthy."),
            Self::OtherSharing { expected, found } => {
                format!("Each device serves {found} pods; {expected} are expected.")
            }
            Self::Stale { resource } => format!("The node still lists {resource}, with nothing in it."),
            _ => return None,
        })
    }

    fn of_cuts(&self) -> String {
        match self {
            Self::PartitionFailed { value } => {
                let value = after_colon(value);
                format!("The node joined although its GPUs could not be cut{value}.")
            }
            Self::Unexpected { resource, found } => {
                format!("The node has {found} {resource}, which its layout does not have.")
            }
            Self::OtherStrategy { resource, found } => {
                format!("The node has {found} {resource}, a name of the other strategy.")
            }
            Self::SharedName { resource, found } => {
                format!("The node has {found} {resource}, a name that its layout's plugin does not give.")
            }
            _ => "Slices lie at other places than the layout has them.".to_owned(),
        }
    }
}

fn after_colon(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() {
        String::new()
    } else {
        format!(": {text}")
    }
}
