//! Null for a required attribute, as a module's variable gives it: refused at its place, and nothing goes.

use crate::support::{Ground, HEAD, assert_says, ec2, provider, with_a_cli};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use counterparts::Project;

const LAYOUT: &str = "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }";

/// A template whose layout is a variable, and that variable's default.
fn template(name: &str, layout: &str) -> String {
    format!(
        "variable \"layout\" {{\n  type = any\n  default = {layout}\n}}\n\
         resource \"mig_launch_template\" \"this\" {{\n  name = \"{name}\"\n  layout = var.layout\n}}\n"
    )
}

#[test]
fn a_variable_that_becomes_null_changes_nothing() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "nulls", |name| template(name, LAYOUT));
        ground.settle();
        let before = ec2::user_data(&ground.name);
        ground.write(&template(&ground.name, "null"));
        for refused in [ground.refused_plan(), ground.failed_apply()] {
            assert_says(&refused, &["layout is null", "layout is required", "module"]);
        }
        let kept = ec2::template(&ground.name);
        assert_eq!((kept.default_version, kept.latest_version), (1, 1));
        assert_eq!(ec2::user_data(&ground.name), before);
        ground.write(&template(&ground.name, LAYOUT));
        ground.assert_settled();
    });
}

/// What `-generate-config-out` writes has null for all that the object does not say, such as the layout where its user data
/// is of another tool: kept as it is, it changes nothing.
#[test]
fn a_generated_configuration_is_no_plan_to_delete() {
    with_a_cli(|cli| {
        let maker = Ground::with(cli, "generated", |name| template(name, LAYOUT));
        maker.settle();
        let name = maker.name.clone();
        let theirs = STANDARD.encode("#!/bin/sh\necho theirs\n");
        ec2::new_version(&name, &[("LaunchTemplateData.UserData", &theirs)]);
        let import = |provider: &str| {
            format!("import {{\n  to = mig_launch_template.this\n  id = \"{name}\"\n{provider}}}\n")
        };
        let ground = Ground::with(cli, "generated-from", |_| import("  provider = mig\n"));
        let out = [
            "plan",
            "-no-color",
            "-input=false",
            "-generate-config-out=generated.tf",
        ];
        let first = ground.project.run(&out).unwrap();
        assert_ne!(first.code, 0, "{}", first.words());
        assert_says(&first.words(), &["layout is null"]);
        let generated = std::fs::read_to_string(ground.project.dir().join("generated.tf")).unwrap();
        assert!(generated.contains("layout"), "{generated}");
        // Where the resource is there, the block may not name the provider.
        ground.write(&import(""));
        assert_says(&ground.failed_apply(), &["layout is null"]);
        assert_eq!(ec2::template(&name).latest_version, 2);
    });
}

/// Known only at apply: the plan passes, and the apply refuses what has turned out to be null.
#[test]
fn a_value_that_turns_out_to_be_null_makes_nothing() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "null-later", |name| {
            format!(
                "resource \"terraform_data\" \"later\" {{\n  input = null\n  triggers_replace = [\"x\"]\n}}\n\
                 resource \"mig_launch_template\" \"this\" {{\n  name = \"{name}\"\n  \
                 layout = terraform_data.later.id == \"\" ? {LAYOUT} : null\n}}\n"
            )
        });
        assert_says(&ground.failed_apply(), &["layout is null"]);
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
    });
}

/// One null in each object, nested ones among them, without a cluster.
#[test]
fn null_is_refused_wherever_a_value_is_required() {
    let class = "role = \"r\"\n  ami_selector_terms = [{ alias = \"al2023@v20261003\" }]\n  subnet_selector_terms = \
                 [{ id = \"subnet-0a\" }]\n  security_group_selector_terms = [{ id = \"sg-0a\" }]";
    let cases = [
        ("mig_device_plugin", "layouts = null".to_owned(), "layouts"),
        (
            "mig_device_plugin",
            "layouts = [{ instance_types = null, slices = { \"1g\" = 7 } }]".to_owned(),
            "layouts[0].instance_types",
        ),
        (
            "mig_karpenter_nodeclass",
            format!("{class}\n  name = null\n  layout = {LAYOUT}"),
            "name",
        ),
        (
            "mig_karpenter_nodeclass",
            format!("{class}\n  name = \"x\"\n  layout = null"),
            "layout",
        ),
        (
            "mig_karpenter_nodepool",
            "nodeclass = null".to_owned(),
            "nodeclass",
        ),
        (
            "mig_karpenter_nodeoverlay",
            "nodepool = null".to_owned(),
            "nodepool",
        ),
        (
            "mig_launch_template",
            format!("layout = {LAYOUT}\n  tag_specifications = [{{ resource_type = null, tags = null }}]"),
            "tag_specifications[0].resource_type",
        ),
        (
            "mig_launch_template",
            format!(
                "layout = {LAYOUT}\n  image_id = \"ami-0123456789abcdef0\"\n  node_config = {{ cluster_name = null, \
                 api_server_endpoint = \"https://x\", certificate_authority = \"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\", service_cidr = \"10.0.0.0/16\" }}"
            ),
            "node_config.cluster_name",
        ),
    ];
    with_a_cli(|cli| {
        let project = Project::new(cli, &[provider()]).unwrap();
        let resource = |(number, (kind, arguments, _)): (usize, &(&str, String, &str))| {
            format!("resource \"{kind}\" \"r{number}\" {{\n  {arguments}\n}}\n")
        };
        let all: String = cases.iter().enumerate().map(resource).collect();
        project.write("main.tf", &format!("{HEAD}{all}")).unwrap();
        project.init().unwrap();
        let output = project.run(&["validate"]).unwrap();
        assert_eq!(output.code, 1);
        for (_, arguments, place) in &cases {
            assert_says(&output.words(), &[&format!("{place} is null")]);
            assert!(!arguments.is_empty());
        }
    });
}
