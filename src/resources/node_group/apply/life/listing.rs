//! Lists of node groups in process, with a fault at each call.

use mig::layout::LAYOUT_LABEL;
use tfplug::testing::Listing;

use super::*;
use crate::list_resources::node_group::{NodeGroupFilter, NodeGroupList};

/// A group by its tags and labels.
fn group(name: &str, tags: &[&str], labels: &[&str]) -> (String, Group) {
    let pairs = |keys: &[&str]| {
        keys.iter()
            .map(|key| ((*key).to_owned(), "x".to_owned()))
            .collect()
    };
    let input = CreateNodegroupInputBuilder::default()
        .cluster_name("prod")
        .set_tags(Some(pairs(tags)))
        .set_labels(Some(pairs(labels)));
    let mut seen = made(&input, name);
    seen.status = Some(eks::NodegroupStatus::Active);
    let group = Group {
        seen,
        looks: 0,
        tags: BTreeMap::new(),
    };
    (name.to_owned(), group)
}

fn world(faults: Faults) -> (NodeGroupList, Connections) {
    let groups = Groups::from([
        group("by-label", &[], &[LAYOUT_LABEL]),
        group("by-tag", &[LAYOUT_LABEL], &[]),
        group("web", &["team"], &["team"]),
    ]);
    let fake = Fake {
        groups: Arc::new(Mutex::new(groups)),
        faults,
    };
    let services = Services {
        eks: Some(Arc::new(fake.clone())),
        auto_scaling: Some(Arc::new(fake)),
        ..Services::default()
    };
    let connections = Connections::answered_by(REGION, services);
    (NodeGroupList::new(SharedFacts::default()), connections)
}

#[tokio::test]
async fn groups_with_a_layout_are_listed_of_all_clusters_or_of_one() {
    let everywhere = NodeGroupFilter::default();
    let here = NodeGroupFilter {
        cluster_name: "prod".into(),
        ..NodeGroupFilter::default()
    };
    // The clusters, their groups, and each of three groups.
    for (config, calls) in [(everywhere, 5), (here, 4)] {
        let listed = Listing::new(config, world).run().await.unwrap();
        let names: Vec<_> = listed
            .results
            .iter()
            .map(|found| found.display_name.as_str())
            .collect();
        assert_eq!(names, ["prod:by-label", "prod:by-tag"]);
        assert_eq!(listed.faults, calls * 3);
    }
}

#[tokio::test]
async fn whole_groups_are_what_an_import_reads() {
    let all = NodeGroupFilter {
        all: true.into(),
        ..NodeGroupFilter::default()
    };
    let listing = Listing::new(all, world)
        .including_resources()
        .importing_by(NodeGroupResource::new(SharedFacts::default()));
    assert_eq!(listing.run().await.unwrap().results.len(), 3);
}
