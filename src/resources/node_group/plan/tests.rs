mod unknown;

use std::collections::BTreeMap;

use tfplug::schema::Schema;
use tfplug::{Attr, Model, SetOf, Value};

use super::*;
use crate::models::{LayoutModel, Tags};
use crate::resources::node_group::model::{GroupTaint, ScalingConfig, UpdateConfig};
use crate::resources::node_group::template::{TemplateInterface, TemplateMarket, TemplateProfile};

fn layout(slices: i64) -> LayoutModel {
    LayoutModel {
        instance_types: vec!["p5.48xlarge".to_owned()].into(),
        slices: BTreeMap::from([("1g.10gb".to_owned(), slices)]).into(),
        ..LayoutModel::default()
    }
}

fn template(version: i64) -> TemplateRefModel {
    TemplateRefModel {
        id: "lt-1".into(),
        latest_version: version.into(),
        region: "us-east-1".into(),
        layout: layout(7).into(),
        ami_family: "AL2023".into(),
        ..TemplateRefModel::default()
    }
}

fn config(template: TemplateRefModel) -> NodeGroup {
    NodeGroup {
        cluster_name: "prod".into(),
        node_group_name: "mig-small".into(),
        node_role_arn: "arn:aws:iam::123456789012:role/nodes".into(),
        subnet_ids: SetOf(vec!["subnet-1".to_owned()]).into(),
        launch_template: template.into(),
        scaling_config: ScalingConfig {
            min_size: 0.into(),
            max_size: 3.into(),
            ..ScalingConfig::default()
        }
        .into(),
        ..NodeGroup::default()
    }
}

struct Planned {
    group: NodeGroup,
    replaces: bool,
    said: Result<Vec<Diagnostic>, Diagnostics>,
}

impl Planned {
    fn faults(&self) -> Vec<String> {
        let faults = self.said.as_ref().err().into_iter().flat_map(Diagnostics::iter);
        faults
            .map(|fault| format!("{}: {}", fault.path, fault.summary))
            .collect()
    }

    fn warnings(&self) -> Vec<String> {
        let warnings = self.said.as_ref().ok().into_iter().flatten();
        warnings
            .map(|warning| format!("{} {}", warning.summary, warning.detail))
            .collect()
    }
}

/// The plan as the engine makes it: the schema's draft, then this module's part.
fn plan(config: &NodeGroup, prior: Option<&NodeGroup>) -> Planned {
    let schema: Schema = NodeGroup::schema(0);
    let before = prior.map_or(Value::Null, NodeGroup::to_value);
    let draft = tfplug::unstable::engine::draft::draft(&schema, &before, &config.to_value());
    let mut diags = Diagnostics::new();
    let planned = NodeGroup::from_value(&draft, &mut diags);
    assert!(diags.is_empty(), "{diags:?}");
    let remembered = Remembered {
        desired_size: Some(2),
        ..Remembered::default()
    };
    let mut plan = Plan::new(config.clone(), prior.cloned(), planned, remembered);
    let around = Surroundings {
        region: Some("eu-west-1".into()),
        default_tags: Some(BTreeMap::from([("team".to_owned(), "ml".to_owned())])),
    };
    let said = refine(&mut plan, &Facts::default(), &around);
    Planned {
        replaces: plan.replaces(),
        group: plan.planned,
        said,
    }
}

/// What a create makes of its plan.
fn created(config: &NodeGroup) -> NodeGroup {
    let planned = plan(config, None).group;
    let later = |tags: &Attr<BTreeMap<String, String>>| match tags {
        Attr::Unknown => plan(config, Some(&planned)).group.autoscaling_group_tags,
        known => known.clone(),
    };
    NodeGroup {
        id: "prod:mig-small".into(),
        arn: "arn".into(),
        status: "ACTIVE".into(),
        version: "1.35".into(),
        release_version: "1.35.1-20261003".into(),
        health_issues: Vec::new().into(),
        autoscaling_group_names: vec!["eks-mig-small".to_owned()].into(),
        autoscaling_group_tags: later(&planned.autoscaling_group_tags),
        ..planned
    }
}

const RESOURCES: &str = "k8s.io/cluster-autoscaler/node-template/resources/";

