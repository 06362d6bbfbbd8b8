//! What is rendered for which layouts, and what is refused.

use serde_json::{Value, json};

use super::*;
use crate::manifests::{ResourceRequirements, Toleration};
use crate::{Catalog, LayoutSpec};

fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

fn sliced(strategy: &str) -> Layout {
    layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": strategy}))
}

fn shared(instance_type: &str, strategy: &str) -> Layout {
    layout(json!({"instance_types": [instance_type], "sharing": {"strategy": strategy, "replicas": 4}}))
}

fn render(layouts: &[Layout]) -> Vec<Value> {
    DevicePlugin::render(layouts, &DevicePluginOptions::default())
        .unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn names(objects: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    objects
        .iter()
        .map(|object| format!("{}/{}", text(&object["kind"]), text(&object["metadata"]["name"])))
        .collect()
}

fn container(object: &Value) -> &Value {
    &object["spec"]["template"]["spec"]["containers"][0]
}

fn env(object: &Value, name: &str) -> Option<String> {
    let found = container(object)["env"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["name"] == name);
    found.map(|entry| entry["value"].as_str().unwrap().to_owned())
}

#[test]
fn both_strategies_have_what_mig_needs() {
    for strategy in ["mixed", "single"] {
        let objects = render(&[sliced(strategy)]);
        let plugin = format!("DaemonSet/mig-device-plugin-{strategy}");
        assert_eq!(
            names(&objects),
            [
                "ServiceAccount/mig-device-plugin",
                "ConfigMap/mig-device-plugin",
                &plugin
            ]
        );
        let daemon_set = &objects[2];
        assert_eq!(env(daemon_set, "MIG_STRATEGY").as_deref(), Some(strategy));
        assert_eq!(
            env(daemon_set, "NVIDIA_MIG_MONITOR_DEVICES").as_deref(),
            Some("all")
        );
        assert_eq!(
            container(daemon_set)["securityContext"],
            json!({"privileged": true})
        );
        let file = objects[1]["data"][format!("{strategy}.yaml")].as_str().unwrap();
        assert_eq!(file, format!("version: v1\nflags:\n  migStrategy: {strategy}\n"));
        assert!(
            env(daemon_set, "CONFIG_FILE")
                .unwrap()
                .ends_with(&format!("/{strategy}.yaml"))
        );
    }
}

#[test]
fn it_runs_exactly_on_the_nodes_of_its_layouts() {
    let layout = sliced("mixed");
    let objects = render(std::slice::from_ref(&layout));
    let pod = &objects[2]["spec"]["template"]["spec"];
    let labels = layout.labels();
    for (key, value) in pod["nodeSelector"].as_object().unwrap() {
        assert_eq!(
            Some(value.as_str().unwrap()),
            labels.get(key).map(String::as_str),
            "{key}"
        );
    }
    let tolerations: Vec<Toleration> = serde_json::from_value(pod["tolerations"].clone()).unwrap();
    assert_eq!(tolerations, [Toleration::everything()]);
    let selector = objects[2]["spec"]["selector"]["matchLabels"].as_object().unwrap();
    let pod_labels = &objects[2]["spec"]["template"]["metadata"]["labels"];
    assert!(selector.iter().all(|(key, value)| pod_labels[key] == *value));
}

/// Objects of the first version stay as they are until their owner asks for others.
#[test]
fn the_first_version_is_what_it_was() {
    let options = DevicePluginOptions {
        render_version: DevicePluginVersion::V1,
        ..DevicePluginOptions::default()
    };
    let objects = DevicePlugin::render(&[sliced("mixed")], &options).unwrap();
    let context = &container(&objects[2])["securityContext"];
    assert_eq!(*context, json!({"capabilities": {"add": ["SYS_ADMIN"]}}));
    let tolerations = json!([
        {"key": "CriticalAddonsOnly", "operator": "Exists"},
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
    ]);
    assert_eq!(objects[2]["spec"]["template"]["spec"]["tolerations"], tolerations);
    for version in DevicePluginVersion::ALL {
        assert_eq!(
            DevicePluginVersion::from_number(version.number().into()),
            Some(version)
        );
    }
    let of_nodes = RenderVersion::ALL.map(DevicePluginVersion::of_nodes);
    use DevicePluginVersion::{V1, V2};
    assert_eq!(of_nodes, [V1, V1, V2]);
}

/// Whole GPUs need no privilege, whatever the version.
#[test]
fn without_slices_the_plugin_has_no_privilege() {
    let objects = render(&[shared("g5.xlarge", "time-slicing")]);
    let context = &container(&objects[2])["securityContext"];
    assert_eq!(context["allowPrivilegeEscalation"], json!(false));
}

#[test]
fn one_daemon_set_per_configuration() {
    let other = layout(json!({"instance_types": ["p4d.24xlarge"], "slices": {"3g": 2}}));
    let objects = render(&[
        sliced("mixed"),
        other,
        sliced("single"),
        shared("g5.xlarge", "time-slicing"),
    ]);
    let sharing = shared("g5.xlarge", "time-slicing").plugin_config().name;
    assert!(sharing.starts_with("none-"));
    assert_eq!(
        names(&objects)[2..],
        [
            "DaemonSet/mig-device-plugin-mixed".to_owned(),
            format!("DaemonSet/mig-device-plugin-{sharing}"),
            "DaemonSet/mig-device-plugin-single".to_owned(),
        ]
    );
    assert_eq!(objects[1]["data"].as_object().unwrap().len(), 3);
}

#[test]
fn sharing_is_in_the_file() {
    let objects = render(&[shared("g5.xlarge", "time-slicing")]);
    let name = shared("g5.xlarge", "time-slicing").plugin_config().name;
    assert_eq!(
        objects[1]["data"][format!("{name}.yaml")],
        "version: v1\nflags:\n  migStrategy: none\nsharing:\n  timeSlicing:\n    failRequestsGreaterThanOne: true\n    \
         resources:\n      - name: nvidia.com/gpu\n        replicas: 4\n"
    );
    assert_eq!(env(&objects[2], "NVIDIA_MIG_MONITOR_DEVICES"), None);
    assert_eq!(
        container(&objects[2])["securityContext"]["capabilities"]["drop"],
        json!(["ALL"])
    );
}

#[test]
fn mps_brings_its_control_daemon() {
    let objects = render(&[shared("g6.xlarge", "mps")]);
    assert_eq!(objects.len(), 4);
    assert!(names(&objects)[2].ends_with("-mps"));
    assert_eq!(container(&objects[2])["command"], json!(["mps-control-daemon"]));
    assert_eq!(
        objects[2]["spec"]["template"]["spec"]["nodeSelector"],
        objects[3]["spec"]["template"]["spec"]["nodeSelector"]
    );
    assert_ne!(objects[2]["spec"]["selector"], objects[3]["spec"]["selector"]);
    assert_eq!(env(&objects[3], "MPS_ROOT").as_deref(), Some("/run/nvidia/mps"));
}

#[test]
fn a_new_file_makes_new_pods() {
    let checksum = |layout: Layout| {
        render(&[layout])[2]["spec"]["template"]["metadata"]["annotations"]["mig.eks/config-checksum"].clone()
    };
    assert_ne!(checksum(sliced("mixed")), checksum(sliced("single")));
    assert_eq!(checksum(sliced("mixed")), checksum(sliced("mixed")));
}

#[test]
fn options_reach_the_objects() {
    let options = DevicePluginOptions {
        render_version: DevicePluginVersion::default(),
        name: "slices".into(),
        namespace: "gpu".into(),
        image: format!(
            "mirror.example.com:5000/k8s-device-plugin@sha256:{}",
            "a".repeat(64)
        ),
        image_pull_policy: Some("IfNotPresent".into()),
        image_pull_secrets: vec!["registry".into()],
        tolerations: vec![Toleration::exists("team", None)],
        node_selector: [("zone".to_owned(), "a".to_owned())].into(),
        priority_class: None,
        runtime_class: Some("nvidia".into()),
        resources: ResourceRequirements {
            requests: [("memory".to_owned(), "64Mi".to_owned())].into(),
            ..Default::default()
        },
        env: [("DEVICE_ID_STRATEGY".to_owned(), "index".to_owned())].into(),
        labels: [("team".to_owned(), "ml".to_owned())].into(),
        annotations: [("example.com/owner".to_owned(), "ml@example.com".to_owned())].into(),
        feature_discovery: true,
        extra: serde_json::Map::new(),
    };
    let objects = DevicePlugin::render(&[sliced("mixed")], &options).unwrap();
    let pod = &objects[2]["spec"]["template"]["spec"];
    assert_eq!(objects[2]["metadata"]["namespace"], "gpu");
    assert_eq!(objects[2]["metadata"]["labels"]["team"], "ml");
    assert_eq!(pod["runtimeClassName"], "nvidia");
    assert_eq!(pod["imagePullSecrets"], json!([{"name": "registry"}]));
    assert!(pod.get("priorityClassName").is_none());
    assert_eq!(pod["nodeSelector"]["zone"], "a");
    assert_eq!(pod["tolerations"].as_array().unwrap().len(), 2);
    assert_eq!(
        container(&objects[2])["resources"],
        json!({"requests": {"memory": "64Mi"}})
    );
    assert_eq!(env(&objects[2], "DEVICE_ID_STRATEGY").as_deref(), Some("index"));
}

#[test]
fn what_kubernetes_or_the_plugin_refuses() {
    let refused = |change: &dyn Fn(&mut DevicePluginOptions)| {
        let mut options = DevicePluginOptions::default();
        change(&mut options);
        let faults = DevicePlugin::render(&[sliced("mixed")], &options).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].to_string()
    };
    assert!(refused(&|o| o.name = "Plugin".into()).contains("DNS-1123"));
    assert!(refused(&|o| o.name = "a".repeat(40)).contains("1 to 39"));
    assert!(refused(&|o| o.namespace = "kube_system".into()).contains("DNS-1123"));
    for image in [
        "nvcr.io/nvidia/k8s-device-plugin",
        "registry:5000/plugin",
        "plugin@sha256:abc",
        "a b:c",
        "",
    ] {
        assert!(
            refused(&|o| o.image = image.into()).contains("one version"),
            "{image}"
        );
    }
    assert!(refused(&|o| o.image_pull_policy = Some("always".into())).contains("pull policy"));
    assert!(refused(&|o| o.priority_class = Some("High Priority".into())).contains("DNS-1123 subdomain"));
    assert!(
        refused(&|o| drop(o.env.insert("MIG_STRATEGY".into(), "none".into()))).contains("layout decides")
    );
    assert!(refused(&|o| drop(o.env.insert("9X".into(), String::new()))).contains("variable"));
    assert!(refused(&|o| drop(o.labels.insert("a b".into(), "c".into()))).contains("label key"));
    assert!(refused(&|o| drop(o.labels.insert("a".into(), "-".into()))).contains("label value"));
    assert!(
        refused(&|o| drop(o.labels.insert("app.kubernetes.io/name".into(), "x".into())))
            .contains("cannot be set")
    );
    assert!(
        refused(&|o| drop(o.node_selector.insert("mig.eks/device-plugin".into(), "x".into())))
            .contains("cannot")
    );
    assert!(
        refused(&|o| drop(o.resources.limits.insert("memory".into(), "64 MB".into()))).contains("quantity")
    );
    assert!(refused(&|o| o.tolerations.push(Toleration::default())).contains("without a key"));
    let value = Toleration {
        value: Some("x".into()),
        ..Toleration::exists("a", None)
    };
    assert!(refused(&|o| o.tolerations.push(value.clone())).contains("accepts no value"));
    assert!(
        refused(&|o| o.tolerations.push(Toleration::exists("a", Some("NO_SCHEDULE")))).contains("NoExecute")
    );
    assert!(DevicePlugin::render(&[], &DevicePluginOptions::default()).is_err());
}

