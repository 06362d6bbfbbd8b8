//! Managed node groups of an EKS cluster: tags by which an autoscaler scales them from zero.

use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Fault, Rule};
use serde_json::json;

use super::{Said, Scene, findings, mig, not_checked};
use crate::support::{Ground, MOTO, REGION, eks, with_a_cli};

const TAGS: &str = "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/";

/// The node groups alone: nobody answers at the address of the cluster.
fn look(scene: &Scene, cluster: &str, more: &[&str]) -> Said {
    scene.look_at_eks(&MOTO.env(), cluster, more)
}

#[test]
fn tags_that_are_missing_wrong_or_of_another_layout_are_drift() {
    with_a_cli(|cli| {
        let scene = Scene::new("drift-groups");
        let ground = crate::node_group::sized_ground(cli, "drift-of-groups");
        ground.apply();
        let cluster = format!("{}@{REGION}", ground.name);
        let unreachable = format!("{} Cluster unreachable", ground.name);
        let right = look(&scene, &cluster, &[]);
        assert_eq!(right.code, Some(0), "{}", right.out);
        let report = right.report();
        assert_eq!(not_checked(&report), [unreachable]);
        assert!(report["checked"].to_string().contains("NodeGroup"), "{report}");
        assert_eq!(
            report["checked"][0]["place"],
            json!({"cluster": ground.name, "region": REGION})
        );

        let tags = eks::group(&ground.name, &ground.name).unwrap()["tags"].clone();
        let small = format!("{TAGS}mig-1g.10gb");
        assert_eq!(tags[&small], "56");
        let changed = |change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
            let mut tags = tags.as_object().unwrap().clone();
            change(&mut tags);
            MOTO.node_groups(REGION, &ground.name)
                .change(&ground.name, &json!({"tags": tags}))
                .unwrap();
            let said = look(&scene, &cluster, &[]);
            assert_eq!(said.code, Some(2), "{}", said.out);
            let report = said.report();
            assert_eq!(report["findings"].as_array().unwrap().len(), 1);
            let finding = report["findings"][0].clone();
            assert_eq!(
                (&finding["class"], &finding["object"]["name"]),
                (&json!("D8"), &json!(ground.name))
            );
            (
                finding["expected"].as_str().unwrap().to_owned(),
                finding["found"].as_str().unwrap().to_owned(),
            )
        };
        let (expected, found) = changed(&|tags| drop(tags.remove(&small)));
        assert_eq!((expected, found), (format!("{small}=56"), format!("no {small}")));
        let (expected, found) = changed(&|tags| drop(tags.insert(small.clone(), json!("8"))));
        assert_eq!((expected, found), (format!("{small}=56"), format!("{small}=8")));
        let earlier = format!("{TAGS}mig-7g.80gb");
        let (expected, found) = changed(&|tags| drop(tags.insert(earlier.clone(), json!("8"))));
        assert_eq!(
            (expected, found),
            (format!("no {earlier}"), format!("{earlier}=8"))
        );
    });
}

#[test]
fn sizes_and_groups_of_others_are_no_drift() {
    with_a_cli(|cli| {
        let scene = Scene::new("drift-sizes");
        let ground = crate::node_group::sized_ground(cli, "drift-sizes");
        ground.apply();
        let sizes = json!({"scalingConfig": {"minSize": 0, "maxSize": 3, "desiredSize": 3}});
        MOTO.node_groups(REGION, &ground.name)
            .change(&ground.name, &sizes)
            .unwrap();
        let subnets = MOTO.default_subnets(REGION).unwrap();
        let others = json!({
            "nodegroupName": "others", "nodeRole": "arn:aws:iam::123456789012:role/nodes", "subnets": subnets,
            "instanceTypes": ["m7i.large"], "labels": {"team": "web"},
        });
        eks::change(&ground.name, "node-groups", &others);
        let said = look(&scene, &ground.name, &[]);
        assert_eq!(said.code, Some(0), "{}", said.out);
        let report = said.report();
        assert!(!report["checked"].to_string().contains("others"), "{report}");
        assert_eq!(findings(&report), Vec::<String>::new());
    });
}

