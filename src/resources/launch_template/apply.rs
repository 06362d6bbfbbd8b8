//! The calls to EC2.

#[cfg(test)]
mod life;
mod list;
mod lost;

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_sdk_ec2::operation::create_launch_template::builders::CreateLaunchTemplateInputBuilder;
use aws_sdk_ec2::operation::create_launch_template_version::builders::CreateLaunchTemplateVersionInputBuilder;
use aws_sdk_ec2::types as ec2;
use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path, Slot};

use super::TYPE_NAME;
use super::model::LaunchTemplate;
use super::{imported, observe, other, plan, render};
use crate::aws::{AwsError, AwsErrorKind, Ec2, Regional, TemplateRef};
use crate::connections::Connections;
use crate::facts::Facts;
use crate::resources::aws::apply::lost::may_have_worked;
use crate::resources::aws::apply::{as_last_seen, connect, failure, interrupted, stored_id};
use crate::resources::aws::names::unique_name;
use crate::resources::aws::tags::TagChanges;
use crate::wording::import_of;

pub(crate) use list::{Wanted, list};
use lost::CreateCall;

/// What the object is called in messages.
const NOUN: &str = "launch template";

/// `$Latest`, of which the template is what we say; the default version follows it.
pub(super) const LATEST: &str = "$Latest";

/// Creates the template. It is in `slot` as soon as EC2 has said that it exists.
pub(super) async fn create(
    cx: &Context<Connections>,
    planned: LaunchTemplate,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    something_to_boot(&planned)?;
    let regional = connect(cx, &planned.region).await?;
    let name = match planned.name.as_str() {
        Some(name) => name.to_owned(),
        None => unique_name(planned.name_prefix.as_str().unwrap_or("mig-")),
    };
    let made = make(cx, regional.ec2().as_ref(), &planned, &name).await?;
    let defaults = cx.provider()?.default_tags();
    let region = regional.region().to_owned();
    let arn = arn(&made, &region);
    let mut state = observe::template_attributes(planned, &made, defaults);
    state.region = region.into();
    state.arn = arn;
    state.other_settings = BTreeMap::new().into();
    slot.exists(&state);
    Ok(())
}

/// Refuses a version without user data: nodes of groups that follow the default version would join uncut.
fn something_to_boot(planned: &LaunchTemplate) -> Result<(), Diagnostics> {
    match planned.user_data.as_str() {
        Some(text) if !text.trim().is_empty() => Ok(()),
        _ => {
            let detail = "The plan has no user data for the launch template. Nothing was changed.";
            Err(Diagnostic::bug(detail).at(Path::attr("user_data")).into())
        }
    }
}

/// Creates the template. If the answer was lost, looks whether EC2 created it all the same.
async fn make(
    cx: &Context<Connections>,
    api: &dyn Ec2,
    planned: &LaunchTemplate,
    name: &str,
) -> Result<ec2::LaunchTemplate, Diagnostics> {
    let asked = SystemTime::now();
    let made_up = planned.name.is_unknown();
    match api.create_launch_template(create_input(planned, name)).await {
        Ok(made) => {
            warn(cx, &made.warnings);
            Ok(made.object)
        }
        Err(error) if may_have_worked(&error) => {
            let wanted = CreateCall {
                planned,
                name,
                made_up,
                asked,
            };
            wanted
                .look(api)
                .await
                .map_err(|doubt| doubt.to_diagnostic(&error, wanted.in_words()).into())
        }
        Err(error) => Err(create_failure(&error, name, made_up).into()),
    }
}

fn create_input(planned: &LaunchTemplate, name: &str) -> CreateLaunchTemplateInputBuilder {
    let input = CreateLaunchTemplateInputBuilder::default()
        .launch_template_name(name)
        .set_version_description(planned.description.known().cloned())
        .launch_template_data(render::version_data(planned));
    let tags = render::tags(planned);
    if tags.is_empty() {
        return input;
    }
    let specification = ec2::TagSpecification::builder()
        .resource_type(ec2::ResourceType::LaunchTemplate)
        .set_tags(Some(tags))
        .build();
    input.tag_specifications(specification)
}

/// EC2 gives no ARN; its parts are the account that made the template, the region, and the ID.
fn arn(template: &ec2::LaunchTemplate, region: &str) -> Attr<String> {
    let creator = template.created_by().unwrap_or_default();
    let mut parts = creator.split(':');
    let (partition, account) = (parts.nth(1), parts.nth(2));
    match (partition, account, template.launch_template_id()) {
        (Some(partition), Some(account), Some(id)) => {
            format!("arn:{partition}:ec2:{region}:{account}:launch-template/{id}").into()
        }
        _ => Attr::Null,
    }
}

fn warn(cx: &Context<Connections>, warnings: &[String]) {
    for warning in warnings {
        let detail = format!("{warning}. The template exists; instances may fail to launch from it.");
        cx.warn(Diagnostic::warning("EC2 warns of the launch template", detail));
    }
}

