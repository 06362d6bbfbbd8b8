//! What an apply would do, from values alone.

use std::collections::BTreeMap;

use mig::Layout;
use mig::layout::Taint;
use mig::node_group::{GroupTags, SelfManagedGroup, auto_scaling_group_tags, layout_change};
use tfplug::{Attr, Diagnostic, Diagnostics, Path, Plan};

use super::model::{AutoscalingGroupTags, NodeTaint};
use crate::checked::{self, Checked, OrDeferred, Withheld};
use crate::facts::Facts;
use crate::findings;
use crate::resources::aws::surroundings::Surroundings;

/// Checks what the attributes' own rules cannot.
pub(super) fn validate(config: &AutoscalingGroupTags, facts: &Facts, diags: &mut Diagnostics) {
    if let Ok(layout) = layout(config, facts, diags) {
        // What is deferred or invalid is judged by the errors alone.
        let _ = tags(config, &layout, facts, diags);
    }
}

fn layout(model: &AutoscalingGroupTags, facts: &Facts, diags: &mut Diagnostics) -> Checked<Layout> {
    let layout = model.layout.known().or_deferred()?;
    layout.resolve(facts, &Path::attr("layout"), diags)
}

/// The tags that follow.
///
/// # Errors
/// [`Withheld`]
pub(super) fn tags(
    model: &AutoscalingGroupTags,
    layout: &Layout,
    facts: &Facts,
    diags: &mut Diagnostics,
) -> Checked<BTreeMap<String, String>> {
    let group = SelfManagedGroup {
        group: GroupTags {
            instance_types: model
                .instance_types
                .settled()
                .or_deferred()?
                .cloned()
                .unwrap_or_default(),
            ephemeral_storage: model.ephemeral_storage.settled().or_deferred()?.cloned(),
            tags: BTreeMap::new(),
        },
        labels: model.labels.settled().or_deferred()?.cloned().unwrap_or_default(),
        taints: taints(model).or_deferred()?,
        cluster: model.cluster_name.settled().or_deferred()?.cloned(),
    };
    match auto_scaling_group_tags(layout, facts.catalog(), &group) {
        Ok(accepted) => {
            findings::report(&accepted.warnings, &Path::root(), diags);
            Ok(accepted.value)
        }
        Err(faults) => {
            findings::report(&faults, &Path::root(), diags);
            Err(Withheld::Invalid)
        }
    }
}

fn taints(model: &AutoscalingGroupTags) -> Option<Vec<Taint>> {
    let own = model
        .taints
        .settled()?
        .map(|set| set.0.as_slice())
        .unwrap_or_default();
    own.iter().map(taint).collect()
}

fn taint(taint: &NodeTaint) -> Option<Taint> {
    let text = |attr: &Attr<String>| Some(attr.settled()?.cloned().unwrap_or_default());
    Some(Taint {
        key: text(&taint.key)?,
        value: text(&taint.value)?,
        effect: text(&taint.effect)?,
    })
}

/// Gives the tags, as far as they are known.
///
/// # Errors
/// When the layout is invalid, or the tags would set a trap.
pub(super) fn refine(
    plan: &mut Plan<AutoscalingGroupTags, ()>,
    facts: &Facts,
    surroundings: &Surroundings,
) -> Result<Vec<Diagnostic>, Diagnostics> {
    let mut found = Diagnostics::new();
    let layout = layout(&plan.planned, facts, &mut found);
    let made = layout.and_then(|layout| Ok((tags(&plan.planned, &layout, facts, &mut found)?, layout)));
    let made = checked::planned(made, &mut found)?;
    plan.planned.tags = made.as_ref().map(|(tags, _)| tags.clone());
    plan.planned.id = plan.planned.autoscaling_group_name.clone();
    let is_new = plan.prior.is_none();
    surroundings.set_region(&mut plan.planned.region, &plan.config.region, is_new);
    let mut warnings: Vec<_> = found.into_iter().collect();
    if let (Some(prior), Attr::Known((_, layout))) = (&plan.prior, &made) {
        warnings.extend(changed(prior, layout, facts));
    }
    Ok(warnings)
}

/// The autoscaler keeps the node that it saw.
fn changed(prior: &AutoscalingGroupTags, layout: &Layout, facts: &Facts) -> Option<Diagnostic> {
    let was = prior
        .layout
        .known()?
        .resolve(facts, &Path::root(), &mut Diagnostics::new())
        .ok()?;
    let found = layout_change(&was, layout)?;
    Some(findings::diagnostic(&found, |_| Path::attr("layout")))
}

#[cfg(test)]
mod tests {
    use tfplug::SetOf;

    use super::*;
    use crate::models::LayoutModel;

    fn config() -> AutoscalingGroupTags {
        AutoscalingGroupTags {
            autoscaling_group_name: "slices".into(),
            layout: LayoutModel {
                instance_types: vec!["p5.48xlarge".to_owned()].into(),
                slices: BTreeMap::from([("1g.10gb".to_owned(), 7)]).into(),
                ..LayoutModel::default()
            }
            .into(),
            ..AutoscalingGroupTags::default()
        }
    }

    fn planned(config: &AutoscalingGroupTags) -> Result<AutoscalingGroupTags, Diagnostics> {
        let mut plan = Plan::new(config.clone(), None, config.clone(), ());
        let around = Surroundings {
            region: Some("us-east-1".into()),
            default_tags: None,
        };
        refine(&mut plan, &Facts::default(), &around).map(|_| plan.planned)
    }

    const PREFIX: &str = "k8s.io/cluster-autoscaler/";

    #[test]
    fn tags_tell_resources_labels_and_taints() {
        let group = AutoscalingGroupTags {
            labels: BTreeMap::from([("team".to_owned(), "ml".to_owned())]).into(),
            taints: SetOf(vec![NodeTaint {
                key: "team".into(),
                value: "ml".into(),
                effect: "NoExecute".into(),
            }])
            .into(),
            ephemeral_storage: "200Gi".into(),
            cluster_name: "prod".into(),
            ..config()
        };
        let tags = planned(&group).unwrap().tags.known().cloned().unwrap();
        let found = |key: &str| tags.get(&format!("{PREFIX}{key}")).map(String::as_str);
        assert_eq!(
            found("node-template/resources/nvidia.com/mig-1g.10gb"),
            Some("56")
        );
        assert_eq!(found("node-template/resources/nvidia.com/gpu"), Some("0"));
        assert_eq!(found("node-template/resources/ephemeral-storage"), Some("200Gi"));
        assert_eq!(found("node-template/label/team"), Some("ml"));
        assert_eq!(found("node-template/taint/team"), Some("ml:NoExecute"));
        assert_eq!(found("enabled"), Some("true"));
        assert_eq!(found("prod"), Some("owned"));
    }

    #[test]
    fn traps_are_refused_at_their_attribute() {
        let group = AutoscalingGroupTags {
            labels: BTreeMap::from([("k8s.amazonaws.com/accelerator".to_owned(), "h100".to_owned())]).into(),
            ephemeral_storage: "many".into(),
            ..config()
        };
        let faults = planned(&group).unwrap_err();
        let places: Vec<_> = faults.iter().map(|fault| fault.path.to_string()).collect();
        assert_eq!(
            places,
            ["ephemeral_storage", "labels[\"k8s.amazonaws.com/accelerator\"]"]
        );
    }

    #[test]
    fn what_is_unknown_is_no_fault() {
        let group = AutoscalingGroupTags {
            labels: Attr::Unknown,
            ..config()
        };
        assert!(planned(&group).unwrap().tags.is_unknown());
    }
}
