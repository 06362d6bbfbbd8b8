//! Mistakes that show without any cluster, at the attribute that has them.

use serde_json::Value;

use super::{CLUSTER, MIXED, ground, plugin};
use crate::support::{Ground, assert_says, with_a_cli};

/// A configuration's body, the line that the error points at, and words of the error.
struct Case {
    body: String,
    line: &'static str,
    says: &'static str,
}

/// A case about options beside a cluster and a layout that are right.
fn option(line: &'static str, says: &'static str) -> Case {
    let body = format!("cluster = {{ name = \"{CLUSTER}\" }}\n  layouts = [{MIXED}]\n  {line}");
    Case { body, line, says }
}

/// A case about the cluster.
fn cluster(line: &'static str, says: &'static str) -> Case {
    Case {
        body: format!("layouts = [{MIXED}]\n  {line}"),
        line,
        says,
    }
}

/// A case about the layouts.
fn layouts(line: &'static str, says: &'static str) -> Case {
    Case {
        body: format!("cluster = {{ name = \"{CLUSTER}\" }}\n  {line}"),
        line,
        says,
    }
}

fn cases() -> Vec<Case> {
    vec![
        option("name = \"Upper_Case\"", "not a name that Kubernetes accepts"),
        option(
            "name = \"a-name-that-is-too-long-for-what-follows-it\"",
            "1 to 39",
        ),
        option(
            "namespace = \"kube_system\"",
            "not a name that Kubernetes accepts",
        ),
        option(
            "image = \"nvcr.io/nvidia/k8s-device-plugin\"",
            "Give a tag or a digest",
        ),
        option("image = \"nvcr.io/a b:1\"", "does not name one version"),
        option("image_pull_policy = \"Sometimes\"", "not a pull policy"),
        option(
            "image_pull_secrets = [\"My_Secret\"]",
            "not a name that Kubernetes accepts",
        ),
        option(
            "priority_class_name = \"Not_A_Name\"",
            "not a name that Kubernetes accepts",
        ),
        option(
            "runtime_class_name = \"nvidia!\"",
            "not a name that Kubernetes accepts",
        ),
        option(
            "tolerations = [{ operator = \"Equal\" }]",
            "without a key the operator must be",
        ),
        option(
            "tolerations = [{ key = \"a\", operator = \"Exists\", value = \"b\" }]",
            "accepts no value",
        ),
        option(
            "tolerations = [{ key = \"a\", effect = \"NO_SCHEDULE\" }]",
            "effect is",
        ),
        option("resources = { limits = { memory = \"64MB\" } }", "not a quantity"),
        option("resources = { requests = { cpu = \"-1\" } }", "not a quantity"),
        option("env = { MIG_STRATEGY = \"none\" }", "The layout decides it"),
        option("env = { \"1A\" = \"x\" }", "not the name of a variable"),
        option("labels = { \"a b\" = \"x\" }", "not a label key"),
        option("labels = { \"app.kubernetes.io/name\" = \"x\" }", "cannot be set"),
        option("annotations = { \"a b\" = \"x\" }", "not an annotation key"),
        option("node_selector = { pool = \"a b\" }", "not a label value"),
        option("rollout_timeout = \"soon\"", "write a whole number and s, m or h"),
        option("rollout_timeout = \"48h\"", "allowed are 1 to 86400"),
        option("render_version = 99", "this provider knows 1"),
        cluster("cluster = {}", "The cluster is not named"),
        cluster("cluster = { region = \"us-east-1\" }", "The cluster is not named"),
        cluster(
            "cluster = { name = \"a\", kubeconfig = \"b\" }",
            "in more than one way",
        ),
        cluster(
            "cluster = { name = \"a\", host = \"https://b\", token_file = \"c\" }",
            "in more than one way",
        ),
        cluster(
            "cluster = { host = \"https://10.0.0.1\" }",
            "one kind of credentials",
        ),
        cluster(
            "cluster = { host = \"https://10.0.0.1\", token_file = \"a\", exec = { command = \"b\" } }",
            "one kind of credentials",
        ),
        cluster(
            "cluster = { host = \"https://10.0.0.1\", client_certificate_file = \"a\" }",
            "given together or not at all",
        ),
        cluster(
            "cluster = { host = \"10.0.0.1\", token_file = \"a\" }",
            "not a URL",
        ),
        cluster("cluster = { name = \"a\", token_file = \"b\" }", "is for host"),
        cluster("cluster = { name = \"a\", context = \"b\" }", "is for kubeconfig"),
        cluster(
            "cluster = { kubeconfig = \"a\", region = \"us-east-1\" }",
            "is for name",
        ),
        layouts("layouts = []", "layouts"),
        layouts(
            "layouts = [{ instance_types = [\"p5.48xlrge\"], slices = { \"1g.10gb\" = 7 } }]",
            "p5.48xlarge",
        ),
        layouts(
            "layouts = [{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 8 } }]",
            "7",
        ),
        layouts(
            "layouts = [{ instance_types = [\"g5.xlarge\"], slices = { \"1g.5gb\" = 1 } }]",
            "sharing",
        ),
    ]
}