#[test]
fn a_new_group_has_what_follows_from_the_template() {
    let group = plan(&config(template(4)), None).group;
    assert_eq!(group.region.as_str(), Some("us-east-1"), "the template's");
    assert_eq!(group.launch_template_version, Attr::Known(4));
    assert_eq!(group.ami_type.as_str(), Some("AL2023_x86_64_NVIDIA"));
    assert_eq!(group.instance_types, vec!["p5.48xlarge".to_owned()].into());
    let slices = BTreeMap::from([("nvidia.com/mig-1g.10gb".to_owned(), 56)]);
    assert_eq!(group.slices_per_node, slices.into());
    let tags = group.autoscaler_tags.known().unwrap();
    assert_eq!(tags[&format!("{RESOURCES}nvidia.com/mig-1g.10gb")], "56");
    assert_eq!(tags[&format!("{RESOURCES}nvidia.com/gpu")], "0");
    let taints = &group.taints_all.known().unwrap().0;
    assert_eq!(taints.len(), 1);
    assert_eq!(taints[0].effect.as_str(), Some("NO_SCHEDULE"));
    let labels = group.labels_all.known().unwrap();
    assert!(labels.contains_key("nvidia.com/gpu.present"));
    assert!(!labels.contains_key("mig.eks/layout"), "the user data gives it");
    assert!(tags.contains_key("mig.eks/layout"));
    assert!(group.autoscaling_group_tags.is_unknown() && group.arn.is_unknown());
}

#[test]
fn a_second_plan_is_empty() {
    let config = config(template(4));
    let prior = created(&config);
    let again = plan(&config, Some(&prior));
    assert_eq!(again.group, prior);
    assert_eq!(again.warnings(), Vec::<String>::new());
    assert!(!again.replaces);
}

#[test]
fn tags_that_are_gone_come_back() {
    let config = config(template(4));
    let whole = created(&config);
    let without = NodeGroup {
        autoscaler_tags: BTreeMap::new().into(),
        autoscaling_group_tags: BTreeMap::new().into(),
        ..whole.clone()
    };
    let mended = plan(&config, Some(&without)).group;
    assert_eq!(mended.autoscaler_tags, whole.autoscaler_tags);
    assert_eq!(mended.autoscaling_group_tags, whole.autoscaling_group_tags);
    let group_tags = whole.autoscaling_group_tags.known().unwrap();
    let taint = "k8s.io/cluster-autoscaler/node-template/taint/nvidia.com/gpu";
    assert_eq!(group_tags[taint], "present:NoSchedule", "Kubernetes' spelling");
}

#[test]
fn another_version_of_the_template_says_how_many_nodes_it_rolls() {
    let before = config(template(4));
    let prior = created(&before);
    let after = NodeGroup {
        update_config: UpdateConfig {
            max_unavailable: 2.into(),
            ..UpdateConfig::default()
        }
        .into(),
        ..config(template(5))
    };
    let changed = plan(&after, Some(&prior));
    assert_eq!(changed.group.launch_template_version, Attr::Known(5));
    assert!(changed.group.release_version.is_unknown(), "the newest one");
    assert!(!changed.replaces);
    let said = changed.warnings().concat();
    for part in [
        "another version of the launch template",
        "all 2 nodes",
        "newest release",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let pinned = NodeGroup {
        release_version: "1.35.1-20261003".into(),
        ..after
    };
    assert!(
        !plan(&pinned, Some(&prior))
            .warnings()
            .concat()
            .contains("newest release")
    );
}

#[test]
fn another_layout_is_warned_of_on_a_group_that_was_used() {
    let prior = created(&config(template(4)));
    let other = TemplateRefModel {
        layout: layout(6).into(),
        ..template(5)
    };
    let changed = plan(&config(other), Some(&prior));
    assert!(
        changed
            .warnings()
            .concat()
            .contains("--node-info-cache-expire-time"),
        "{:?}",
        changed.warnings()
    );
}

#[test]
fn another_template_is_another_group() {
    let prior = created(&config(template(4)));
    let other = TemplateRefModel {
        id: "lt-2".into(),
        ..template(1)
    };
    let schema = NodeGroup::schema(0);
    let changed = plan(&config(other), Some(&prior)).group;
    let (before, after) = (prior.to_value(), changed.to_value());
    let replaced = tfplug::diff::between(&schema, &before, &after);
    assert!(replaced.iter().any(|change| change.replaces), "{replaced:?}");
}

#[test]
fn a_group_that_was_left_in_the_making_is_waited_for() {
    let config = config(template(4));
    let left = |status: &str| NodeGroup {
        status: status.into(),
        autoscaling_group_names: Vec::new().into(),
        ..created(&config)
    };
    let waited = plan(&config, Some(&left("CREATING")));
    assert!(waited.group.status.is_unknown() && waited.group.autoscaling_group_names.is_unknown());
    assert!(!waited.replaces);
    assert!(plan(&config, Some(&left("CREATE_FAILED"))).replaces);
}

#[test]
fn what_eks_refuses_of_a_template_is_refused() {
    let refused = [
        TemplateRefModel {
            network_interfaces: vec![TemplateInterface {
                subnet_id: "subnet-1".into(),
            }]
            .into(),
            ..template(1)
        },
        TemplateRefModel {
            iam_instance_profile: TemplateProfile::default().into(),
            ..template(1)
        },
        TemplateRefModel {
            instance_market_options: TemplateMarket {
                market_type: "spot".into(),
            }
            .into(),
            ..template(1)
        },
        TemplateRefModel {
            instance_initiated_shutdown_behavior: "terminate".into(),
            ..template(1)
        },
        TemplateRefModel {
            other_settings: BTreeMap::from([("HibernationOptions.Configured".to_owned(), "true".to_owned())])
                .into(),
            ..template(1)
        },
    ];
    for template in refused {
        let faults = plan(&config(template), None).faults();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with("launch_template: "), "{faults:?}");
    }
}

