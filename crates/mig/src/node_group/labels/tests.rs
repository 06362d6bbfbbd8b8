use super::*;
use crate::catalog::Catalog;
use crate::layout::LayoutSpec;

fn layout(strategy: &str) -> Layout {
    let spec = LayoutSpec {
        instance_types: vec!["p5.48xlarge".into()],
        slices: Some([("1g.10gb".to_owned(), 7)].into()),
        strategy: Some(strategy.into()),
        ..LayoutSpec::default()
    };
    Layout::resolve(&spec, Catalog::builtin()).unwrap()
}

fn given(labels: &[(&str, &str)]) -> BTreeMap<String, String> {
    labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn faults(own: &[(&str, &str)]) -> Vec<String> {
    let found = labels(&layout("mixed"), &given(own)).err().unwrap_or_default();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn the_layouts_labels_and_the_users() {
    let layout = layout("mixed");
    let own = given(&[
        ("team", "a"),
        ("node.kubernetes.io/pool", "b"),
        ("mig.eks/layout", &layout.id()),
    ]);
    let all = labels(&layout, &own).unwrap().value;
    assert_eq!(all["team"], "a");
    assert_eq!(all["mig.eks/layout"], layout.id());
    assert_eq!(all["mig.eks/device-manager"], "device-plugin");
    assert_eq!(all.len(), 4 + 2);
    assert!(
        all.iter()
            .all(|(key, value)| key.len() <= 63 && (1..=63).contains(&value.len()))
    );
}

#[test]
fn labels_that_eks_or_kubelet_refuses() {
    for (key, value, words) in [
        ("mig.eks/layout", "other", "follows from the layout"),
        ("mig.eks/device-manager", "dra", "where it is \"device-plugin\""),
        ("team", "", "no value"),
        ("team", "a b", "not a label value"),
        ("a b", "c", "not a label key"),
        ("node-role.kubernetes.io/gpu", "true", "no node would join"),
        ("kubernetes.io/role", "gpu", "no node would join"),
        ("a.k8s.io/b", "c", "no node would join"),
        ("eks.amazonaws.com/nodegroup", "a", "EKS keeps that domain"),
        (
            &format!("{}.example.com/{}", "a".repeat(40), "b".repeat(20)),
            "c",
            "EKS accepts 63",
        ),
    ] {
        let found = faults(&[(key, value)]);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
        assert!(found[0].starts_with(&format!("[{key:?}]: ")), "{found:?}");
    }
    for key in [
        "notkubernetes.io/a",
        "kubernetes.io/arch",
        "kubelet.kubernetes.io/a",
        "a.node.kubernetes.io/b",
    ] {
        assert_eq!(faults(&[(key, "b")]), Vec::<String>::new(), "{key}");
    }
}

#[test]
fn trap_the_accelerator_label_on_nodes_with_slices_only() {
    let own = given(&[(ACCELERATOR_LABEL, "nvidia-h100")]);
    let found = labels(&layout("mixed"), &own).unwrap_err();
    assert_eq!(found.len(), 1);
    let text = found[0].to_string();
    assert!(
        text.contains("no group of the cluster grows") && text.contains("Leave the label out"),
        "{text}"
    );
    assert!(labels(&layout("single"), &own).is_ok());
}