#[test]
fn each_mistake_is_told_at_its_attribute_offline() {
    let cases = cases();
    let resource = |(index, case): (usize, &Case)| {
        format!(
            "resource \"mig_device_plugin\" \"case{index}\" {{\n  {}\n}}\n",
            case.body
        )
    };
    let configuration: String = cases.iter().enumerate().map(resource).collect();
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "wrong", |_| {
            format!("provider \"mig\" {{}}\n{configuration}")
        });
        let output = ground.project.run(&["validate", "-json"]).unwrap();
        let found = output.json()["diagnostics"].clone();
        let found = found.as_array().unwrap();
        for (index, case) in cases.iter().enumerate() {
            let address = format!("mig_device_plugin.case{index}");
            let about: Vec<&Value> = found
                .iter()
                .filter(|d| d["address"] == address.as_str())
                .collect();
            assert!(!about.is_empty(), "nothing about {}", case.line);
            let hit = about
                .iter()
                .any(|diagnostic| points_at(diagnostic, case.line) && says(diagnostic, case.says));
            assert!(hit, "{} should say {:?}: {about:#?}", case.line, case.says);
        }
    });
}

/// Terraform shows the line of the attribute that a finding is about; where it cannot (below a map's key), the
/// finding names the attribute.
fn points_at(diagnostic: &Value, line: &str) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let attribute = line.split_whitespace().next().unwrap_or_default();
    text(&diagnostic["snippet"]["code"]).starts_with(line)
        || text(&diagnostic["detail"]).contains(&format!("Attribute: {attribute}"))
}

fn says(diagnostic: &Value, words: &str) -> bool {
    let text = |field: &str| diagnostic[field].as_str().unwrap_or_default().to_owned();
    diagnostic["severity"] == "error" && format!("{} {}", text("summary"), text("detail")).contains(words)
}

/// An image of one's own that knows less than the layout needs, and the rendering that some images show no slices to.
#[test]
fn plugins_that_are_too_old_for_a_layout() {
    with_a_cli(|cli| {
        let ground = ground(cli, "old-plugin");
        let media = r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb+me" = 1 } }"#;
        let image = "image = \"nvcr.io/nvidia/k8s-device-plugin:v0.19.3\"";
        ground.write(&plugin(&ground.name, &[media], image));
        assert_says(
            &ground.refused_plan(),
            &["v0.19 of the device plugin does not know 1g.10gb+me", "v0.20.0"],
        );
        ground.write(&plugin(&ground.name, &[MIXED], "render_version = 1"));
        assert_says(
            &ground.plan_words(),
            &["The device plugin may see no slices", "render_version = 2"],
        );
    });
}