#[test]
fn an_image_of_ones_own_has_no_release_of_eks() {
    let own = TemplateRefModel {
        image_id: "ami-1".into(),
        ..template(1)
    };
    assert_eq!(
        plan(&config(own.clone()), None).group.ami_type.as_str(),
        Some("CUSTOM")
    );
    let group = NodeGroup {
        release_version: "1.35.1-20261003".into(),
        ..config(own)
    };
    assert_eq!(
        plan(&group, None).faults(),
        ["release_version: release_version beside an image of one's own"]
    );
}

#[test]
fn parts_of_a_template_need_a_version_and_a_layout() {
    let parts = TemplateRefModel {
        id: "lt-1".into(),
        ..TemplateRefModel::default()
    };
    let faults = plan(&config(parts.clone()), None).faults();
    assert_eq!(
        faults,
        [
            "launch_template.version: The version of the launch template is not known",
            "launch_template.layout: The layout is not known",
        ]
    );
    let whole = NodeGroup {
        layout: layout(7).into(),
        ..config(TemplateRefModel {
            version: 3.into(),
            ..parts
        })
    };
    let planned = plan(&whole, None);
    assert_eq!(planned.faults(), Vec::<String>::new());
    assert_eq!(planned.group.region.as_str(), Some("eu-west-1"), "the provider's");
}

#[test]
fn what_is_not_known_yet_is_unknown_and_no_fault() {
    let group = NodeGroup {
        launch_template: Attr::Unknown,
        ..config(template(1))
    };
    let planned = plan(&group, None);
    assert_eq!(planned.faults(), Vec::<String>::new());
    assert!(planned.group.ami_type.is_unknown() && planned.group.labels_all.is_unknown());
    let new = TemplateRefModel {
        id: Attr::Unknown,
        latest_version: Attr::Unknown,
        ..template(1)
    };
    let planned = plan(&config(new), None).group;
    assert!(planned.launch_template_version.is_unknown());
    assert!(
        planned.labels_all.known().is_some(),
        "they follow from the layout alone"
    );
}

#[test]
fn traps_of_the_autoscaler_are_refused() {
    let labelled = NodeGroup {
        labels: BTreeMap::from([(
            "k8s.amazonaws.com/accelerator".to_owned(),
            "nvidia-h100".to_owned(),
        )])
        .into(),
        ..config(template(1))
    };
    assert!(plan(&labelled, None).faults()[0].contains("stops the Cluster Autoscaler"));
    let tainted = NodeGroup {
        taints: SetOf(vec![GroupTaint {
            key: "team".into(),
            value: Attr::Null,
            effect: "NO_SCHEDULE".into(),
        }])
        .into(),
        ..config(template(1))
    };
    assert!(plan(&tainted, None).faults()[0].starts_with("taints: "));
    let tagged = NodeGroup {
        tags: Tags::from(BTreeMap::from([(
            format!("{RESOURCES}nvidia.com/gpu"),
            "8".to_owned(),
        )]))
        .into(),
        ..config(template(1))
    };
    assert!(plan(&tagged, None).faults()[0].contains("cannot be \"8\""));
}

#[test]
fn nodes_of_bottlerocket_get_no_second_plugin() {
    let own = TemplateRefModel {
        ami_family: "Bottlerocket".into(),
        layout: LayoutModel {
            strategy: "single".into(),
            ..layout(7)
        }
        .into(),
        ..template(1)
    };
    let group = created(&config(own));
    assert_eq!(group.ami_type.as_str(), Some("BOTTLEROCKET_x86_64_NVIDIA"));
    let label = mig::layout::DEVICE_PLUGIN_LABEL;
    let labels = group.labels_all.known().unwrap();
    assert!(!labels.contains_key(label) && labels.contains_key("mig.eks/layout"));
    let tags = group.autoscaling_group_tags.known().unwrap();
    assert!(tags.keys().all(|key| !key.ends_with(label)), "{tags:?}");
    assert_eq!(tags[&format!("{RESOURCES}nvidia.com/gpu")], "56");
}

