//! What someone changed by hand in EC2 shows in the plan, and an apply mends it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use counterparts::cli::{Plan, ResourceChange};
use serde_json::json;

use super::template;
use crate::support::{Ground, REGION, assert_says, ec2, with_a_cli};

/// Every setting of a template, but for those that exclude each other.
const EVERYTHING: &str = r#"
  description   = "as made"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "p5.48xlarge"
  key_name      = "ops"
  block_device_mappings = [
    {
      device_name = "/dev/xvda"
      ebs = {
        volume_size = 200, volume_type = "gp3", iops = 4000, throughput = 250, encrypted = true
        kms_key_id  = "alias/ebs", snapshot_id = "snap-1", delete_on_termination = true
        volume_initialization_rate = 200
      }
    },
    { device_name = "/dev/xvdb", virtual_name = "ephemeral0" },
    { device_name = "/dev/xvdc", no_device = "true" },
  ]
  metadata_options = {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
    http_protocol_ipv6          = "disabled"
    instance_metadata_tags      = "enabled"
  }
  monitoring                           = { enabled = true }
  cpu_options                          = { core_count = 48, threads_per_core = 1 }
  maintenance_options                  = { auto_recovery = "disabled" }
  private_dns_name_options = {
    hostname_type                        = "resource-name"
    enable_resource_name_dns_a_record    = true
    enable_resource_name_dns_aaaa_record = false
  }
  ebs_optimized                        = true
  disable_api_termination              = true
  instance_initiated_shutdown_behavior = "terminate"
  tag_specifications = [
    { resource_type = "instance", tags = { owner = "ml" } },
    { resource_type = "volume", tags = { owner = "ml" } },
  ]
"#;

/// Settings that exclude others of [`INTERFACES`].
const GROUPS: &str = r#"
  vpc_security_group_ids = ["sg-1", "sg-2"]
  iam_instance_profile   = { arn = "arn:aws:iam::123456789012:instance-profile/node" }
  placement = {
    availability_zone       = "us-east-1a"
    group_name              = "cluster"
    partition_number        = 2
    tenancy                 = "host"
    affinity                = "host"
    host_resource_group_arn = "arn:aws:resource-groups:us-east-1:123456789012:group/hosts"
  }
  capacity_reservation_specification = { capacity_reservation_preference = "none" }
  instance_market_options = {
    market_type  = "spot"
    spot_options = { max_price = "12.5", spot_instance_type = "one-time", instance_interruption_behavior = "terminate" }
  }
"#;

const INTERFACES: &str = r#"
  iam_instance_profile = { name = "node" }
  placement            = { group_id = "pg-1", tenancy = "host", host_id = "h-1" }
  capacity_reservation_specification = { capacity_reservation_target = { capacity_reservation_id = "cr-1" } }
  network_interfaces = [
    {
      network_card_index = 0, device_index = 0, interface_type = "interface", subnet_id = "subnet-1"
      security_groups    = ["sg-1", "sg-2"], description = "primary", network_interface_id = "eni-1"
      associate_public_ip_address = false, delete_on_termination = true
      ipv6_address_count = 1, ipv4_prefix_count = 2, primary_ipv6 = true
    },
    { network_card_index = 1, device_index = 1, interface_type = "efa-only", security_groups = ["sg-3"] },
  ]
"#;

