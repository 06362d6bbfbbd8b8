//! `mig:index:SlicePool` through Pulumi's own engine, against AWS and a real API server.

use std::sync::LazyLock;

use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Plugin, PulumiProject};
use serde_json::{Value, json};

use crate::support::karpenter::{know_karpenter, live};
use crate::support::kube::{self, KUBE, make_namespace};
use crate::support::pulumi::foreign;
use crate::support::{MOTO, REGION, assert_says, eks, provider};

/// A pool of Karpenter's in ten lines, and what a test has to add: nobody reads overlays here, and namespaces keep tests apart.
fn karpenter(name: &str) -> String {
    format!(
        "
resources:
  slices:
    type: mig:SlicePool
    properties:
      kind: karpenter
      name: {name}
      cluster: {{ name: prod }}
      layout:
        instanceTypes: [p5.48xlarge]
        slices: {{ \"1g.10gb\": 7 }}
      nodeRole: arn:aws:iam::123456789012:role/KarpenterNodeRole-prod
      amiAlias: al2023@v20261003
      subnetTags: {{ karpenter.sh/discovery: prod }}
      securityGroupIds: [sg-0123456789abcdef0]
      labels: {{ team: search }}
      nodeoverlayArgs: {{ acceptanceTimeout: 0s }}
      devicePluginArgs: {{ namespace: {name} }}
"
    )
}

const OUTPUTS: &str = "
outputs:
  names: ${slices.resourceNames}
  slices: ${slices.slicesPerNode}
  labels: ${slices.labels}
  taints: ${slices.taints}
  options: ${slices.nodeadmExtraOptions}
  base64: ${slices.userDataBase64}
  pools: ${slices.nodepoolNames}
  plugin: ${slices.devicePluginName}
";

/// A project with the provider and an administrator's environment.
fn project() -> PulumiProject {
    LazyLock::force(&KUBE);
    let mut project = PulumiProject::new(&[Plugin::mig(provider().binary)]).unwrap();
    project.set_envs(aws_env(&MOTO.url(), &ADMIN));
    project.judge_messages(foreign);
    project
}

/// The same with Karpenter, a namespace and this program.
fn karpenter_project(name: &str, program: &str) -> PulumiProject {
    know_karpenter();
    make_namespace(name);
    let project = project();
    project.write_yaml(program).unwrap();
    project.init("dev").unwrap();
    project
}

/// A resource in the state.
fn kept(project: &PulumiProject, name: &str) -> Value {
    let stack = project.export().unwrap();
    let found = stack.resource(name).cloned();
    found.unwrap_or_else(|| panic!("no {name} among {:?}", stack.names()))
}

const KARPENTERS: [&str; 5] = [
    "slices",
    "slices-class",
    "slices-pool",
    "slices-overlay",
    "slices-plugin",
];

#[test]
fn karpenters_pool_lives_from_preview_to_destroy() {
    let name = "mig-sp-karpenter";
    let program = karpenter(name) + OUTPUTS;
    let project = karpenter_project(name, &program);
    let preview = project.preview(&[]).unwrap();
    for each in KARPENTERS {
        assert_eq!(preview.ops(each), ["create"], "{each}");
    }
    assert_eq!(live("NodePool", name), None);
    project.up(&[]).unwrap();
    let pool = live("NodePool", name).unwrap();
    assert_eq!(pool["spec"]["template"]["metadata"]["labels"]["team"], "search");
    let class = live("EC2NodeClass", name).unwrap();
    assert_eq!(class["spec"]["role"], "KarpenterNodeRole-prod");
    assert!(kube::objects(name).contains(&format!("ConfigMap/{name}-device-plugin")));
    outputs_fit_other_packages(&project, name, &class);
    project.up(&["--expect-no-changes"]).unwrap();

    project.write_yaml(&program.replace("search", "ads")).unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("slices-pool"), ["update"]);
    assert!(preview.ops("slices-class").is_empty());
    project.up(&[]).unwrap();
    let pool = live("NodePool", name).unwrap();
    assert_eq!(pool["spec"]["template"]["metadata"]["labels"]["team"], "ads");
    a_second_choice_leaves_the_first_alone(&project, &program.replace("search", "ads"));
    project.destroy(&[]).unwrap();
    assert_eq!((live("NodePool", name), live("EC2NodeClass", name)), (None, None));
    assert!(kube::objects(name).is_empty());
}

/// A layout to fall back to is a class, a pool and an overlay more; the pool that is there gets a weight.
fn a_second_choice_leaves_the_first_alone(project: &PulumiProject, program: &str) {
    let fallback =
        "      fallback: [{ instanceTypes: [p4de.24xlarge], slices: { \"1g.10gb\": 7 } }]\n      nodeRole";
    project
        .write_yaml(&program.replace("      nodeRole", fallback))
        .unwrap();
    let changes = project.preview(&[]).unwrap().changes();
    let created = changes.iter().filter(|step| step.op == "create").count();
    let updated: Vec<_> = changes
        .iter()
        .filter(|step| step.op == "update")
        .map(|step| step.name.as_str())
        .collect();
    assert_eq!(created, 3, "{changes:?}");
    assert!(
        updated.contains(&"slices-pool") && !updated.contains(&"slices-class"),
        "{updated:?}"
    );
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    let names = project.output("pools").unwrap();
    let pools: Vec<Value> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|name| live("NodePool", name.as_str().unwrap()).unwrap())
        .collect();
    let weight = |pool: &Value| pool["spec"]["weight"].as_i64().unwrap();
    assert!(
        pools.len() == 2 && weight(&pools[0]) > weight(&pools[1]),
        "{pools:?}"
    );
    // Pods ask for what both kinds of nodes have.
    assert_eq!(
        project.output("names").unwrap(),
        json!(["nvidia.com/mig-1g.10gb"])
    );
    assert_eq!(project.output("slices").unwrap().as_object().unwrap().len(), 2);

    // Without a second choice its objects go, and the first has no weight.
    project.write_yaml(program).unwrap();
    project.up(&[]).unwrap();
    assert_eq!(live("NodePool", names[1].as_str().unwrap()), None);
    let first = live("NodePool", names[0].as_str().unwrap()).unwrap();
    assert_eq!(first["spec"]["weight"], Value::Null);
}

