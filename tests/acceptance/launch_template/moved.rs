//! A template that terraform-provider-aws manages so far is taken over by a `moved` block, without a call that changes anything. Run where
//! that provider is installed; what its state looks like is known to the unit tests of `moved.rs` beside the resource, too.

use serde_json::json;

use super::LAYOUT;
use crate::support::{Ground, assert_says, ec2, with_a_cli, with_each_cli};

/// What those write who keep `aws_launch_template`, with the metadata options that are ours by default.
fn theirs(naming: &str, user_data: &str) -> String {
    format!(
        r#"resource "aws_launch_template" "this" {{
  {naming}
  description            = "slices"
  user_data              = base64encode({user_data})
  update_default_version = true
  tags                   = {{ team = "ml" }}
  metadata_options {{
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }}
  block_device_mappings {{
    device_name = "/dev/xvda"
    ebs {{
      volume_size = 200
      encrypted   = true
    }}
  }}
}}
"#
    )
}

/// The same in ours.
fn ours(naming: &str) -> String {
    format!(
        r#"moved {{
  from = aws_launch_template.this
  to   = mig_launch_template.this
}}

resource "mig_launch_template" "this" {{
  {naming}
  layout                = {LAYOUT}
  description           = "slices"
  tags                  = {{ team = "ml" }}
  block_device_mappings = [{{ device_name = "/dev/xvda", ebs = {{ volume_size = 200, encrypted = true }} }}]
}}
"#
    )
}

/// Makes the template with the AWS provider; gives its name.
fn made(ground: &Ground, naming: &str, user_data: &str) -> String {
    ground.write(&theirs(naming, user_data));
    ground.project.init().unwrap();
    ground.apply();
    let names = ec2::names(&ground.name);
    assert_eq!(names.len(), 1, "{names:?}");
    names[0].clone()
}

#[test]
fn a_template_of_the_aws_provider_is_taken_over_untouched() {
    let user_data = format!("provider::mig::user_data({LAYOUT})");
    with_each_cli(|cli| {
        let Some(ground) = Ground::beside_aws(cli, "moved") else {
            return;
        };
        let naming = format!("name = \"{}\"", ground.name);
        let name = made(&ground, &naming, &user_data);
        taken_over(&ground, &naming, &name);
        assert_eq!(name, ground.name);
    });
}

/// Asserts that the plan has no change, and that nothing is changed by its apply.
fn taken_over(ground: &Ground, naming: &str, name: &str) {
    ground.write(&ours(naming));
    let plan = ground.plan();
    let nothing = ["0 to add", "0 to change", "0 to destroy"];
    assert_says(&plan.output.words(), &nothing);
    ground.settle();
    assert_eq!(ground.project.state_list().unwrap(), ["mig_launch_template.this"]);
    assert_eq!(ec2::names(&ground.name), [name]);
    let made = ec2::template(name);
    assert_eq!(ground.this()["id"], json!(made.id));
    assert_eq!(made.latest_version, 1);
}

#[test]
fn the_prefix_of_a_made_up_name_is_taken_over_with_it() {
    let user_data = format!("provider::mig::user_data({LAYOUT})");
    with_a_cli(|cli| {
        let Some(ground) = Ground::beside_aws(cli, "moved-prefix") else {
            return;
        };
        let naming = format!("name_prefix = \"{}-\"", ground.name);
        let name = made(&ground, &naming, &user_data);
        taken_over(&ground, &naming, &name);
    });
}

/// Nothing is planned from a state that only names the template, and a template that is not found is no reason to make another one.
#[test]
fn what_was_not_read_or_not_found_is_not_planned_for() {
    with_a_cli(|cli| {
        let Some(ground) = Ground::beside_aws(cli, "moved-lost") else {
            return;
        };
        let naming = format!("name = \"{}\"", ground.name);
        let name = made(&ground, &naming, "\"#!/bin/sh\\necho theirs\\n\"");
        ground.write(&ours(&naming));
        let unread = ground.project.try_plan(&["-refresh=false"]).unwrap();
        assert_eq!(unread.code, 1, "{}", unread.stdout);
        assert_says(&unread.words(), &["has not been read", "-refresh=false"]);

        // With a refresh it is seen, and what it boots is not ours yet.
        let plan = ground.plan();
        assert_says(
            &plan.output.words(),
            &[
                "The user data of the launch template is not ours",
                "rolls nodes",
                "1 to change",
            ],
        );

        ec2::delete(&name);
        let refused = ground.refused_plan();
        assert_says(&refused, &["The moved object was not found", "second object"]);
        let failed = ground.failed_apply();
        assert_says(&failed, &["The moved object was not found"]);
        assert_eq!(ec2::names(&ground.name), Vec::<String>::new());
    });
}
