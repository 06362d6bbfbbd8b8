//! The user data of each image family, and faults in the user's own parts of it.

use serde_json::{Value, json};

use super::*;
use crate::boot::{ClusterDetails, NodeConfig, UserPart};
use crate::layout::Taint;

fn cluster() -> ClusterDetails {
    ClusterDetails {
        name: "prod".to_owned(),
        api_server_endpoint: "https://example.eks.amazonaws.com".to_owned(),
        certificate_authority: "Y2E=".to_owned(),
        cidr: "172.20.0.0/16".to_owned(),
    }
}

#[test]
fn a_custom_image_gets_all_that_a_node_needs_to_join() {
    let fields = json!({"amiFamily": "Custom", "amiSelectorTerms": [{"id": "ami-0123456789abcdef0"}]});
    let options = NodeClassOptions {
        cluster: Some(cluster()),
        ..with(fields)
    };
    let rendered = NodeClass::render(&sliced(), &options, Catalog::builtin()).unwrap();
    let spec = &rendered.objects[0]["spec"];
    let mut node_config = NodeConfig::full(&sliced(), cluster());
    node_config.taints.push(Taint {
        key: "karpenter.sh/unregistered".to_owned(),
        value: String::new(),
        effect: "NoExecute".to_owned(),
    });
    let boot = BootOptions {
        node_config: Some(node_config),
        ..BootOptions::default()
    };
    assert_eq!(spec["userData"], boot::user_data(&sliced(), &boot).unwrap().text);
    assert_eq!(spec.get("blockDeviceMappings"), None);
    assert_eq!(
        warning_paths(&rendered.warnings),
        ["spec.amiSelectorTerms", "spec.amiFamily"]
    );
    the_fault("node_config", rendered_with(json!({"amiFamily": "Custom"})));
    refused_option("node_config", |options| options.cluster = Some(cluster()));
}

#[test]
fn bottlerocket_gets_settings() {
    let single =
        layout(json!({"instance_types": ["p5.48xlarge"], "slices": {"1g.10gb": 7}, "strategy": "single"}));
    let of_release = |release: &str| with(json!({"amiSelectorTerms": alias(release)}));
    let bottlerocket = of_release("bottlerocket@v1.68.0");
    let rendered = NodeClass::render(&single, &bottlerocket, Catalog::builtin()).unwrap();
    let spec = &rendered.objects[0]["spec"];
    let settings = boot::bottlerocket_settings(&single, Catalog::builtin()).unwrap();
    assert_eq!(spec["userData"], settings);
    let devices = |spec: &Value| -> Vec<String> {
        let disks = spec["blockDeviceMappings"].as_array().unwrap().iter();
        disks
            .map(|disk| format!("{} {}", disk["deviceName"], disk["ebs"]["volumeSize"]))
            .collect()
    };
    assert_eq!(devices(spec), [r#""/dev/xvda" "6Gi""#, r#""/dev/xvdb" "200Gi""#]);
    let mixed = NodeClass::render(&sliced(), &bottlerocket, Catalog::builtin());
    the_fault("layout.strategy", mixed);
    let old = NodeClass::render(&single, &of_release("bottlerocket@v1.33.0"), Catalog::builtin());
    the_fault("spec.amiSelectorTerms[0].alias", old);
    let mut bottlerocket = NodeClassOptions {
        on_failure: OnFailure::Terminate,
        parts_after: vec![part("#!/bin/sh\n")],
        ..of_release("bottlerocket@v1.34.0")
    };
    bottlerocket.object["spec"]["kubelet"] = json!({"podsPerCore": 4, "maxPods": 4});
    let faults = NodeClass::render(&single, &bottlerocket, Catalog::builtin()).unwrap_err();
    assert_eq!(
        fault_paths(&faults),
        [r#"spec.kubelet["podsPerCore"]"#, "extra_user_data", "on_failure"]
    );
}

fn part(text: &str) -> UserPart {
    UserPart {
        content_type: "text/x-shellscript".to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn user_data_faults_have_the_names_that_users_write() {
    refused_option("extra_user_data.before[0].content", |options| {
        options.parts_before = vec![part("--//\n")]
    });
    refused_option("extra_user_data.after[1].content_type", |options| {
        options.parts_after = vec![part("#!/bin/sh\n"), part("#!/bin/sh\n")];
        options.parts_after[1].content_type = "text/x-shellscript; base64".to_owned();
    });
    refused_option("extra_user_data.before[0].content", |options| {
        options.parts_before = vec![part("[not: a NodeConfig")];
        options.parts_before[0].content_type = "application/node.eks.aws".to_owned();
    });
    let large = refused_option("extra_user_data", |options| {
        options.parts_after = vec![part(&format!("#!{}", "#".repeat(12_288)))]
    });
    assert!(large.summary().contains("12288 are allowed"), "{large}");
}
