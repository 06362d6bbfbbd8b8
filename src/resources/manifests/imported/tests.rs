//! What was rendered is what an import shows.

use serde_json::json;

use super::*;
use crate::resources::device_plugin::DevicePluginModel;
use crate::resources::karpenter::KarpenterModel;
use crate::resources::karpenter_nodeclass::NodeClassModel;
use crate::resources::karpenter_nodeoverlay::NodeOverlayModel;
use crate::resources::karpenter_nodepool::NodePoolModel;

/// Rendered objects as the cluster has them: the fields are those of that manager.
fn live(objects: &[Json], manager: &str) -> Vec<Json> {
    let of = |object: &Json| {
        let mut object = object.clone();
        object["metadata"]["managedFields"] = json!([
            {"manager": manager, "operation": "Apply", "fieldsV1": {
                "f:metadata": {"f:labels": {}, "f:annotations": {}}, "f:spec": {}, "f:data": {},
                "f:automountServiceAccountToken": {},
            }},
            {"manager": "karpenter", "operation": "Update", "fieldsV1": {"f:status": {}}},
        ]);
        object["status"] = json!({"conditions": []});
        object
    };
    objects.iter().map(of).collect()
}

fn model<M: Model>(configuration: &Json) -> M {
    let values = configuration.as_object().unwrap().iter();
    let values = values
        .map(|(name, value)| (name.clone(), value_of(value)))
        .collect();
    decoded::<M>(&values)
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Number(number.to_string().parse().unwrap()),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(all) => Value::List(all.iter().map(value_of).collect()),
        Json::Object(all) => Value::Map(
            all.iter()
                .map(|(key, one)| (key.clone(), value_of(one)))
                .collect(),
        ),
    }
}

