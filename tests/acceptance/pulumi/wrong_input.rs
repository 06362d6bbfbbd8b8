//! Wrong inputs are told of with the same facts to readers of a configuration and to readers of a program, each with a next step in
//! their own language.

use std::collections::BTreeMap;

use counterparts::{Cli, Project};
use serde_json::{Map, Value, json};

use super::world::offline;
use crate::support::{provider, with_a_cli};

/// Something wrong.
struct Case {
    name: &'static str,
    /// As declared: `mig_launch_template`.
    type_name: &'static str,
    /// By the names of the declaration.
    inputs: Value,
    /// Where it is, in a program.
    at: &'static str,
    /// What both readers are told.
    facts: &'static [&'static str],
    /// The next steps.
    terraform: &'static str,
    pulumi: &'static str,
}

/// A wrong layout of a template.
fn layout(
    name: &'static str,
    layout: Value,
    at: &'static str,
    facts: &'static [&'static str],
    next: [&'static str; 2],
) -> Case {
    let [terraform, pulumi] = next;
    Case {
        name,
        type_name: "mig_launch_template",
        inputs: json!({"name_prefix": "x-", "layout": layout}),
        at,
        facts,
        terraform,
        pulumi,
    }
}

fn layouts() -> Vec<Case> {
    let slices = |slices: Value| json!({"instance_types": ["p5.48xlarge"], "slices": slices});
    vec![
        layout(
            "unknown-type",
            json!({"instance_types": ["p5.48xlrage"], "slices": {"1g": 1}}),
            "layout.instanceTypes[0]",
            &["p5.48xlrage", "p5.48xlarge"],
            ["", ""],
        ),
        layout(
            "no-mig",
            json!({"instance_types": ["g5.xlarge"], "slices": {"1g": 1}}),
            "layout.instanceTypes[0]",
            &["A10G", "no MIG", "time-slicing"],
            ["sharing = {", "sharing: {"],
        ),
        layout(
            "unknown-profile",
            slices(json!({"1g.11gb": 7})),
            "layout.slices[\"1g.11gb\"]",
            &["no profile 1g.11gb", "1g.10gb", "7g.80gb"],
            ["", ""],
        ),
        layout(
            "no-profile",
            slices(json!({"small": 7})),
            "layout.slices.small",
            &["small"],
            ["data.mig_profiles", "mig:getProfiles"],
        ),
        layout(
            "too-many",
            slices(json!({"1g.10gb": 8})),
            "layout.slices",
            &["does not fit", "which leaves 7 x 1g.10gb"],
            ["", ""],
        ),
        layout(
            "device-missing",
            json!({"instance_types": ["p5.48xlarge"], "gpus": [{"devices": [0, 1, 2, 3], "slices": {"1g.10gb": 7}}]}),
            "layout.gpus",
            &["leaves out GPU 4, 5, 6, 7"],
            ["devices = [4, 5, 6, 7]", "devices: [4, 5, 6, 7]"],
        ),
        layout(
            "nothing-asked",
            json!({"instance_types": ["p5.48xlarge"]}),
            "layout",
            &["does not say what", "sharing"],
            ["", ""],
        ),
    ]
}

/// A wrong setting beside a layout that is right.
fn setting(
    name: &'static str,
    type_name: &'static str,
    inputs: Value,
    at: &'static str,
    facts: &'static [&'static str],
    next: [&'static str; 2],
) -> Case {
    let mut inputs = inputs;
    inputs["layout"] = json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}});
    let [terraform, pulumi] = next;
    Case {
        name,
        type_name,
        inputs,
        at,
        facts,
        terraform,
        pulumi,
    }
}

fn settings() -> Vec<Case> {
    let disk = json!({"device_name": "/dev/xvda", "ebs": {"volume_size": 0}});
    let script = json!({"content_type": "text/x-shellscript", "content": "#!/bin/sh\r\necho\r\n"});
    let class = |more: (&str, Value)| {
        let mut class = json!({
            "name": "x", "cluster": {"name": "prod"}, "role": "r",
            "ami_selector_terms": [{"alias": "al2023@v20261003"}],
            "subnet_selector_terms": [{"tags": {"a": "b"}}],
            "security_group_selector_terms": [{"tags": {"a": "b"}}],
        });
        class[more.0] = more.1;
        class
    };
    let template = "mig_launch_template";
    let node_class = "mig_karpenter_nodeclass";
    vec![
        setting(
            "bad-name",
            template,
            json!({"name": "mig small"}),
            "name",
            &["' '", "letters, digits"],
            ["", ""],
        ),
        setting(
            "version",
            template,
            json!({"render_version": 99}),
            "renderVersion",
            &["99"],
            ["Leave it out", "Leave it out"],
        ),
        setting(
            "carriage-return",
            template,
            json!({"extra_user_data": {"after": [script]}}),
            "extraUserData.after[0].content",
            &["LF"],
            ["replace(text", "take them away"],
        ),
        // Closed sets, such as types of volumes, are refused by Pulumi's own checker.
        setting(
            "disk",
            template,
            json!({"block_device_mappings": [disk]}),
            "blockDeviceMappings[0].ebs.volumeSize",
            &["0"],
            ["", ""],
        ),
        setting(
            "hops",
            template,
            json!({"metadata_options": {"http_put_response_hop_limit": 65}}),
            "metadataOptions.httpPutResponseHopLimit",
            &["65", "64"],
            ["", ""],
        ),
        setting(
            "extra",
            node_class,
            class(("extra", json!("none"))),
            "extra",
            &["not a JSON object"],
            ["jsonencode({ ... })", "fn::toJSON"],
        ),
        setting(
            "both-profiles",
            node_class,
            class(("instance_profile", json!("p"))),
            "instanceProfile",
            &["exclude one another", "or an existing profile"],
            ["", ""],
        ),
    ]
}

