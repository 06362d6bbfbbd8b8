//! A cluster, looked at: its nodes, Karpenter's objects of ours, its device plugin, and the managed node groups of an EKS cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use futures::StreamExt;
use mig::drift::detect::{self, DevicePluginFacts, Presence, instance_ids};
use mig::drift::{Object, Place, Section, WhyNot};
use mig::layout::DEVICE_PLUGIN_LABEL;
use mig::node_status::{Expected, NodeFacts, NodeState, judge};
use tokio_util::sync::CancellationToken;

use super::foreign;
use super::groups::{self, Groups};
use super::karpenter::{self, Karpenter};
use crate::cli::layouts::Layouts;
use crate::connections::Connections;
use crate::kube::daemon_sets::{DaemonSetFacts, daemon_sets};
use crate::kube::nodes::{self, Beside};
use crate::kube::{ClusterSpec, Direct, Exec, KubeApi, KubeError, KubeErrorKind};
use crate::models::ClusterModel;

/// Clusters that are looked at at the same time.
const AT_ONCE: usize = 8;

/// A cluster to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    spec: ClusterSpec,
}

/// What is looked for, and by which way.
pub(super) struct Look<'a> {
    pub(super) connections: &'a Connections,
    pub(super) expected: &'a Layouts,
    /// The versions of launch templates that a plan has, by the template's ID.
    pub(super) versions: &'a BTreeMap<String, i64>,
    /// Seconds since 1970.
    pub(super) now: i64,
    pub(super) boot_seconds: i64,
}

impl Target {
    /// `NAME` or `NAME@REGION`.
    pub(super) fn eks(text: &str) -> Self {
        match text.split_once('@') {
            Some((name, region)) => Self::eks_in(name, Some(region)),
            None => Self::eks_in(text, None),
        }
    }

    pub(super) fn eks_in(name: &str, region: Option<&str>) -> Self {
        let spec = ClusterSpec::Eks {
            name: name.to_owned(),
            region: region.map(str::to_owned),
            role: None,
        };
        Self { spec }
    }

    /// A context of that kubeconfig, or of the one that kubectl would read.
    pub(super) fn context(kubeconfig: Option<&Path>, context: &str) -> Result<Self, String> {
        let spec = ClusterSpec::Kubeconfig {
            path: file_of_context(kubeconfig, context)?,
            context: Some(context.to_owned()),
        };
        Ok(Self { spec })
    }

    /// The cluster of a resource; none where the plan does not say how it is reached.
    pub(super) fn of_model(model: &ClusterModel) -> Option<Self> {
        let spec = model.spec(&tfplug::Path::root()).ok()??;
        Some(Self { spec })
    }

    /// Whether the way to it is EKS', and nothing else has to be read or run for it than what AWS says.
    pub(super) fn is_eks(&self) -> bool {
        matches!(self.spec, ClusterSpec::Eks { .. })
    }

    /// Where its objects are.
    pub(super) fn place(&self) -> Place {
        match &self.spec {
            ClusterSpec::Eks { name, region, .. } => Place {
                cluster: Some(name.clone()),
                region: region.clone(),
            },
            ClusterSpec::Kubeconfig {
                context: Some(context),
                ..
            } => Place::cluster(context),
            ClusterSpec::Direct(Direct { server, .. }) | ClusterSpec::Exec(Exec { server, .. }) => {
                Place::cluster(&server.host)
            }
            other @ ClusterSpec::Kubeconfig { .. } => Place::cluster(&other.to_string()),
        }
    }
}

/// The file that has the context: that kubeconfig, or one of those that kubectl would read.
pub(in crate::cli) fn file_of_context(kubeconfig: Option<&Path>, context: &str) -> Result<PathBuf, String> {
    let files = match kubeconfig {
        Some(path) => vec![path.to_owned()],
        None => usual_files(),
    };
    let found = files.iter().find(|path| has_context(path, context));
    found.cloned().ok_or_else(|| {
        let looked: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
        format!("there is no context {context} in {}", looked.join(", "))
    })
}

