//! The table of AWS rights in the guide: the calls of an object's whole life are in its row, and nothing else is.

use std::collections::BTreeSet;

use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Cli, FaultProxy};
use http::Method;
use serde_json::json;

use crate::drift::mig;
use crate::support::{Ground, MOTO, REGION, ec2, eks, rights, with_a_cli};

const GUIDE: &str = include_str!("../../../docs/guides/rights.md");
const LAYOUT: &str = "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }";
const OTHER: &str = "{ instance_types = [\"p5.48xlarge\"], slices = { \"3g.40gb\" = 2 } }";

/// The actions in the row of an object.
fn documented(object: &str) -> BTreeSet<String> {
    let (_, section) = GUIDE.split_once("## AWS\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let row = section
        .lines()
        .find(|line| line.starts_with(&format!("| {object} |")))
        .unwrap_or_else(|| panic!("no row for {object}"));
    let actions = row.split('`').skip(1).step_by(2);
    actions
        .filter(|word| word.contains(':'))
        .map(str::to_owned)
        .collect()
}

fn assert_row(object: &str, proxy: &FaultProxy) {
    assert_eq!(rights::needed(proxy), documented(object), "{object}");
}

fn template(name: &str, layout: &str, arguments: &str) -> String {
    format!(
        "resource \"mig_launch_template\" \"this\" {{\n  name = \"{name}\"\n  instance_type = \"p5.48xlarge\"\n  layout = {layout}\n{arguments}\n}}\n"
    )
}

#[test]
fn a_launch_template() {
    with_a_cli(|cli| {
        let arguments = "  update_default_version = true\n  tags = { team = \"ml\", stage = \"one\" }";
        let ground = Ground::with(cli, "rights-aws-template", |name| {
            template(name, LAYOUT, arguments)
        });
        ground.settle();
        let changed = "  update_default_version = true\n  tags = { team = \"web\" }";
        ground.write(&template(&ground.name, OTHER, changed));
        ground.settle();
        ground.import_anew("mig_launch_template.this", &ground.name);
        ground.plan_words();
        ground.project.destroy().unwrap();
        assert_row("`mig_launch_template`", &ground.proxy);
    });
}

/// A project with the tags of a group that others have made, with their template.
fn tags(cli: &Cli) -> (Ground, Ground) {
    let maker = Ground::with(cli, "rights-aws-maker", |name| template(name, LAYOUT, ""));
    maker.apply();
    let made = [
        ("AutoScalingGroupName", maker.name.as_str()),
        ("LaunchTemplate.LaunchTemplateId", &ec2::template(&maker.name).id),
        ("LaunchTemplate.Version", "$Latest"),
        ("MinSize", "0"),
        ("MaxSize", "3"),
        ("AvailabilityZones.member.1", &format!("{REGION}a")),
    ];
    eks::auto_scaling("CreateAutoScalingGroup", &made);
    let ground = Ground::with(cli, "rights-aws-tags", |_| {
        group_tags(&maker.name, "{ team = \"ml\" }")
    });
    (maker, ground)
}

fn group_tags(group: &str, labels: &str) -> String {
    format!(
        "resource \"mig_autoscaling_group_tags\" \"this\" {{\n  autoscaling_group_name = \"{group}\"\n  layout = {LAYOUT}\n  labels = {labels}\n}}\n"
    )
}

#[test]
fn tags_of_an_auto_scaling_group() {
    with_a_cli(|cli| {
        let (maker, ground) = tags(cli);
        ground.settle();
        ground.write(&group_tags(&maker.name, "{ stage = \"one\" }"));
        ground.settle();
        ground.import_anew("mig_autoscaling_group_tags.this", &maker.name);
        ground.assert_settled();
        ground.project.destroy().unwrap();
        assert_row("`mig_autoscaling_group_tags`", &ground.proxy);
    });
}

#[test]
fn data_sources_and_ephemeral_resources() {
    with_a_cli(|cli| {
        let cases = [
            (
                "`data.mig_ami`",
                "data \"mig_ami\" \"this\" {\n  kubernetes_version = \"1.35\"\n}\n",
            ),
            (
                "`data.mig_instance_types` with `region`",
                "data \"mig_instance_types\" \"this\" {\n  region = \"us-east-1\"\n}\n",
            ),
            (
                "`data.mig_instance_types` with `quotas`",
                "data \"mig_instance_types\" \"this\" {\n  region = \"us-east-1\"\n  quotas = true\n}\n",
            ),
            (
                "`ephemeral.mig_cluster_token`",
                "ephemeral \"mig_cluster_token\" \"this\" {\n  cluster_name = \"prod\"\n}\n\nresource \"terraform_data\" \"this\" {}\n",
            ),
        ];
        for (at, (object, text)) in cases.into_iter().enumerate() {
            let ground = Ground::with(cli, &format!("rights-aws-data-{at}"), |_| text.to_owned());
            ground.apply();
            assert_row(object, &ground.proxy);
        }
    });
}

/// A region in which no other test has clusters.
const LISTED: &str = "ap-southeast-7";

#[test]
fn lists() {
    let cluster = counterparts::EksCluster {
        name: "rights-aws-lists".to_owned(),
        region: LISTED.to_owned(),
        endpoint: "https://127.0.0.1:1".to_owned(),
        certificate_authority: "Q0E=".to_owned(),
        version: "1.35".to_owned(),
    };
    MOTO.add_eks_cluster(&cluster).unwrap();
    let group = json!({
        "nodegroupName": "slices", "nodeRole": "arn:aws:iam::123456789012:role/nodes", "subnets": MOTO.default_subnets(LISTED).unwrap(),
        "instanceTypes": ["p5.48xlarge"], "labels": {"mig.eks/layout": "a"},
    });
    let path = "/clusters/rights-aws-lists/node-groups";
    let answer = MOTO.eks(Method::POST, LISTED, path, &group.to_string()).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let cases = [
        ("lists of `mig_launch_template`", "launch-templates"),
        ("lists of `mig_node_group`", "node-groups"),
    ];
    for (object, kind) in cases {
        let proxy = FaultProxy::start(&MOTO.url()).unwrap();
        let said = mig(
            &aws_env(&proxy.url(), &ADMIN),
            &["list", kind, "--region", LISTED],
        );
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_row(object, &proxy);
    }
}
