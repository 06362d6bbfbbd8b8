use serde_json::json;

use super::*;

fn plan(changes: &Json) -> PlanFile {
    let text = json!({"format_version": "1.2", "complete": true, "resource_changes": changes}).to_string();
    parse(&text).unwrap()
}

fn change(kind: &str, actions: &[&str], before: &Json, after: &Json) -> Json {
    json!({
        "address": format!("{kind}.this"), "type": kind,
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {"status": true}}
    })
}

fn found(changes: &Json) -> Vec<(String, String, String)> {
    let all: Section = sections(&plan(changes)).into_iter().collect();
    let drift = |drift: &mig::drift::Drift| {
        (
            drift.class.code().to_owned(),
            drift.expected.clone(),
            drift.found.clone(),
        )
    };
    all.findings.iter().map(drift).collect()
}

#[test]
fn what_a_plan_would_mend_is_drift() {
    let before =
        json!({"cluster_name": "prod", "autoscaler_tags": {"a": "8"}, "status": "ACTIVE", "labels": null});
    let after = json!({"cluster_name": "prod", "autoscaler_tags": {"a": "56"}, "labels": null});
    let drift = found(&json!([change("mig_node_group", &["update"], &before, &after)]));
    assert_eq!(drift.len(), 1);
    assert_eq!(drift[0].0, "D8");
    assert!(
        drift[0].1.contains("autoscaler_tags.a is 56") && drift[0].2.contains("autoscaler_tags.a is 8"),
        "{drift:?}"
    );
    assert!(!drift[0].2.contains("status"), "it follows: {drift:?}");
}

#[test]
fn objects_in_attributes_are_looked_into() {
    let manifests =
        |image: &str| json!({"manifests": {"DaemonSet/a/b": json!({"spec": {"image": image}}).to_string()}});
    let drift = found(&json!([change(
        "mig_device_plugin",
        &["update"],
        &manifests("a"),
        &manifests("b")
    )]));
    assert_eq!(drift[0].0, "D3");
    assert!(
        drift[0].1.contains("manifests.DaemonSet/a/b.spec.image is b"),
        "{drift:?}"
    );
}

#[test]
fn nothing_to_do_is_no_drift_and_others_resources_are_not_ours() {
    let same = json!({"name": "a"});
    let changes = json!([
        change("mig_launch_template", &["no-op"], &same, &same),
        change("aws_vpc", &["update"], &same, &json!({"name": "b"}))
    ]);
    assert_eq!(found(&changes), []);
}

/// A change with everything that a plan says beside it.
fn sensitive(before: &Json, after: &Json, mask: &Json) -> Json {
    let mut change = change("mig_karpenter_nodeclass", &["update"], before, after);
    change["change"]["before_sensitive"] = mask.clone();
    change["change"]["after_sensitive"] = mask.clone();
    change
}

fn words(changes: &Json) -> String {
    let all: Section = sections(&plan(changes)).into_iter().collect();
    serde_json::to_string(&all.findings).unwrap()
}

#[test]
fn sensitive_values_are_never_shown() {
    let value = |secret: &str| {
        json!({
            "role": "r", "user_data": [{"content": format!("token={secret}")}, {"content": "plain"}], "tags": {"pin": secret},
            "manifests": {"EC2NodeClass/a": json!({"spec": {"userData": format!("x {secret} y")}}).to_string()},
            "copy": format!("begin {secret}"),
        })
    };
    let mask = json!({"user_data": [{"content": true}, {}], "tags": {"pin": true}, "manifests": {}});
    let said = words(&json!([sensitive(
        &value("hunter2-old"),
        &value("hunter2-new"),
        &mask
    )]));
    assert!(!said.contains("hunter2"), "{said}");
    for path in [
        "user_data[0].content",
        "tags.pin",
        "manifests.EC2NodeClass/a.spec.userData",
        "copy",
    ] {
        assert!(said.contains(path), "{path}: {said}");
    }
    let whole = words(&json!([sensitive(
        &json!({"a": {"b": "hunter2"}}),
        &json!({"a": {"b": "hunter3"}}),
        &json!({"a": true})
    )]));
    assert!(
        whole.contains("a is sensitive") && !whole.contains("hunter"),
        "{whole}"
    );
}

