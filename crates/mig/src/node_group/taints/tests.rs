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

fn taint(key: &str, value: &str, effect: &str) -> EksTaint {
    EksTaint {
        key: key.into(),
        value: Some(value.into()),
        effect: effect.into(),
    }
}

fn said(own: &[EksTaint]) -> Vec<String> {
    let found = taints(&layout(), own).map_or_else(|faults| faults, |taints| taints.warnings);
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn both_spellings() {
    for effect in TaintEffect::ALL {
        assert_eq!(TaintEffect::of_eks(effect.eks()), Some(effect));
        assert_eq!(TaintEffect::of_kubernetes(effect.kubernetes()), Some(effect));
        let given = taint("a", "b", effect.eks());
        assert_eq!(EksTaint::of(&given.on_node().unwrap()), Some(given));
    }
    assert_eq!(taint("a", "b", "NoSchedule").on_node(), None);
}

#[test]
fn the_layouts_taints_and_the_users() {
    let own = [
        taint("nvidia.com/gpu", "present", "NO_SCHEDULE"),
        taint("team", "a", "NO_EXECUTE"),
    ];
    let all = taints(&layout(), &own).unwrap();
    assert_eq!(all.value, own);
    assert_eq!(all.warnings, []);
    assert_eq!(taints(&layout(), &[]).unwrap().value, own[..1]);
}

#[test]
fn trap_a_taint_without_a_value() {
    for value in [None, Some(String::new())] {
        let own = EksTaint {
            value,
            ..taint("team", "", "NO_SCHEDULE")
        };
        let found = said(&[own]);
        assert!(
            found.len() == 1 && found[0].starts_with("[0].value: The taint team has no value"),
            "{found:?}"
        );
        assert!(
            found[0].contains("EKS drops a taint") && found[0].contains("Set value to \"true\""),
            "{found:?}"
        );
    }
}

#[test]
fn trap_an_effect_in_kubernetes_spelling() {
    let found = said(&[taint("team", "a", "NoSchedule")]);
    assert!(
        found[0].contains("Kubernetes' spelling") && found[0].contains("\"NO_SCHEDULE\""),
        "{found:?}"
    );
    let found = said(&[taint("team", "a", "no_execute")]);
    assert!(found[0].contains("Set effect to \"NO_EXECUTE\""), "{found:?}");
    let found = said(&[taint("team", "a", "Evict")]);
    assert!(
        found[0].starts_with("[0].effect: ") && found[0].contains("PREFER_NO_SCHEDULE"),
        "{found:?}"
    );
}

#[test]
fn taints_that_are_refused() {
    for (key, value, words) in [
        ("nvidia.com/gpu", "true", "where its value is \"present\""),
        ("a b", "c", "not a taint key"),
        ("team", "a b", "not a taint value"),
        (
            &format!("{}.example.com/{}", "a".repeat(40), "b".repeat(20)),
            "c",
            "documented to accept 63",
        ),
    ] {
        let found = said(&[taint(key, value, "NO_SCHEDULE")]);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }
    let twice = [
        taint("team", "a", "NO_SCHEDULE"),
        taint("team", "b", "NO_SCHEDULE"),
    ];
    assert!(said(&twice)[0].contains("is there twice"));
    let many: Vec<_> = (0..50)
        .map(|n| taint(&format!("k{n}"), "v", "NO_SCHEDULE"))
        .collect();
    assert!(said(&many)[0].contains("They are 51"));
    assert_eq!(said(&many[1..]), Vec::<String>::new());
}

/// What EKS refuses in keys is known of public reports only, so that it is a warning.
#[test]
fn trap_a_startup_taint_on_a_managed_group() {
    let found = said(&[taint(
        "startup-taint.cluster-autoscaler.kubernetes.io/slices",
        "a",
        "NO_SCHEDULE",
    )]);
    assert!(
        found.len() == 1 && found[0].contains("flag --startup-taint") && found[0].contains("seen to refuse"),
        "{found:?}"
    );
    let found = said(&[taint("node.kubernetes.io/slices", "a", "NO_SCHEDULE")]);
    assert!(
        found.len() == 1 && found[0].contains("a key of your own domain"),
        "{found:?}"
    );
}
