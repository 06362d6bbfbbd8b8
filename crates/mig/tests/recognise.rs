//! What was rendered is recognised, whatever it was rendered from; anything else is not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;

use crate::arbitrary::{self, Random, Slices, cases, seed, spec, type_of, valid_sets};
use mig::boot::{
    BootOptions, ClusterDetails, NodeConfig, OnFailure, Recognised, RenderVersion, RenderedFor, UserPart,
    bottlerocket_settings, recognise, recognise_settings, user_data,
};
use mig::layout::SharingSpec;
use mig::{Catalog, Layout, LayoutSpec};
use serde_json::{Value, json};

const FOR: [RenderedFor; 2] = [RenderedFor::LaunchTemplate, RenderedFor::NodeClass];

fn layout(spec: Value) -> Layout {
    let spec: LayoutSpec = serde_json::from_value(spec).unwrap();
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

fn some<T: Clone>(random: &mut Random, from: &[T]) -> Vec<T> {
    from.iter().filter(|_| random.one_in(3)).cloned().collect()
}

fn parts(random: &mut Random) -> Vec<UserPart> {
    let part = |content_type: &str, text: &str| UserPart {
        content_type: content_type.into(),
        text: text.into(),
    };
    let node_config = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  instance: {}\n";
    let all = [
        part("text/cloud-config", "packages: [jq]\n"),
        part(
            "text/x-shellscript; charset=\"utf-8\"",
            "#!/bin/sh\n\n\necho '(render version 1)'\n\n",
        ),
        part("application/node.eks.aws", node_config),
        part("text/x-shellscript", "#!/bin/sh\necho no newline at the end"),
    ];
    some(random, &all)
}

/// Uniform or in groups, shared or not, of one instance type or of several with equal GPUs.
fn random_spec(random: &mut Random) -> LayoutSpec {
    let gpu = *random.pick(&arbitrary::known_gpus());
    let mut sets = valid_sets(gpu);
    sets.push(Slices::new());
    let count = *random.pick(&arbitrary::COUNTS);
    let mut spec = spec(random, type_of(gpu, count), count, |random| {
        random.pick(&sets).clone()
    });
    if spec.slices.is_some() && random.one_in(2) {
        let other = *random.pick(&arbitrary::COUNTS);
        spec.instance_types
            .extend((other != count).then(|| type_of(gpu, other)));
    }
    if random.one_in(3) {
        spec.sharing = Some(SharingSpec {
            strategy: "time-slicing".into(),
            replicas: 2 + i64::try_from(random.below(999)).unwrap(),
        });
    }
    if random.one_in(2) {
        let single = LayoutSpec {
            strategy: Some("single".into()),
            ..spec.clone()
        };
        return if Layout::resolve(&single, arbitrary::catalog()).is_ok() {
            single
        } else {
            spec
        };
    }
    spec
}

fn random_options(random: &mut Random, layout: &Layout, rendered_for: RenderedFor) -> BootOptions {
    let cluster = ClusterDetails {
        name: "prod".into(),
        api_server_endpoint: "https://example.eks.amazonaws.com".into(),
        certificate_authority: "LS0t".into(),
        cidr: "10.100.0.0/16".into(),
    };
    let node_config = match rendered_for {
        RenderedFor::NodeClass => None,
        RenderedFor::LaunchTemplate if random.one_in(2) => Some(NodeConfig::full(layout, cluster)),
        RenderedFor::LaunchTemplate => Some(NodeConfig::labels_of(layout)),
    };
    BootOptions {
        render_version: *random.pick(&RenderVersion::ALL),
        on_failure: *random.pick(&[OnFailure::Halt, OnFailure::JoinTainted, OnFailure::Terminate]),
        deadline_seconds: 60 + u32::try_from(random.below(781)).unwrap(),
        parts_before: parts(random),
        parts_after: parts(random),
        node_config,
    }
}

#[test]
fn whatever_was_rendered_is_recognised() {
    let seed = seed();
    let mut random = Random::from_seed(seed);
    let mut tried = 0;
    while tried < cases("MIG_RECOGNISED", 300) {
        let spec = random_spec(&mut random);
        let layout = Layout::resolve(&spec, arbitrary::catalog()).unwrap();
        let rendered_for = *random.pick(&FOR);
        let options = random_options(&mut random, &layout, rendered_for);
        // A few are too large.
        let Ok(rendered) = user_data(&layout, &options) else {
            continue;
        };
        tried += 1;
        let context = format!("MIG_SEED={seed}, {spec:?}, {options:?}");
        let found = recognise(&rendered.text, arbitrary::catalog(), rendered_for)
            .unwrap_or_else(|| panic!("not recognised: {context}"));
        assert_same(&found, &layout, &options, &rendered.text, &context);
        edited_is_not_recognised(&mut random, &rendered.text, rendered_for, &context);
    }
}

fn assert_same(found: &Recognised, layout: &Layout, options: &BootOptions, text: &str, context: &str) {
    let again = Layout::resolve(&found.layout, arbitrary::catalog()).unwrap();
    assert_eq!(user_data(&again, &found.options).unwrap().text, text, "{context}");
    let what = |options: &BootOptions| {
        (
            options.render_version,
            options.on_failure,
            options.deadline_seconds,
            options.node_config.clone(),
        )
    };
    assert_eq!(what(&found.options), what(options), "{context}");
    assert_eq!(
        found.options.parts_before.len(),
        options.parts_before.len(),
        "{context}"
    );
    assert_eq!(
        found.options.parts_after.len(),
        options.parts_after.len(),
        "{context}"
    );
    if options.node_config.is_some() {
        assert_eq!(
            again.id(),
            layout.id(),
            "the labels name strategy and sharing: {context}"
        );
    }
}

/// One byte of our script is another one.
fn edited_is_not_recognised(random: &mut Random, text: &str, rendered_for: RenderedFor, context: &str) {
    let ours = text.find("# Written by").unwrap();
    let end = ours + text[ours..].find("--==MIG").unwrap();
    let at = ours + random.below(end - ours);
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'~' { b'^' } else { b'~' };
    let Ok(edited) = String::from_utf8(bytes) else {
        return;
    };
    let found = recognise(&edited, arbitrary::catalog(), rendered_for);
    assert_eq!(found, None, "byte {at} of {context}");
}

/// Generic names are found again where models differ, and exact ones where they do not.
#[test]
fn names_serve_all_instance_types() {
    for (spec, expected) in [
        (
            json!({"instance_types": ["p5.4xlarge", "g7e.2xlarge", "p4d.24xlarge"], "slices": {"1g": 3}}),
            json!({"instance_types": ["g7e.2xlarge", "p4d.24xlarge", "p5.4xlarge"], "slices": {"1g": 3}}),
        ),
        (
            json!({"instance_types": ["p5.48xlarge"], "slices": {"1g": 7}, "strategy": "mixed"}),
            json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}),
        ),
        (
            json!({"instance_types": ["p5.48xlarge"], "gpus": [
                {"devices": [7, 3, 4, 5, 6], "slices": {}}, {"devices": [0, 1, 2], "slices": {"3g": 2}},
            ]}),
            json!({"instance_types": ["p5.48xlarge"], "gpus": [
                {"devices": [0, 1, 2], "slices": {"3g.40gb": 2}}, {"devices": [3, 4, 5, 6, 7], "slices": {}},
            ]}),
        ),
        (
            json!({"instance_types": ["g5.xlarge"], "slices": {}, "sharing": {"strategy": "mps", "replicas": 8}}),
            json!({"instance_types": ["g5.xlarge"], "sharing": {"strategy": "mps", "replicas": 8}}),
        ),
    ] {
        let layout = layout(spec);
        let options = BootOptions {
            node_config: Some(NodeConfig::labels_of(&layout)),
            ..Default::default()
        };
        let text = user_data(&layout, &options).unwrap().text;
        let found = recognise(&text, Catalog::builtin(), RenderedFor::LaunchTemplate).unwrap();
        let expected: LayoutSpec = serde_json::from_value(expected).unwrap();
        assert_eq!(found.layout, expected);
        assert_eq!(found.options, options);
    }
}

