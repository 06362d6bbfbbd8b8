//! DeviceClasses that change what Karpenter makes of the nodes of a layout (kubernetes-sigs/karpenter 3142 and 3231).

use serde_json::{Value, json};

use super::{POOL, Wish, configuration, ground};
use crate::support::kube::KUBE;
use crate::support::{assert_says, with_tofu};

const CLASSES: &str = "/apis/resource.k8s.io/v1/deviceclasses";

fn make_class(name: &str, kind: &str, resource: Option<&str>) {
    let expression =
        format!("device.driver == 'gpu.nvidia.com' && device.attributes['gpu.nvidia.com'].type == '{kind}'");
    let mut class = json!({
        "apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass", "metadata": {"name": name},
        "spec": {"selectors": [{"cel": {"expression": expression}}]},
    });
    if let Some(resource) = resource {
        class["spec"]["extendedResourceName"] = Value::from(resource);
    }
    KUBE.create(CLASSES, &class).unwrap();
}

fn remove_class(name: &str) {
    KUBE.delete(&format!("{CLASSES}/{name}")).unwrap();
}

// The classes are the whole cluster's, so one program at a time, and names that no other test has.

#[test]
fn a_class_of_whole_gpus_would_buy_nodes_of_the_pool() {
    with_tofu(|cli| {
        let ground = ground(cli, "kp-dra-whole");
        let warning = "Claims for whole GPUs may bring up nodes of this pool";
        make_class("whole.example", "gpu", None);
        let plan = ground.plan();
        assert_eq!(plan.actions(POOL), ["create"]);
        assert_says(
            &plan.output.words(),
            &[warning, "whole.example", "mig.eks/slices", "enableDRA"],
        );
        let pool = "taints = [{ key = \"mig.eks/slices\", value = \"true\", effect = \"NoSchedule\" }]";
        let wish = Wish {
            pool,
            ..Wish::default()
        };
        ground.write(&configuration(&ground.name, &wish));
        let words = ground.plan_words();
        assert!(!words.contains(warning), "{words}");
        remove_class("whole.example");
        ground.settle();
    });
}

#[test]
fn a_class_that_serves_a_slice_keeps_nodes_from_being_initialised() {
    with_tofu(|cli| {
        // A slice that no other test has, since every pool's plan looks at the class.
        let layout = r#"{ instance_types = ["p6-b200.48xlarge"], slices = { "1g.23gb" = 7 } }"#;
        let ground = ground(cli, "kp-dra-slices");
        let wish = Wish {
            layout,
            ..Wish::default()
        };
        ground.write(&configuration(&ground.name, &wish));
        make_class("slices.example", "mig", Some("nvidia.com/mig-1g.23gb"));
        assert_says(
            &ground.plan_words(),
            &[
                "DRA serves what the overlay promises",
                "slices.example serves nvidia.com/mig-1g.23gb",
            ],
        );
        remove_class("slices.example");
        let words = ground.plan_words();
        assert!(!words.contains("DRA serves"), "{words}");
    });
}