/// `KUBECONFIG`, which may name several files, or `~/.kube/config`.
fn usual_files() -> Vec<PathBuf> {
    let named = std::env::var_os("KUBECONFIG").filter(|value| !value.is_empty());
    match named {
        Some(list) => std::env::split_paths(&list).collect(),
        None => std::env::home_dir()
            .map(|home| home.join(".kube/config"))
            .into_iter()
            .collect(),
    }
}

fn has_context(path: &Path, context: &str) -> bool {
    crate::kube::contexts(path).is_some_and(|all| all.iter().any(|name| name == context))
}

/// What a look into a cluster gave.
struct Seen {
    section: Section,
    /// The instances of its nodes; none where they could not be listed.
    instances: Option<BTreeSet<String>>,
}

impl Seen {
    fn nothing(place: &Place, error: &KubeError) -> Self {
        Self {
            section: not_checked(place, "Cluster", error),
            instances: None,
        }
    }
}

impl Look<'_> {
    /// Looks at each cluster by itself.
    pub(super) async fn at_all(&self, targets: &[Target]) -> Vec<Section> {
        let looks = futures::stream::iter(targets).map(|target| self.at(target));
        let sections: Vec<Section> = looks.buffer_unordered(AT_ONCE).collect().await;
        sections
    }

    async fn at(&self, target: &Target) -> Section {
        let place = target.place();
        let ClusterSpec::Eks { name, region, .. } = &target.spec else {
            return self.in_cluster(target, &place).await.section;
        };
        let groups = async {
            let groups = Groups::of(self, &place, name, region.as_deref()).await?;
            let section = groups.judged().await;
            Ok((groups, section))
        };
        let (
            Seen {
                mut section,
                instances,
            },
            groups,
        ) = futures::join!(self.in_cluster(target, &place), groups);
        match groups {
            Ok((groups, of_groups)) => {
                section.join(of_groups);
                if let Some(joined) = instances {
                    section.join(groups.instances(&joined).await);
                }
            }
            Err(not_asked) => section.join(not_asked),
        }
        section
    }

    async fn in_cluster(&self, target: &Target, place: &Place) -> Seen {
        let never = CancellationToken::new();
        let connection = match self.connections.connect(&target.spec, &never).await {
            Ok(connection) => connection,
            Err(error) => return Seen::nothing(place, &error),
        };
        let api = connection.api();
        // Each list takes a round trip or more, so all are on their way at once.
        let (nodes, sets, karpenter) = futures::join!(
            nodes(api),
            daemon_sets(api),
            karpenter::look(api, place, self.now)
        );
        let nodes = match nodes {
            // Nothing else will have been answered either.
            Err(error) if error.kind != KubeErrorKind::Forbidden => return Seen::nothing(place, &error),
            nodes => nodes,
        };
        self.joined(place, nodes, sets, karpenter)
    }

    fn joined(
        &self,
        place: &Place,
        nodes: Result<(Vec<NodeFacts>, Beside), KubeError>,
        sets: Result<Vec<DaemonSetFacts>, KubeError>,
        karpenter: Karpenter,
    ) -> Seen {
        let mut section = karpenter.section.clone();
        let sets = sets.unwrap_or_else(|error| {
            section.join(not_checked(place, "DaemonSet", &error));
            Vec::new()
        });
        let nodes = nodes.map_err(|error| section.join(not_checked(place, "Node", &error)));
        let listed = nodes.as_ref().ok().map(|(nodes, _)| nodes.as_slice());
        // Those that serve nodes by the label of the device plugin.
        let plugins: Vec<&DaemonSetFacts> = sets
            .iter()
            .filter(|set| set.node_selector.contains_key(DEVICE_PLUGIN_LABEL))
            .collect();
        for set in &plugins {
            section.join(detect::device_plugin(place, &self.plugin(set, listed), self.now));
        }
        let mut instances = None;
        if let Ok((nodes, beside)) = nodes {
            for (kind, error) in &beside.not_read {
                section.join(not_checked(place, kind, error));
            }
            section.join(foreign::look(place, &sets, &nodes));
            section.join(karpenter.images(place, &nodes, self.now));
            instances = Some(instance_ids(&nodes));
            section.join(self.judged(place, nodes, &plugins));
        }
        Seen { section, instances }
    }

    fn expected(&self) -> Expected<'_> {
        Expected {
            boot_seconds: self.boot_seconds,
            ..Expected::new(&self.expected.by_id, self.now)
        }
    }

    /// The verdicts on the nodes. While a device plugin is replaced, its nodes have no slices for some seconds.
    fn judged(&self, place: &Place, nodes: Vec<NodeFacts>, sets: &[&DaemonSetFacts]) -> Section {
        if nodes.is_empty() {
            return detect::nodes(place, &nodes, &self.expected());
        }
        if self.expected.by_id.is_empty() {
            let text = "No layout is given by --layout or a plan, so nothing is expected of the nodes.";
            return Section::not_checked(Object::new(place, "Node", ""), WhyNot::Unknown, text);
        }
        let rolls = |node: &NodeFacts| {
            sets.iter()
                .any(|set| serves(set, node) && self.plugin(set, None).is_rolling(self.now))
        };
        let (rolling, settled): (Vec<_>, Vec<_>) = nodes.into_iter().partition(rolls);
        let mut section = Section::default();
        for (nodes, plugin_rolls) in [(rolling, true), (settled, false)] {
            let expected = Expected {
                plugin_rolls,
                ..self.expected()
            };
            if !nodes.is_empty() {
                section.join(detect::nodes(place, &nodes, &expected));
            }
        }
        section
    }

    fn plugin(&self, set: &DaemonSetFacts, nodes: Option<&[NodeFacts]>) -> DevicePluginFacts {
        let served = nodes.into_iter().flatten().filter(|node| serves(set, node));
        let settled = |node: &&NodeFacts| {
            matches!(
                judge(node, &self.expected()).state,
                NodeState::Right | NodeState::Wrong
            )
        };
        let (settled, unsettled): (Vec<_>, Vec<_>) = served.partition(settled);
        DevicePluginFacts {
            name: format!("{}/{}", set.namespace, set.name),
            presence: Presence::Present,
            edits: Vec::new(),
            generation: set.generation,
            observed_generation: set.observed_generation,
            desired: set.desired,
            updated: set.updated,
            ready: set.ready,
            nodes: nodes.and(u32::try_from(settled.len()).ok()),
            changed: set.changed,
            // Where nodes may not be listed, each pod that is not ready may be on one that boots.
            unsettled_nodes: nodes.map_or(u32::MAX, |_| u32::try_from(unsettled.len()).unwrap_or(u32::MAX)),
        }
    }
}