/// Looks the template up; `None` if EC2 says that there is none.
pub(super) async fn read(
    cx: &Context<Connections>,
    stored: LaunchTemplate,
) -> Result<Option<LaunchTemplate>, Diagnostics> {
    if !cx.provider()?.aws_is_known() {
        let was_seen = !stored.latest_version.is_null();
        return as_last_seen(cx, NOUN, stored, was_seen);
    }
    let regional = connect(cx, &stored.region).await?;
    let Some(template) = reference(&stored) else {
        return Err(Diagnostic::bug("The stored launch template has neither ID nor name.").into());
    };
    let api = regional.ec2();
    let looked = tokio::select! {
        looked = look_up(api.as_ref(), &template) => looked,
        // A look changes nothing, so nothing is lost when it is given up. Calls that change something are not.
        () = cx.cancel().cancelled() => return Err(interrupted(template.text()).into()),
    };
    let (found, versions) = match looked {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(failure("The launch template cannot be read", &error).into()),
    };
    let Some(version) = versions.first() else {
        return Err(Diagnostic::bug("EC2 gave a launch template without its latest version.").into());
    };
    seen(cx, &regional, stored, &found, version).map(Some)
}

/// The template as EC2 answers it, with a warning of settings that are new.
fn seen(
    cx: &Context<Connections>,
    regional: &Regional,
    stored: LaunchTemplate,
    found: &ec2::LaunchTemplate,
    version: &ec2::LaunchTemplateVersion,
) -> Result<LaunchTemplate, Diagnostics> {
    let region = regional.region().to_owned();
    let known = stored.other_settings.clone();
    let mut seen = observe::observe(stored, found, version, cx.provider()?.default_tags());
    let new = seen.other_settings.known();
    if let Some(drift) = new.and_then(|new| plan::other_settings::drift(&known, new)) {
        cx.warn(drift);
    }
    seen.arn = arn(found, &region);
    seen.region = region.into();
    Ok(seen)
}

/// Both calls at once: a plan of many templates is as long as its slowest call.
pub(super) async fn look_up(
    api: &dyn Ec2,
    template: &TemplateRef,
) -> Result<(ec2::LaunchTemplate, Vec<ec2::LaunchTemplateVersion>), AwsError> {
    let latest = [LATEST.to_owned()];
    tokio::try_join!(
        api.describe_launch_template(template),
        api.describe_launch_template_versions(template, &latest),
    )
}

