//! What is not known yet replaces no group.

use super::*;

/// An unknown value of one attribute must not make those unknown for which a group is replaced.
#[test]
fn an_unknown_tag_label_or_taint_replaces_nothing() {
    let before = config(template(4));
    let prior = created(&before);
    let open = [
        NodeGroup {
            tags: Attr::Unknown,
            ..before.clone()
        },
        NodeGroup {
            labels: Attr::Unknown,
            ..before.clone()
        },
        NodeGroup {
            taints: Attr::Unknown,
            ..before.clone()
        },
        NodeGroup {
            scale_from_zero: Attr::Unknown,
            ..before.clone()
        },
    ];
    for config in open {
        let planned = plan(&config, Some(&prior));
        assert_eq!(planned.faults(), Vec::<String>::new());
        assert_eq!(planned.group.instance_types, prior.instance_types);
        assert_eq!(planned.group.ami_type, prior.ami_type);
        let changes = tfplug::diff::between(
            &NodeGroup::schema(0),
            &prior.to_value(),
            &planned.group.to_value(),
        );
        assert!(changes.iter().all(|change| !change.replaces), "{changes:?}");
        assert!(planned.group.autoscaler_tags.is_unknown());
    }
}

/// Neither an image nor slices that are known only after apply replace the group: an image is what is changed most often.
#[test]
fn an_unknown_image_or_layout_replaces_nothing() {
    let custom = TemplateRefModel {
        image_id: "ami-1".into(),
        ..template(4)
    };
    let of = |template: TemplateRefModel, layout: LayoutModel| TemplateRefModel {
        image_id: Attr::Unknown,
        latest_version: Attr::Unknown,
        layout: layout.into(),
        ..template
    };
    let slices = LayoutModel {
        slices: Attr::Unknown,
        ..layout(7)
    };
    let strategy = LayoutModel {
        strategy: Attr::Unknown,
        ..layout(7)
    };
    let nothing = LayoutModel {
        instance_types: Attr::Unknown,
        ..layout(7)
    };
    for before in [template(4), custom] {
        let prior = created(&config(before.clone()));
        for (layout, warned) in [
            (layout(7), 0),
            (slices.clone(), 0),
            (strategy.clone(), 0),
            (nothing.clone(), 1),
        ] {
            let planned = plan(&config(of(before.clone(), layout)), Some(&prior));
            assert_eq!(planned.faults(), Vec::<String>::new());
            assert!(!planned.replaces);
            assert_eq!(planned.group.instance_types, prior.instance_types);
            assert_eq!(planned.group.ami_type, prior.ami_type);
            let warnings = planned.said.unwrap();
            let kept = |warning: &&Diagnostic| warning.summary.ends_with("are not known yet");
            assert_eq!(warnings.iter().filter(kept).count(), warned);
        }
    }
}

/// Other instance types are another group, whether the slices are known or not.
#[test]
fn other_instance_types_replace_the_group_with_unknown_slices_too() {
    let prior = created(&config(template(4)));
    let other = LayoutModel {
        instance_types: vec!["p4d.24xlarge".to_owned()].into(),
        slices: Attr::Unknown,
        ..layout(7)
    };
    let template = TemplateRefModel {
        layout: other.into(),
        ..template(5)
    };
    let planned = plan(&config(template), Some(&prior));
    assert_eq!(
        planned.group.instance_types,
        vec!["p4d.24xlarge".to_owned()].into()
    );
    let changes = tfplug::diff::between(
        &NodeGroup::schema(0),
        &prior.to_value(),
        &planned.group.to_value(),
    );
    assert!(changes.iter().any(|change| change.replaces), "{changes:?}");
}