#[test]
fn feature_discovery_comes_on_request_for_each_configuration() {
    let layouts = [sliced("mixed"), shared("g5.xlarge", "time-slicing")];
    let options = DevicePluginOptions {
        feature_discovery: true,
        ..DevicePluginOptions::default()
    };
    let objects = DevicePlugin::render(&layouts, &options).unwrap();
    let with: Vec<&Value> = objects
        .iter()
        .filter(|object| object["metadata"]["name"].as_str().unwrap().ends_with("-gfd"))
        .collect();
    assert_eq!(with.len(), 2);
    for discovery in with {
        let name = discovery["metadata"]["name"]
            .as_str()
            .unwrap()
            .trim_end_matches("-gfd");
        let plugin = objects
            .iter()
            .find(|object| object["metadata"]["name"] == name)
            .unwrap();
        for same in ["CONFIG_FILE", "MIG_STRATEGY"] {
            assert_eq!(env(discovery, same), env(plugin, same));
        }
        let pod = |object: &Value, field: &str| object["spec"]["template"]["spec"][field].clone();
        for same in ["nodeSelector", "tolerations", "serviceAccountName"] {
            assert_eq!(pod(discovery, same), pod(plugin, same));
        }
        assert_eq!(
            container(discovery)["securityContext"],
            container(plugin)["securityContext"]
        );
        assert_eq!(
            env(discovery, "GFD_USE_NODE_FEATURE_API").as_deref(),
            Some("false")
        );
    }
    let without: Vec<Value> = objects
        .iter()
        .filter(|object| !object["metadata"]["name"].as_str().unwrap().ends_with("-gfd"))
        .cloned()
        .collect();
    assert_eq!(without, render(&layouts), "nothing else changes");
}

