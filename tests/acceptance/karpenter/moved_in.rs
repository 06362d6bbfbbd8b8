//! Objects that came by `kubectl apply`, as of `mig render`, and move into Terraform.

use http::Method;
use serde_json::Value;

use super::{CLASS, POOL, Wish, configuration, ground};
use crate::support::karpenter::{at, live, make_claim};
use crate::support::kube::KUBE;
use crate::support::{Ground, assert_says, with_a_cli, with_tofu};

/// What `kubectl apply --server-side` does with rendered objects.
fn apply_by_kubectl(manifests: &Value, name: &str) {
    for text in manifests.as_object().unwrap().values() {
        let text = text.as_str().unwrap();
        let object: Value = serde_json::from_str(text).unwrap();
        let path = format!(
            "{}?fieldManager=kubectl",
            at(object["kind"].as_str().unwrap(), name)
        );
        let answer = KUBE.request(Method::PATCH, &path, "application/apply-patch+yaml", text);
        let answer = answer.unwrap();
        assert!([200, 201].contains(&answer.status), "{}", answer.body);
    }
}

fn generation(kind: &str, name: &str) -> Value {
    live(kind, name).unwrap()["metadata"]["generation"].clone()
}

#[test]
fn an_import_of_equal_objects_rolls_nothing_and_says_so() {
    with_a_cli(|cli| {
        let rendered = ground(cli, "kp-moved");
        let name = rendered.name.clone();
        rendered.settle();
        let manifests = [CLASS, POOL].map(|address| rendered.resource(address)["manifests"].clone());
        rendered.project.destroy().unwrap();
        manifests
            .iter()
            .for_each(|manifests| apply_by_kubectl(manifests, &name));
        make_claim(&format!("{name}-1"), &name);

        let ground = Ground::with(cli, "kp-moved-in", |_| configuration(&name, &Wish::default()));
        for address in [CLASS, POOL] {
            ground
                .project
                .run(&["import", address, &format!("prod/{name}")])
                .unwrap()
                .success()
                .unwrap();
        }
        let before = (generation("EC2NodeClass", &name), generation("NodePool", &name));
        let plan = ground.plan();
        assert_eq!(plan.actions(CLASS), ["update"]);
        let words = plan.output.words();
        assert!(!words.contains("rolls nodes"), "{words}");
        ground.settle();
        assert_eq!(
            (generation("EC2NodeClass", &name), generation("NodePool", &name)),
            before
        );

        // A change that does roll is still told, once ours.
        let wish = Wish {
            pool: "expire_after = \"24h\"",
            ..Wish::default()
        };
        ground.write(&configuration(&name, &wish));
        assert_says(
            &ground.plan_words(),
            &["rolls nodes", "template.spec.expireAfter", "There is 1 node"],
        );
        KUBE.delete(&at("NodeClaim", &format!("{name}-1"))).unwrap();
    });
}

/// The advice to import holds for a cluster that no import ID can name.
#[test]
fn the_import_of_an_object_on_another_cluster_than_eks() {
    with_tofu(|cli| {
        let first = ground(cli, "kp-by-hand");
        let name = first.name.clone();
        first.settle();
        let second = Ground::new(cli, "kp-by-kubeconfig");
        let kubeconfig = KUBE.kubeconfig().display().to_string();
        let cluster = format!("kubeconfig = \"{kubeconfig}\"");
        let wish = Wish {
            cluster: &cluster,
            ..Wish::default()
        };
        let configured = configuration(&name, &wish);
        second.write(&configured);
        second.project.init().unwrap();
        assert_says(
            &second.failed_apply(),
            &[
                "exists already",
                &format!("id = \"{name}\""),
                "needs the cluster in `kubernetes` of the provider block",
            ],
        );
        let provider = format!("provider \"mig\" {{\n  kubernetes = {{ {cluster} }}\n}}");
        second.write(&configured.replace("provider \"mig\" {}", &provider));
        for address in [CLASS, POOL] {
            second
                .project
                .run(&["import", address, &name])
                .unwrap()
                .success()
                .unwrap();
        }
        let words = second.plan_words();
        assert!(
            !words.contains("rolls nodes") && !words.contains("must be replaced"),
            "{words}"
        );
    });
}
