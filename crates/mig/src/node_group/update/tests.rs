use super::*;

fn update(count: Given<i64>, percentage: Given<i64>, strategy: Given<&str>) -> UpdateConfig<'_> {
    UpdateConfig {
        max_unavailable: count,
        max_unavailable_percentage: percentage,
        update_strategy: strategy,
    }
}

fn faults(update: UpdateConfig<'_>) -> Vec<String> {
    let faults = check_update_config(&update);
    faults
        .iter()
        .map(|fault| format!("{}: {}", fault.path(), fault.summary()))
        .collect()
}

#[test]
fn one_of_both() {
    use Given::{Absent, Known, Unknown};
    let none = Vec::<String>::new();
    assert_eq!(faults(update(Known(1), Absent, Absent)), none);
    assert_eq!(faults(update(Absent, Known(100), Known("MINIMAL"))), none);
    assert_eq!(faults(update(Unknown, Known(5), Unknown)), none);
    assert_eq!(
        faults(update(Absent, Absent, Absent)),
        ["max_unavailable: How many nodes at once?"]
    );
    let both = faults(update(Known(1), Known(5), Absent));
    assert!(
        both.len() == 1 && both[0].starts_with("max_unavailable_percentage: "),
        "{both:?}"
    );
    assert_eq!(
        faults(update(Known(0), Absent, Absent)),
        ["max_unavailable: 0 is not possible here"]
    );
    assert_eq!(faults(update(Known(101), Absent, Known("minimal"))).len(), 2);
    for strategy in UpdateStrategy::ALL {
        assert_eq!(UpdateStrategy::parse(strategy.as_str()), Some(strategy));
    }
}

#[test]
fn what_an_update_does() {
    use Given::{Absent, Known};
    let roll = |nodes, update, forced| {
        rolls(&Roll {
            nodes,
            update,
            forced,
            capacity_block: false,
            changes: &[Change::TemplateVersion],
        })
    };
    assert_eq!(
        roll(Some(8), update(Known(2), Absent, Known("MINIMAL")), false).unwrap(),
        "The group gets another version of the launch template. EKS replaces all 8 nodes, up to 2 at a time. Old nodes end \
         before new ones are launched, so that no more GPUs are needed and fewer slices are there meanwhile. The update \
         fails where pods do not leave their node within 15 minutes."
    );
    for (nodes, update, forced, words) in [
        (
            Some(8),
            update(Known(8), Absent, Absent),
            false,
            "all 8 nodes, all at the same time. New nodes are launched",
        ),
        (
            Some(8),
            update(Absent, Known(25), Absent),
            true,
            "up to 25 % of them at a time",
        ),
        (
            Some(8),
            update(Absent, Known(25), Absent),
            true,
            "Pods that do not leave their node within 15 minutes are deleted.",
        ),
        (
            Some(8),
            UpdateConfig::default(),
            false,
            "one at a time. New nodes are launched before old ones end",
        ),
        (
            Some(1),
            UpdateConfig::default(),
            false,
            "EKS replaces its only node. New",
        ),
        (
            Some(0),
            UpdateConfig::default(),
            false,
            "no nodes now, so none is replaced",
        ),
        (
            None,
            update(Known(2), Absent, Absent),
            false,
            "all nodes, up to 2 at a time",
        ),
        (
            None,
            update(Given::Unknown, Given::Unknown, Given::Unknown),
            false,
            "is not known yet",
        ),
    ] {
        let said = roll(nodes, update, forced).unwrap();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn what_replaces_no_node_says_nothing() {
    assert_eq!(
        rolls(&Roll {
            nodes: Some(8),
            ..Roll::default()
        }),
        None
    );
}

#[test]
fn several_changes_and_a_capacity_block() {
    let changes = [Change::KubernetesVersion, Change::Release];
    let said = rolls(&Roll {
        nodes: Some(2),
        capacity_block: true,
        changes: &changes,
        ..Roll::default()
    })
    .unwrap();
    assert!(
        said.starts_with("The group gets another version of Kubernetes and another release of the image."),
        "{said}"
    );
    assert!(said.contains("updated at desired size 0"), "{said}");
}
