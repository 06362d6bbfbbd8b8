use std::collections::BTreeMap;

use tfplug::schema::Schema;
use tfplug::{Attr, Diagnostics, Model, Path, Value};

use super::*;
use crate::models::{LayoutModel, Tags};

fn config(count: i64) -> LaunchTemplate {
    LaunchTemplate {
        name: "mig-small".into(),
        layout: LayoutModel {
            instance_types: vec!["p5.48xlarge".to_owned()].into(),
            slices: BTreeMap::from([("1g.10gb".to_owned(), count)]).into(),
            ..LayoutModel::default()
        }
        .into(),
        ..LaunchTemplate::default()
    }
}

fn surroundings() -> Surroundings {
    Surroundings {
        region: Some("us-east-1".into()),
        default_tags: Some(BTreeMap::from([("team".to_owned(), "ml".to_owned())])),
    }
}

/// The plan as the engine makes it: the schema's draft, then this module's part.
fn plan_with(config: &LaunchTemplate, prior: Option<&LaunchTemplate>, around: &Surroundings) -> Planned {
    let schema: Schema = LaunchTemplate::schema(0);
    let before = prior.map_or(Value::Null, LaunchTemplate::to_value);
    let draft = tfplug::unstable::engine::draft::draft(&schema, &before, &config.to_value());
    let mut diags = Diagnostics::new();
    let planned = LaunchTemplate::from_value(&draft, &mut diags);
    assert!(diags.is_empty(), "{diags:?}");
    let mut plan = Plan::new(config.clone(), prior.cloned(), planned, ());
    let warnings = refine(&mut plan, &Facts::default(), around);
    Planned {
        template: plan.planned,
        warnings,
    }
}

#[derive(Debug)]
struct Planned {
    template: LaunchTemplate,
    warnings: Result<Vec<Diagnostic>, Diagnostics>,
}

fn plan(config: &LaunchTemplate, prior: Option<&LaunchTemplate>) -> Planned {
    plan_with(config, prior, &surroundings())
}

/// What a create makes of its plan.
fn created(config: &LaunchTemplate) -> LaunchTemplate {
    LaunchTemplate {
        id: "lt-1".into(),
        arn: "arn".into(),
        latest_version: 1.into(),
        default_version: 1.into(),
        ..plan(config, None).template
    }
}

#[test]
fn a_new_template_is_known_but_for_what_ec2_gives() {
    let planned = plan(&config(7), None).template;
    assert!(
        planned
            .user_data
            .as_str()
            .is_some_and(|text| text.contains("19:0,19:1"))
    );
    assert_eq!(planned.region, "us-east-1".into());
    assert_eq!(planned.render_version, Attr::Known(3));
    assert_eq!(
        planned
            .tags_all
            .known()
            .and_then(|t| t.get("team"))
            .map(String::as_str),
        Some("ml")
    );
    for open in [&planned.id, &planned.arn] {
        assert!(open.is_unknown());
    }
    assert!(planned.latest_version.is_unknown());
}

#[test]
fn a_second_plan_is_empty() {
    let prior = created(&config(7));
    let again = plan(&config(7), Some(&prior));
    assert_eq!(again.template, prior);
    assert_eq!(again.warnings, Ok(vec![]));
}

#[test]
fn another_layout_makes_a_version_and_says_that_nodes_roll() {
    let prior = created(&config(7));
    let changed = plan(&config(6), Some(&prior));
    assert!(changed.template.latest_version.is_unknown() && changed.template.default_version.is_unknown());
    assert_ne!(changed.template.user_data, prior.user_data);
    let warnings = changed.warnings.unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].detail.contains("user_data"), "{warnings:?}");
}

#[test]
fn another_writing_of_the_same_layout_rolls_nothing() {
    let prior = created(&config(7));
    let mut generic = config(7);
    if let Attr::Known(layout) = &mut generic.layout {
        layout.slices = BTreeMap::from([("1g".to_owned(), 7)]).into();
    }
    let again = plan(&generic, Some(&prior));
    assert_eq!(again.template.user_data, prior.user_data);
    assert_eq!(again.template.latest_version, prior.latest_version);
    assert_eq!(again.warnings, Ok(vec![]));
}

#[test]
fn tags_alone_make_no_version() {
    let prior = created(&config(7));
    let tagged = LaunchTemplate {
        tags: Tags::from(BTreeMap::from([("team".to_owned(), "web".to_owned())])).into(),
        ..config(7)
    };
    let changed = plan(&tagged, Some(&prior));
    assert_eq!(changed.template.latest_version, Attr::Known(1));
    assert_eq!(
        changed.template.tags_all.known().unwrap()["team"],
        "web",
        "a resource's own tag wins"
    );
}