fn outputs_fit_other_packages(project: &PulumiProject, name: &str, class: &Value) {
    let output = |name: &str| project.output(name).unwrap();
    assert_eq!(output("names"), json!(["nvidia.com/mig-1g.10gb"]));
    assert_eq!(
        output("slices"),
        json!({"p5.48xlarge": {"nvidia.com/mig-1g.10gb": 56}})
    );
    assert_eq!(output("labels")["team"], "search");
    assert!(output("labels")["mig.eks/layout"].is_string());
    let taint = json!({"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"});
    assert_eq!(output("taints")[0], taint);
    let options = output("options");
    let part = &options.as_array().unwrap()[0];
    assert!(part["contentType"].is_string(), "{options}");
    let user_data = class["spec"]["userData"].as_str().unwrap();
    assert!(user_data.contains(part["content"].as_str().unwrap()));
    assert!(output("base64").as_str().unwrap().len() > user_data.len());
    assert_eq!(output("pools"), json!([name]));
    assert_eq!(output("plugin"), format!("{name}-device-plugin"));
}

/// A managed node group and its template in a cluster, and what a test has to add.
fn node_group(cluster: &str, name: &str, more: &str) -> String {
    let subnets = serde_json::to_string(&MOTO.default_subnets(REGION).unwrap()).unwrap();
    format!(
        "
resources:
  slices:
    type: mig:SlicePool
    properties:
      kind: nodeGroup
      name: {name}
      cluster: {{ name: {cluster} }}
      layout:
        instanceTypes: [p5.48xlarge]
        slices: {{ \"1g.10gb\": 7 }}
      nodeRole: arn:aws:iam::123456789012:role/nodes
      subnetIds: {subnets}
      maxSize: 3
{more}"
    )
}

const OF_NODE_GROUP: &str = "
outputs:
  template: ${slices.launchTemplateId}
  version: ${slices.launchTemplateVersion}
  group: ${slices.nodeGroupName}
  labels: ${slices.labels}
  taints: ${slices.taints}
  scaling: ${slices.autoscalingGroupNames}
  settings: ${slices.bottlerocketSettings}
  data: ${slices.userData}
";

#[test]
fn a_node_group_lives_from_preview_to_destroy() {
    let name = "mig-sp-group";
    eks::add_cluster(REGION, name);
    let more = "      taints: [{ key: team, value: search, effect: NoExecute }]\n      tags: { team: search }\n      devicePlugin: false\n";
    let program = node_group(name, "workers", more) + OF_NODE_GROUP;
    let project = project();
    project.write_yaml(&program).unwrap();
    project.init("dev").unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("slices-group"), ["create"]);
    project.up(&[]).unwrap();
    let group = eks::group(name, "workers").unwrap();
    assert_eq!(group["launchTemplate"]["id"], project.output("template").unwrap());
    assert_eq!(group["scalingConfig"]["maxSize"], 3);
    assert_eq!(project.output("group").unwrap(), "workers");
    let taints = project.output("taints").unwrap();
    assert!(
        taints
            .as_array()
            .unwrap()
            .contains(&json!({"key": "team", "value": "search", "effect": "NO_EXECUTE"})),
        "{taints}"
    );
    assert_eq!(project.output("scaling").unwrap().as_array().unwrap().len(), 1);
    project.up(&["--expect-no-changes"]).unwrap();

    project
        .write_yaml(&program.replace("\"1g.10gb\": 7", "\"1g.10gb\": 6"))
        .unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("slices-template"), ["update"]);
    assert_eq!(preview.ops("slices-group"), ["update"]);
    project.up(&[]).unwrap();
    assert_eq!(project.output("version").unwrap(), 2);
    project.destroy(&[]).unwrap();
    assert_eq!(eks::group(name, "workers"), None);
}