/// The bytes of released versions, which the golden files hold.
#[test]
fn golden_files_are_recognised() {
    for version in RenderVersion::ALL {
        for (name, rendered_for) in [
            ("uniform", RenderedFor::NodeClass),
            ("groups-terminate", RenderedFor::NodeClass),
            ("several-with-parts", RenderedFor::LaunchTemplate),
            ("full-node-config", RenderedFor::LaunchTemplate),
        ] {
            let number = version.number();
            let path = format!(
                "{}/tests/golden/v{number}/{name}.mime",
                env!("CARGO_MANIFEST_DIR")
            );
            let text = fs::read_to_string(&path).unwrap();
            let found = recognise(&text, Catalog::builtin(), rendered_for);
            assert_eq!(found.expect(&path).options.render_version, version, "{path}");
        }
    }
}

#[test]
fn what_others_wrote_is_not_recognised() {
    let ours = layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}}));
    let text = user_data(&ours, &BootOptions::default()).unwrap().text;
    let crlf = text.replace('\n', "\r\n");
    let karpenters = text.replace("==MIG-USER-DATA==", "//");
    let other_type = text.replace("node p5.48xlarge 8", "node p5.4xlarge 8");
    for foreign in [
        "",
        "#!/bin/bash\ndnf install -y jq\n",
        "[settings]\n",
        &text[1..],
        &crlf,
        &karpenters,
        &other_type,
    ] {
        for rendered_for in FOR {
            assert_eq!(recognise(foreign, Catalog::builtin(), rendered_for), None);
        }
        assert_eq!(recognise_settings(foreign, Catalog::builtin(), None), None);
    }
}

