//! Wrong inputs die at validation: offline, each at its attribute, with the fact and the next step.

use std::collections::BTreeMap;

use counterparts::{Cli, Project};
use serde_json::Value;

use crate::support::{HEAD, provider, with_each_cli};

/// Something wrong, where it is said to be, and what is said.
struct Case {
    name: &'static str,
    /// The arguments of the resource.
    arguments: String,
    /// The attribute, as the error writes it, or as the line that it points at begins.
    at: &'static str,
    words: &'static [&'static str],
}

fn layout(name: &'static str, layout: &str, at: &'static str, words: &'static [&'static str]) -> Case {
    let arguments = format!("name_prefix = \"x-\"\n  layout = {layout}");
    Case {
        name,
        arguments,
        at,
        words,
    }
}

fn setting(name: &'static str, arguments: &str, at: &'static str, words: &'static [&'static str]) -> Case {
    let right = "layout = { instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 } }";
    Case {
        name,
        arguments: format!("{right}\n  {arguments}"),
        at,
        words,
    }
}

fn instance_types() -> Vec<Case> {
    let on = |name, instance_type: &str, words| {
        let text = format!("{{ instance_types = [\"{instance_type}\"], slices = {{ \"1g\" = 1 }} }}");
        layout(name, &text, "layout.instance_types[0]", words)
    };
    vec![
        on(
            "unknown_type",
            "p5.48xlrage",
            &["p5.48xlrage", "nearest", "p5.48xlarge"],
        ),
        on(
            "a10g",
            "g5.xlarge",
            &["A10G", "no MIG", "sharing", "time-slicing"],
        ),
        on("l4", "g6.xlarge", &["L4", "no MIG", "sharing", "time-slicing"]),
        on(
            "l40s",
            "g6e.xlarge",
            &["L40S", "no MIG", "sharing", "time-slicing"],
        ),
        on("t4", "g4dn.xlarge", &["T4", "no MIG", "sharing", "time-slicing"]),
        layout(
            "no_types",
            "{ instance_types = [], slices = { \"1g\" = 1 } }",
            "layout.instance_types",
            &[],
        ),
        layout(
            "type_twice",
            "{ instance_types = [\"p5.48xlarge\", \"p5.48xlarge\"], slices = { \"1g\" = 1 } }",
            "layout.instance_types[1]",
            &["twice", "Remove"],
        ),
    ]
}

fn slices() -> Vec<Case> {
    let on_h100 = |name, slices: &str, at, words| {
        let text = format!("{{ instance_types = [\"p5.48xlarge\"], slices = {{ {slices} }} }}");
        layout(name, &text, at, words)
    };
    vec![
        on_h100(
            "unknown_profile",
            "\"1g.11gb\" = 7",
            "layout.slices[\"1g.11gb\"]",
            &["no profile 1g.11gb", "1g.10gb", "3g.40gb", "7g.80gb"],
        ),
        on_h100(
            "no_profile",
            "\"small\" = 7",
            "layout.slices[\"small\"]",
            &["small", "mig_profiles"],
        ),
        on_h100(
            "too_many",
            "\"1g.10gb\" = 8",
            "layout.slices",
            &["does not fit", "which leaves 7 x 1g.10gb"],
        ),
        on_h100(
            "no_placement",
            "\"3g.40gb\" = 2, \"1g.10gb\" = 1",
            "layout.slices",
            &["does not fit", "leave no room for"],
        ),
        on_h100(
            "zero",
            "\"1g.10gb\" = 0",
            "layout.slices[\"1g.10gb\"]",
            &["0 x 1g.10gb", "1 or more"],
        ),
        on_h100(
            "negative",
            "\"1g.10gb\" = -1",
            "layout.slices[\"1g.10gb\"]",
            &["-1 x 1g.10gb", "1 or more"],
        ),
        on_h100(
            "fraction",
            "\"1g.10gb\" = 1.5",
            "layout.slices[\"1g.10gb\"]",
            &["1.5", "whole"],
        ),
        layout(
            "not_on_all",
            "{ instance_types = [\"p5.48xlarge\", \"p5e.48xlarge\"], slices = { \"1g.10gb\" = 7 } }",
            "layout.slices[\"1g.10gb\"]",
            &["p5e.48xlarge", "generic profile 1g"],
        ),
        layout(
            "single_with_different",
            "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 4, \"3g.40gb\" = 1 }, strategy = \"single\" }",
            "layout",
            &["equal slices", "mixed"],
        ),
        layout(
            "strategy",
            "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 }, strategy = \"double\" }",
            "layout.strategy",
            &["double", "mixed", "single"],
        ),
        layout(
            "nothing_asked",
            "{ instance_types = [\"p5.48xlarge\"] }",
            "layout",
            &["does not say what", "sharing"],
        ),
        layout(
            "mps_on_slices",
            "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g.10gb\" = 7 }, sharing = { strategy = \"mps\", replicas = 2 } }",
            "layout.sharing",
            &["MPS", "time-slicing"],
        ),
    ]
}

