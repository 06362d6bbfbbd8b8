//! Layouts that are right, and everything that can be wrong.

use std::collections::BTreeMap;

use super::*;
use crate::finding::{FieldPath, PathStep};

fn slices(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
    of.iter()
        .map(|(profile, count)| ((*profile).to_owned(), *count))
        .collect()
}

fn spec(types: &[&str], of: &[(&str, i64)]) -> LayoutSpec {
    LayoutSpec {
        instance_types: types.iter().map(|name| (*name).to_owned()).collect(),
        slices: Some(slices(of)),
        ..LayoutSpec::default()
    }
}

type Group<'a> = (&'a [i64], &'a [(&'a str, i64)]);

fn grouped(types: &[&str], groups: &[Group<'_>]) -> LayoutSpec {
    let group = |(devices, of): &Group<'_>| GpuGroup {
        devices: devices.to_vec(),
        slices: slices(of),
    };
    LayoutSpec {
        slices: None,
        gpus: Some(groups.iter().map(group).collect()),
        ..spec(types, &[])
    }
}

fn shared(types: &[&str], strategy: &str, replicas: i64) -> LayoutSpec {
    let sharing = Some(SharingSpec {
        strategy: strategy.into(),
        replicas,
    });
    LayoutSpec {
        slices: None,
        sharing,
        ..spec(types, &[])
    }
}

