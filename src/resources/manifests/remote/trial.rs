//! Asking the API server at plan whether it would take the changes.

use std::sync::Arc;

use serde_json::Value as Json;
use tfplug::diag::Severity;
use tfplug::{Context, Diagnostic, Diagnostics, Path};

use super::super::ManifestModel;
use super::super::object::{self, Key, Manifests};
use super::connect::{FIELD_MANAGER, failure};
use super::{missing, ownership, people};
use crate::connections::{ClusterChoice, Connections, Notice};
use crate::kube::{self, Apply, Cancellable, Connection, FieldDiff, KubeApi, KubeError, KubeErrorKind};

/// Tries the planned changes out. What the server can never take is an error. What may be otherwise at apply (a
/// cluster that cannot be asked, fields or objects of others) gives a warning: the plan is right without it.
pub(crate) async fn try_out<M: ManifestModel>(
    cx: &Context<Connections>,
    planned: &M,
    before: Option<&Manifests>,
) -> Result<(), Diagnostics> {
    let changed = changed(planned, before);
    let Some(provider) = cx.provider_if_configured().filter(|_| !changed.is_empty()) else {
        return Ok(());
    };
    // A cluster that does not answer would keep each of its objects waiting.
    if is_silent(provider, planned) {
        return Ok(());
    }
    let mut warnings = Vec::new();
    let answer = ask(cx, provider, planned, before, &changed, &mut warnings).await?;
    said_by_server(cx, warnings);
    match answer {
        Verdict::Accepted => {}
        Verdict::WillFail(error) => return Err(error.into()),
        Verdict::MayFail(warning) => cx.warn(warning),
        Verdict::NoAnswer(why) => {
            if provider.is_first_report(Notice::NotTried, planned.cluster()) {
                let all = "This applies to all objects of the cluster, and is shown once.";
                cx.warn(unchecked(&format!("{why}\n\n{all}")));
            }
        }
    }
    Ok(())
}

/// Whether the object's cluster has left an earlier question of this plan unanswered.
pub(crate) fn is_silent<M: ManifestModel>(provider: &Connections, planned: &M) -> bool {
    provider.was_reported(Notice::NotTried, planned.cluster())
}

/// The connection for what makes a plan better, if there is a way to the cluster. That there is none is reported by
/// [`try_out`], which comes first.
pub(crate) async fn connect_at_plan<M: ManifestModel>(
    cx: &Context<Connections>,
    planned: &M,
) -> Option<Arc<Connection>> {
    let provider = cx.provider_if_configured()?;
    if is_silent(provider, planned) {
        return None;
    }
    match provider.cluster(planned.cluster()).ok()? {
        ClusterChoice::Known(spec) => provider.connect(&spec, cx.cancel()).await.ok(),
        ClusterChoice::Unreadable(_) | ClusterChoice::Unknown => None,
    }
}