#[test]
fn a_layout_that_changes_without_its_template_is_warned_of() {
    let parts = |slices: i64| NodeGroup {
        layout: layout(slices).into(),
        ..config(TemplateRefModel {
            id: "lt-1".into(),
            version: 3.into(),
            ..TemplateRefModel::default()
        })
    };
    let said = plan(&parts(6), Some(&created(&parts(7)))).warnings().concat();
    assert!(
        said.contains("The layout changes, and the launch template does not"),
        "{said}"
    );
}

#[test]
fn a_size_below_the_nodes_that_there_are_is_told() {
    let sizes = |most: i64, wanted: Option<i64>| NodeGroup {
        scaling_config: ScalingConfig {
            min_size: 0.into(),
            max_size: most.into(),
            desired_size: wanted.into(),
        }
        .into(),
        ..config(template(4))
    };
    let prior = created(&sizes(3, None));
    let said = |config: &NodeGroup| plan(config, Some(&prior)).warnings().concat();
    assert!(said(&sizes(3, Some(1))).contains("scaled down to 1 The group has 2 nodes now. EKS ends 1"));
    assert!(said(&sizes(1, None)).contains("scaled down to 1"));
    assert_eq!(said(&sizes(3, Some(2))), "");
}

#[test]
fn a_prefix_that_the_name_does_not_have_is_another_group() {
    let named = |prefix: &str| NodeGroup {
        node_group_name: Attr::Null,
        node_group_name_prefix: prefix.into(),
        ..config(template(4))
    };
    let prior = NodeGroup {
        node_group_name: "mig-0001".into(),
        ..created(&config(template(4)))
    };
    assert!(!plan(&named("mig-"), Some(&prior)).replaces, "as after an import");
    assert!(plan(&named("gpu-"), Some(&prior)).replaces);
}

#[test]
fn the_type_of_the_template_is_what_the_group_launches() {
    let two = TemplateRefModel {
        instance_type: "p5.48xlarge".into(),
        layout: LayoutModel {
            instance_types: vec!["p4d.24xlarge".to_owned(), "p5.48xlarge".to_owned()].into(),
            slices: BTreeMap::from([("1g".to_owned(), 7)]).into(),
            ..LayoutModel::default()
        }
        .into(),
        ..template(1)
    };
    let planned = plan(&config(two), None);
    assert_eq!(planned.faults(), Vec::<String>::new());
    assert!(planned.group.instance_types.is_null());
    let slices = planned.group.slices_per_node.known().unwrap();
    assert_eq!(slices.keys().collect::<Vec<_>>(), ["nvidia.com/mig-1g.10gb"]);
}

#[test]
fn instance_types_keep_the_order_in_which_they_are_tried() {
    let order = vec!["p5en.48xlarge".to_owned(), "p5e.48xlarge".to_owned()];
    let own = TemplateRefModel {
        layout: LayoutModel {
            instance_types: order.clone().into(),
            slices: BTreeMap::from([("1g.18gb".to_owned(), 7)]).into(),
            ..LayoutModel::default()
        }
        .into(),
        ..template(1)
    };
    assert_eq!(plan(&config(own), None).group.instance_types, order.into());
}

#[test]
fn a_tag_of_another_layout_is_refused() {
    let tagged = NodeGroup {
        tags: Tags::from(BTreeMap::from([("mig.eks/layout".to_owned(), "mine".to_owned())])).into(),
        ..config(template(1))
    };
    assert_eq!(
        plan(&tagged, None).faults(),
        ["tags[\"mig.eks/layout\"]: The tag mig.eks/layout cannot be \"mine\""]
    );
}

#[test]
fn two_effects_of_one_key_are_possible() {
    let taint = |effect: &str| GroupTaint {
        key: "team".into(),
        value: "ml".into(),
        effect: effect.into(),
    };
    let group = created(&NodeGroup {
        taints: SetOf(vec![taint("NO_EXECUTE"), taint("NO_SCHEDULE")]).into(),
        ..config(template(1))
    });
    assert_eq!(group.taints_all.known().unwrap().0.len(), 3);
    let tags = group.autoscaling_group_tags.known().unwrap();
    assert_eq!(
        tags["k8s.io/cluster-autoscaler/node-template/taint/team"],
        "ml:NoSchedule"
    );
}
