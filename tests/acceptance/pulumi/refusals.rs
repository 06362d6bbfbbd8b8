//! What AWS and the API server refuse is told with a next step that a reader of a program can take. That no word of it is Terraform's is
//! judged wherever a project of these tests says something.

use counterparts::cli::Output;
use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Fault, FaultProxy, PulumiProject, Rule};
use serde_json::json;

use super::world::{self, offline};
use crate::support::karpenter::know_karpenter;
use crate::support::kube::{self, KUBE, make_namespace};
use crate::support::{MOTO, assert_says};

fn template(name: &str) -> String {
    format!(
        "resources:\n  template:\n    type: mig:LaunchTemplate\n    properties:\n      name: {name}\n      layout: {{instanceTypes: \
         [p5.48xlarge], slices: {{\"1g.10gb\": 7}}}}\n"
    )
}

fn plugin(namespace: &str, words: &str) -> String {
    format!(
        "resources:\n  plugin:\n    type: mig:DevicePlugin\n    properties:\n      cluster: {{name: prod}}\n      namespace: \
         {namespace}\n      name: mig-device-plugin\n      layouts: [{{instanceTypes: [p5.48xlarge], slices: {{\"1g.10gb\": 7}}}}]\n      \
         labels: {{words: {words}}}\n"
    )
}

/// An `up` that fails with these words.
fn refused(project: &PulumiProject, parts: &[&str]) -> Output {
    let output = project.try_up(&[]).unwrap();
    assert!(!output.succeeded(), "{}", output.words());
    assert_says(&output.words(), parts);
    output
}

#[test]
fn settings_are_those_of_the_stack() {
    let name = "pl-settings";
    let mut project = offline(&template(name));
    project.set_envs([("AWS_EC2_METADATA_DISABLED", "true".to_owned())]);
    refused(&project, &["no region", "pulumi config set mig:region REGION"]);
    project.set_config("mig:region", "us-east-1", &[]).unwrap();
    let keyless = ["cannot be created", "pulumi config set mig:profile NAME"];
    refused(&project, &keyless);

    project.set_envs(aws_env(&MOTO.url(), &ADMIN));
    let wrong = [
        (
            "mig:region",
            "us_east_1",
            &[][..],
            "`pulumi config set mig:region VALUE`",
        ),
        ("mig:maxRetries", "many", &[], "must be a number, and is a string"),
        (
            "mig:retryMode",
            "slow",
            &[],
            "`pulumi config set mig:retryMode VALUE`",
        ),
    ];
    for (key, value, arguments, part) in wrong {
        project.set_config(key, value, arguments).unwrap();
        let said = refused(&project, &[part]).words();
        assert!(!said.contains("<nil>"), "{said}");
        project.run(&["config", "rm", key]).unwrap();
    }
    project.set_config("mig:region", "us-east-1", &[]).unwrap();
    project.up(&[]).unwrap();
    project.destroy(&[]).unwrap();
}

#[test]
fn aws_refuses() {
    let name = "pl-refused";
    let proxy = FaultProxy::start(&MOTO.url()).unwrap();
    let mut project = world::project(&template(name));
    project.set_envs(aws_env(&proxy.url(), &ADMIN));
    project.set_config("mig:maxRetries", "0", &[]).unwrap();
    let answers = [
        (Fault::throttle(), "pulumi config set mig:retryMode adaptive"),
        (Fault::internal_error(), "AWS Health Dashboard"),
        (
            Fault::ec2_error(403, "UnauthorizedOperation", "You may not."),
            "Allow the action in the policy",
        ),
        (
            Fault::ec2_error(400, "Strange", "Something is strange."),
            "pulumi up --debug",
        ),
    ];
    for (fault, part) in answers {
        proxy.add(Rule::action("CreateLaunchTemplate", fault));
        refused(&project, &["cannot be created", part]);
        proxy.clear_rules();
    }
    project.up(&[]).unwrap();

    // A project that knows nothing of the first one's objects.
    let another = world::project(&template(name));
    let import = format!("pulumi import mig:index:LaunchTemplate NAME {name}");
    refused(&another, &["exists already", &import]);
    project.destroy(&[]).unwrap();
}

#[test]
fn the_api_server_refuses() {
    let name = "pl-conflict";
    know_karpenter();
    make_namespace(name);
    let project = world::project(&plugin(name, "first"));
    project.up(&[]).unwrap();
    // A project that knows nothing of the first one's objects.
    let another = world::project(&plugin(name, "other"));
    refused(
        &another,
        &[
            "exists already",
            "another stack may manage it",
            "forceConflicts: true",
        ],
    );

    // A person's change is warned of before it is taken back, and a controller's is a conflict.
    let labels = |value: &str| json!({"metadata": {"labels": {"words": value}}});
    kube::edit(
        name,
        "ConfigMap/mig-device-plugin",
        "kubectl-edit",
        &labels("second"),
    );
    project.write_yaml(&plugin(name, "third")).unwrap();
    let output = project.up(&["--refresh"]).unwrap();
    assert_says(&output.words(), &["past Pulumi"]);
    kube::edit(
        name,
        "ConfigMap/mig-device-plugin",
        "a-controller",
        &labels("fourth"),
    );
    project.write_yaml(&plugin(name, "fifth")).unwrap();
    refused(&project, &["a-controller", "forceConflicts: true"]);

    let nowhere = plugin(name, "fifth").replace("{name: prod}", "{name: pl-nowhere}");
    another.write_yaml(&nowhere).unwrap();
    refused(&another, &["pl-nowhere"]);
    let nameless = nowhere.replace("      cluster: {name: pl-nowhere}\n", "");
    another.write_yaml(&nameless).unwrap();
    refused(&another, &["The cluster is not named", "mig:kubernetes"]);
    let taken = KUBE
        .get(&kube::path(name, "ConfigMap/mig-device-plugin"))
        .unwrap();
    assert_eq!(taken.unwrap()["metadata"]["labels"]["words"], "fourth");
    kube::edit(
        name,
        "ConfigMap/mig-device-plugin",
        "a-controller",
        &json!({"metadata": {"labels": {"words": "third"}}}),
    );
    project.destroy(&[]).unwrap();
}
