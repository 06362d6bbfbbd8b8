use super::*;
use crate::catalog::Catalog;
use crate::layout::LayoutSpec;

fn layout() -> Layout {
    let spec = LayoutSpec {
        instance_types: vec!["p5.48xlarge".into()],
        slices: Some([("1g.10gb".to_owned(), 7)].into()),
        ..LayoutSpec::default()
    };
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

const TYPE: Given<&str> = Given::Known("p5.48xlarge");
const SET: Given<()> = Given::Known(());

fn template() -> TemplateFacts<'static> {
    TemplateFacts {
        instance_type: TYPE,
        ..TemplateFacts::default()
    }
}

fn said(template: TemplateFacts<'_>, group: GroupFacts<'_>) -> Vec<String> {
    let found = refused_beside_template(&layout(), &template, &group);
    found
        .iter()
        .map(|found| format!("{}: {}", found.path(), found.summary()))
        .collect()
}

fn only(template: TemplateFacts<'_>, group: GroupFacts<'_>, expected: &str) {
    assert_eq!(said(template, group), [expected]);
}

#[test]
fn templates_that_eks_takes() {
    let none = Vec::<String>::new();
    assert_eq!(said(template(), GroupFacts::default()), none);
    let types = ["p5.48xlarge".to_owned()];
    let group = GroupFacts {
        instance_types: Given::Known(&types),
        capacity_type: Given::Known("SPOT"),
        ..GroupFacts::default()
    };
    assert_eq!(said(TemplateFacts::default(), group), none);
    let group = GroupFacts {
        ami_type: Given::Known("CUSTOM"),
        ..GroupFacts::default()
    };
    assert_eq!(
        said(
            TemplateFacts {
                image_id: SET,
                ..template()
            },
            group
        ),
        none
    );
    let unknown = TemplateFacts {
        subnet_id: Given::Unknown,
        iam_instance_profile: Given::Unknown,
        hibernation_options: Given::Unknown,
        instance_initiated_shutdown_behavior: Given::Unknown,
        market_type: Given::Unknown,
        capacity_reservation_target: Given::Unknown,
        image_id: Given::Unknown,
        instance_type: Given::Unknown,
    };
    assert_eq!(said(unknown, GroupFacts::default()), none);
    let block = GroupFacts {
        capacity_type: Given::Known("CAPACITY_BLOCK"),
        ..GroupFacts::default()
    };
    assert_eq!(said(unknown, block), none);
}

#[test]
fn what_no_template_has() {
    let of = "launch_template: The launch template of a managed group cannot";
    let none = GroupFacts::default();
    only(
        TemplateFacts {
            subnet_id: SET,
            ..template()
        },
        none,
        &format!("{of} have a subnet"),
    );
    only(
        TemplateFacts {
            iam_instance_profile: SET,
            ..template()
        },
        none,
        &format!("{of} have an instance profile"),
    );
    only(
        TemplateFacts {
            hibernation_options: SET,
            ..template()
        },
        none,
        &format!("{of} have hibernation options"),
    );
    let ends = Given::Known("terminate");
    let ending = TemplateFacts {
        instance_initiated_shutdown_behavior: ends,
        ..template()
    };
    only(ending, none, &format!("{of} end nodes that shut down"));
    only(
        TemplateFacts {
            market_type: Given::Known("spot"),
            ..template()
        },
        none,
        &format!("{of} ask for Spot instances"),
    );
    let stopping = TemplateFacts {
        instance_initiated_shutdown_behavior: Given::Known("stop"),
        ..template()
    };
    let found = refused_beside_template(&layout(), &stopping, &none);
    assert_eq!(found[0].severity(), crate::finding::Severity::Warning);
}

#[test]
fn what_no_group_with_a_template_says() {
    let group = GroupFacts {
        disk_size: SET,
        ..GroupFacts::default()
    };
    only(template(), group, "disk_size: disk_size beside a launch template");
    let group = GroupFacts {
        remote_access: SET,
        ..GroupFacts::default()
    };
    only(
        template(),
        group,
        "remote_access: remote_access beside a launch template",
    );
    let group = GroupFacts {
        ami_type: Given::Known("AL2023_x86_64_NVIDIA"),
        release_version: SET,
        version: SET,
        ..GroupFacts::default()
    };
    let places: Vec<String> = said(
        TemplateFacts {
            image_id: SET,
            ..template()
        },
        group,
    );
    assert_eq!(places.len(), 3);
    assert!(
        places[0].starts_with("ami_type: ") && places[1].starts_with("release_version: "),
        "{places:?}"
    );
}

#[test]
fn instance_types_in_one_place() {
    let types = ["p5.48xlarge".to_owned()];
    let group = GroupFacts {
        instance_types: Given::Known(&types),
        ..GroupFacts::default()
    };
    only(template(), group, "instance_types: Instance types in two places");
    only(
        TemplateFacts::default(),
        GroupFacts::default(),
        "instance_types: Which instance type?",
    );
    let group = GroupFacts {
        instance_types: Given::Known(&[]),
        ..GroupFacts::default()
    };
    only(
        TemplateFacts::default(),
        group,
        "instance_types: Which instance type?",
    );
    assert_eq!(said(template(), group), Vec::<String>::new());
    let other = ["p4d.24xlarge".to_owned()];
    let group = GroupFacts {
        instance_types: Given::Known(&other),
        ..GroupFacts::default()
    };
    only(
        TemplateFacts::default(),
        group,
        "instance_types[0]: The layout does not name p4d.24xlarge",
    );
    let other = TemplateFacts {
        instance_type: Given::Known("p4d.24xlarge"),
        ..TemplateFacts::default()
    };
    only(
        other,
        GroupFacts::default(),
        "launch_template: The layout does not name p4d.24xlarge",
    );
    let many = vec!["p5.48xlarge".to_owned(); 21];
    let group = GroupFacts {
        instance_types: Given::Known(&many),
        ..GroupFacts::default()
    };
    only(
        TemplateFacts::default(),
        group,
        "instance_types: There are too many instance types",
    );
}

#[test]
fn a_capacity_block_is_in_both() {
    let block = GroupFacts {
        capacity_type: Given::Known("CAPACITY_BLOCK"),
        ..GroupFacts::default()
    };
    let whole = TemplateFacts {
        market_type: Given::Known("capacity-block"),
        capacity_reservation_target: SET,
        ..template()
    };
    assert_eq!(said(whole, block), Vec::<String>::new());
    assert_eq!(said(template(), block).len(), 2);
    let types = ["p5.48xlarge".to_owned()];
    let listed = GroupFacts {
        instance_types: Given::Known(&types),
        ..block
    };
    let lacks = said(
        TemplateFacts {
            instance_type: Given::Absent,
            ..whole
        },
        listed,
    );
    assert_eq!(
        lacks,
        ["launch_template: The launch template lacks the instance_type of the block"]
    );
    let on_demand = GroupFacts {
        capacity_type: Given::Absent,
        ..block
    };
    only(
        whole,
        on_demand,
        "capacity_type: The group says nothing of the Capacity Block",
    );
    let wrong = GroupFacts {
        capacity_type: Given::Known("spot"),
        ..GroupFacts::default()
    };
    only(template(), wrong, "capacity_type: \"spot\" is not possible here");
    for found in CapacityType::ALL {
        assert_eq!(CapacityType::parse(found.as_str()), Some(found));
    }
}