fn cases() -> Vec<Case> {
    layouts().into_iter().chain(settings()).collect()
}

#[test]
fn each_reader_is_told_in_their_own_language() {
    let cases = cases();
    let program = in_a_program(&cases);
    with_a_cli(|cli| {
        let configuration = in_a_configuration(cli, &cases);
        let faults: Vec<String> = cases
            .iter()
            .flat_map(|case| {
                let here = missing(case, &configuration[case.name], &[case.terraform]);
                let there = missing(case, &program[case.name], &[case.at, case.pulumi]);
                let odd = program[case.name].contains("<nil>");
                let odd = odd.then(|| format!("{}: {}", case.name, program[case.name]));
                [here, there, odd].into_iter().flatten()
            })
            .collect();
        assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    });
}

fn missing(case: &Case, told: &str, own: &[&str]) -> Option<String> {
    let wanted = case.facts.iter().chain(own);
    let missing: Vec<_> = wanted.filter(|part| !told.contains(**part)).collect();
    (!missing.is_empty()).then(|| format!("{}: no {missing:?} in {told}", case.name))
}

/// What Terraform's validation says of each case, in one line.
fn in_a_configuration(cli: &Cli, cases: &[Case]) -> BTreeMap<String, String> {
    let project = Project::new(cli, &[provider()]).unwrap();
    let mut resources = Map::new();
    for case in cases {
        resources.entry(case.type_name).or_insert_with(|| json!({}))[case.name] = case.inputs.clone();
    }
    let head = json!({"required_providers": {"mig": {"source": "eks-mig/mig"}}});
    let all = json!({"terraform": head, "resource": resources});
    project.write("main.tf.json", &all.to_string()).unwrap();
    project.init().unwrap();
    let output = project.run(&["validate", "-json"]).unwrap().json();
    let mut told = by_name(cases);
    for finding in output["diagnostics"].as_array().unwrap() {
        let name = finding["address"].as_str().unwrap_or_default();
        let name = name.rsplit('.').next().unwrap_or_default();
        let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let text = [part(&finding["summary"]), part(&finding["detail"])].join(" ");
        *told.entry(name.to_owned()).or_default() += &one_line(&text);
    }
    told
}

/// What a preview says of each case. One error ends a preview.
fn in_a_program(cases: &[Case]) -> BTreeMap<String, String> {
    let project = offline("resources: {}\n");
    let mut told = by_name(cases);
    for case in cases {
        let resource =
            json!({"type": type_in_yaml(case.type_name), "properties": in_camel_case(&case.inputs)});
        let resources = json!({case.name: resource});
        project.write_yaml(&format!("resources: {resources}\n")).unwrap();
        let output = project.try_preview(&[]).unwrap();
        assert!(!output.succeeded(), "{}", case.name);
        let findings = output.json()["diagnostics"].clone();
        let messages = findings
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| &finding["message"]);
        let text: String = messages.filter_map(Value::as_str).collect();
        told.insert(case.name.to_owned(), one_line(&text));
    }
    told
}

fn by_name(cases: &[Case]) -> BTreeMap<String, String> {
    let names = cases.iter().map(|case| case.name.to_owned());
    names.map(|name| (name, String::new())).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `mig:LaunchTemplate` of `mig_launch_template`.
fn type_in_yaml(type_name: &str) -> String {
    let name = type_name.trim_start_matches("mig_");
    format!("mig:{}", camel(&format!("_{name}")))
}

fn in_camel_case(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(name, value)| (camel(name), in_camel_case(value)))
                    .collect(),
            )
        }
        Value::Array(elements) => elements.iter().map(in_camel_case).collect(),
        plain => plain.clone(),
    }
}

/// Every letter behind an underscore is a capital.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (letter, rest) = part.split_at(1);
        name + &letter.to_uppercase() + rest
    })
}