async fn ask<M: ManifestModel>(
    cx: &Context<Connections>,
    provider: &Connections,
    planned: &M,
    before: Option<&Manifests>,
    changed: &Manifests,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Verdict, Diagnostics> {
    let why = match provider.cluster(planned.cluster())? {
        ClusterChoice::Known(spec) => match provider.connect(&spec, cx.cancel()).await {
            Ok(connection) => {
                let api = Cancellable::new(connection.api(), cx.cancel());
                return Ok(verdict(&api, planned, before, changed, warnings).await);
            }
            Err(error) => error.to_string(),
        },
        ClusterChoice::Unreadable(why) => details(&why),
        ClusterChoice::Unknown => "The cluster is known only after apply.".to_owned(),
    };
    Ok(Verdict::NoAnswer(why))
}

/// What a trial says of the apply.
enum Verdict {
    /// The API server accepts the objects.
    Accepted,
    /// It can never succeed.
    WillFail(Diagnostic),
    /// It may fail.
    MayFail(Diagnostic),
    /// The cluster as a whole could not be asked.
    NoAnswer(String),
}

fn details(faults: &Diagnostics) -> String {
    let details: Vec<_> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    details.join("\n\n")
}

/// The objects that an apply would send, in state's form.
fn changed<M: ManifestModel>(planned: &M, before: Option<&Manifests>) -> Manifests {
    let mut wanted = planned.wanted();
    wanted.retain(|key, text| before.and_then(|before| before.get(key)) != Some(text));
    wanted
}

/// What the API server says of the changes. The first objection is enough: the others mostly say the same.
async fn verdict<M: ManifestModel>(
    api: &dyn KubeApi,
    planned: &M,
    before: Option<&Manifests>,
    changed: &Manifests,
    warnings: &mut Vec<Diagnostic>,
) -> Verdict {
    match ownership::already_there(api, planned, before).await {
        Ok(None) => {}
        Ok(Some(taken)) => return Verdict::MayFail(as_warning(taken)),
        Err((key, error)) => return refused(api, planned, &key, &error).await,
    }
    for (key, manifest) in object::in_order(changed) {
        let how = Apply {
            field_manager: FIELD_MANAGER,
            force: planned.force(),
            dry_run: true,
        };
        let object = key.object(planned.namespace());
        let mut tried = api.apply(&object, &manifest, how).await;
        if let Err(error) = &tried
            && let Some(back) = taken_back(api, planned, &key, before, error).await
        {
            warnings.push(back);
            tried = api.apply(&object, &manifest, Apply { force: true, ..how }).await;
        }
        let tried = match tried {
            Ok(tried) => tried,
            Err(error) => return refused(api, planned, &key, &error).await,
        };
        warnings.extend(rewritten::<M>(&key, &manifest, &tried.live));
        warnings.extend(
            tried
                .warnings
                .iter()
                .map(|text| server_warning(&key.text(), text)),
        );
    }
    Verdict::Accepted
}

/// The warning that an apply takes fields back which people changed, where it would do that.
async fn taken_back<M: ManifestModel>(
    api: &dyn KubeApi,
    planned: &M,
    key: &Key,
    before: Option<&Manifests>,
    error: &KubeError,
) -> Option<Diagnostic> {
    let text = before?.get(&key.text())?;
    let fields = people::edits(api, key, planned.namespace(), text, error).await?;
    let list: String = fields
        .iter()
        .map(|field| format!("\n  {} by {:?}", field.field, field.manager))
        .collect();
    let detail = format!(
        "The apply sets back what was changed past Terraform:{list}\n\nTo keep such a change, make it in the configuration."
    );
    Some(Diagnostic::warning(
        format!("{} was edited by hand", key.text()),
        detail,
    ))
}

/// What stands against one object.
async fn refused<M: ManifestModel>(api: &dyn KubeApi, _: &M, key: &Key, error: &KubeError) -> Verdict {
    if error.kind == KubeErrorKind::CrdMissing {
        let served = missing::served_versions(api, key.resource()).await;
        if let Some(why) = missing::other_versions(key.resource(), &served) {
            return Verdict::MayFail(unchecked(&why));
        }
    }
    refusal::<M>(key, error)
}

/// The warning that something on the cluster, a mutating webhook mostly, stores other values than the ones that are sent: the
/// next plan would change them again, and so would each after it.
fn rewritten<M: ManifestModel>(key: &Key, sent: &Json, stored: &Json) -> Option<Diagnostic> {
    let changed = kube::drift(sent, stored, FIELD_MANAGER);
    if changed.is_empty() {
        return None;
    }
    let lines: String = changed
        .iter()
        .map(|field| format!("\n  {}", back(field)))
        .collect();
    let attributes: Vec<String> = changed
        .iter()
        .map(|field| M::attribute_of(&field.path))
        .filter(|path| !path.is_root())
        .map(|path| path.to_string())
        .collect();
    let step = match attributes.first() {
        Some(attribute) => format!("Give {attribute} the value that is stored, or exempt"),
        None => "Exempt".to_owned(),
    };
    let detail = format!(
        "What is sent, and what would be stored:{lines}\n\nA mutating webhook or policy does that, and every plan will show the \
         difference. {step} the object from that rule."
    );
    Some(Diagnostic::warning(
        format!("The cluster changes {}", key.text()),
        detail,
    ))
}

/// A field as it is sent and stored; the comparison is the other way round.
fn back(field: &FieldDiff) -> String {
    let show = |value: &Option<Json>| value.as_ref().map_or("(none)".to_owned(), Json::to_string);
    format!("{}: {} -> {}", field.path, show(&field.new), show(&field.old))
}

/// What the API server says can never succeed is an error only of kinds that are built in: those of Karpenter come by a
/// chart, which the same apply may upgrade.
fn refusal<M: ManifestModel>(key: &Key, error: &KubeError) -> Verdict {
    let refused = failure::<M>(&format!("{} would be refused", key.text()), error);
    let built_in = !key.resource().group.contains('.');
    match error.kind {
        KubeErrorKind::Invalid(_) if built_in => Verdict::WillFail(refused),
        KubeErrorKind::Invalid(_) | KubeErrorKind::Conflict(_) | KubeErrorKind::Denied => {
            Verdict::MayFail(as_warning(refused))
        }
        _ => unanswered(error),
    }
}

/// Each warning once; two objects mostly get the same.
fn said_by_server(cx: &Context<Connections>, warnings: Vec<Diagnostic>) {
    let mut said: Vec<Diagnostic> = Vec::new();
    for warning in warnings {
        if !said.contains(&warning) {
            said.push(warning.clone());
            cx.warn(warning);
        }
    }
}

/// A warning of the API server as the user sees it.
pub(super) fn server_warning(object: &str, text: &str) -> Diagnostic {
    let detail = format!("The API server accepts the object, and says: {text}.");
    Diagnostic::warning(format!("The API server warns of {object}"), detail)
}

fn unanswered(error: &KubeError) -> Verdict {
    match error.is_cluster_unavailable() {
        true => Verdict::NoAnswer(error.to_string()),
        false => Verdict::MayFail(unchecked(&error.to_string())),
    }
}

fn as_warning(mut error: Diagnostic) -> Diagnostic {
    error.severity = Severity::Warning;
    error
}

fn unchecked(why: &str) -> Diagnostic {
    let detail =
        format!("{why}\n\nThe plan is complete; what the API server itself would refuse shows at apply.");
    Diagnostic::warning("The objects were not tried out on the cluster", detail).at(Path::attr("cluster"))
}