fn devices() -> Vec<Case> {
    let groups = |name, groups: &str, at, words| {
        let text = format!("{{ instance_types = [\"p5.48xlarge\"], gpus = [{groups}] }}");
        layout(name, &text, at, words)
    };
    vec![
        groups(
            "device_outside",
            "{ devices = [0, 1, 2, 3, 4, 5, 6, 7, 8], slices = { \"1g.10gb\" = 7 } }",
            "layout.gpus[0].devices[8]",
            &["no GPU 8", "numbered 0 to 7"],
        ),
        groups(
            "device_twice",
            "{ devices = [0, 1, 2, 3], slices = { \"1g.10gb\" = 7 } }, { devices = [3, 4, 5, 6, 7], slices = {} }",
            "layout.gpus[1].devices[0]",
            &["GPU 3 is listed twice", "exactly one group"],
        ),
        groups(
            "device_missing",
            "{ devices = [0, 1, 2, 3], slices = { \"1g.10gb\" = 7 } }",
            "layout.gpus",
            &["leaves out GPU 4, 5, 6, 7", "devices = [4, 5, 6, 7]"],
        ),
        layout(
            "slices_and_gpus",
            "{ instance_types = [\"p5.48xlarge\"], slices = { \"1g\" = 7 }, gpus = [{ devices = [0, 1, 2, 3, 4, 5, 6, 7], slices = {} }] }",
            "layout",
            &["contradict", "Keep one of them"],
        ),
    ]
}

fn names() -> Vec<Case> {
    vec![
        setting(
            "bad_name",
            "name = \"mig small\"",
            "name ",
            &["' '", "letters, digits"],
        ),
        setting(
            "short_name",
            "name = \"ab\"",
            "name ",
            &["2 characters", "3 to 128"],
        ),
        setting(
            "two_names",
            "name = \"abc\"\n  name_prefix = \"abc-\"",
            "name_prefix ",
            &["Both", "unique"],
        ),
        setting(
            "aws_tag",
            "tags = { \"aws:x\" = \"y\" }",
            "tags[\"aws:x\"]",
            &["aws:x cannot be set", "Choose another"],
        ),
        setting(
            "launched_tag",
            "tag_specifications = [{ resource_type = \"instance\", tags = { \"aws:x\" = \"y\" } }]",
            "tag_specifications[0].tags[\"aws:x\"]",
            &["aws:x cannot be set"],
        ),
        setting(
            "launched_type",
            "tag_specifications = [{ resource_type = \"lambda\", tags = {} }]",
            "tag_specifications[0].resource_type",
            &["lambda", "instance"],
        ),
    ]
}

fn settings() -> Vec<Case> {
    vec![
        setting(
            "other_type",
            "instance_type = \"p4d.24xlarge\"",
            "instance_type ",
            &["p4d.24xlarge", "p5.48xlarge"],
        ),
        setting(
            "groups_twice",
            "vpc_security_group_ids = [\"sg-1\"]\n  network_interfaces = [{ device_index = 0 }]",
            "vpc_security_group_ids ",
            &["two places", "security_groups"],
        ),
        setting(
            "which_block",
            "instance_market_options = { market_type = \"capacity-block\" }",
            "instance_market_options.market_type",
            &["capacity_reservation_id"],
        ),
        setting(
            "other_market",
            "instance_market_options = { market_type = \"capacity-block\", spot_options = { max_price = \"1\" } }\n  capacity_reservation_specification = { capacity_reservation_target = { capacity_reservation_id = \"cr-1\" } }",
            "instance_market_options.spot_options",
            &["spot"],
        ),
        setting(
            "no_metadata",
            "metadata_options = { http_endpoint = \"disabled\" }",
            "metadata_options.http_endpoint",
            &["user data", "Leave it enabled"],
        ),
        setting(
            "no_iops",
            "block_device_mappings = [{ device_name = \"/dev/xvda\", ebs = { volume_type = \"io2\" } }]",
            "block_device_mappings[0].ebs.iops",
            &["io2", "100 to 256000"],
        ),
        setting(
            "cpu_options",
            "cpu_options = { core_count = 48 }",
            "cpu_options.threads_per_core",
            &["core_count and threads_per_core together"],
        ),
        setting(
            "node_config",
            "image_id = \"ami-1\"\n  node_config = { cluster_name = \"prod\", api_server_endpoint = \"https://a\", certificate_authority = \"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=\", service_cidr = \"\" }",
            "node_config.service_cidr",
            &["serviceIpv6Cidr"],
        ),
        setting(
            "timeout",
            "partition_timeout = \"1h\"",
            "partition_timeout ",
            &["3600 seconds", "60 to 840"],
        ),
        setting(
            "timeout_words",
            "partition_timeout = \"soon\"",
            "partition_timeout ",
            &["soon", "10m"],
        ),
        setting(
            "failure",
            "on_failure = \"explode\"",
            "on_failure ",
            &["explode", "halt", "terminate"],
        ),
        setting(
            "version",
            "render_version = 99",
            "render_version ",
            &["99", "Leave it out"],
        ),
        setting(
            "hops",
            "metadata_options = { http_put_response_hop_limit = 65 }",
            "metadata_options.http_put_response_hop_limit",
            &["65", "64"],
        ),
        setting(
            "volume",
            "block_device_mappings = [{ device_name = \"/dev/xvda\", ebs = { volume_type = \"gp9\" } }]",
            "block_device_mappings[0].ebs.volume_type",
            &["gp9", "gp3"],
        ),
    ]
}