/// A version of a template (a number, `$Latest` or `$Default`) with what it was made from, for objects that boot it; `None` where
/// there is no such version.
pub(in crate::resources) async fn of_version(
    cx: &Context<Connections>,
    regional: &Regional,
    id: &str,
    version: &str,
    facts: &Facts,
) -> Result<Option<LaunchTemplate>, AwsError> {
    let template = TemplateRef::Id(id.to_owned());
    let api = regional.ec2();
    let versions = [version.to_owned()];
    let looked = tokio::try_join!(
        api.describe_launch_template(&template),
        api.describe_launch_template_versions(&template, &versions),
    );
    let (found, versions) = match looked {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let tags = cx
        .provider_if_configured()
        .map(|provider| provider.default_tags().clone());
    let seen = versions.first().map(|version| {
        observe::observe(
            LaunchTemplate::default(),
            &found,
            version,
            &tags.unwrap_or_default(),
        )
    });
    Ok(seen.map(|seen| imported::recognised(seen, facts).0))
}

fn reference(model: &LaunchTemplate) -> Option<TemplateRef> {
    let by_id = model.id.known().cloned().map(TemplateRef::Id);
    by_id.or_else(|| model.name.known().cloned().map(TemplateRef::Name))
}

/// Makes a new version if one is needed, then the default version and the tags; each step that succeeded is in
/// `slot`.
pub(super) async fn update(
    cx: &Context<Connections>,
    prior: LaunchTemplate,
    planned: LaunchTemplate,
    slot: &Slot,
) -> Result<(), Diagnostics> {
    something_to_boot(&planned)?;
    let regional = connect(cx, &planned.region).await?;
    let api = regional.ec2();
    let id = stored_id(&planned.id, NOUN)?.to_owned();
    let mut state = keep_remote(&planned, &prior);
    if planned.needs_new_version(&prior) {
        state = add_version(cx, api.as_ref(), &id, &planned, state, slot).await?;
    }
    let Some(&latest) = state.latest_version.known() else {
        return Err(Diagnostic::bug("The state has no latest version.").into());
    };
    let follow = planned.update_default_version.known() != Some(&false);
    if follow && state.default_version.known() != Some(&latest) {
        let done = api.set_default_version(&id, latest).await;
        done.map_err(|error| failure("The default version cannot be set", &error))?;
        state.default_version = latest.into();
        slot.exists(&state);
    }
    change_tags(api.as_ref(), &id, &prior, &planned).await?;
    state.tags = planned.tags.clone();
    state.tags_all = planned.tags_all.clone();
    slot.exists(&state);
    Ok(())
}

/// The plan with what EC2 still has of the state before: the versioned attributes are not changed yet.
fn keep_remote(planned: &LaunchTemplate, prior: &LaunchTemplate) -> LaunchTemplate {
    LaunchTemplate {
        latest_version: prior.latest_version,
        default_version: prior.default_version,
        other_settings: prior.other_settings.clone(),
        tags: prior.tags.clone(),
        tags_all: prior.tags_all.clone(),
        ..planned.clone()
    }
}

async fn add_version(
    cx: &Context<Connections>,
    api: &dyn Ec2,
    id: &str,
    planned: &LaunchTemplate,
    state: LaunchTemplate,
    slot: &Slot,
) -> Result<LaunchTemplate, Diagnostics> {
    let (data, settings) = next_data(api, id, planned).await?;
    let input = CreateLaunchTemplateVersionInputBuilder::default()
        .launch_template_id(id)
        .set_version_description(planned.description.known().cloned())
        .launch_template_data(data);
    let made = api.create_launch_template_version(input).await;
    let made = made.map_err(|error| failure("The launch template cannot be changed", &error))?;
    warn(cx, &made.warnings);
    let state = LaunchTemplate {
        latest_version: made.object.version_number().into(),
        // The plan knows them but where it does not know the disks and interfaces; what it knows has to come true.
        other_settings: match &planned.other_settings {
            Attr::Unknown => settings.into(),
            known => known.clone(),
        },
        ..state
    };
    slot.exists(&state);
    Ok(state)
}

/// What the next version holds: what is planned, and the settings without an attribute of the newest one, which are also
/// given by name.
async fn next_data(
    api: &dyn Ec2,
    id: &str,
    planned: &LaunchTemplate,
) -> Result<(ec2::RequestLaunchTemplateData, other::Settings), Diagnostics> {
    let template = TemplateRef::Id(id.to_owned());
    let newest = api
        .describe_launch_template_versions(&template, &[LATEST.to_owned()])
        .await
        .map_err(|error| failure("The newest version of the launch template cannot be read", &error))?;
    let before = newest
        .first()
        .and_then(ec2::LaunchTemplateVersion::launch_template_data);
    let ours = render::version_data(planned);
    let Some(before) = before else {
        return Ok((ours, other::Settings::new()));
    };
    let settings = other::settings(before);
    // Someone may have set one since the plan.
    if let Some(fault) = plan::other_settings::not_carried(&settings) {
        return Err(fault.into());
    }
    let (stay, _) = other::split(&settings, &ours);
    Ok((other::carry_over(ours, before), stay))
}

async fn change_tags(
    api: &dyn Ec2,
    id: &str,
    prior: &LaunchTemplate,
    planned: &LaunchTemplate,
) -> Result<(), Diagnostics> {
    let failed = |error: AwsError| {
        Diagnostics::from(failure("The tags cannot be changed", &error).at(Path::attr("tags")))
    };
    let changes = TagChanges::between(&prior.tags_all, &planned.tags_all);
    if !changes.set.is_empty() {
        let set = render::tag_list(&changes.set);
        api.create_tags(id, set).await.map_err(failed)?;
    }
    if !changes.removed.is_empty() {
        api.delete_tags(id, &changes.removed).await.map_err(failed)?;
    }
    Ok(())
}

/// Deletes the template with all its versions.
pub(super) async fn delete(cx: &Context<Connections>, state: LaunchTemplate) -> Result<(), Diagnostics> {
    let regional = connect(cx, &state.region).await?;
    let id = stored_id(&state.id, NOUN)?;
    match regional.ec2().delete_launch_template(id).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(failure("The launch template cannot be deleted", &error).into()),
    }
}

fn create_failure(error: &AwsError, name: &str, made_up: bool) -> Diagnostic {
    if error.kind != AwsErrorKind::AlreadyExists || made_up {
        return failure("The launch template cannot be created", error);
    }
    let detail = format!(
        "A launch template named {name} exists already in this region. To manage it here, import it:\n\n{}\n\nOr choose \
         another name, or name_prefix for one that is made unique.",
        import_of(TYPE_NAME, name)
    );
    Diagnostic::error("The name of the launch template is taken", detail).at(Path::attr("name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_without_user_data_is_not_sent() {
        let with = |user_data: Attr<String>| LaunchTemplate {
            user_data,
            ..LaunchTemplate::default()
        };
        for none in [Attr::Null, Attr::Unknown, "".into(), " \n".into()] {
            let refused = something_to_boot(&with(none)).unwrap_err();
            assert!(refused.has_errors());
        }
        assert!(something_to_boot(&with("#!/bin/bash\n".into())).is_ok());
    }
}