#[test]
fn a_cluster_that_eks_does_not_have_and_missing_rights_are_not_checked() {
    let scene = Scene::new("drift-no-cluster");
    let said = look(&scene, "no-such-cluster", &["--strict"]);
    assert_eq!(said.code, Some(3), "{}", said.out);
    let report = said.report();
    assert_eq!(
        not_checked(&report),
        [
            "no-such-cluster Cluster unknown",
            "no-such-cluster NodeGroup unknown"
        ]
    );
    assert_eq!(report["checked"], json!([]));
}

#[test]
fn without_rights_in_aws_nothing_is_in_sync() {
    let scene = Scene::new("drift-denied");
    let proxy = counterparts::FaultProxy::start(&MOTO.url()).unwrap();
    let denied = Fault::json_error(403, "AccessDeniedException", "not authorized");
    proxy.add(Rule::path("/clusters/", denied));
    let layouts = scene.path("slices.yaml");
    let arguments = [
        "drift",
        "--layout",
        &layouts,
        "--format",
        "json",
        "--strict",
        "--cluster",
        "drift-denied",
    ];
    let said = mig(&aws_env(&proxy.url(), &ADMIN), &arguments);
    assert_eq!(said.code, Some(3), "{}\n{}", said.out, said.err);
    assert_eq!(
        not_checked(&said.report()),
        [
            "drift-denied Cluster no-rights",
            "drift-denied NodeGroup no-rights"
        ]
    );
}

/// A group of the layout's nodes that another tool has made.
#[test]
fn a_group_without_tags_is_drift_where_it_may_have_no_nodes() {
    let scene = Scene::new("drift-untagged");
    let cluster = "drift-untagged";
    eks::add_cluster(REGION, cluster);
    let subnets = MOTO.default_subnets(REGION).unwrap();
    let group = json!({
        "nodegroupName": "theirs", "nodeRole": "arn:aws:iam::123456789012:role/nodes", "subnets": subnets,
        "instanceTypes": ["p5.48xlarge"], "labels": {"mig.eks/layout": scene.id},
        "scalingConfig": {"minSize": 0, "maxSize": 3, "desiredSize": 0},
    });
    eks::change(cluster, "node-groups", &group);
    let said = look(&scene, cluster, &[]);
    assert_eq!(said.code, Some(2), "{}", said.out);
    assert_eq!(said.report()["findings"][0]["object"]["name"], "theirs");
    let sizes = json!({"scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 1}});
    MOTO.node_groups(REGION, cluster)
        .change("theirs", &sizes)
        .unwrap();
    let said = look(&scene, cluster, &[]);
    assert_eq!(said.code, Some(0), "it always has a node: {}", said.out);
    assert!(
        said.report()["checked"].to_string().contains("theirs"),
        "{}",
        said.out
    );
}

/// The clusters of a plan are looked at too.
#[test]
fn a_plan_names_clusters_and_layouts() {
    with_a_cli(|cli| {
        let ground: Ground = crate::node_group::sized_ground(cli, "drift-plan-cluster");
        ground.apply();

        let said = super::directory::drift(&ground.project, &["--format", "json"]);
        assert_eq!(said.code, Some(0), "{}\n{}", said.out, said.err);
        let report = said.report();
        assert_eq!(
            not_checked(&report),
            [format!("{} Cluster unreachable", ground.name)]
        );
        let kinds: Vec<_> = report["checked"]
            .as_array()
            .unwrap()
            .iter()
            .map(|object| (object["kind"].as_str().unwrap(), object["name"].as_str().unwrap()))
            .collect();
        assert!(kinds.contains(&("NodeGroup", ground.name.as_str())), "{kinds:?}");
        assert!(kinds.contains(&("NodeGroup", "mig_node_group.this")), "{kinds:?}");
    });
}