/// A class as a user writes it, with these attributes.
fn class(more: &Json) -> NodeClassModel {
    let mut all = json!({
        "name": "small", "id": "small",
        "layout": {"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}},
        "role": "nodes", "on_failure": "halt", "partition_timeout": "10m", "render_version": 3,
        "ami_selector_terms": [{"alias": "al2023@v20261003"}],
        "subnet_selector_terms": [{"tags": {"a": "b"}}],
        "security_group_selector_terms": [{"id": "sg-0123456789abcdef0"}],
    });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    with_applying_defaults(&model(&all))
}

fn pool(class: &NodeClassModel, more: &Json) -> NodePoolModel {
    let mut pool: NodePoolModel = model(more);
    let reference = Value::Map(class.encode_object());
    let mut values = pool.encode_object();
    values.insert("nodeclass".to_owned(), reference);
    pool = decoded(&values);
    pool.name = "small".into();
    pool.id = "small".into();
    pool.layout = class.layout.clone();
    if pool.render_version.is_null() {
        pool.render_version = 3.into();
    }
    with_applying_defaults(&pool)
}

fn overlay(pool: &NodePoolModel, more: &Json) -> NodeOverlayModel {
    let mut values = model::<NodeOverlayModel>(more).encode_object();
    values.insert("nodepool".to_owned(), Value::Map(pool.encode_object()));
    let overlay: NodeOverlayModel = decoded(&values);
    with_applying_defaults(&NodeOverlayModel {
        name: "small".into(),
        id: "small".into(),
        layout: pool.layout.clone(),
        ..overlay
    })
}

fn objects<M: Renderable>(model: &M) -> Vec<Json> {
    let mut diags = Diagnostics::new();
    let objects = model.objects(&Facts::default(), &mut diags);
    objects.unwrap_or_else(|_| panic!("{diags:?}"))
}

/// What an import of the model's own objects gives, with how many warnings.
fn again<M: KarpenterModel + Importable>(model: &M, above: &[Json], manager: &str) -> (M, Vec<Diagnostic>) {
    let own = live(&objects(model), manager);
    let seen = M::named(model.name().clone(), Attr::Null);
    let live = Live { own: &own, above };
    imported(seen, live, &Facts::default())
}

/// The attributes in which two models differ.
fn differing<M: Model>(found: &M, expected: &M) -> Vec<String> {
    let expected = expected.encode_object();
    let found = found.encode_object().into_iter();
    let differing = found.filter(|(name, value)| expected.get(name) != Some(value));
    differing.map(|(name, _)| name).collect()
}

fn assert_shown<M: KarpenterModel + Importable>(model: &M, above: &[Json]) -> Vec<Diagnostic> {
    let (found, warnings) = again(model, above, FIELD_MANAGER);
    let expected = model.with_manifests(manifests(&objects(model)));
    assert_eq!(differing(&found, &expected), [""; 0]);
    // Of another manager it is the same, but for the objects that are not ours yet.
    let (found, _) = again(model, above, "kubectl");
    assert_eq!(
        differing(&found.with_manifests(expected.wanted()), &expected),
        [""; 0]
    );
    warnings
}

fn classes() -> Vec<NodeClassModel> {
    let part = json!({"content_type": "text/cloud-config", "content": "packages: [jq]\n"});
    let cluster = json!({
        "cluster_name": "a", "api_server_endpoint": "https://a", "service_cidr": "10.0.0.0/16",
        "certificate_authority": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=",
    });
    let all = [
        json!({}),
        json!({"on_failure": "terminate", "partition_timeout": "90s", "render_version": 1, "labels": {"team": "ml"}}),
        json!({"extra_user_data": {"before": [part], "after": [part]}, "annotations": {"note": "x"}}),
        json!({"ami_family": "Custom", "ami_selector_terms": [{"id": "ami-0123456789abcdef0"}], "node_config": cluster}),
        json!({"metadata_options": {"http_put_response_hop_limit": 2}, "tags": {"a": "b"}}),
        json!({"block_device_mappings": [], "kubelet": {"max_pods": 110, "extra": "{\"topologyManagerPolicy\":\"single-numa-node\"}"}}),
        json!({"extra": "{\"newField\":{\"a\":true}}", "associate_public_ip_address": false}),
        json!({"layout": {"instance_types": ["p5.48xlarge"], "gpus": [
            {"devices": [0, 1, 2, 3], "slices": {"3g.40gb": 2}}, {"devices": [4, 5, 6, 7], "slices": {}},
        ]}}),
    ];
    all.iter().map(class).collect()
}

#[test]
fn a_class_shows_what_it_was_made_from() {
    for class in classes() {
        let warnings = assert_shown(&class, &[]);
        assert_eq!(warnings.len(), 0, "{warnings:?}");
    }
}

/// Strategy and sharing are not in its user data.
#[test]
fn a_class_of_shared_slices_is_known_by_its_pools() {
    let layout = |replicas: u32| {
        json!({"layout": {
            "instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7},
            "sharing": {"strategy": "time-slicing", "replicas": replicas},
        }})
    };
    let class = class(&layout(4));
    let pools = |class: &NodeClassModel| live(&objects(&pool(class, &json!({}))), FIELD_MANAGER);
    assert_eq!(assert_shown(&class, &pools(&class)).len(), 0);
    // Pools that differ do not say which layout is meant.
    let others = pools(&self::class(&layout(2)));
    let (found, _) = again(&class, &[pools(&class), others].concat(), FIELD_MANAGER);
    assert!(found.layout.known().unwrap().sharing.is_null());
}

/// The settings name no instance type.
#[test]
fn a_class_of_bottlerocket_is_shown_for_all_types_with_its_gpus() {
    let settings = json!({
        "layout": {"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"},
        "ami_selector_terms": [{"alias": "bottlerocket@v1.68.0"}],
    });
    let (found, warnings) = again(&class(&settings), &[], FIELD_MANAGER);
    let layout = found.layout.known().unwrap();
    assert!(
        layout
            .instance_types
            .known()
            .unwrap()
            .contains(&"p5.48xlarge".to_owned())
    );
    assert_eq!(layout.strategy.as_str(), Some("single"));
    assert_eq!(
        warnings[0].summary,
        "The user data does not name the instance types"
    );
    assert_eq!(found.wanted(), manifests(&objects(&class(&settings))));
}

#[test]
fn user_data_of_others_gives_no_layout() {
    let mut theirs = objects(&class(&json!({})));
    theirs[0]["spec"]["userData"] = json!("#!/bin/sh\n");
    let own = live(&theirs, "kubectl");
    let live = Live {
        own: &own,
        above: &[],
    };
    let seen = NodeClassModel::named("small".into(), Attr::Null);
    let (found, warnings) = imported(seen, live, &Facts::default());
    assert!(found.layout.is_null() && found.on_failure.is_null() && found.render_version.is_null());
    assert_eq!(found.role.as_str(), Some("nodes"));
    assert_eq!(warnings[0].summary, "The user data of the node class is not ours");
}

fn pools(class: &NodeClassModel) -> Vec<NodePoolModel> {
    let taint = json!({"key": "mig.eks/slices", "value": "true", "effect": "NoSchedule"});
    let all = [
        json!({}),
        json!({"render_version": 2, "capacity_types": ["reserved", "spot"], "zones": ["us-east-1a"], "weight": 7}),
        json!({"require_gpu_name": true, "requirements": [
            {"key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["us-east-1c"]},
            {"key": "node.kubernetes.io/instance-type", "operator": "Exists", "min_values": 1},
        ]}),
        json!({"node_labels": {"team": "ml"}, "node_annotations": {"note": "x"}, "taints": [taint], "startup_taints": [
            {"key": "node.cilium.io/agent-not-ready", "effect": "NoExecute"},
        ]}),
        json!({"limits": {"nodes": "4", "cpu": "1k"}, "expire_after": "Never", "termination_grace_period": "1h"}),
        json!({"slice_limits": {"1g.10gb": 100}}),
        json!({"limits": {}}),
        json!({"disruption": {"consolidate_after": "Never"}}),
        json!({"disruption": {"budgets": []}}),
        json!({"disruption": {"budgets": [{"nodes": "10%", "reasons": ["Drifted"], "schedule": "@daily", "duration": "8h"}]}}),
        json!({"replicas": 3, "extra": "{\"template\":{\"spec\":{\"newField\":1}}}"}),
    ];
    all.iter().map(|more| pool(class, more)).collect()
}

#[test]
fn a_pool_shows_what_it_was_made_from_with_the_layout_of_its_class() {
    let class = class(&json!({}));
    let above = live(&objects(&class), FIELD_MANAGER);
    for pool in pools(&class) {
        let warnings = assert_shown(&pool, &above);
        assert_eq!(warnings.len(), 0, "{warnings:?}");
    }
}

/// Strategy and sharing are not in the user data of the class, and are in a label of the pool.
#[test]
fn a_pool_of_shared_slices_is_known_by_its_label() {
    let shared = json!({"layout": {
        "instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single",
        "sharing": {"strategy": "time-slicing", "replicas": 4},
    }});
    let class = class(&shared);
    let above = live(&objects(&class), FIELD_MANAGER);
    assert_eq!(assert_shown(&pool(&class, &json!({})), &above).len(), 0);
}

/// kubectl applies a limit as it is written, and the API server keeps it.
#[test]
fn a_limit_that_is_a_number_is_shown() {
    let class = class(&json!({}));
    let above = live(&objects(&class), FIELD_MANAGER);
    let limited = pool(&class, &json!({"limits": {"cpu": "1000"}}));
    let mut own = live(&objects(&limited), "kubectl");
    own[0]["spec"]["limits"] = json!({"cpu": 1000});
    let seen = NodePoolModel::named("small".into(), Attr::Null);
    let live = Live {
        own: &own,
        above: &above,
    };
    let (found, warnings) = imported(seen, live, &Facts::default());
    assert_eq!(warnings.len(), 0, "{warnings:?}");
    assert_eq!(found.limits, limited.limits);
}

/// A resource name spells the suffix of a profile differently.
#[test]
fn limits_of_slices_are_shown_by_profile() {
    for (instance_type, profile, count) in [
        ("g7e.2xlarge", "1g.24gb+gfx", 4),
        ("p5.48xlarge", "1g.10gb+me", 1),
    ] {
        let layout = json!({"instance_types": [instance_type], "slices": {profile: count}});
        let class = class(&json!({"layout": layout}));
        let above = live(&objects(&class), FIELD_MANAGER);
        let limited = pool(&class, &json!({"slice_limits": {profile: 8}}));
        assert_eq!(assert_shown(&limited, &above).len(), 0, "{profile}");
    }
}

#[test]
fn without_its_class_a_pool_has_no_layout() {
    let pool = pool(&class(&json!({})), &json!({"weight": 7}));
    let (found, warnings) = again(&pool, &[], FIELD_MANAGER);
    assert!(found.layout.is_null() && found.render_version.is_null());
    assert_eq!(found.weight.known(), Some(&7));
    assert!(found.taints.is_null() && found.node_labels.is_null());
    assert_eq!(warnings[0].path, Path::attr("layout"));
}

#[test]
fn overlays_show_what_they_were_made_from() {
    let class =
        class(&json!({"layout": {"instance_types": ["p4d.24xlarge", "p5.48xlarge"], "slices": {"1g": 7}}}));
    let pool = pool(&class, &json!({}));
    let pool_objects = live(&objects(&pool), FIELD_MANAGER);
    let above = [pool_objects, live(&objects(&class), FIELD_MANAGER)].concat();
    let further = json!([{"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["us-east-1a"]}]);
    for more in [
        json!({}),
        json!({"weight": 40, "labels": {"team": "ml"}}),
        json!({"requirements": further, "capacity": {"example.com/licence": "1"}, "price_adjustment": "+10%"}),
    ] {
        let overlay = overlay(&pool, &more);
        assert_eq!(assert_shown(&overlay, &above).len(), 0);
    }
    let (found, warnings) = again(&overlay(&pool, &json!({})), &above[..1], FIELD_MANAGER);
    assert!(found.layout.is_null());
    assert_eq!(warnings.len(), 1);
}

/// Pools of a plain and of a shared layout, with their classes.
fn nodes() -> (Vec<Json>, Vec<Json>) {
    let slices = json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}});
    let shared = json!({"instance_types": ["g6.xlarge"], "sharing": {"strategy": "mps", "replicas": 2}});
    let layouts = vec![slices, shared];
    let of = |(number, layout): (usize, &Json)| {
        let mut class = class(&json!({"layout": layout}));
        class.name = format!("class-{number}").into();
        let mut pool = pool(&class, &json!({}));
        pool.name = format!("pool-{number}").into();
        [
            live(&objects(&pool), FIELD_MANAGER),
            live(&objects(&class), FIELD_MANAGER),
        ]
        .concat()
    };
    let above = layouts.iter().enumerate().flat_map(of).collect();
    (layouts, above)
}

fn plugin(layouts: &[Json], more: &Json) -> DevicePluginModel {
    let mut all = json!({
        "layouts": layouts, "name": "mig-device-plugin", "namespace": "kube-system", "id": "kube-system/mig-device-plugin",
        "image": "nvcr.io/nvidia/k8s-device-plugin:v0.20.1", "render_version": 2,
    });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    model::<DevicePluginModel>(&all).with_defaults()
}

/// What an import of the plugin's own objects gives.
fn plugin_again(plugin: &DevicePluginModel, above: &[Json]) -> (DevicePluginModel, Vec<Diagnostic>) {
    let own = live(&objects(plugin), FIELD_MANAGER);
    let seen = DevicePluginModel {
        name: plugin.name.clone(),
        namespace: plugin.namespace.clone(),
        id: plugin.id.clone(),
        ..DevicePluginModel::default()
    };
    let live = Live { own: &own, above };
    imported(seen, live, &Facts::default())
}

#[test]
fn a_plugin_shows_what_it_was_made_from_with_the_layouts_of_the_pools() {
    let (layouts, above) = nodes();
    for (layouts, more) in [
        (&layouts[..1], json!({})),
        (&layouts[..], json!({"feature_discovery": true})),
        (
            &layouts[1..],
            json!({"render_version": 1, "tolerations": [{"operator": "Exists"}]}),
        ),
        (
            &layouts[..],
            json!({"render_version": 1, "priority_class_name": "", "runtime_class_name": "nvidia"}),
        ),
        (
            &layouts[..1],
            json!({
                "image": "example.com/plugin:v1", "image_pull_policy": "Always", "image_pull_secrets": ["a", "b"],
                "tolerations": [{"key": "team", "operator": "Equal", "value": "ml", "effect": "NoSchedule"}],
                "node_selector": {"team": "ml"}, "env": {"PASS_DEVICE_SPECS": "true"}, "labels": {"team": "ml"},
                "annotations": {"note": "x"}, "extra": "{\"minReadySeconds\":10}",
                "resources": {"requests": {"cpu": "10m"}, "limits": {"memory": "64Mi"}},
            }),
        ),
    ] {
        let plugin = plugin(layouts, &more);
        let (found, warnings) = plugin_again(&plugin, &above);
        assert_eq!(warnings.len(), 0, "{warnings:?}");
        let expected = plugin.with_manifests(manifests(&objects(&plugin)));
        assert_eq!(differing(&found, &expected), [""; 0], "{more}");
    }
}

#[test]
fn what_a_plugin_was_not_rendered_with_is_said() {
    let (layouts, above) = nodes();
    let plugin = plugin(&layouts[..1], &json!({"env": {"PASS_DEVICE_SPECS": "true"}}));
    let mut own = live(&objects(&plugin), FIELD_MANAGER);
    let set = own
        .iter_mut()
        .find(|object| object["kind"] == "DaemonSet")
        .unwrap();
    set["spec"]["template"]["spec"]["containers"][0]["securityContext"] = json!({"runAsUser": 7});
    let live = Live {
        own: &own,
        above: &above,
    };
    let seen = DevicePluginModel {
        name: plugin.name.clone(),
        namespace: plugin.namespace.clone(),
        ..DevicePluginModel::default()
    };
    let (found, warnings) = imported(seen, live, &Facts::default());
    assert_eq!(
        warnings[0].summary,
        "The objects of the plugin are not as rendered"
    );
    assert_eq!((found.layouts, found.env), (plugin.layouts, plugin.env));
}

#[test]
fn layouts_of_a_plugin_are_shown_all_or_not_at_all() {
    let (layouts, above) = nodes();
    let (found, warnings) = plugin_again(&plugin(&layouts, &json!({})), &above[..2]);
    assert!(found.layouts.is_null() && found.image.is_null());
    assert_eq!(warnings[0].path, Path::attr("layouts"));
}
