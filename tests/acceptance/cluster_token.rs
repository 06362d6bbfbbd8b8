//! `ephemeral.mig_cluster_token`.

use crate::support::{Ground, assert_says, with_each_cli};

/// A token that a provider block uses, and that a check looks at without keeping it. Terraform opens ephemeral resources in each plan and apply.
#[test]
fn a_token_is_made_and_is_in_no_state() {
    with_each_cli(|cli| {
        let ground = Ground::with(cli, "token", |name| {
            format!(
                r#"
ephemeral "mig_cluster_token" "this" {{
  cluster_name = "{name}"

  lifecycle {{
    postcondition {{
      condition     = startswith(self.token, "k8s-aws-v1.") && timecmp(self.expires_at, plantimestamp()) > 0
      error_message = "no token"
    }}
  }}
}}

resource "terraform_data" "this" {{
  input = "kept"
}}
"#
            )
        });
        ground.apply();
        let state = ground.project.run(&["state", "pull"]).unwrap();
        assert!(!state.stdout.contains("k8s-aws-v1."), "{}", state.stdout);
        assert_says(&state.stdout, &["kept"]);
        let debug = ground.project.run(&["show", "-json"]).unwrap();
        assert!(!debug.stdout.contains("k8s-aws-v1."));
    });
}

#[test]
fn without_credentials_it_says_so() {
    with_each_cli(|cli| {
        let mut ground = Ground::new(cli, "token-none");
        ground.project.set_envs([
            ("AWS_ACCESS_KEY_ID", String::new()),
            ("AWS_SECRET_ACCESS_KEY", String::new()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]);
        ground.write("ephemeral \"mig_cluster_token\" \"this\" {\n  cluster_name = \"prod\"\n}\n\nresource \"terraform_data\" \"this\" {}\n");
        ground.project.init().unwrap();
        assert_says(&ground.refused_plan(), &["The token cannot be made"]);
    });
}
