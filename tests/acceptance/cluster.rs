//! The ways to a cluster, as users name it.

use std::os::unix::fs::PermissionsExt;
use std::sync::LazyLock;

use counterparts::eks::{ADMIN, AccessEntry};
use counterparts::{Fault, KubeApiServer, KubeOptions, Rule};
use serde_json::json;

use crate::support::kube::{CLUSTER, KUBE, make_namespace, make_namespace_in, objects, objects_in};
use crate::support::{Ground, MOTO, assert_says, with_a_cli};

const LAYOUTS: &str = "layouts = [{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }]";

/// A second cluster, in another region.
static STAGING: LazyLock<KubeApiServer> = LazyLock::new(|| {
    let options = KubeOptions {
        scheduler: false,
        cluster: "staging".to_owned(),
        controllers: false,
    };
    let kube = KubeApiServer::start(&options).unwrap();
    MOTO.add_eks_cluster(&kube.eks_cluster("eu-west-1")).unwrap();
    kube
});

/// A plugin of this name, which is the resource's and the objects'.
fn plugin(name: &str, namespace: &str, cluster: &str) -> String {
    format!(
        "resource \"mig_device_plugin\" \"{name}\" {{\n  name = \"{name}\"\n  namespace = \"{namespace}\"\n  \
         {cluster}\n  {LAYOUTS}\n}}\n"
    )
}

#[test]
fn every_way_of_naming_a_cluster_leads_to_it() {
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "ways");
        let namespace = ground.name.clone();
        make_namespace(&namespace);
        let write = |name: &str, text: &str| ground.project.write(name, text).unwrap().display().to_string();
        let token = write("token", &format!("{}\n", KUBE.admin_token()));
        let ca = write("ca.pem", KUBE.ca_pem());
        let credential = json!({
            "apiVersion": "client.authentication.k8s.io/v1",
            "kind": "ExecCredential",
            "status": {"token": KUBE.admin_token()},
        });
        let program = write(
            "token.sh",
            &format!("#!/bin/sh\ntest \"$1$ASK\" = asked && echo '{credential}'\n"),
        );
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let server = format!(
            "host = \"{}\", cluster_ca_certificate = file(\"{ca}\")",
            KUBE.url()
        );
        let kubeconfig = KUBE.kubeconfig().display().to_string();
        let ways = [
            ("by-default", String::new()),
            ("eks", format!("cluster = {{ name = \"{CLUSTER}\" }}")),
            (
                "region",
                format!("cluster = {{ name = \"{CLUSTER}\", region = \"us-east-1\" }}"),
            ),
            (
                "kubeconfig",
                format!("cluster = {{ kubeconfig = \"{kubeconfig}\" }}"),
            ),
            (
                "context",
                format!("cluster = {{ kubeconfig = \"{kubeconfig}\", context = \"counterpart\" }}"),
            ),
            (
                "token-file",
                format!("cluster = {{ {server}, token_file = \"{token}\" }}"),
            ),
            (
                "exec",
                format!(
                    "cluster = {{ {server}, exec = {{ command = \"{program}\", args = [\"as\"], env = {{ ASK = \"ked\" }} }} }}"
                ),
            ),
        ];
        let resources: String = ways
            .iter()
            .map(|(name, way)| plugin(name, &namespace, way))
            .collect();
        ground.write(&format!(
            "provider \"mig\" {{\n  kubernetes = {{ name = \"{CLUSTER}\" }}\n}}\n{resources}"
        ));
        ground.project.init().unwrap();
        ground.settle();
        let found = objects(&namespace);
        for (name, _) in &ways {
            assert!(
                found.contains(&format!("DaemonSet/{name}-mixed")),
                "{name}: {found:?}"
            );
        }
        let decisions = KUBE.webhook().decisions();
        assert!(
            decisions.iter().flatten().any(|user| user.arn == ADMIN.arn),
            "{decisions:?}"
        );
        ground.project.destroy().unwrap();
        assert!(objects(&namespace).is_empty());
    });
}

#[test]
fn the_provider_block_takes_credentials_as_text() {
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "as-text");
        make_namespace(&ground.name);
        ground.project.write("token", KUBE.admin_token()).unwrap();
        ground.project.write("ca.pem", KUBE.ca_pem()).unwrap();
        let provider = format!(
            "provider \"mig\" {{\n  kubernetes = {{ host = \"{}\", cluster_ca_certificate = base64encode(file(\"ca.pem\")), \
             token = file(\"token\") }}\n}}\n",
            KUBE.url()
        );
        ground.write(&format!("{provider}{}", plugin("text", &ground.name, "")));
        ground.project.init().unwrap();
        ground.settle();
        ground.project.destroy().unwrap();
    });
}