fn resolve(spec: &LayoutSpec) -> Layout {
    Layout::resolve(spec, Catalog::builtin()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn faults(spec: &LayoutSpec) -> Vec<String> {
    let faults = Layout::resolve(spec, Catalog::builtin()).expect_err("a fault");
    let shown = |fault: &Finding| {
        let path = FieldPath::of("layout").join(fault.path());
        fault.clone().at(path).to_string()
    };
    faults.iter().map(shown).collect()
}

/// The only fault, which must contain each of the texts.
fn only_fault(spec: &LayoutSpec, texts: &[&str]) {
    let found = faults(spec);
    assert_eq!(found.len(), 1, "{found:#?}");
    for text in texts {
        assert!(found[0].contains(text), "{text:?} is not in {:?}", found[0]);
    }
}

fn resources(layout: &Layout, instance_type: &str) -> Vec<String> {
    let resources = layout.resources(instance_type).unwrap();
    resources
        .into_iter()
        .map(|(name, count)| format!("{name}={count}"))
        .collect()
}

#[test]
fn uniform() {
    let layout = resolve(&spec(&["p5.48xlarge"], &[("1g.10gb", 7)]));
    assert_eq!(resources(&layout, "p5.48xlarge"), ["nvidia.com/mig-1g.10gb=56"]);
    let node = layout.node("p5.48xlarge").unwrap();
    assert_eq!(
        node.stranded(),
        Stranded {
            compute_slices: 0,
            memory_slices: 8
        }
    );
    assert_eq!(
        node.gpus()[7].iter().map(|slice| slice.start).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4, 5, 6]
    );
    assert!(layout.warnings().is_empty());
}

#[test]
fn one_layout_serves_several_models() {
    let layout = resolve(&spec(&["p5.4xlarge", "p4d.24xlarge"], &[("3g", 1), ("1g", 3)]));
    assert_eq!(
        resources(&layout, "p4d.24xlarge"),
        ["nvidia.com/mig-1g.5gb=24", "nvidia.com/mig-3g.20gb=8"]
    );
    assert_eq!(
        resources(&layout, "p5.4xlarge"),
        ["nvidia.com/mig-1g.10gb=3", "nvidia.com/mig-3g.40gb=1"]
    );
    assert_eq!(layout.resources("p5.48xlarge"), None);
}

#[test]
fn different_gpus_and_whole_ones() {
    let layout = resolve(&grouped(
        &["p5.48xlarge"],
        &[
            (&[0, 1, 2], &[("1g.10gb", 7)]),
            (&[3], &[("3g.40gb", 2)]),
            (&[4, 5, 6, 7], &[]),
        ],
    ));
    assert_eq!(
        resources(&layout, "p5.48xlarge"),
        [
            "nvidia.com/gpu=4",
            "nvidia.com/mig-1g.10gb=21",
            "nvidia.com/mig-3g.40gb=2"
        ]
    );
    assert_eq!(
        layout.node("p5.48xlarge").unwrap().stranded(),
        Stranded {
            compute_slices: 1,
            memory_slices: 3
        }
    );
}

#[test]
fn single_and_sharing() {
    let single = LayoutSpec {
        strategy: Some("single".into()),
        ..spec(&["p5.48xlarge"], &[("1g.10gb", 7)])
    };
    assert_eq!(resources(&resolve(&single), "p5.48xlarge"), ["nvidia.com/gpu=56"]);
    let sharing = Some(SharingSpec {
        strategy: "time-slicing".into(),
        replicas: 2,
    });
    let shared_slices = LayoutSpec {
        sharing,
        ..spec(&["p5.48xlarge"], &[("1g.10gb", 7)])
    };
    assert_eq!(
        resources(&resolve(&shared_slices), "p5.48xlarge"),
        ["nvidia.com/mig-1g.10gb=112"]
    );
    assert_eq!(
        resources(
            &resolve(&shared(&["g5.48xlarge"], "time-slicing", 4)),
            "g5.48xlarge"
        ),
        ["nvidia.com/gpu=32"]
    );
    let mps = resolve(&shared(&["g6.xlarge"], "mps", 3));
    assert_eq!(resources(&mps, "g6.xlarge"), ["nvidia.com/gpu=3"]);
    assert_eq!(mps.labels()["nvidia.com/mps.capable"], "true");
    assert_eq!(mps.plugin_config().strategy, PluginStrategy::None);
}

#[test]
fn identity_follows_meaning_not_spelling() {
    let a = resolve(&spec(&["p5.48xlarge", "p5.4xlarge"], &[("1g", 7)]));
    let b = resolve(&spec(&["p5.4xlarge", "p5.48xlarge"], &[("1g.10gb", 7)]));
    assert_eq!(a.id(), b.id());
    let c = resolve(&spec(&["p5.48xlarge", "p5.4xlarge"], &[("1g", 6)]));
    assert_ne!(a.id(), c.id());
    let halves = grouped(
        &["p5.48xlarge"],
        &[(&[4, 5, 6, 7], &[("1g", 7)]), (&[0, 1, 2, 3], &[("1g", 7)])],
    );
    assert_eq!(
        resolve(&halves).id(),
        resolve(&spec(&["p5.48xlarge"], &[("1g", 7)])).id()
    );
    // Frozen: labels of nodes in use.
    assert_eq!(
        resolve(&spec(&["p5.48xlarge"], &[("1g.10gb", 7)])).id(),
        "1deec8151bb8"
    );
}

#[test]
fn labels_taints_and_autoscaler_tags() {
    let layout = resolve(&spec(&["p5.48xlarge"], &[("1g.10gb", 7)]));
    assert_eq!(layout.labels()[DEVICE_PLUGIN_LABEL], "mixed");
    let tags = layout.node_template_tags("p5.48xlarge").unwrap();
    let tag = |key: &str| {
        tags.get(&format!("k8s.io/cluster-autoscaler/node-template/{key}"))
            .map(String::as_str)
    };
    assert_eq!(tag("resources/nvidia.com/mig-1g.10gb"), Some("56"));
    assert_eq!(tag("resources/nvidia.com/gpu"), Some("0"));
    assert_eq!(tag("taint/nvidia.com/gpu"), Some("present:NoSchedule"));
    assert_eq!(tag("label/mig.eks/layout"), Some(layout.id().as_str()));
    // The autoscaler stalls on it (kubernetes/autoscaler issue 8095).
    assert!(
        !tags
            .keys()
            .any(|key| key.contains("k8s.amazonaws.com/accelerator"))
    );
}

#[test]
fn instance_type_faults() {
    only_fault(
        &spec(&[], &[("1g", 1)]),
        &["layout.instance_types", "names no instance type"],
    );
    only_fault(
        &spec(&["p5.48xlrge"], &[("1g", 1)]),
        &["layout.instance_types[0]", "p5.48xlarge"],
    );
    only_fault(
        &spec(&["c7i.metal-24xl"], &[("1g", 1)]),
        &["The catalog lists all instance types"],
    );
    only_fault(
        &spec(&["p5.4xlarge", "p5.4xlarge"], &[("1g", 1)]),
        &["instance_types[1]", "twice"],
    );
    for (name, model) in [
        ("g5.xlarge", "A10G"),
        ("g6.xlarge", "L4"),
        ("g6e.xlarge", "L40S"),
        ("g4dn.xlarge", "T4"),
    ] {
        only_fault(&spec(&[name], &[("1g", 1)]), &[name, model, "\"time-slicing\""]);
    }
    only_fault(
        &spec(&["g7.2xlarge"], &[("1g.16gb", 1)]),
        &["g7.2xlarge", "not published", "sharing"],
    );
}

#[test]
fn profile_faults() {
    only_fault(
        &spec(&["p4d.24xlarge"], &[("1g.20gb", 1)]),
        &[
            "layout.slices[\"1g.20gb\"]",
            "p4d.24xlarge",
            "1g.5gb, 1g.5gb+me, 1g.10gb, 2g.10gb",
        ],
    );
    only_fault(
        &spec(&["p5.48xlarge"], &[("big", 1)]),
        &["layout.slices[\"big\"]", "is not a MIG profile"],
    );
    only_fault(
        &spec(&["p5.48xlarge"], &[("1c.3g.40gb", 1)]),
        &["part of a GPU instance"],
    );
}

#[test]
fn an_exact_profile_that_two_types_cannot_share() {
    only_fault(
        &spec(&["p5.48xlarge", "p4d.24xlarge"], &[("3g.40gb", 1)]),
        &[
            "exists on p5.48xlarge",
            "not on p4d.24xlarge",
            "generic profile 3g",
        ],
    );
    // 1g.20gb is the double-memory profile: 1g would mean another one.
    only_fault(
        &spec(&["p5.48xlarge", "p4d.24xlarge"], &[("1g.20gb", 1)]),
        &["split the layout"],
    );
}

#[test]
fn count_faults() {
    only_fault(
        &spec(&["p5.48xlarge"], &[("1g.10gb", 0)]),
        &["0 x 1g.10gb cannot", "1 or more"],
    );
    only_fault(&spec(&["p5.48xlarge"], &[("1g.10gb", -3)]), &["-3 x 1g.10gb"]);
    only_fault(
        &spec(&["p5.48xlarge"], &[("1g.10gb", i64::MAX)]),
        &["cannot be created"],
    );
    only_fault(
        &spec(&["p5.48xlarge"], &[("1g.10gb", 8)]),
        &["layout.slices[\"1g.10gb\"]", "p5.48xlarge", "7 x 1g.10gb"],
    );
    only_fault(
        &spec(&["p5.48xlarge"], &[("3g.40gb", 2), ("1g.10gb", 1)]),
        &[
            "3g.40gb at 0 and 4 leave no room for 1g.10gb",
            "Drop 1 x 1g.10gb, which leaves 2 x 3g.40gb; or",
            "1 x 2g.20gb",
        ],
    );
    only_fault(
        &spec(&["p5.48xlarge"], &[("1g", 3), ("1g.10gb", 3)]),
        &["1g and 1g.10gb are the same profile"],
    );
}

#[test]
fn strategy_and_sharing_faults() {
    let single = |spec: LayoutSpec| LayoutSpec {
        strategy: Some("single".into()),
        ..spec
    };
    only_fault(
        &single(spec(&["p5.48xlarge"], &[("3g", 1), ("1g", 3)])),
        &["needs equal slices", "1g.10gb and 3g.40gb"],
    );
    only_fault(&single(spec(&["p5.48xlarge"], &[])), &["every GPU to be cut"]);
    let partly = grouped(&["p5.4xlarge"], &[(&[0], &[])]);
    only_fault(&single(partly), &["layout.gpus[0].slices"]);
    let unknown = LayoutSpec {
        strategy: Some("none".into()),
        ..spec(&["p5.48xlarge"], &[("1g", 1)])
    };
    only_fault(&unknown, &["layout.strategy", "\"none\"", "\"single\""]);
    let mps = SharingSpec {
        strategy: "mps".into(),
        replicas: 2,
    };
    only_fault(
        &LayoutSpec {
            sharing: Some(mps),
            ..spec(&["p5.48xlarge"], &[("1g", 1)])
        },
        &["layout.sharing.strategy", "refuses MPS on MIG"],
    );
    only_fault(
        &shared(&["g5.xlarge"], "time-slicing", 1),
        &["layout.sharing.replicas", "2 to 1000"],
    );
    only_fault(
        &shared(&["g5.xlarge"], "fair", 2),
        &["\"time-slicing\" or \"mps\""],
    );
}

#[test]
fn group_faults() {
    let nothing = LayoutSpec {
        slices: None,
        ..spec(&["p5.48xlarge"], &[])
    };
    only_fault(&nothing, &["does not say what the GPUs are cut into"]);
    let both = LayoutSpec {
        slices: Some(slices(&[("1g", 1)])),
        ..grouped(&["p5.4xlarge"], &[(&[0], &[("1g", 1)])])
    };
    only_fault(&both, &["layout.gpus", "contradict"]);
    let left_out = LayoutSpec {
        gpus: Some(Vec::new()),
        ..spec(&["p5.4xlarge"], &[("1g", 7)])
    };
    assert!(Layout::resolve(&left_out, Catalog::builtin()).is_ok());
    let single = LayoutSpec {
        strategy: Some("single".into()),
        ..left_out
    };
    assert!(Layout::resolve(&single, Catalog::builtin()).is_ok());
    only_fault(
        &grouped(&["p5.4xlarge"], &[(&[0, 1], &[("1g", 1)])]),
        &["gpus[0].devices[1]", "one GPU, number 0"],
    );
    only_fault(
        &grouped(&["p5.4xlarge"], &[(&[0], &[("1g", 1)]), (&[0], &[])]),
        &["gpus[1].devices[0]", "twice"],
    );
    only_fault(
        &grouped(&["g7e.12xlarge"], &[(&[1], &[("1g", 1)])]),
        &["leaves out GPU 0", "Add {\"devices\":[0],\"slices\":{}} to gpus"],
    );
    let negative = faults(&grouped(&["p5.4xlarge"], &[(&[-1], &[("1g", 1)])]));
    assert_eq!(negative.len(), 2, "{negative:?}");
}

#[test]
fn all_faults_at_once() {
    let mut wrong = spec(
        &["p5.48xlrge", "g5.xlarge", "p4d.24xlarge"],
        &[("1g.5gb", 0), ("nonsense", 2), ("7g.80gb", 1)],
    );
    wrong.strategy = Some("both".into());
    wrong.sharing = Some(SharingSpec {
        strategy: "mps".into(),
        replicas: 0,
    });
    let found = faults(&wrong);
    assert_eq!(found.len(), 8, "{found:#?}");
}

#[test]
fn what_is_not_certain_is_said_with_its_source() {
    let b300 = resolve(&spec(&["p6-b300.48xlarge"], &[("1g", 7)]));
    assert!(
        b300.warnings().iter().any(|w| w.detail().contains("mig-parted")),
        "{:?}",
        b300.warnings()
    );
    let gb300 = resolve(&spec(&["p6e-gb300.36xlarge"], &[("7g", 1)]));
    assert!(gb300.warnings()[0].summary().contains("not verified"));
    let media = resolve(&spec(&["g7e.2xlarge"], &[("1g.24gb+me.all", 1), ("1g.24gb", 1)]));
    assert!(media.warnings()[0].summary().contains("media engines"));
    assert_eq!(media.warnings()[0].path()[1], PathStep::Index(0));
    assert!(
        resolve(&spec(
            &["g7e.2xlarge"],
            &[("1g.24gb+me.all", 1), ("1g.24gb-me", 3)]
        ))
        .warnings()
        .is_empty()
    );
}

#[test]
fn pictures() {
    let layout = resolve(&grouped(
        &["p5.48xlarge"],
        &[
            (&[0, 1, 2, 3], &[("3g", 1), ("2g", 1), ("1g", 1)]),
            (&[4, 5], &[("1g", 7)]),
            (&[6, 7], &[]),
        ],
    ));
    let expected = "\
p5.48xlarge: 8 x NVIDIA H100 SXM5 80GB
  GPU 0-3 |              3g.40gb              |     2g.20gb     |1g.10gb |........|  stranded: 1 of 7 compute, 1 of 8 memory slices
  GPU 4-5 |1g.10gb |1g.10gb |1g.10gb |1g.10gb |1g.10gb |1g.10gb |1g.10gb |........|  stranded: 1 of 8 memory slices
  GPU 6-7 |                               whole GPU                               |
";
    assert_eq!(layout.picture(), expected);
}

#[test]
fn svg_pictures_are_to_scale() {
    let layout = resolve(&spec(&["p5.4xlarge"], &[("3g", 1), ("1g", 2)]));
    let svg = layout.picture_svg();
    let widths: Vec<&str> = svg
        .lines()
        .filter(|line| line.contains("class=\"slice\"") || line.contains("class=\"stranded\""))
        .map(|line| line.split("width=\"").nth(1).unwrap().split('"').next().unwrap())
        .collect();
    assert_eq!(widths, ["320", "80", "80", "160"], "{svg}");
    assert_eq!(svg.matches("<g>").count(), svg.matches("</g>").count());
    assert!(svg.contains(">3g.40gb</text>") && svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
}

#[test]
fn mig_parted_files() {
    let uniform = resolve(&spec(&["p5.48xlarge"], &[("1g.10gb", 7)]));
    assert_eq!(
        uniform.mig_parted("slices"),
        "version: v1\nmig-configs:\n  slices:\n    - devices: all\n      mig-enabled: true\n      mig-devices: {\"1g.10gb\": 7}\n"
    );
    let two = resolve(&spec(&["p5.4xlarge", "p4d.24xlarge"], &[("2g", 3)]));
    assert!(
        two.mig_parted("x")
            .contains("    - device-filter: [\"0x20B010DE\"]\n      devices: all\n")
    );
    let partly = resolve(&grouped(&["g7e.12xlarge"], &[(&[0], &[("1g", 4)]), (&[1], &[])]));
    assert!(
        partly
            .mig_parted("x")
            .contains("devices: [1]\n      mig-enabled: false\n      mig-devices: {}\n")
    );
}
