//! The look at the nodes, and the verdict as attributes.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use mig::Layout;
use mig::node_status::{DEFAULT_BOOT_SECONDS, Expected, NodeFacts, NodeState, NodeStatus, judge};
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path};

use super::model::{FoundSliceData, NodeStatusData, NodeVerdict};
use crate::checked::{self, Checked, OrDeferred};
use crate::connections::{ClusterChoice, Connections};
use crate::duration;
use crate::facts::Facts;
use crate::kube::{Cancellable, KubeError, nodes};

/// The layouts by the value of their node label.
///
/// # Errors
/// [`checked::Withheld`]
pub(super) fn layouts(
    config: &NodeStatusData,
    facts: &Facts,
    diags: &mut Diagnostics,
) -> Checked<BTreeMap<String, Layout>> {
    let all = config.layouts.known().or_deferred()?;
    let at = Path::attr("layouts");
    let resolved: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(index, layout)| layout.resolve(facts, &at.index(index), diags))
        .collect();
    let resolved = checked::all(resolved)?;
    Ok(resolved.into_iter().map(|layout| (layout.id(), layout)).collect())
}

/// The nodes of the cluster.
pub(super) async fn look(
    cx: &Context<Connections>,
    config: &NodeStatusData,
) -> Result<Vec<NodeFacts>, Diagnostics> {
    let spec = match cx.provider()?.cluster(&config.cluster)? {
        ClusterChoice::Known(spec) => spec,
        ClusterChoice::Unreadable(why) => return Err(why),
        ClusterChoice::Unknown => {
            let detail = "A part of the provider block is known only after apply. Let the data source depend on what makes the cluster.";
            return Err(Diagnostic::error("The cluster is not known yet", detail).into());
        }
    };
    let connection = cx.provider()?.connect(&spec, cx.cancel()).await.map_err(failed)?;
    let api = Cancellable::new(connection.api(), cx.cancel());
    let (found, mut beside) = futures::join!(nodes::nodes(&api), nodes::beside(&api));
    let mut found = found.map_err(failed)?;
    beside.add_to(&mut found);
    for (kind, error) in beside.not_read {
        let detail = format!("{kind}: {error} The verdict does without.");
        cx.warn(Diagnostic::warning(
            "A part of what is known of the nodes cannot be read",
            detail,
        ));
    }
    Ok(found)
}

fn failed(error: KubeError) -> Diagnostics {
    let diagnostic = Diagnostic::error("The nodes cannot be read", error.to_string());
    diagnostic.at(Path::attr("cluster")).into()
}

/// The verdicts on the nodes that have, or should have, GPUs of these layouts.
pub(super) fn verdicts(
    config: NodeStatusData,
    layouts: &BTreeMap<String, Layout>,
    nodes: &[NodeFacts],
    now: SystemTime,
) -> NodeStatusData {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let boot = config.boot_timeout.as_str().and_then(duration::parse);
    let expected = Expected {
        boot_seconds: boot.map_or(DEFAULT_BOOT_SECONDS, |boot| seconds(boot.as_secs())),
        ..Expected::new(layouts, seconds(now))
    };
    let all = nodes.iter().map(|node| judge(node, &expected));
    let ours: Vec<NodeStatus> = all.filter(is_ours).collect();
    let count = |state: NodeState| ours.iter().filter(|node| node.state == state).count();
    let counts = NodeState::ALL.map(|state| (state.as_str().to_owned(), number(count(state))));
    NodeStatusData {
        counts: BTreeMap::from(counts).into(),
        nodes: ours.into_iter().map(named).collect::<BTreeMap<_, _>>().into(),
        ..config
    }
}

fn is_ours(node: &NodeStatus) -> bool {
    node.layout.is_some() || !node.expected.is_empty()
}

fn named(node: NodeStatus) -> (String, NodeVerdict) {
    let counts = |all: BTreeMap<String, u64>| -> Attr<BTreeMap<String, i64>> {
        all.into_iter()
            .map(|(name, count)| (name, number(count)))
            .collect::<BTreeMap<_, _>>()
            .into()
    };
    let found = node
        .found
        .iter()
        .map(|(name, count)| (name.clone(), count.allocatable))
        .collect();
    let placements = node
        .placements
        .map(|all| all.iter().map(placement).collect::<Vec<_>>());
    let data = NodeVerdict {
        state: node.state.as_str().into(),
        reason: node.sentence.into(),
        layout: node.layout.into(),
        instance_type: node.instance_type.into(),
        expected: counts(node.expected),
        found: counts(found),
        placements: placements.into(),
        partition_failed: node.partition_failed.into(),
        gpu_product: node.gpu_product.into(),
        driver_version: node.driver.into(),
    };
    (node.name, data)
}

fn placement(slice: &mig::node_status::FoundSlice) -> FoundSliceData {
    FoundSliceData {
        gpu: i64::from(slice.gpu).into(),
        profile: slice.profile.map(|profile| profile.to_string()).into(),
        start: i64::from(slice.start).into(),
    }
}

fn number<T: TryInto<i64>>(count: T) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

fn seconds(whole: u64) -> i64 {
    number(whole)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::models::LayoutModel;

    fn node(name: &str, layout: &str, slices: u64) -> NodeFacts {
        let label = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        NodeFacts {
            name: name.to_owned(),
            labels: BTreeMap::from([
                label("mig.eks/layout", layout),
                label("node.kubernetes.io/instance-type", "p5.48xlarge"),
            ]),
            ready: mig::node_status::Condition {
                status: mig::node_status::Tristate::True,
                ..Default::default()
            },
            capacity: BTreeMap::from([("nvidia.com/mig-1g.10gb".to_owned(), slices)]),
            allocatable: BTreeMap::from([("nvidia.com/mig-1g.10gb".to_owned(), slices)]),
            ..NodeFacts::default()
        }
    }

    #[test]
    fn nodes_are_judged_by_their_layout_and_others_left_out() {
        let config = NodeStatusData {
            layouts: vec![LayoutModel {
                instance_types: vec!["p5.48xlarge".to_owned()].into(),
                slices: BTreeMap::from([("1g.10gb".to_owned(), 7)]).into(),
                ..LayoutModel::default()
            }]
            .into(),
            ..NodeStatusData::default()
        };
        let layouts = layouts(&config, &Facts::default(), &mut Diagnostics::new()).unwrap();
        let id = layouts.keys().next().unwrap();
        let plain = NodeFacts {
            name: "cpu".to_owned(),
            ..NodeFacts::default()
        };
        let nodes = [node("good", id, 56), node("bad", id, 8), plain];
        let later = UNIX_EPOCH + Duration::from_secs(100_000);
        let seen = verdicts(config, &layouts, &nodes, later);
        let nodes = seen.nodes.known().unwrap();
        let states: Vec<_> = nodes
            .iter()
            .map(|(name, node)| (name.as_str(), node.state.as_str().unwrap()))
            .collect();
        assert_eq!(states, [("bad", "wrong"), ("good", "right")]);
        let counts = seen.counts.known().unwrap();
        assert_eq!((counts["right"], counts["wrong"], counts["booting"]), (1, 1, 0));
        assert_eq!(nodes["bad"].found.known().unwrap()["nvidia.com/mig-1g.10gb"], 8);
    }
}