/// Whether a node has all the labels that a DaemonSet selects.
fn serves(set: &DaemonSetFacts, node: &NodeFacts) -> bool {
    set.node_selector
        .iter()
        .all(|(key, value)| node.labels.get(key) == Some(value))
}

/// The nodes, and what is said of them elsewhere.
async fn nodes(api: &dyn KubeApi) -> Result<(Vec<NodeFacts>, Beside), KubeError> {
    let (found, mut beside) = futures::join!(nodes::nodes(api), nodes::beside(api));
    let mut found = found?;
    beside.add_to(&mut found);
    Ok((found, beside))
}

/// A part that could not be looked at, which is never in sync.
pub(super) fn not_checked(place: &Place, kind: &str, error: &KubeError) -> Section {
    let why = match error.kind {
        KubeErrorKind::Forbidden | KubeErrorKind::Unauthorized => WhyNot::NoRights,
        KubeErrorKind::Aws(kind) => groups::why_not(kind),
        KubeErrorKind::Unreachable
        | KubeErrorKind::Timeout
        | KubeErrorKind::Connection
        | KubeErrorKind::Proxy => WhyNot::Unreachable,
        _ => WhyNot::Unknown,
    };
    Section::not_checked(Object::new(place, kind, ""), why, error.to_string())
}