#[test]
fn further_fields_are_merged_into_the_plugins_daemon_sets() {
    let with = |extra: Value| DevicePluginOptions {
        feature_discovery: true,
        extra: extra.as_object().unwrap().clone(),
        ..DevicePluginOptions::default()
    };
    let extra = json!({
        "minReadySeconds": 10,
        "template": {"spec": {"containers": [{"name": "nvidia-device-plugin", "terminationMessagePolicy": "FallbackToLogsOnError"}]}},
    });
    let objects = DevicePlugin::render(&[sliced("mixed")], &with(extra)).unwrap();
    assert_eq!(objects[2]["spec"]["minReadySeconds"], 10);
    let plugin = container(&objects[2]);
    assert_eq!(plugin["terminationMessagePolicy"], "FallbackToLogsOnError");
    assert_eq!(plugin["image"], DEFAULT_IMAGE);
    assert!(
        objects[3]["spec"].get("minReadySeconds").is_none(),
        "feature discovery's"
    );
    let refused = json!({
        "selector": {"matchLabels": {"a": "b"}},
        "template": {"spec": {
            "nodeSelector": {"off": "true"},
            "containers": [{"name": "nvidia-device-plugin", "image": "other", "resources": {}}],
        }},
    });
    let faults = DevicePlugin::render(&[sliced("mixed")], &with(refused)).unwrap_err();
    let said: Vec<&str> = faults.iter().map(Finding::summary).collect();
    let expected = [
        "spec.selector has an attribute of its own",
        "spec.template.spec.containers[nvidia-device-plugin].image is rendered already",
        "spec.template.spec.containers[nvidia-device-plugin].resources has an attribute of its own",
        "spec.template.spec.nodeSelector has an attribute of its own",
    ];
    assert_eq!(said, expected);
}

#[test]
fn an_image_that_takes_one_slice_for_another_is_refused() {
    let media = layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb+me": 1, "1g.10gb": 2}}));
    let with = |layout: &Layout, tag: &str| {
        let options = DevicePluginOptions {
            image: format!("mirror:5000/k8s-device-plugin:{tag}"),
            ..DevicePluginOptions::default()
        };
        DevicePlugin::render(std::slice::from_ref(layout), &options).map(drop)
    };
    for old in ["v0.19.3", "v0.17.1-ubi9", "v0.14.0"] {
        let faults = with(&media, old).unwrap_err();
        assert!(
            faults[0].summary().contains("does not know 1g.10gb+me"),
            "{faults:?}"
        );
        assert!(
            faults[0].detail().contains("nvidia.com/mig-1g.10gb.me"),
            "{faults:?}"
        );
        assert_eq!(with(&sliced("mixed"), old), Ok(()));
    }
    for new in ["v0.20.0", "v1.0.0", "latest", "v0.20.1-ubi9"] {
        assert_eq!(with(&media, new), Ok(()));
    }
}