fn user_data() -> Vec<Case> {
    let part = |name, content_type: &str, content: &str, at, words| {
        let text = format!(
            "extra_user_data = {{ after = [{{ content_type = \"{content_type}\", content = {content} }}] }}"
        );
        setting(name, &text, at, words)
    };
    vec![
        part(
            "too_long",
            "text/x-shellscript",
            "join(\"\", concat([\"#!\"], [for i in range(160) : format(\"%0100d\", i)]))",
            "extra_user_data",
            &["16384", "4096"],
        ),
        part(
            "carriage_return",
            "text/x-shellscript",
            "\"#!/bin/sh\\r\\necho\\r\\n\"",
            "extra_user_data.after[0].content",
            &["LF"],
        ),
        part(
            "boundary",
            "text/x-shellscript",
            "\"#!/bin/sh\\n--//\\n\"",
            "extra_user_data.after[0].content",
            &["--//"],
        ),
        part(
            "no_interpreter",
            "text/x-shellscript",
            "\"dnf install -y htop\\n\"",
            "extra_user_data.after[0].content",
            &["#!/bin/bash"],
        ),
        part(
            "no_mime",
            "shell",
            "\"#!/bin/sh\\n\"",
            "extra_user_data.after[0].content_type",
            &["shell", "text/x-shellscript"],
        ),
        part(
            "not_text",
            "image/png",
            "\"x\"",
            "extra_user_data.after[0].content_type",
            &["image/png"],
        ),
    ]
}

fn cases() -> Vec<Case> {
    [
        instance_types(),
        slices(),
        devices(),
        names(),
        settings(),
        user_data(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The findings of one `validate` of all cases, by the resource that they are about.
fn findings(cli: &Cli, cases: &[Case]) -> BTreeMap<String, Vec<String>> {
    let project = Project::new(cli, &[provider()]).unwrap();
    let resource = |case: &Case| {
        format!(
            "resource \"mig_launch_template\" \"{}\" {{\n  {}\n}}\n",
            case.name, case.arguments
        )
    };
    let all: String = cases.iter().map(resource).collect();
    project.write("main.tf", &format!("{HEAD}{all}")).unwrap();
    project.init().unwrap();
    let output = project.run(&["validate", "-json"]).unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in output.json()["diagnostics"].as_array().unwrap() {
        let (name, text) = told(finding);
        found.entry(name).or_default().push(text);
    }
    found
}

/// The resource's name, and the finding in one line: the code that it points at, its summary, its detail.
fn told(finding: &Value) -> (String, String) {
    let snippet = &finding["snippet"];
    let context = snippet["context"].as_str().unwrap_or_default();
    let name = context.split('"').nth(3).unwrap_or_default().to_owned();
    let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let code = part(&snippet["code"]).trim().to_owned();
    let text = [part(&finding["summary"]), part(&finding["detail"])].join(" ");
    (
        name,
        format!(
            "{code} | {}",
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        ),
    )
}

#[test]
fn every_wrong_input_is_told_at_its_attribute() {
    let cases = cases();
    with_each_cli(|cli| {
        let found = findings(cli, &cases);
        let faults: Vec<_> = cases.iter().filter_map(|case| fault(case, &found)).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n\n"));
        let names: Vec<_> = cases.iter().map(|case| case.name).collect();
        let others: Vec<_> = found
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()))
            .collect();
        assert!(others.is_empty(), "{others:?}");
    });
}

/// What is missing from the findings of a case.
fn fault(case: &Case, found: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let Some(texts) = found.get(case.name) else {
        return Some(format!("{}: nothing is told", case.name));
    };
    let fits = |text: &String| {
        let (code, said) = text.split_once(" | ").unwrap_or(("", text));
        let at = code.starts_with(case.at) || said.contains(case.at);
        at && case.words.iter().all(|word| said.contains(word))
    };
    (!texts.iter().any(fits)).then(|| {
        format!(
            "{}: wanted {:?} at {}, found:\n  {}",
            case.name,
            case.words,
            case.at,
            texts.join("\n  ")
        )
    })
}
