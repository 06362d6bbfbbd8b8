//! No token and no key is ever written down.

use counterparts::eks::{ADMIN, TOKEN_PREFIX};

use super::{MIXED, ground, plugin, plugin_on};
use crate::support::kube::KUBE;
use crate::support::with_a_cli;

fn assert_no_secret(place: &str, text: &str) {
    let secrets = [
        TOKEN_PREFIX,
        "X-Amz-Signature",
        ADMIN.secret_access_key,
        KUBE.admin_token(),
    ];
    for secret in secrets {
        assert!(!text.contains(secret), "{place} has {secret:?}");
    }
}

#[test]
fn no_secret_is_in_state_plan_or_trace_log() {
    with_a_cli(|cli| {
        let mut ground = ground(cli, "secrets");
        ground.project.write("token", KUBE.admin_token()).unwrap();
        // One object with a token made in process, one with the provider's token.
        let eks = plugin(&ground.name, &[MIXED], "").replace("provider \"mig\" {}\n", "");
        let direct = plugin_on("", &ground.name, &[MIXED], "name = \"direct\"")
            .replace("\"this\"", "\"direct\"")
            .replace("  cluster = {  }\n", "")
            .replace("provider \"mig\" {}\n", "");
        ground.project.write("ca.pem", KUBE.ca_pem()).unwrap();
        let provider = format!(
            "provider \"mig\" {{\n  kubernetes = {{\n    host = \"{}\"\n    cluster_ca_certificate = file(\"ca.pem\")\n    \
             token = file(\"token\")\n  }}\n}}\n",
            KUBE.url()
        );
        ground.write(&format!("{provider}{eks}{direct}"));
        ground.project.set_env("TF_LOG", "trace");
        let plan = ground.plan();
        assert!(plan.output.stderr.contains("provider"), "there is no log");
        assert_no_secret("the plan's log", &plan.output.stderr);
        assert_no_secret("the plan", &plan.json.to_string());
        let output = ground.apply();
        assert_no_secret("the apply's log", &output.stderr);
        let path = format!("path=/apis/apps/v1/namespaces/{}/daemonsets/direct", ground.name);
        let parts = [
            "[DEBUG]",
            &path,
            "method=PATCH",
            "status=201",
            "took_ms=",
            "server=",
        ];
        let mut lines = output.stderr.lines();
        let made = lines.any(|line| {
            line.contains("Kubernetes API answered") && parts.iter().all(|part| line.contains(part))
        });
        assert!(made, "no line has {parts:?}");
        assert_no_secret("the apply's output", &output.stdout);
        assert_no_secret("the state", &ground.project.state_file());
        let output = ground.project.destroy().unwrap();
        assert_no_secret("the destruction's log", &output.stderr);
    });
}