#[test]
fn of_a_long_text_what_differs_is_shown() {
    let long = |line: &str| format!("{}{line}\n{}", "first\n".repeat(400), "last\n".repeat(2000));
    let drift = found(&json!([change(
        "mig_karpenter_nodeclass",
        &["update"],
        &json!({"user_data": long("echo theirs"), "encoded": format!("{}B{}", "A".repeat(9000), "C".repeat(4000))}),
        &json!({"user_data": long("echo ours"), "encoded": format!("{}D{}", "A".repeat(9000), "C".repeat(4000))})
    )]));
    let (_, expected, found) = &drift[0];
    assert!(
        expected.contains("in line 401: echo ours") && found.contains("in line 401: echo theirs"),
        "{drift:?}"
    );
    assert!(
        expected.contains("AAAADCCC") && found.contains("AAAABCCC"),
        "{drift:?}"
    );
    assert!(expected.len() < 500 && found.len() < 500, "{drift:?}");
}

#[test]
fn the_mask_of_unknown_values_is_read_as_it_is_written() {
    let mut open = change(
        "mig_node_group",
        &["update"],
        &json!({"subnet_ids": ["a", "b"], "labels_all": ["x"]}),
        &json!({"subnet_ids": ["a", "c"]}),
    );
    open["change"]["after_unknown"] = json!({"subnet_ids": [false, false], "labels_all": true});
    let drift = found(&json!([open]));
    assert!(
        drift[0].1.contains("subnet_ids[1] is c"),
        "a mask of false hides nothing: {drift:?}"
    );
    assert!(!drift[0].2.contains("labels_all"), "it follows: {drift:?}");
}

#[test]
fn a_change_of_which_nothing_is_known_is_drift_too() {
    for actions in [&["update"][..], &["delete", "create"], &["create", "delete"]] {
        let mut open = change(
            "mig_launch_template",
            actions,
            &json!({"name": "a", "id": "lt-1"}),
            &json!({"name": "a"}),
        );
        open["change"]["after_unknown"] = json!({"id": true});
        let drift = found(&json!([open]));
        assert_eq!(drift.len(), 1);
        assert!(drift[0].1.contains("id is known after the apply"), "{drift:?}");
        let same = found(&json!([change(
            "mig_launch_template",
            actions,
            &json!({"name": "a"}),
            &json!({"name": "a"})
        )]));
        assert_eq!(same.len(), 1, "the program says that it would change it");
    }
}

#[test]
fn empty_and_missing_values_differ_as_the_program_says() {
    let drift = found(&json!([change(
        "mig_launch_template",
        &["update"],
        &json!({"tags": {}}),
        &json!({"tags": null})
    )]));
    assert!(drift[0].2.contains("tags is {}"), "{drift:?}");
}

#[test]
fn what_is_declared_no_more_is_one_difference() {
    for action in ["delete", "forget"] {
        let drift = found(&json!([change(
            "mig_karpenter_nodepool",
            &[action],
            &json!({"name": "a", "weight": 1}),
            &Json::Null
        )]));
        assert_eq!(drift.len(), 1);
        assert_eq!(drift[0].2, "the object is there", "{action}");
    }
}

#[test]
fn an_object_that_a_replacement_left_over_is_another_one() {
    let mut left = change(
        "mig_launch_template",
        &["delete"],
        &json!({"name": "a"}),
        &Json::Null,
    );
    left["deposed"] = json!("0a1b");
    let same = json!({"name": "b"});
    let all: Section = sections(&plan(&json!([
        change("mig_launch_template", &["no-op"], &same, &same),
        left
    ])))
    .into_iter()
    .collect();
    assert_eq!(all.findings.len(), 1);
    assert_eq!(
        all.findings[0].object.name,
        "mig_launch_template.this (deposed 0a1b)"
    );
    assert_eq!(all.checked.len(), 2);
}

#[test]
fn imported_and_moved_objects_that_are_as_declared_are_in_sync() {
    let same = json!({"name": "a"});
    let mut imported = change("mig_launch_template", &["no-op"], &same, &same);
    imported["change"]["importing"] = json!({"id": "lt-1"});
    let mut moved = change("mig_launch_template", &["no-op"], &same, &same);
    moved["previous_address"] = json!("mig_launch_template.old");
    assert_eq!(found(&json!([imported, moved])), []);
}

