//! What AWS says of a cluster's groups and instances, and the rights that it takes to ask.

use std::collections::BTreeSet;

use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Fault, FaultProxy, Rule};
use serde_json::json;

use super::{DRIFT, Said, Scene, findings, not_checked};
use crate::support::{MOTO, REGION, ec2, eks, rights, with_a_cli};

const NODE: &str = "k8s.io/cluster-autoscaler/node-template";
/// The EKS cluster that the scenes' nodes are in.
const CLUSTER: &str = "drift";

/// Looks at the cluster through a proxy, where nothing may take any time to boot.
fn look(scene: &Scene, proxy: &FaultProxy, more: &[&str]) -> Said {
    patient_look(scene, proxy, "0s", more)
}

fn patient_look(scene: &Scene, proxy: &FaultProxy, boot_timeout: &str, more: &[&str]) -> Said {
    let more = [&["--boot-timeout", boot_timeout], more].concat();
    scene.look_at_eks(&aws_env(&proxy.url(), &ADMIN), CLUSTER, &more)
}

fn scene(test: &str) -> (Scene, FaultProxy) {
    let scene = Scene::new(test);
    MOTO.add_eks_cluster(&DRIFT.eks_cluster(REGION)).unwrap();
    DRIFT.webhook().trust_issuer(&MOTO.url());
    (scene, FaultProxy::start(&MOTO.url()).unwrap())
}

/// Runs an instance with these tags, and gives its ID.
fn run_instance(kind: &str, tags: &[(&str, &str)]) -> String {
    let mut parameters = vec![
        ("ImageId".to_owned(), MOTO_IMAGE.to_owned()),
        ("InstanceType".to_owned(), kind.to_owned()),
        ("MinCount".to_owned(), "1".to_owned()),
        ("MaxCount".to_owned(), "1".to_owned()),
        (
            "TagSpecification.1.ResourceType".to_owned(),
            "instance".to_owned(),
        ),
    ];
    for (at, (key, value)) in tags.iter().enumerate() {
        parameters.push((
            format!("TagSpecification.1.Tag.{}.Key", at + 1),
            (*key).to_owned(),
        ));
        parameters.push((
            format!("TagSpecification.1.Tag.{}.Value", at + 1),
            (*value).to_owned(),
        ));
    }
    let parameters: Vec<(&str, &str)> = parameters
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    let answer = ec2::call(REGION, "RunInstances", &parameters);
    ec2::texts(&answer, "instanceId").remove(0)
}

/// An image that moto has.
const MOTO_IMAGE: &str = "ami-12c6146b";

#[test]
fn instances_that_never_became_nodes_are_drift() {
    let (mut scene, proxy) = scene("drift-instances");
    let owned = (&*format!("kubernetes.io/cluster/{CLUSTER}"), "owned");
    let joined = run_instance("p5.48xlarge", &[owned]);
    let lost = run_instance("p5.48xlarge", &[owned]);
    let halted = run_instance(
        "p5.48xlarge",
        &[owned, ("mig.eks/partition-failed", "no-profile")],
    );
    let others = [
        run_instance("m5.large", &[owned]),
        run_instance("p5.48xlarge", &[("kubernetes.io/cluster/another", "owned")]),
    ];
    scene.node("right", |node| {
        node["spec"]["providerID"] = json!(format!("aws:///{REGION}a/{joined}"));
    });
    let said = look(&scene, &proxy, &[]);
    assert_eq!(said.code, Some(2), "{}\n{}", said.out, said.err);
    let report = said.report();
    let mut expected = vec![
        format!("Instance/{halted} D2 halted"),
        format!("Instance/{lost} D2 never-joined"),
    ];
    expected.sort();
    let mut found = findings(&report);
    found.sort();
    assert_eq!(found, expected);
    assert!(said.out.contains("no-profile"), "{}", said.out);
    for other in &others {
        assert!(!said.out.contains(other.as_str()), "{}", said.out);
    }
    let patient = patient_look(&scene, &proxy, "1h", &[]);
    assert_eq!(
        findings(&patient.report()),
        [format!("Instance/{halted} D2 halted")],
        "it may boot yet"
    );
    for instance in [&joined, &lost, &halted].into_iter().chain(&others) {
        ec2::call(REGION, "TerminateInstances", &[("InstanceId.1", instance)]);
    }
    assert_eq!(
        findings(&look(&scene, &proxy, &[]).report()),
        Vec::<String>::new()
    );
}