/// The nodes of Amazon Linux need the device plugin; those of Bottlerocket have their own, which their settings cut and share.
#[test]
fn a_node_group_has_the_device_plugin_that_its_nodes_need() {
    let name = "mig-sp-plugin";
    make_namespace(name);
    let more = format!("      devicePluginArgs: {{ namespace: {name} }}\n");
    let program = node_group("prod", name, &more) + OF_NODE_GROUP;
    let project = project();
    project.write_yaml(&program).unwrap();
    project.init("dev").unwrap();
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    let plugin = format!("ConfigMap/{name}-device-plugin");
    assert!(kube::objects(name).contains(&plugin));
    let label = "mig.eks/device-plugin";
    assert!(project.output("labels").unwrap()[label].is_string());

    let bottlerocket = program
        .replace("\"1g.10gb\": 7 }", "\"1g.10gb\": 7 }\n        strategy: single")
        .replace("maxSize: 3", "maxSize: 3\n      amiFamily: Bottlerocket");
    project.write_yaml(&bottlerocket).unwrap();
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("slices-plugin"), ["delete"]);
    project.up(&[]).unwrap();
    project.up(&["--expect-no-changes"]).unwrap();
    assert!(kube::objects(name).is_empty());
    let group = eks::group("prod", name).unwrap();
    assert!(
        group["amiType"].as_str().unwrap().starts_with("BOTTLEROCKET"),
        "{group}"
    );
    assert!(project.output("labels").unwrap()[label].is_null());
    let settings = project.output("settings").unwrap();
    assert!(settings.to_string().contains("1g.10gb"), "{settings}");
    let data = project.output("data").unwrap();
    assert!(data.as_str().unwrap().contains("[settings."), "{data}");
    project.destroy(&[]).unwrap();
    assert_eq!(eks::group("prod", name), None);
}

#[test]
fn wrong_inputs_are_told_at_their_properties() {
    let name = "mig-sp-wrong";
    let right = karpenter(name);
    let own_namespace = format!("devicePluginArgs: {{ namespace: {name} }}");
    let project = project();
    project.write_yaml(&right).unwrap();
    project.init("dev").unwrap();
    let refused = |program: &str, parts: &[&str]| {
        project.write_yaml(program).unwrap();
        let refused = project.try_up(&[]).unwrap();
        assert_ne!(refused.code, 0);
        assert_says(&refused.words(), parts);
        // Nothing is registered, not even the component.
        assert!(
            project.export().unwrap().resource("slices").is_none(),
            "{program}"
        );
    };
    for (from, to, parts) in [
        (
            "\"1g.10gb\": 7",
            "\"1g.10gb\": 8",
            &["layout.slices", "1g.10gb"][..],
        ),
        (
            "kind: karpenter",
            "kind: nodeGroup",
            &["amiAlias", "Does not go with kind", "maxSize"],
        ),
        (
            "      amiAlias: al2023@v20261003\n",
            "",
            &["amiAlias", "Karpenter needs an image"],
        ),
        (
            "acceptanceTimeout",
            "acceptTimeout",
            &["nodeoverlayArgs.acceptTimeout", "is no property here"],
        ),
        (
            &own_namespace,
            "devicePluginArgs: { layouts: [] }",
            &["devicePluginArgs.layouts"],
        ),
        // What only a plan of a child finds.
        (
            "labels: { team: search }",
            "capacityTypes: [reserved]",
            &["property capacityTypes", "No reservation is selected"],
        ),
    ] {
        refused(&right.replace(from, to), parts);
    }
    let elsewhere =
        "      nodeGroupArgs: { region: eu-west-1 }\n      launchTemplateArgs: { region: us-east-1 }\n";
    refused(
        &node_group("prod", name, elsewhere),
        &["nodeGroupArgs.region", "Two regions are named"],
    );
}

