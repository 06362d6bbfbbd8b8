//! Settings of a version that have no attribute (community.aws 685: a tool that made versions of only what it knew).

use counterparts::Cli;
use serde_json::json;

use super::template;
use crate::support::{Ground, REGION, assert_says, ec2, with_a_cli, with_tofu};

/// What a template has that was made by the console.
const HAND_MADE: [(&str, &str); 12] = [
    ("ImageId", "ami-0123456789abcdef0"),
    ("CpuOptions.CoreCount", "48"),
    ("CpuOptions.ThreadsPerCore", "1"),
    ("PrivateDnsNameOptions.HostnameType", "resource-name"),
    ("MaintenanceOptions.AutoRecovery", "disabled"),
    ("EnclaveOptions.Enabled", "false"),
    ("HibernationOptions.Configured", "false"),
    ("DisableApiStop", "true"),
    ("NetworkInterface.1.DeviceIndex", "0"),
    (
        "NetworkInterface.1.ConnectionTrackingSpecification.TcpEstablishedTimeout",
        "300",
    ),
    ("BlockDeviceMapping.1.DeviceName", "/dev/xvda"),
    ("BlockDeviceMapping.1.Ebs.VolumeInitializationRate", "200"),
];

/// The same in a configuration, as far as there are attributes.
const DECLARED: &str = r#"
  image_id                 = "ami-0123456789abcdef0"
  cpu_options              = { core_count = 48, threads_per_core = 1 }
  private_dns_name_options = { hostname_type = "resource-name" }
  maintenance_options      = { auto_recovery = "disabled" }
  network_interfaces       = [{ device_index = 0 }]
  block_device_mappings    = [{ device_name = "/dev/xvda", ebs = { volume_initialization_rate = 200 } }]
"#;

fn parameters(data: &[(&str, &str)]) -> Vec<(String, String)> {
    let prefixed = |(name, value): &(&str, &str)| (format!("LaunchTemplateData.{name}"), (*value).to_owned());
    data.iter().map(prefixed).collect()
}

fn borrowed(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    parameters.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
}

/// A template that was made by hand, imported into a configuration that says what it can.
fn imported(cli: &Cli, test: &str) -> Ground {
    let ground = Ground::with(cli, test, |name| template(name, DECLARED));
    let mut all = parameters(&HAND_MADE);
    all.push(("LaunchTemplateName".to_owned(), ground.name.clone()));
    ec2::call(REGION, "CreateLaunchTemplate", &borrowed(&all));
    let import = ["import", "mig_launch_template.this", &ground.name];
    ground.project.run(&import).unwrap().success().unwrap();
    ground
}

/// What the provider asked for with its newest version.
fn asked(ground: &Ground) -> Vec<(String, String)> {
    let calls = ground.proxy.calls();
    let version = calls
        .iter()
        .rfind(|call| call.action == "CreateLaunchTemplateVersion");
    version.expect("a version was made").parameters.clone()
}

fn assert_asked(ground: &Ground, name: &str, value: Option<&str>) {
    let asked = asked(ground);
    let name = format!("LaunchTemplateData.{name}");
    let found = asked
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.as_str());
    assert_eq!(found, value, "{name} in {asked:?}");
}

#[test]
fn an_imported_template_keeps_what_has_no_attribute() {
    with_a_cli(|cli| {
        let ground = imported(cli, "other-settings");
        let plan = ground.plan();
        let change = plan.changes().into_iter().next().expect("the user data changes");
        for name in [
            "cpu_options",
            "maintenance_options",
            "private_dns_name_options",
            "block_device_mappings",
        ] {
            assert_eq!(change.before[name], change.after[name], "{name} has an attribute");
        }
        assert_says(
            &plan.output.words(),
            &[
                "The new version keeps:",
                "DisableApiStop: true",
                "EnclaveOptions.Enabled: false",
            ],
        );
        ground.settle();
        for (name, value) in HAND_MADE {
            assert_asked(&ground, name, Some(value));
        }
        let settings = &ground.this()["other_settings"];
        assert_eq!(settings["DisableApiStop"], json!("true"), "{settings}");
    });
}

