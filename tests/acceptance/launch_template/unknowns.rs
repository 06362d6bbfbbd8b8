//! Values that are known only after apply.

use serde_json::json;

use super::{LAYOUT, template};
use crate::support::{Ground, ec2, with_a_cli};

/// A value that a plan does not know, until the apply of this resource.
fn unknown(name: &str, value: &str) -> String {
    format!("resource \"terraform_data\" \"{name}\" {{\n  input = {value}\n}}\n")
}

/// Plans, applies that very plan, and expects it to be done. Terraform itself checks that the second plan, which it
/// makes during the apply, keeps what the first one said.
fn planned_then_applied(ground: &Ground) -> counterparts::cli::Plan {
    let plan = ground.plan();
    let output = ground.project.try_apply_plan().unwrap();
    assert_eq!(output.code, 0, "{}", output.words());
    ground.assert_settled();
    plan
}

#[test]
fn settings_from_another_resource() {
    let settings = r#"
  image_id               = terraform_data.image.output
  description            = terraform_data.image.output
  vpc_security_group_ids = [terraform_data.group.output, "sg-known"]
  block_device_mappings  = [{ device_name = "/dev/xvda", ebs = { volume_size = terraform_data.size.output } }]
  metadata_options       = { http_put_response_hop_limit = terraform_data.hops.output }
  tag_specifications     = [{ resource_type = "instance", tags = { made-by = terraform_data.image.output } }]
  tags                   = { image = terraform_data.image.output, known = "yes" }
"#;
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "unknown-settings", |name| {
            [
                unknown("image", "\"ami-unknown\""),
                unknown("group", "\"sg-unknown\""),
                unknown("size", "300"),
                unknown("hops", "2"),
                template(name, settings),
            ]
            .concat()
        });
        let plan = planned_then_applied(&ground);
        let changes = plan.changes();
        let this = changes
            .iter()
            .find(|c| c.address == "mig_launch_template.this")
            .unwrap();
        assert_eq!(this.after_unknown["image_id"], json!(true));
        assert!(this.after["user_data"].is_string(), "what is known is planned");
        let data = ec2::latest_data(&ground.name);
        for part in [
            "ami-unknown",
            "sg-unknown",
            "sg-known",
            "<volumeSize>300<",
            "made-by",
        ] {
            assert!(data.contains(part), "no {part} in {data}");
        }
        assert!(ec2::template(&ground.name).has_tag("image", "ami-unknown"));
    });
}

#[test]
fn a_setting_that_becomes_unknown_in_a_change() {
    with_a_cli(|cli| {
        let with = |name: &str, value: &str| {
            unknown("image", value) + &template(name, "  image_id = terraform_data.image.output")
        };
        let ground = Ground::with(cli, "unknown-change", |name| with(name, "\"ami-1\""));
        planned_then_applied(&ground);
        ground.write(&with(&ground.name, "\"ami-2\""));
        let plan = planned_then_applied(&ground);
        assert_eq!(plan.actions("mig_launch_template.this"), ["update"]);
        let made = ec2::template(&ground.name);
        assert_eq!((made.default_version, made.latest_version), (2, 2));
        assert!(ec2::latest_data(&ground.name).contains("ami-2"));
    });
}

/// An update may turn out to change nothing.
#[test]
fn an_unknown_that_turns_out_as_before() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "unknown-same", |name| {
            template(name, "  image_id = \"ami-1\"")
        });
        ground.apply();
        ground.write(
            &(unknown("image", "\"ami-1\"")
                + &template(&ground.name, "  image_id = terraform_data.image.output")),
        );
        planned_then_applied(&ground);
        assert!(ec2::latest_data(&ground.name).contains("ami-1"));
    });
}

#[test]
fn a_layout_of_unknown_parts() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "unknown-layout", |name| {
            let layout = "{ instance_types = [terraform_data.type.output], slices = { \"1g\" = terraform_data.count.output } }";
            [
                unknown("type", "\"p5.48xlarge\""),
                unknown("count", "7"),
                template(name, "").replace(LAYOUT, layout),
            ]
            .concat()
        });
        let plan = planned_then_applied(&ground);
        let changes = plan.changes();
        let this = changes
            .iter()
            .find(|c| c.address == "mig_launch_template.this")
            .unwrap();
        assert_eq!(this.after_unknown["user_data"], json!(true));
        assert!(ec2::user_data(&ground.name).contains("gpus 0-7 19:0"));
    });
}

#[test]
fn names_and_regions() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "unknown-names", |name| {
            let arguments = "  region = terraform_data.region.output";
            [
                unknown("name", &format!("\"{name}\"")),
                unknown("region", "\"eu-west-3\""),
                template("NAME", arguments).replace("\"NAME\"", "terraform_data.name.output"),
            ]
            .concat()
        });
        planned_then_applied(&ground);
        assert_eq!(ec2::names_in("eu-west-3", &ground.name), [ground.name.as_str()]);
    });
}

#[test]
fn a_provider_block_of_unknown_values() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "unknown-provider", |name| {
            let provider = "provider \"mig\" {\n  region       = terraform_data.region.output\n  default_tags = { by = terraform_data.region.output }\n}\n";
            [
                unknown("region", "\"sa-east-1\""),
                provider.to_owned(),
                template(name, "  tags = { own = \"1\" }"),
            ]
            .concat()
        });
        let plan = planned_then_applied(&ground);
        let changes = plan.changes();
        let this = changes
            .iter()
            .find(|c| c.address == "mig_launch_template.this")
            .unwrap();
        assert_eq!(this.after_unknown["region"], json!(true));
        assert_eq!(ec2::names_in("sa-east-1", &ground.name), [ground.name.as_str()]);
        assert!(ec2::template_in("sa-east-1", &ground.name).has_tag("by", "sa-east-1"));
    });
}

#[test]
fn extra_parts_of_unknown_text() {
    with_a_cli(|cli| {
        let extra = "  extra_user_data = {\n    before = [{ content_type = \"text/x-shellscript\", content = terraform_data.script.output }]\n  }\n  node_config = {\n    cluster_name          = \"prod\"\n    api_server_endpoint   = terraform_data.endpoint.output\n    certificate_authority = \"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\"\n    service_cidr          = \"10.100.0.0/16\"\n  }";
        let ground = Ground::with(cli, "unknown-extra", |name| {
            [
                unknown("script", "\"#!/bin/sh\\necho first\\n\""),
                unknown("endpoint", "\"https://cluster.example\""),
                template(name, extra),
            ]
            .concat()
        });
        planned_then_applied(&ground);
        let data = ec2::user_data(&ground.name);
        assert!(
            data.contains("echo first") && data.contains("https://cluster.example"),
            "{data}"
        );
    });
}