#[test]
fn data_sources_are_no_objects() {
    let mut read = change(
        "mig_launch_template",
        &["read"],
        &Json::Null,
        &json!({"name": "a"}),
    );
    read["mode"] = json!("data");
    let all: Section = sections(&plan(&json!([read]))).into_iter().collect();
    assert_eq!(all, Section::default());
}

#[test]
fn the_likely_cause_tells_edits_from_what_was_not_applied() {
    let (before, after) = (json!({"expire_after": "24h"}), json!({"expire_after": "720h"}));
    let update = change("mig_karpenter_nodepool", &["update"], &before, &after);
    let cause = |drift: Json| {
        let text = json!({"format_version": "1.2", "resource_changes": [update], "resource_drift": drift})
            .to_string();
        let all: Section = sections(&parse(&text).unwrap()).into_iter().collect();
        all.findings[0].cause.clone()
    };
    assert!(cause(json!([])).contains("not applied"));
    let edited = change("mig_karpenter_nodepool", &["update"], &after, &before);
    assert!(cause(json!([edited])).contains("changed the object"));
    let status = change(
        "mig_karpenter_nodepool",
        &["update"],
        &json!({"status": "a"}),
        &json!({"status": "b"}),
    );
    assert!(
        cause(json!([status])).contains("not applied"),
        "what drifted is another field"
    );
}

#[test]
fn an_object_is_where_its_attributes_say() {
    let place = |values: Json| {
        let same = change("mig_karpenter_nodepool", &["no-op"], &values, &values);
        let all: Section = sections(&plan(&json!([same]))).into_iter().collect();
        all.checked.first().unwrap().place.to_string()
    };
    assert_eq!(
        place(json!({"cluster": {"name": "prod", "region": "eu-west-1"}})),
        "cluster prod, eu-west-1"
    );
    assert_eq!(
        place(json!({"cluster": {"kubeconfig": "k", "context": "staging"}})),
        "cluster staging"
    );
    let exec = json!({"cluster": {"host": "https://10.0.0.1", "exec": {"command": "get-token"}}});
    assert_eq!(place(exec), "cluster https://10.0.0.1");
    assert_eq!(place(json!({"region": "eu-west-1"})), "eu-west-1");
    assert_eq!(place(json!({})), "the configuration");
}

#[test]
fn what_is_gone_or_not_made_is_absent() {
    let drift = found(&json!([change(
        "mig_karpenter_nodepool",
        &["create"],
        &Json::Null,
        &json!({"name": "a"})
    )]));
    assert_eq!((drift.len(), drift[0].0.as_str()), (1, "D5"));
}

#[test]
fn a_plan_of_a_part_is_never_in_sync() {
    let text = json!({"format_version": "1.2", "complete": false, "resource_changes": []}).to_string();
    let all: Section = sections(&parse(&text).unwrap()).into_iter().collect();
    assert_eq!(all.not_checked.len(), 1);
    let state = json!({"values": {"root_module": {"child_modules": [{"resources": [
        {"address": "module.a.mig_launch_template.this", "mode": "managed", "type": "mig_launch_template", "values": {"region": "eu-west-1"}},
        {"address": "module.a.data.mig_layout.this", "mode": "data", "type": "mig_layout", "values": {}},
        {"address": "module.a.aws_vpc.this", "mode": "managed", "type": "aws_vpc", "values": {}}
    ]}]}}});
    let refreshed = json!({"format_version": "1.2", "complete": true, "prior_state": state}).to_string();
    let all: Section = sections(&parse(&refreshed).unwrap()).into_iter().collect();
    assert_eq!(all.not_checked.len(), 1, "-refresh-only plans nothing: {all:?}");
    assert_eq!(
        all.not_checked[0].object.name,
        "module.a.mig_launch_template.this"
    );
    assert_eq!(all.not_checked[0].object.place, Place::region("eu-west-1"));
    let errored = json!({"format_version": "1.2", "errored": true}).to_string();
    assert_eq!(sections(&parse(&errored).unwrap()).len(), 1);
}

#[test]
fn what_is_no_plan_says_so() {
    for text in ["", "{}", "{\"format_version\": \"2.0\"}"] {
        assert!(parse(text).is_err(), "{text}");
    }
}