#[test]
fn options_of_the_component_hold_for_its_children() {
    let name = "mig-sp-options";
    let options = "
    options:
      protect: true
      deletedWith: ${house}
      retainOnDelete: true
      dependsOn: [\"${house}\"]
      provider: ${own}
      ignoreChanges: [labels]
      additionalSecretOutputs: [userData]
      customTimeouts: { create: 7m }
  house:
    type: mig:LaunchTemplate
    properties: { name: mig-sp-options-house, layout: { instanceTypes: [p5.48xlarge], slices: { \"1g.10gb\": 7 } } }
  own:
    type: pulumi:providers:mig
    properties: { region: us-east-1 }
";
    let program = karpenter(name) + options.trim_start_matches('\n');
    let project = karpenter_project(name, &program);
    project.up(&[]).unwrap();
    let (house, own) = (kept(&project, "house"), "::own::");
    for child in KARPENTERS.into_iter().skip(1) {
        let child = kept(&project, child);
        assert_eq!(child["protect"], true, "{child}");
        assert_eq!(child["deletedWith"], house["urn"], "{child}");
        assert_eq!(child["retainOnDelete"], true, "{child}");
        assert_eq!(child["parent"], kept(&project, "slices")["urn"]);
        assert!(child["provider"].as_str().unwrap().contains(own), "{child}");
        assert_eq!(child["customTimeouts"]["create"], 420.0, "{child}");
        let before = child["dependencies"].as_array().unwrap();
        assert!(before.contains(&house["urn"]), "{child}");
    }
    let secret = &kept(&project, "slices")["outputs"]["userData"];
    assert!(secret["ciphertext"].is_string(), "{secret}");
    let edited = program.replace("search", "ads");
    project.write_yaml(&edited).unwrap();
    assert!(project.preview(&[]).unwrap().ops("slices-pool").is_empty());

    // Another name of the component in the program, and the children are the same.
    let moved = program.replace("  slices:\n", "  moved:\n").replace(
        "protect: true",
        "protect: false\n      aliases: [{ name: slices }]",
    );
    let moved = moved.replace("retainOnDelete: true", "retainOnDelete: false");
    let moved = moved.replace("      deletedWith: ${house}\n", "");
    project.write_yaml(&moved).unwrap();
    let preview = project.preview(&[]).unwrap();
    let replaced: Vec<_> = preview
        .changes()
        .into_iter()
        .filter(|step| step.op.contains("delete") || step.op == "create")
        .collect();
    assert!(replaced.is_empty(), "{replaced:?}");
    project.up(&[]).unwrap();

    // A change that would be made in place replaces what has it, the old one first.
    let replacing = moved
        .replace(
            "ignoreChanges: [labels]",
            "replaceOnChanges: [tags]\n      deleteBeforeReplace: true",
        )
        .replace("labels: { team: search }", "tags: { team: ads }");
    project.write_yaml(&replacing).unwrap();
    let preview = project.preview(&[]).unwrap();
    assert!(
        preview.ops("moved-class").contains(&"replace".to_owned()),
        "{preview:?}"
    );
    project.destroy(&[]).unwrap();
    assert_eq!(live("NodePool", name), None);
}

#[test]
fn a_preview_knows_what_can_be_known() {
    let name = "mig-sp-unknown";
    let template = "
  other:
    type: mig:LaunchTemplate
    properties: { name: mig-sp-unknown-other, layout: { instanceTypes: [p5.48xlarge], slices: { \"1g.10gb\": 7 } } }
";
    let program = karpenter(name).replace("team: search", "team: \"${other.id}\"") + template + OUTPUTS;
    let project = karpenter_project(name, &program);
    let preview = project.preview(&[]).unwrap();
    assert_eq!(preview.ops("slices-pool"), ["create"]);
    let steps = preview.steps();
    let inputs = |name: &str| {
        let step = steps.iter().find(|step| step.name == name).unwrap();
        step.new_state["inputs"].clone()
    };
    // What the class will be is known, so what follows from it is.
    assert_eq!(inputs("slices-pool")["nodeclass"]["name"], name);
    assert_eq!(
        inputs("slices-overlay")["nodepool"]["layout"]["slices"]["1g.10gb"],
        7
    );
    assert_ne!(inputs("slices-pool")["nodeLabels"]["team"], "search");
    project.up(&[]).unwrap();
    let other = kept(&project, "other");
    let pool = live("NodePool", name).unwrap();
    assert_eq!(
        pool["spec"]["template"]["metadata"]["labels"]["team"],
        other["id"]
    );
    let depends = &kept(&project, "slices-pool")["propertyDependencies"]["nodeLabels"];
    assert_eq!(depends, &json!([other["urn"]]));
    let unknown = program.replace("kind: karpenter", "kind: ${other.id}");
    project.destroy(&[]).unwrap();
    project.write_yaml(&unknown).unwrap();
    let refused = project.try_preview(&[]).unwrap();
    assert_says(&refused.words(), &["kind", "not known in a preview"]);
}