#[test]
fn settings_of_bottlerocket_are_recognised() {
    let all = json!(["p5.48xlarge", "p5.4xlarge"]);
    for (spec, instance_type, types) in [
        (json!({"slices": {"1g": 7}, "strategy": "single"}), None, &all),
        (
            json!({"slices": {"1g": 7}, "strategy": "single"}),
            Some("p5.4xlarge"),
            &json!(["p5.4xlarge"]),
        ),
        (
            json!({"slices": {"1g.10gb": 7}, "strategy": "single", "sharing": {"strategy": "time-slicing", "replicas": 3}}),
            None,
            &all,
        ),
        (
            json!({"sharing": {"strategy": "mps", "replicas": 3}}),
            Some("p5.4xlarge"),
            &json!(["p5.4xlarge"]),
        ),
        (json!({"slices": {}}), Some("p5.4xlarge"), &json!(["p5.4xlarge"])),
    ] {
        let mut spec = spec;
        spec["instance_types"] = json!(["p5.4xlarge"]);
        let text = bottlerocket_settings(&layout(spec), Catalog::builtin()).unwrap();
        let found = recognise_settings(&text, Catalog::builtin(), instance_type).expect(&text);
        assert_eq!(json!(found.instance_types), *types);
        let again = Layout::resolve(&found, Catalog::builtin()).unwrap();
        assert_eq!(bottlerocket_settings(&again, Catalog::builtin()).unwrap(), text);
        let edited = text.replacen("settings", "setting5", 1);
        assert_eq!(
            recognise_settings(&edited, Catalog::builtin(), instance_type),
            None
        );
    }
    let whole = bottlerocket_settings(
        &layout(json!({"instance_types": ["g5.xlarge"], "sharing": {"strategy": "mps", "replicas": 3}})),
        Catalog::builtin(),
    );
    assert_eq!(
        recognise_settings(&whole.unwrap(), Catalog::builtin(), None),
        None,
        "it names no instance type"
    );
}