/// A self-managed group of the cluster, which the autoscaler may scale from zero.
fn auto_scaling_group(name: &str, template: &str, version: &str) {
    let tag = |at: usize, key: &str, value: &str| {
        [
            ("ResourceId", name),
            ("ResourceType", "auto-scaling-group"),
            ("Key", key),
            ("Value", value),
            ("PropagateAtLaunch", "true"),
        ]
        .map(|(field, value)| (format!("Tags.member.{at}.{field}"), value.to_owned()))
    };
    let fixed = [
        ("AutoScalingGroupName", name),
        ("LaunchTemplate.LaunchTemplateId", template),
        ("LaunchTemplate.Version", version),
        ("MinSize", "0"),
        ("MaxSize", "3"),
        ("AvailabilityZones.member.1", &format!("{REGION}a")),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let cluster = tag(1, &format!("kubernetes.io/cluster/{CLUSTER}"), "owned");
    let all: Vec<(String, String)> = fixed.into_iter().chain(cluster).collect();
    let all: Vec<(&str, &str)> = all
        .iter()
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    eks::auto_scaling("CreateAutoScalingGroup", &all);
}

/// The template of two layouts in two versions, and a group of either.
#[test]
fn groups_of_other_versions_and_without_tags_are_drift() {
    with_a_cli(|cli| {
        let (mut scene, proxy) = scene("drift-own-groups");
        scene.node("right", |_| ());
        let layout = |slices: &str| {
            format!(
                "resource \"mig_launch_template\" \"this\" {{\n  name = \"drift-own-groups\"\n  instance_type = \"p5.48xlarge\"\n  \
                 layout = {{ instance_types = [\"p5.48xlarge\"], slices = {{ {slices} }} }}\n}}\n"
            )
        };
        let ground = crate::support::Ground::with(cli, "drift-own-groups", |_| layout("\"3g.40gb\" = 2"));
        ground.apply();
        ground.write(&layout("\"1g.10gb\" = 7"));
        ground.apply();
        let template = ec2::template("drift-own-groups").id;
        auto_scaling_group("drift-own-groups", &template, "$Latest");
        let untagged = look(&scene, &proxy, &[]).report();
        assert!(
            findings(&untagged)[0].starts_with("AutoScalingGroup/drift-own-groups D8 "),
            "{untagged}"
        );
        // Set as it says, they are right.
        for tag in untagged["findings"][0]["expected"].as_str().unwrap().split("; ") {
            let (key, value) = tag.split_once('=').unwrap();
            assert!(key.starts_with(NODE), "{tag}");
            eks::set_tag("drift-own-groups", key, value);
        }
        let right = look(&scene, &proxy, &[]);
        assert_eq!(
            (right.code, findings(&right.report())),
            (Some(0), Vec::new()),
            "{}",
            right.out
        );

        let back = [
            ("AutoScalingGroupName", "drift-own-groups"),
            ("LaunchTemplate.LaunchTemplateId", template.as_str()),
            ("LaunchTemplate.Version", "1"),
        ];
        eks::auto_scaling("UpdateAutoScalingGroup", &back);
        let report = look(&scene, &proxy, &[]).report();
        assert_eq!(findings(&report), ["AutoScalingGroup/drift-own-groups D4 layout"]);
        let found = report["findings"][0]["found"].as_str().unwrap();
        assert!(
            found.starts_with(&format!("version 1 of {template} with the layout ")),
            "{found}"
        );

        let named = [("AutoScalingGroupName", "drift-own-groups")];
        eks::auto_scaling("StartInstanceRefresh", &named);
        assert_eq!(
            findings(&look(&scene, &proxy, &[]).report()),
            Vec::<String>::new(),
            "it is replaced"
        );
        eks::auto_scaling("CancelInstanceRefresh", &named);
        assert_eq!(findings(&look(&scene, &proxy, &[]).report()).len(), 1);
        rights_are_those_of_the_guide(&proxy);
        each_missing_right_is_told(&scene);
        eks::auto_scaling("DeleteAutoScalingGroup", &[named[0], ("ForceDelete", "true")]);
        ground.project.destroy().unwrap();
    });
}

/// Every call that was made is in the guide's policy, and every right in it was used.
fn rights_are_those_of_the_guide(proxy: &FaultProxy) {
    let mut needed = rights::needed(proxy);
    // Tokens are signed here, and STS is not asked.
    needed.remove("sts:GetCallerIdentity");
    // There is no managed group in this cluster.
    needed.insert("eks:DescribeNodegroup".to_owned());
    assert_eq!(needed, rights::documented("drift-in-ci.md"));
}

/// Without any of them the rest is looked at.
fn each_missing_right_is_told(scene: &Scene) {
    let cases = [
        ("DescribeInstances", "Instance"),
        ("DescribeAutoScalingGroups", "AutoScalingGroup"),
        ("DescribeLaunchTemplateVersions", "LaunchTemplate"),
        ("DescribeInstanceRefreshes", "InstanceRefresh"),
    ];
    for (action, kind) in cases {
        let proxy = FaultProxy::start(&MOTO.url()).unwrap();
        let denied = match action {
            "DescribeInstances" | "DescribeLaunchTemplateVersions" => Fault::ec2_error(
                403,
                "UnauthorizedOperation",
                "You are not authorized to perform this operation.",
            ),
            _ => Fault::query_error(
                403,
                "AccessDenied",
                "User is not authorized to perform this operation.",
            ),
        };
        proxy.add(Rule::action(action, denied));
        let report = look(scene, &proxy, &["--strict"]).report();
        assert_eq!(
            not_checked(&report),
            [format!("{CLUSTER} {kind} no-rights")],
            "{action}"
        );
        let checked: BTreeSet<&str> = report["checked"]
            .as_array()
            .unwrap()
            .iter()
            .map(|object| object["kind"].as_str().unwrap())
            .collect();
        assert!(checked.contains("Node"), "{action}: {checked:?}");
    }
}
