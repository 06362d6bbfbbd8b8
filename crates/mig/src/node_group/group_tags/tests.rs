use super::*;
use crate::layout::LayoutSpec;

fn layout_of(types: &[&str], slices: &[(&str, i64)]) -> Layout {
    let spec = LayoutSpec {
        instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
        slices: Some(
            slices
                .iter()
                .map(|(name, count)| ((*name).to_owned(), *count))
                .collect(),
        ),
        ..LayoutSpec::default()
    };
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

fn layout() -> Layout {
    layout_of(&["p5.48xlarge"], &[("1g.10gb", 7)])
}

fn template(key: &str) -> String {
    format!("k8s.io/cluster-autoscaler/node-template/{key}")
}

fn tagged(key: &str, value: &str) -> GroupTags {
    GroupTags {
        tags: [(template(key), value.to_owned())].into(),
        ..GroupTags::default()
    }
}

fn taint(key: &str, value: &str, effect: &str) -> Taint {
    Taint {
        key: key.into(),
        value: value.into(),
        effect: effect.into(),
    }
}

type Made = Result<Accepted<BTreeMap<String, String>>, Vec<Finding>>;

fn managed(group: &GroupTags) -> Made {
    node_group_tags(&layout(), Catalog::builtin(), group)
}

fn own(group: GroupTags) -> Made {
    auto_scaling_group_tags(
        &layout(),
        Catalog::builtin(),
        &SelfManagedGroup {
            group,
            ..SelfManagedGroup::default()
        },
    )
}

fn said(made: Made) -> Vec<String> {
    let found = made.map_or_else(|faults| faults, |made| made.warnings);
    found.iter().map(ToString::to_string).collect()
}

fn refused(made: Made, words: &str) {
    let faults: Vec<String> = made.unwrap_err().iter().map(ToString::to_string).collect();
    assert!(faults.len() == 1 && faults[0].contains(words), "{faults:?}");
}

#[test]
fn a_managed_group_has_its_resources_only() {
    let group = GroupTags {
        ephemeral_storage: Some("200Gi".into()),
        tags: [("team".to_owned(), "a".to_owned())].into(),
        ..GroupTags::default()
    };
    let tags = managed(&group).unwrap();
    let expected = [
        (template("resources/ephemeral-storage"), "200Gi"),
        (template("resources/nvidia.com/gpu"), "0"),
        (template("resources/nvidia.com/mig-1g.10gb"), "56"),
        ("team".to_owned(), "a"),
    ];
    assert_eq!(
        tags.value,
        expected.map(|(key, value)| (key, value.to_owned())).into()
    );
    assert_eq!(tags.warnings, []);
}

#[test]
fn a_group_of_ones_own_has_labels_and_taints_too() {
    let group = SelfManagedGroup {
        labels: [("team".to_owned(), "a".to_owned())].into(),
        taints: vec![
            taint("team", "", "NoExecute"),
            taint(
                "startup-taint.cluster-autoscaler.kubernetes.io/x",
                "",
                "NoSchedule",
            ),
        ],
        cluster: Some("prod".into()),
        ..SelfManagedGroup::default()
    };
    let tags = auto_scaling_group_tags(&layout(), Catalog::builtin(), &group)
        .unwrap()
        .value;
    let of_layout = layout().node_template_tags("p5.48xlarge").unwrap();
    assert!(of_layout.iter().all(|(key, value)| tags.get(key) == Some(value)));
    let more = [
        (template("label/team"), "a"),
        (template("label/mig.eks/device-manager"), "device-plugin"),
        (template("taint/team"), ":NoExecute"),
        (DISCOVERY_TAG.to_owned(), "true"),
        ("k8s.io/cluster-autoscaler/prod".to_owned(), "owned"),
    ];
    assert!(
        more.iter()
            .all(|(key, value)| tags.get(key).map(String::as_str) == Some(value)),
        "{tags:?}"
    );
    assert_eq!(tags.len(), of_layout.len() + more.len());
}

#[test]
fn trap_instance_types_with_other_slices_in_one_group() {
    let both = layout_of(&["p5.48xlarge", "p5.4xlarge"], &[("1g.10gb", 7)]);
    let all = GroupTags::default();
    let made = node_group_tags(&both, Catalog::builtin(), &all);
    refused(
        made,
        "A node of p5.48xlarge has 56 nvidia.com/mig-1g.10gb and 0 nvidia.com/gpu, and one of p5.4xlarge has 7",
    );
    let one = GroupTags {
        instance_types: vec!["p5.4xlarge".into()],
        ..all
    };
    let tags = node_group_tags(&both, Catalog::builtin(), &one).unwrap().value;
    assert_eq!(tags[&template("resources/nvidia.com/mig-1g.10gb")], "7");
    let other = GroupTags {
        instance_types: vec!["p4d.24xlarge".into()],
        ..GroupTags::default()
    };
    refused(
        managed(&other),
        "instance_types[0]: The layout does not name p4d.24xlarge",
    );
}

#[test]
fn instance_types_with_the_same_slices_and_other_machines() {
    let alike = layout_of(&["g7e.2xlarge", "g7e.4xlarge"], &[("1g", 4)]);
    let found = said(node_group_tags(&alike, Catalog::builtin(), &GroupTags::default()));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("instance_types: ") && found[0].contains("g7e.2xlarge has 8 vCPUs"),
        "{found:?}"
    );
    let same = layout_of(&["p5e.48xlarge", "p5en.48xlarge"], &[("1g", 7)]);
    let found = said(node_group_tags(&same, Catalog::builtin(), &GroupTags::default()));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn trap_a_value_that_is_no_quantity() {
    for made in [managed, |group: &GroupTags| own(group.clone())] {
        refused(
            made(&tagged("resources/example.com/fpga", "two")),
            "\"two\" is not a quantity",
        );
        let group = GroupTags {
            ephemeral_storage: Some("200 GB".into()),
            ..GroupTags::default()
        };
        refused(made(&group), "ephemeral_storage: \"200 GB\" is not a quantity");
        assert!(made(&tagged("resources/example.com/fpga", "2e3")).is_ok());
    }
}

#[test]
fn trap_an_own_tag_that_contradicts_the_layout() {
    for made in [managed, |group: &GroupTags| own(group.clone())] {
        refused(
            made(&tagged("resources/nvidia.com/mig-1g.10gb", "7")),
            "where it is \"56\"",
        );
        refused(
            made(&tagged("resources/nvidia.com/gpu", "8")),
            "where it is \"0\"",
        );
        refused(
            made(&tagged("resources/nvidia.com/mig-2g.20gb", "24")),
            "have no nvidia.com/mig-2g.20gb",
        );
        assert!(made(&tagged("resources/nvidia.com/mig-1g.10gb", "56")).is_ok());
        assert!(made(&tagged("autoscaling-options/scaledownunneededtime", "5m")).is_ok());
    }
    refused(
        own(tagged("label/mig.eks/layout", "other")),
        "follows from the layout",
    );
    refused(
        own(tagged("taint/nvidia.com/gpu", "true:NoSchedule")),
        "where it is \"present:NoSchedule\"",
    );
    assert!(own(tagged("label/zone", "a")).is_ok() && own(tagged("taint/team", ":NoSchedule")).is_ok());
}

#[test]
fn trap_labels_and_taints_as_tags_of_a_managed_group() {
    let found = said(managed(&tagged("label/team", "a")));
    assert!(
        found.len() == 1 && found[0].contains("The tag of the label team has no effect"),
        "{found:?}"
    );
    let found = said(managed(&tagged("taint/team", "a:NO_SCHEDULE")));
    assert!(
        found.len() == 1 && found[0].contains("give the group the taint team"),
        "{found:?}"
    );
}

#[test]
fn trap_a_taint_tag_in_eks_spelling_or_without_effect() {
    refused(own(tagged("taint/team", "a:NO_SCHEDULE")), "Write a:NoSchedule");
    refused(own(tagged("taint/team", "a")), "VALUE:NoSchedule");
    let taints = vec![taint("team", "a", "NO_EXECUTE")];
    let group = SelfManagedGroup {
        taints,
        ..SelfManagedGroup::default()
    };
    let made = auto_scaling_group_tags(&layout(), Catalog::builtin(), &group);
    refused(made, "taints[0].effect: \"NO_EXECUTE\" is not an effect");
}

#[test]
fn trap_the_accelerator_label_as_a_label_or_a_tag() {
    refused(
        own(tagged("label/k8s.amazonaws.com/accelerator", "nvidia-h100")),
        "stops the Cluster Autoscaler",
    );
    let labels = [(
        "k8s.amazonaws.com/accelerator".to_owned(),
        "nvidia-h100".to_owned(),
    )]
    .into();
    let group = SelfManagedGroup {
        labels,
        ..SelfManagedGroup::default()
    };
    let made = auto_scaling_group_tags(&layout(), Catalog::builtin(), &group);
    refused(made, "labels[\"k8s.amazonaws.com/accelerator\"]: ");
}

#[test]
fn trap_two_taints_of_one_key_have_one_tag() {
    let taints = |taints: &[Taint]| {
        let group = SelfManagedGroup {
            taints: taints.to_vec(),
            ..SelfManagedGroup::default()
        };
        auto_scaling_group_tags(&layout(), Catalog::builtin(), &group)
    };
    refused(
        taints(&[taint("team", "a", "NoSchedule"), taint("team", "a", "NoExecute")]),
        "a key has one tag",
    );
    refused(
        taints(&[taint("nvidia.com/gpu", "present", "NoExecute")]),
        "follows from the layout",
    );
    assert!(taints(&[taint("nvidia.com/gpu", "present", "NoSchedule")]).is_ok());
}

#[test]
fn trap_one_tag_of_the_pair_by_which_a_group_is_found() {
    let with = |tags: &[&str]| {
        let tags = tags
            .iter()
            .map(|key| ((*key).to_owned(), "x".to_owned()))
            .collect();
        GroupTags {
            tags,
            ..GroupTags::default()
        }
    };
    let cluster = "k8s.io/cluster-autoscaler/prod";
    for (tags, missing) in [
        (&[DISCOVERY_TAG], "autoscaler/CLUSTER is missing"),
        (&[cluster], "autoscaler/enabled is missing"),
    ] {
        let found = said(own(with(tags)));
        assert!(found.len() == 1 && found[0].contains(missing), "{found:?}");
    }
    assert_eq!(said(own(with(&[DISCOVERY_TAG, cluster]))), Vec::<String>::new());
    assert_eq!(said(own(with(&[]))), Vec::<String>::new());
    let group = SelfManagedGroup {
        group: with(&[DISCOVERY_TAG]),
        cluster: Some("prod".into()),
        ..SelfManagedGroup::default()
    };
    let tags = auto_scaling_group_tags(&layout(), Catalog::builtin(), &group)
        .unwrap()
        .value;
    assert_eq!(
        (tags[DISCOVERY_TAG].as_str(), tags[cluster].as_str()),
        ("x", "owned")
    );
}

#[test]
fn trap_a_layout_change_on_a_group_that_was_used() {
    let after = layout_of(&["p5.48xlarge"], &[("2g.20gb", 3)]);
    let found = layout_change(&layout(), &after).unwrap();
    let text = found.to_string();
    assert!(
        text.contains("p5.48xlarge with 56 nvidia.com/mig-1g.10gb"),
        "{text}"
    );
    assert!(
        text.contains("p5.48xlarge with 24 nvidia.com/mig-2g.20gb"),
        "{text}"
    );
    assert!(
        text.contains("a new group") && text.contains("--node-info-cache-expire-time"),
        "{text}"
    );
    assert_eq!(layout_change(&layout(), &layout()), None);
}

#[test]
fn trap_a_node_that_is_ready_before_its_slices() {
    use super::super::{STARTUP_TAINT_PREFIX, startup_taint_hint};
    let started = taint(&format!("{STARTUP_TAINT_PREFIX}slices"), "", "NoSchedule");
    for kind in [GroupKind::Managed, GroupKind::SelfManaged] {
        assert_eq!(startup_taint_hint(kind, std::slice::from_ref(&started)), None);
        let hint = startup_taint_hint(kind, &layout().taints()).unwrap().to_string();
        assert!(hint.contains("startup") && hint.contains("buy"), "{hint}");
    }
}

#[test]
fn limits_of_tags() {
    let tags = (0..48).map(|n| (format!("k{n}"), String::new()));
    let group = GroupTags {
        tags: tags.collect(),
        ..GroupTags::default()
    };
    assert!(managed(&group).is_ok());
    refused(own(group.clone()), "Auto Scaling accepts up to 50");
    let group = GroupTags {
        ephemeral_storage: Some("1Gi".into()),
        ..group
    };
    refused(
        managed(&group),
        "tags: There are too many tags. Found 51; EKS accepts up to 50",
    );
    let key = format!("{}/{}", vec!["a".repeat(60); 2].join("."), "b".repeat(60));
    let group = SelfManagedGroup {
        labels: [(key, "c".to_owned())].into(),
        ..SelfManagedGroup::default()
    };
    refused(
        auto_scaling_group_tags(&layout(), Catalog::builtin(), &group),
        "Auto Scaling accepts 1 to 128",
    );
}