#[test]
fn settings_of_an_interface_that_goes_are_shown_to_go() {
    with_tofu(|cli| {
        let ground = imported(cli, "other-gone");
        ground.settle();
        ground.write(&template(&ground.name, ""));
        assert_says(
            &ground.plan_words(),
            &[
                "The new version has no more",
                "NetworkInterfaces[0.0].ConnectionTrackingSpecification: TcpEstablishedTimeout=300",
                "DisableApiStop: true",
            ],
        );
        ground.settle();
        assert_asked(&ground, "DisableApiStop", Some("true"));
        assert_asked(&ground, "CpuOptions.CoreCount", None);
        let settings = ground.this()["other_settings"].clone();
        let names: Vec<_> = settings.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            [
                "DisableApiStop",
                "EnclaveOptions.Enabled",
                "HibernationOptions.Configured"
            ]
        );
    });
}

/// A version made in the console: a setting with an attribute is drift that the plan takes back, one without is said.
#[test]
fn settings_of_a_version_made_by_hand_are_drift() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "other-drift", |name| template(name, ""));
        ground.apply();
        let user_data = ec2::user_data(&ground.name);
        let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, user_data);
        let mut by_hand = parameters(&[
            ("CpuOptions.CoreCount", "24"),
            ("CpuOptions.ThreadsPerCore", "1"),
            ("EnclaveOptions.Enabled", "true"),
        ]);
        by_hand.push(("LaunchTemplateData.UserData".to_owned(), encoded));
        ec2::new_version(&ground.name, &borrowed(&by_hand));
        let plan = ground.plan();
        let change = plan
            .changes()
            .into_iter()
            .next()
            .expect("the hand-made version is drift");
        assert_eq!(change.before["cpu_options"]["core_count"], json!(24));
        assert_eq!(change.after["cpu_options"], json!(null));
        assert_says(
            &plan.output.words(),
            &[
                "The launch template has new settings",
                "EnclaveOptions.Enabled: true",
            ],
        );
        ground.settle();
        assert_asked(&ground, "EnclaveOptions.Enabled", Some("true"));
        assert_asked(&ground, "CpuOptions.CoreCount", None);
    });
}

/// What cannot be written into a new version stops the plan, and the apply of a plan made before.
#[test]
fn a_setting_that_would_be_lost_stops_the_change() {
    with_a_cli(|cli| {
        let ground = Ground::with(cli, "other-lost", |name| {
            template(name, "  description = \"one\"")
        });
        ground.apply();
        ground.write(&template(&ground.name, "  description = \"two\""));
        ground.plan_words();
        let groups = parameters(&[("SecurityGroup.1", "default"), ("ImageId", "ami-1")]);
        ec2::new_version(&ground.name, &borrowed(&groups));
        let applied = ground.project.try_apply_plan().unwrap();
        assert_says(&applied.words(), &["would be lost", "SecurityGroups"]);
        assert_says(
            &ground.refused_plan(),
            &["would be lost", "SecurityGroups", "AWS CLI"],
        );
        assert_eq!(ec2::template(&ground.name).latest_version, 2);
    });
}

/// An interface that is unknown at plan: what is kept is known after the apply, with a new version and without one.
#[test]
fn settings_beside_an_interface_that_is_unknown_at_plan() {
    with_tofu(|cli| {
        let ground = imported(cli, "other-unknown");
        ground.settle();
        let with = |value: &str, trigger: &str| {
            let later = format!(
                "resource \"terraform_data\" \"later\" {{\n  input = \"{value}\"\n  triggers_replace = [\"{trigger}\"]\n}}\n"
            );
            let interface = "[{ device_index = 0, description = terraform_data.later.output }]";
            let declared = DECLARED.replace("[{ device_index = 0 }]", interface);
            later + &template(&ground.name, &declared)
        };
        ground.write(&with("a", "1"));
        ground.settle();
        assert_eq!(ec2::template(&ground.name).latest_version, 3);
        // Unknown again, and the same in the end: no version.
        ground.write(&with("a", "2"));
        ground.settle();
        assert_eq!(ec2::template(&ground.name).latest_version, 3);
        let settings = ground.this()["other_settings"].clone();
        let kept = &settings["NetworkInterfaces[0.0].ConnectionTrackingSpecification"];
        assert_eq!(kept, &json!("TcpEstablishedTimeout=300"), "{settings}");
    });
}
