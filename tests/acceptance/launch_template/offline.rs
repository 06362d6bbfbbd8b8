//! A plan needs neither credentials nor an endpoint.

use super::{LAYOUT, template};
use crate::support::{Ground, assert_says, with_a_cli};

const EVERYTHING_OFFLINE: &str = r#"
data "mig_layout" "this" {
  instance_types = ["p5.48xlarge"]
  slices         = { "1g.10gb" = 7 }
}
data "mig_profiles" "this" {
  instance_type = "p5.48xlarge"
}
output "resource" {
  value = provider::mig::resource_name(data.mig_profiles.this.profiles[0].profile)
}
"#;

#[test]
fn a_new_template_is_planned_without_a_call() {
    with_a_cli(|cli| {
        let mut ground = Ground::with(cli, "offline", |name| {
            format!("provider \"mig\" {{\n  region = \"us-east-1\"\n}}\n{EVERYTHING_OFFLINE}")
                + &template(name, "")
        });
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        ] {
            ground.project.unset_env(name);
        }
        let plan = ground.plan();
        assert_eq!(plan.actions("mig_launch_template.this"), ["create"]);
        let planned = &plan.changes()[0].after;
        assert_says(
            planned["user_data"].as_str().unwrap(),
            &["MIME-Version", "gpus 0-7 19:0"],
        );
        assert_eq!(planned["region"], "us-east-1");
        assert_eq!(ground.proxy.calls().len(), 0);
        ground.project.set_env("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        assert_eq!(ground.plan().actions("mig_launch_template.this"), ["create"]);
    });
}

#[test]
fn data_sources_and_functions_need_no_region_either() {
    with_a_cli(|cli| {
        let mut ground = Ground::with(cli, "offline-data", |_| {
            format!(
                "{EVERYTHING_OFFLINE}output \"id\" {{\n  value = data.mig_layout.this.id\n}}\nlocals {{\n  unused = {LAYOUT}\n}}\n"
            )
        });
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_REGION",
            "AWS_DEFAULT_REGION",
        ] {
            ground.project.unset_env(name);
        }
        ground.settle();
        assert_eq!(
            ground.project.output("resource").unwrap(),
            "nvidia.com/mig-1g.10gb"
        );
        assert_eq!(ground.proxy.calls().len(), 0);
    });
}