#[test]
fn a_default_version_moved_by_hand_is_moved_back() {
    let mut prior = created(&config(7));
    prior.latest_version = 3.into();
    let changed = plan(&config(7), Some(&prior)).template;
    assert_eq!(changed.default_version, Attr::Known(3));
    let left = LaunchTemplate {
        update_default_version: false.into(),
        ..config(7)
    };
    assert_eq!(plan(&left, Some(&prior)).template.default_version, Attr::Known(1));
}

#[test]
fn user_data_changed_by_hand_is_seen() {
    let mut prior = created(&config(7));
    prior.user_data = "#!/bin/sh\n".into();
    let changed = plan(&config(7), Some(&prior)).template;
    assert!(
        changed
            .user_data
            .as_str()
            .is_some_and(|text| text.contains("mig-partition"))
    );
    assert!(changed.latest_version.is_unknown());
}

#[test]
fn what_is_unknown_stays_so() {
    let nothing = Surroundings::default();
    let planned = plan_with(&config(7), None, &nothing).template;
    assert!(planned.region.is_unknown() && planned.tags_all.is_unknown());
    let later = LaunchTemplate {
        layout: Attr::Unknown,
        ..config(7)
    };
    let planned = plan(&later, None).template;
    assert!(planned.user_data.is_unknown() && planned.user_data_sha256.is_unknown());
}

#[test]
fn faults_name_their_attribute() {
    let mut diags = Diagnostics::new();
    let wrong = LaunchTemplate {
        name_prefix: "mig-".into(),
        instance_type: "p4d.24xlarge".into(),
        render_version: 9.into(),
        ..config(7)
    };
    validate(&wrong, &Facts::default(), &mut diags);
    let places: Vec<_> = diags.iter().map(|d| d.path.to_string()).collect();
    assert_eq!(places, ["instance_type", "render_version", "name_prefix"]);
    let mut diags = Diagnostics::new();
    validate(&config(8), &Facts::default(), &mut diags);
    assert!(
        diags
            .iter()
            .all(|d| d.path.starts_with(&Path::from("layout.slices"))),
        "{diags:?}"
    );
    assert!(diags.has_errors());
}

fn bottlerocket() -> LaunchTemplate {
    let mut config = LaunchTemplate {
        ami_family: "Bottlerocket".into(),
        ..config(7)
    };
    if let Attr::Known(layout) = &mut config.layout {
        layout.strategy = "single".into();
    }
    config
}

#[test]
fn bottlerocket_has_settings_and_no_script() {
    let planned = plan(&bottlerocket(), None);
    assert!(
        planned
            .template
            .user_data
            .as_str()
            .is_some_and(|text| text.starts_with("[settings."))
    );
    let warnings = planned.warnings.unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].summary.contains("device plugin built in"),
        "{warnings:?}"
    );
    let prior = created(&bottlerocket());
    let again = plan(&bottlerocket(), Some(&prior));
    assert_eq!((again.template, again.warnings), (prior, Ok(vec![])));
}

#[test]
fn a_change_of_family_rolls_nodes() {
    let prior = created(&bottlerocket());
    let config = LaunchTemplate {
        ami_family: Attr::Null,
        ..bottlerocket()
    };
    let changed = plan(&config, Some(&prior));
    assert!(changed.template.latest_version.is_unknown());
    assert!(changed.warnings.unwrap()[0].summary.contains("rolls nodes"));
    let later = LaunchTemplate {
        ami_family: Attr::Unknown,
        ..bottlerocket()
    };
    let later = plan(&later, None).template;
    assert!(later.user_data.is_unknown());
}

#[test]
fn what_bottlerocket_cannot_do_names_its_attribute() {
    let places = |config: &LaunchTemplate| {
        let mut diags = Diagnostics::new();
        validate(config, &Facts::default(), &mut diags);
        let places: Vec<_> = diags.iter().map(|d| d.path.to_string()).collect();
        places
    };
    let written_out = LaunchTemplate {
        on_failure: "halt".into(),
        partition_timeout: "10m".into(),
        ..bottlerocket()
    };
    assert_eq!(places(&written_out), Vec::<String>::new(), "as generated");
    let wrong = LaunchTemplate {
        on_failure: "terminate".into(),
        partition_timeout: "5m".into(),
        extra_user_data: crate::models::ExtraUserData::default().into(),
        node_config: Attr::Known(crate::models::NodeConfig::default()),
        ..bottlerocket()
    };
    assert_eq!(
        places(&wrong),
        [
            "on_failure",
            "partition_timeout",
            "node_config",
            "extra_user_data"
        ]
    );
    let mixed = LaunchTemplate {
        layout: config(6).layout,
        ..bottlerocket()
    };
    assert_eq!(places(&mixed), ["layout.strategy", "layout.slices"]);
    assert_eq!(places(&bottlerocket()), Vec::<String>::new());
}
