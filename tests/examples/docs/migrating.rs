//! The guide to migrations, carried out: objects that others made are taken over by the configuration that it shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use counterparts::{Cli, Stack};
use serde_json::{Value, json};

use super::configuration::Configuration;
use super::{all, empty_project};
use crate::{HEAD, stack};

/// What people had before: a template with a script and a setting that has no attribute here.
fn make_template(stack: &Stack) {
    let script = STANDARD.encode("#!/bin/bash\nnvidia-smi mig -cgi 19,19,19,19,19,19,19 -C\n");
    let query = [
        ("Action", "CreateLaunchTemplate"),
        ("Version", "2016-11-15"),
        ("LaunchTemplateName", "mig-small"),
        ("LaunchTemplateData.UserData", &script),
        ("LaunchTemplateData.KernelId", "aki-1"),
        ("LaunchTemplateData.EbsOptimized", "true"),
    ];
    let answer = stack.moto.query("ec2", "us-east-1", &query).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// Karpenter's objects as `kubernetes_manifest` applies them: as the manager `Terraform`, with a value of their own.
fn make_objects(stack: &Stack) {
    let class = json!({
        "apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "metadata": {"name": "mig-small"},
        "spec": {
            "role": "KarpenterNodeRole-prod", "amiFamily": "AL2023", "userData": "#!/bin/bash\nnvidia-smi mig -i 0 -cgi 19 -C\n",
            "amiSelectorTerms": [{"alias": "al2023@v20261003"}],
            "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": "prod"}}],
            "securityGroupSelectorTerms": [{"tags": {"karpenter.sh/discovery": "prod"}}],
        },
    });
    let pool = json!({
        "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "mig-small"},
        "spec": {"template": {"spec": {
            "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "mig-small"},
            "expireAfter": "24h",
            "requirements": [{"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["p5.48xlarge"]}],
        }}},
    });
    for object in [class, pool] {
        stack
            .kube
            .apply(&counterparts_path(&object), "Terraform", &object)
            .unwrap();
    }
}

fn counterparts_path(object: &Value) -> String {
    counterparts::kube::object_path(object)
}

/// The configuration of the guide with its import blocks. Nobody reads overlays here, so nothing waits for that.
fn texts(guide: &Configuration) -> (String, String) {
    let text = guide.text().replace(
        "nodepool = mig_karpenter_nodepool.slices\n",
        "nodepool = mig_karpenter_nodepool.slices\n  acceptance_timeout = \"0s\"\n",
    );
    assert!(text.contains("acceptance_timeout"), "{text}");
    let imports = guide.imports.iter().map(|import| import.text.as_str()).collect();
    (text, imports)
}

#[test]
fn what_others_made_is_taken_over() {
    let of_guide = |found: &Configuration| found.places.iter().any(|place| place.contains("migrating.md"));
    let guide = all().into_iter().rfind(of_guide).unwrap();
    let (text, imports) = texts(&guide);
    let cli = Cli::any().unwrap();
    let stack = stack(cli.flavor());
    make_template(&stack);
    make_objects(&stack);

    let project = empty_project(&cli, stack.env());
    // The provider block alone: the configuration names what it requires.
    let block = HEAD.split_once("provider \"mig\"").unwrap().1;
    project
        .write("provider.tf", &format!("provider \"mig\"{block}"))
        .unwrap();
    project.write("main.tf", &text).unwrap();
    project.write("imports.tf", &imports).unwrap();
    project.init().unwrap();
    let plan = project.plan(&[]).unwrap();
    for address in [
        "mig_launch_template.small",
        "mig_karpenter_nodeclass.slices",
        "mig_karpenter_nodepool.slices",
    ] {
        assert_eq!(plan.actions(address), ["update"], "{address} is taken over");
    }
    let words = plan.output.words();
    for warning in [
        "A new version of the launch template rolls nodes",
        "The change rolls nodes",
    ] {
        assert!(words.contains(warning), "{warning}: {words}");
    }
    project.apply(&[]).unwrap();

    let template = project.resource("mig_launch_template.small").unwrap().unwrap();
    assert_eq!(
        template["latest_version"], 2,
        "a new version of the same template"
    );
    assert_eq!(
        template["other_settings"],
        json!({"KernelId": "aki-1"}),
        "nothing is lost"
    );
    let pool = stack
        .kube
        .get("/apis/karpenter.sh/v1/nodepools/mig-small")
        .unwrap()
        .unwrap();
    assert_eq!(
        pool["spec"]["template"]["spec"]["expireAfter"], "720h",
        "the fields change hands"
    );

    // Afterwards neither the import blocks nor force_conflicts are needed.
    project.remove("imports.tf").unwrap();
    let settled: String = text
        .lines()
        .filter(|line| !line.contains("force_conflicts"))
        .map(|line| format!("{line}\n"))
        .collect();
    project.write("main.tf", &settled).unwrap();
    project.apply(&[]).unwrap();
    let again = project.plan(&[]).unwrap();
    assert!(again.is_empty(), "{:?}", again.changes());
    project.destroy().unwrap();
}