#[test]
fn one_provider_block_serves_clusters_in_several_regions() {
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "fleet");
        make_namespace(&ground.name);
        make_namespace_in(&STAGING, &ground.name);
        let resource = plugin(
            "fleet",
            &ground.name,
            "for_each = local.clusters\n  cluster = { name = each.key, region = each.value }",
        );
        let clusters = "locals {\n  clusters = { prod = \"us-east-1\", staging = \"eu-west-1\" }\n}\n";
        ground.write(&format!("provider \"mig\" {{}}\n{clusters}{resource}"));
        ground.project.init().unwrap();
        ground.settle();
        assert_eq!(objects(&ground.name), objects_in(&STAGING, &ground.name));
        assert_eq!(objects(&ground.name).len(), 3);
        // Another cluster for the same object is another object.
        ground.write(&format!(
            "provider \"mig\" {{}}\n{}{resource}",
            clusters.replace("prod = \"us-east-1\", ", "")
        ));
        ground.settle();
        assert!(objects(&ground.name).is_empty());
        ground.project.destroy().unwrap();
        assert!(objects_in(&STAGING, &ground.name).is_empty());
    });
}

#[test]
fn a_role_is_assumed_for_the_token() {
    let role = "arn:aws:iam::123456789012:role/acceptance";
    LazyLock::force(&KUBE);
    KUBE.webhook().configure(|authenticator| {
        let groups = vec!["system:masters".to_owned()];
        let username = "acceptance-role".to_owned();
        authenticator.grant(role, AccessEntry { username, groups });
    });
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "role");
        make_namespace(&ground.name);
        let cluster =
            format!("cluster = {{ name = \"{CLUSTER}\", assume_role = {{ role_arn = \"{role}\" }} }}");
        ground.write(&format!(
            "provider \"mig\" {{}}\n{}",
            plugin("role", &ground.name, &cluster)
        ));
        ground.project.init().unwrap();
        ground.settle();
        let decisions = KUBE.webhook().decisions();
        assert!(
            decisions
                .iter()
                .flatten()
                .any(|user| user.username == "acceptance-role"),
            "{decisions:?}"
        );
    });
}

#[test]
fn with_the_cluster_its_objects_are_gone() {
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "gone");
        make_namespace(&ground.name);
        let cluster = format!("cluster = {{ name = \"{CLUSTER}\" }}");
        ground.write(&format!(
            "provider \"mig\" {{}}\n{}",
            plugin("gone", &ground.name, &cluster)
        ));
        ground.project.init().unwrap();
        ground.settle();
        let gone = Fault::json_error(
            404,
            "ResourceNotFoundException",
            "No cluster found for name: prod.",
        );
        ground.proxy.add(Rule::path("/clusters/prod", gone));
        let plan = ground.plan();
        assert_eq!(plan.actions("mig_device_plugin.gone"), ["create"]);
        assert_says(&plan.output.words(), &["The cluster is gone"]);
        // Without the refresh it is the deletion itself that learns of it.
        let destroy = [
            "destroy",
            "-no-color",
            "-input=false",
            "-auto-approve",
            "-refresh=false",
        ];
        ground.project.run(&destroy).unwrap().success().unwrap();
        assert_eq!(ground.project.state_list().unwrap(), Vec::<String>::new());
    });
}

#[test]
fn settings_that_make_no_connection_say_what_is_wrong_with_them() {
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "unusable");
        make_namespace(&ground.name);
        let token = ground.project.write("token", KUBE.admin_token()).unwrap();
        let host = format!("host = \"{}\", token_file = \"{}\"", KUBE.url(), token.display());
        let cases = [
            (
                "kubeconfig = \"/nonexistent/config\"".to_owned(),
                "/nonexistent/config",
            ),
            (
                format!(
                    "kubeconfig = \"{}\", context = \"absent\"",
                    KUBE.kubeconfig().display()
                ),
                "absent",
            ),
            (host.clone(), "certificate"),
            (
                format!("{host}, cluster_ca_certificate = \"no PEM\""),
                "Check the cluster's host, CA",
            ),
            (
                format!("host = \"{}\", token_file = \"/nonexistent/token\"", KUBE.url()),
                "/nonexistent/token",
            ),
            (
                format!(
                    "host = \"{}\", insecure = true, exec = {{ command = \"/nonexistent/plugin\" }}",
                    KUBE.url()
                ),
                "/nonexistent/plugin",
            ),
        ];
        ground.write("");
        for (cluster, says) in cases {
            let cluster = format!("cluster = {{ {cluster} }}");
            ground.write(&format!(
                "provider \"mig\" {{}}\n{}",
                plugin("unusable", &ground.name, &cluster)
            ));
            ground.project.init().unwrap();
            assert_says(&ground.failed_apply(), &[says, "Error:"]);
        }
        assert!(objects(&ground.name).is_empty());
    });
}