/// The attribute that a setting of EC2's request belongs to.
fn attribute(parameter: &str) -> &'static str {
    let name = parameter.strip_prefix("LaunchTemplateData.").unwrap_or(parameter);
    match name.split('.').next().unwrap_or_default() {
        "BlockDeviceMapping" => "block_device_mappings",
        "CapacityReservationSpecification" => "capacity_reservation_specification",
        "CpuOptions" => "cpu_options",
        "DisableApiTermination" => "disable_api_termination",
        "EbsOptimized" => "ebs_optimized",
        "IamInstanceProfile" => "iam_instance_profile",
        "ImageId" => "image_id",
        "InstanceInitiatedShutdownBehavior" => "instance_initiated_shutdown_behavior",
        "InstanceMarketOptions" => "instance_market_options",
        "InstanceType" => "instance_type",
        "KeyName" => "key_name",
        "MaintenanceOptions" => "maintenance_options",
        "MetadataOptions" => "metadata_options",
        "Monitoring" => "monitoring",
        "NetworkInterface" => "network_interfaces",
        "Placement" => "placement",
        "PrivateDnsNameOptions" => "private_dns_name_options",
        "SecurityGroupId" => "vpc_security_group_ids",
        "TagSpecification" => "tag_specifications",
        "UserData" => "user_data",
        "VersionDescription" => "description",
        other => panic!("{other} belongs to no attribute"),
    }
}

/// One setting changed by hand, or taken away.
#[derive(Debug, Clone)]
struct Drift {
    parameter: String,
    value: Option<String>,
}

impl Drift {
    fn apply(&self, made: &[(String, String)]) -> Vec<(String, String)> {
        let mut changed = made.to_vec();
        match &self.value {
            None => changed.retain(|(name, _)| *name != self.parameter),
            Some(value) => changed
                .iter_mut()
                .filter(|(name, _)| *name == self.parameter)
                .for_each(|pair| pair.1.clone_from(value)),
        }
        changed
    }
}

/// Each setting of a request once changed and once taken away.
fn drifts(made: &[(String, String)]) -> Vec<Drift> {
    let both = |(parameter, value): &(String, String)| {
        [Some(other_value(parameter, value)), None].map(|value| Drift {
            parameter: parameter.clone(),
            value,
        })
    };
    made.iter()
        .flat_map(both)
        .filter(|drift| drift.value.is_some() || can_be_left_out(&drift.parameter))
        .collect()
}

/// A tag has a key and a value, and is one of something.
fn can_be_left_out(parameter: &str) -> bool {
    !parameter.contains(".TagSpecification.")
}

fn other_value(parameter: &str, value: &str) -> String {
    match (parameter.rsplit('.').next().unwrap_or_default(), value) {
        ("UserData", _) => STANDARD.encode("#!/bin/sh\nexit 0\n"),
        (_, "true") if !parameter.ends_with("NoDevice") => "false".into(),
        (_, "false") => "true".into(),
        (_, number) => match number.parse::<i64>() {
            Ok(number) => (number + 1).to_string(),
            Err(_) => format!("{value}x"),
        },
    }
}

/// What the provider sent when it made a template: its settings as EC2's parameters.
fn made_of(ground: &Ground, name: &str) -> Vec<(String, String)> {
    let calls = ground.proxy.calls();
    let create = calls.iter().find(|call| {
        call.action == "CreateLaunchTemplate" && call.parameter("LaunchTemplateName") == Some(name)
    });
    let setting = |name: &str| name.starts_with("LaunchTemplateData.") || name == "VersionDescription";
    let parameters = &create.expect("the template was made").parameters;
    parameters
        .iter()
        .filter(|(name, _)| setting(name))
        .cloned()
        .collect()
}

/// Attributes whose planned value differs from the one that EC2 has.
fn changed_attributes(change: &ResourceChange) -> BTreeSet<String> {
    let after = change.after.as_object().unwrap();
    let unknown = |name: &str| change.after_unknown[name] == json!(true);
    let derived = [
        "user_data_sha256",
        "user_data_bytes",
        "default_version",
        "latest_version",
    ];
    after
        .iter()
        .filter(|(name, value)| !unknown(name) && change.before[name.as_str()] != **value)
        .map(|(name, _)| name.clone())
        .filter(|name| !derived.contains(&name.as_str()))
        .collect()
}

/// Drifts of one template: at most one of each attribute, so that each attribute's drift shows by itself.
type Group = BTreeMap<&'static str, Drift>;

