//! The user data of an Amazon Linux 2023 node: a MIME multipart document whose shell part installs a unit that cuts the
//! GPUs before kubelet starts, on every boot.
//!
//! Karpenter hashes user data byte for byte and EKS rolls nodes on a new template version, so the text of one
//! [`RenderVersion`] never changes: `tests/golden` holds it. What improves on it becomes a new version.

mod bottlerocket;
mod fault;
mod mime;
mod node_config;
mod node_part;
mod part;
mod part_text;
mod recognise;
mod script;

pub use bottlerocket::bottlerocket_settings;
pub use node_config::{ClusterDetails, NodeConfig, cluster_rules};
pub use part::UserPart;
pub use recognise::{Recognised, RenderedFor, labelled_layout, recognise, recognise_settings};
pub use script::layout_table;

use mime::Part;
use node_part::Around;

use crate::finding::{Collector, FieldPath, Finding, FindingKind};
use crate::layout::Layout;

/// Bytes of user data that EC2 accepts, before base64.
pub const USER_DATA_LIMIT: usize = 16_384;

/// Bytes kept free for the NodeConfig that Karpenter or EKS adds; 3,900 were seen with a large cluster CA. Nothing is added
/// to user data with a full NodeConfig.
pub const RESERVED: usize = 4_096;

/// Seconds that the boot script may take: under the 15 minutes after which Karpenter gives a node up.
pub const DEFAULT_DEADLINE_SECONDS: u32 = 600;

const DEADLINE_SECONDS: std::ops::RangeInclusive<u32> = 60..=840;

/// Which text is rendered. Kept in state; a node rolls when it changes, so it changes only when a user asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenderVersion {
    /// The first.
    V1,
    /// Waits for no unit of the driver by name; a run by hand leaves kubelet and pods alone; a script that is killed and
    /// an installation that fails say so; the taint of a failed node wins over other taints.
    V2,
    /// Only known words of nvidia-smi pass; the fabric manager is started again until the deadline; a node whose
    /// cloud-init never ran stays out.
    #[default]
    V3,
}

impl RenderVersion {
    /// All of them, the newest last.
    pub const ALL: [RenderVersion; 3] = [Self::V1, Self::V2, Self::V3];

    /// The number that users see.
    pub fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
            Self::V3 => 3,
        }
    }

    /// The version of that number, if there is one.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| i64::from(version.number()) == number)
    }
}

/// What becomes of a node whose GPUs cannot be cut as declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnFailure {
    /// It stays up for inspection and never joins.
    #[default]
    Halt,
    /// It joins with the taint `mig.eks/partition-failed`. Not under Karpenter, which would buy node after node.
    JoinTainted,
    /// It powers off, for groups that replace it.
    Terminate,
}

impl OnFailure {
    const ALL: [OnFailure; 3] = [Self::Halt, Self::JoinTainted, Self::Terminate];

    /// The word that users write.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Halt => "halt",
            Self::JoinTainted => "join_tainted",
            Self::Terminate => "terminate",
        }
    }

    /// The choice of that name, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == word)
    }
}

/// How the user data is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootOptions {
    /// Which text.
    pub render_version: RenderVersion,
    /// What a failure does.
    pub on_failure: OnFailure,
    /// Seconds that the boot script may take in all, 60 to 840.
    pub deadline_seconds: u32,
    /// The user's own parts before ours.
    pub parts_before: Vec<UserPart>,
    /// The user's own parts after ours.
    pub parts_after: Vec<UserPart>,
    /// A NodeConfig part before our script: none where Karpenter or a node group sets labels and taints.
    pub node_config: Option<NodeConfig>,
}

impl BootOptions {
    /// Bytes that stay free: none where the NodeConfig has all that a node needs, for then nothing is added.
    fn reserved(&self) -> usize {
        let full = self
            .node_config
            .as_ref()
            .is_some_and(|config| config.cluster.is_some());
        if full { 0 } else { RESERVED }
    }
}

impl Default for BootOptions {
    fn default() -> Self {
        Self {
            render_version: RenderVersion::default(),
            on_failure: OnFailure::default(),
            deadline_seconds: DEFAULT_DEADLINE_SECONDS,
            parts_before: Vec::new(),
            parts_after: Vec::new(),
            node_config: None,
        }
    }
}

/// Rendered user data, before base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserData {
    /// The MIME document: UTF-8, LF line ends, no transfer encoding.
    pub text: String,
    /// Which text it is.
    pub render_version: RenderVersion,
}

impl UserData {
    /// Bytes as EC2 counts them.
    pub fn size(&self) -> usize {
        self.text.len()
    }
}

/// Renders the user data of a layout, or says everything that is wrong, all at once. Equal input gives equal bytes.
pub fn user_data(layout: &Layout, options: &BootOptions) -> Result<UserData, Vec<Finding>> {
    let mut faults = Collector::new(FindingKind::UserData);
    let around = |after| Around::new(layout, options, after);
    check_parts(&options.parts_before, "before", around(false), &mut faults);
    check_parts(&options.parts_after, "after", around(true), &mut faults);
    if !DEADLINE_SECONDS.contains(&options.deadline_seconds) {
        faults.take(fault::deadline(options.deadline_seconds, DEADLINE_SECONDS));
    }
    let text = mime::document(&parts(layout, options));
    let reserved = options.reserved();
    if text.len() > USER_DATA_LIMIT - reserved {
        let ours = script::shell_part(layout, options).len();
        faults.take(fault::too_large(text.len(), ours, reserved));
    }
    faults.finish(|| UserData {
        text,
        render_version: options.render_version,
    })
}

/// The parts of user data that [`user_data`] has rendered, in their order; `None` for any other text.
pub fn user_data_parts(text: &str) -> Option<Vec<UserPart>> {
    Some(mime::parse(text)?.iter().map(UserPart::of).collect())
}

/// The shell part alone: a bash script that installs the boot unit and runs it.
pub fn boot_script(layout: &Layout, options: &BootOptions) -> String {
    script::shell_part(layout, options)
}

fn parts(layout: &Layout, options: &BootOptions) -> Vec<Part> {
    let users = |parts: &[UserPart]| parts.iter().map(UserPart::to_part).collect::<Vec<_>>();
    let mut all = users(&options.parts_before);
    all.extend(node_config::part(options));
    let shell = script::shell_part(layout, options);
    all.push(Part {
        content_type: script::CONTENT_TYPE.to_owned(),
        text: shell,
    });
    all.extend(users(&options.parts_after));
    all
}

fn check_parts(parts: &[UserPart], list: &str, around: Around<'_>, faults: &mut Collector) {
    for (index, part) in parts.iter().enumerate() {
        faults.below(
            FieldPath::of("extra_user_data").attr(list).index(index),
            |faults| part.check(around, faults),
        );
    }
}