/// All drifts in as few groups as that allows.
fn grouped(drifts: Vec<Drift>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for drift in drifts {
        let attribute = attribute(&drift.parameter);
        match groups.iter_mut().find(|group| !group.contains_key(attribute)) {
            Some(group) => drop(group.insert(attribute, drift)),
            None => groups.push(Group::from([(attribute, drift)])),
        }
    }
    groups
}

/// Makes a template for each group of drifts, changes it so by hand, and lets one plan find all of them and one apply
/// mend them.
fn every_setting_drifts(ground: &Ground, arguments: &str) {
    let name = &ground.name;
    ground.write(&template(name, arguments));
    ground.project.init().unwrap();
    ground.apply();
    let made = made_of(ground, name);
    let groups = grouped(drifts(&made));
    let many = format!("{arguments}\n  count = {}\n", groups.len());
    ground.write(&template(&format!("{name}-${{count.index}}"), &many));
    ground.apply();
    let as_made = ec2::latest_data(&format!("{name}-0"));
    for (index, group) in groups.iter().enumerate() {
        let changed = group
            .values()
            .fold(made.clone(), |made, drift| drift.apply(&made));
        ec2::new_version(&format!("{name}-{index}"), &borrowed(&changed));
    }
    let changes = changes_by_address(&ground.plan());
    for (index, group) in groups.iter().enumerate() {
        assert_shown(&changes, index, group);
    }
    ground.settle();
    for (index, group) in groups.iter().enumerate() {
        let template = format!("{name}-{index}");
        assert_eq!(ec2::latest_data(&template), as_made, "not mended: {group:?}");
        assert_eq!(ec2::template(&template).default_version, 3);
    }
}

fn borrowed(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
}

fn changes_by_address(plan: &Plan) -> BTreeMap<String, ResourceChange> {
    let changes = plan.changes().into_iter();
    changes.map(|change| (change.address.clone(), change)).collect()
}

fn assert_shown(changes: &BTreeMap<String, ResourceChange>, index: usize, group: &Group) {
    let change = changes
        .get(&format!("mig_launch_template.this[{index}]"))
        .unwrap_or_else(|| panic!("not in the plan: {group:?}"));
    assert_eq!(change.actions, ["update"], "{group:?}");
    let expected: BTreeSet<String> = group.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(changed_attributes(change), expected, "{group:?}");
}

#[test]
fn every_setting_with_security_groups() {
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "drift-groups");
        every_setting_drifts(&ground, &format!("{EVERYTHING}{GROUPS}"));
    });
}

#[test]
fn every_setting_with_network_interfaces() {
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "drift-interfaces");
        every_setting_drifts(&ground, INTERFACES);
    });
}

/// The one change of a plan.
fn only_change(plan: &Plan) -> ResourceChange {
    let changes = plan.changes();
    assert_eq!(changes.len(), 1, "{}", plan.output.stdout);
    changes[0].clone()
}

#[test]
fn settings_that_the_template_never_had_are_taken_away() {
    let added = [
        ("ImageId", "ami-1"),
        ("KeyName", "left-behind"),
        ("SecurityGroupId.1", "sg-9"),
        ("NetworkInterface.1.InterfaceType", "efa"),
        ("BlockDeviceMapping.1.DeviceName", "/dev/xvdz"),
        ("Monitoring.Enabled", "true"),
        ("Placement.GroupName", "elsewhere"),
        ("InstanceMarketOptions.MarketType", "spot"),
        ("TagSpecification.1.ResourceType", "instance"),
        ("TagSpecification.1.Tag.1.Key", "owner"),
        ("TagSpecification.1.Tag.1.Value", "mallory"),
        ("MetadataOptions.HttpTokens", "optional"),
        ("IamInstanceProfile.Name", "mallory"),
    ];
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "drift-added", |name| template(name, ""));
        ground.apply();
        let mut parameters = made_of(&ground, &ground.name);
        let as_made = ec2::latest_data(&ground.name);
        let is_new = |name: &str| {
            !added
                .iter()
                .any(|(a, _)| format!("LaunchTemplateData.{a}") == name)
        };
        parameters.retain(|(name, _)| is_new(name));
        let added = added.map(|(name, value)| (format!("LaunchTemplateData.{name}"), value.to_owned()));
        parameters.extend(added.iter().cloned());
        ec2::new_version(&ground.name, &borrowed(&parameters));
        let expected = added.iter().map(|(name, _)| attribute(name).to_owned()).collect();
        assert_eq!(changed_attributes(&only_change(&ground.plan())), expected);
        ground.settle();
        assert_eq!(ec2::latest_data(&ground.name), as_made);
    });
}

#[test]
fn the_default_version_and_tags() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "drift-tags", |name| {
            template(
                name,
                "  description = \"one\"\n  tags = { kept = \"1\", lost = \"2\" }",
            )
        });
        ground.apply();
        ground.write(&template(
            &ground.name,
            "  description = \"two\"\n  tags = { kept = \"1\", lost = \"2\" }",
        ));
        ground.apply();
        let made = ec2::template(&ground.name);
        ec2::call(
            REGION,
            "ModifyLaunchTemplate",
            &[("LaunchTemplateId", &made.id), ("SetDefaultVersion", "1")],
        );
        let tags = [
            ("ResourceId.1", made.id.as_str()),
            ("Tag.1.Key", "kept"),
            ("Tag.1.Value", "x"),
            ("Tag.2.Key", "new"),
            ("Tag.2.Value", "y"),
        ];
        ec2::call(REGION, "CreateTags", &tags);
        ec2::call(
            REGION,
            "DeleteTags",
            &[("ResourceId.1", &made.id), ("Tag.1.Key", "lost")],
        );
        let plan = ground.plan();
        let change = only_change(&plan);
        assert_eq!(change.before["tags"], json!({ "kept": "x", "new": "y" }));
        assert_eq!(change.after["tags"], json!({ "kept": "1", "lost": "2" }));
        assert_eq!(
            [
                &change.before["default_version"],
                &change.after["default_version"]
            ],
            [&json!(1), &json!(2)]
        );
        assert!(!plan.output.words().contains("rolls nodes"));
        ground.settle();
        let now = ec2::template(&ground.name);
        assert_eq!((now.default_version, now.latest_version), (2, 2));
        assert!(now.has_tag("kept", "1") && now.has_tag("lost", "2") && !now.has_tag("new", "y"));
    });
}

#[test]
fn a_version_that_changes_nothing_becomes_the_default() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "drift-same", |name| template(name, ""));
        ground.apply();
        let made = made_of(&ground, &ground.name);
        ec2::new_version(&ground.name, &borrowed(&made));
        assert!(!ground.plan_words().contains("rolls nodes"));
        ground.settle();
        let now = ec2::template(&ground.name);
        assert_eq!((now.default_version, now.latest_version), (2, 2));
    });
}

#[test]
fn user_data_that_is_no_text_is_seen_and_mended() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "drift-binary", |name| template(name, ""));
        ground.apply();
        let as_made = ec2::latest_data(&ground.name);
        ec2::new_version(
            &ground.name,
            &[(
                "LaunchTemplateData.UserData",
                &STANDARD.encode([0x1f, 0x8b, 0xff, 0x00]),
            )],
        );
        let plan = ground.plan();
        let before = only_change(&plan).before["user_data"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_says(&before, &["not text"]);
        ground.settle();
        assert_eq!(ec2::latest_data(&ground.name), as_made);
    });
}

#[test]
fn a_template_deleted_by_hand_is_made_again() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "drift-deleted", |name| template(name, ""));
        ground.apply();
        let before = ec2::template(&ground.name).id;
        ec2::delete(&ground.name);
        let plan = ground.plan();
        assert_eq!(plan.actions("mig_launch_template.this"), ["create"]);
        ground.settle();
        assert_ne!(ec2::template(&ground.name).id, before);
        ec2::delete(&ground.name);
        ground.project.destroy().unwrap();
    });
}
