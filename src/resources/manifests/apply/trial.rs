//! Asking the API server at plan whether it would take the changes.

use tfplug::diag::Severity;
use tfplug::{Context, Diagnostic, Diagnostics, Path};

use super::super::ManifestModel;
use super::super::object::{self, Manifests};
use super::connect::{FIELD_MANAGER, failure};
use super::ownership;
use crate::connections::{ClusterChoice, Connections};
use crate::kube::{Apply, KubeApi, KubeError, KubeErrorKind, Stoppable};

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
    let spec = match provider.cluster(planned.cluster())? {
        ClusterChoice::Known(spec) => spec,
        ClusterChoice::Unreadable(why) => {
            why.into_iter()
                .for_each(|fault| cx.warn(unchecked(&fault.detail)));
            return Ok(());
        }
        ClusterChoice::Unknown => {
            cx.warn(unchecked("The cluster is known only after apply."));
            return Ok(());
        }
    };
    let finding = match provider.connect(&spec).await {
        Ok(connection) => {
            let api = Stoppable::new(connection.api(), cx.cancel());
            objection(&api, planned, before, &changed).await
        }
        Err(error) => Some(unchecked(&error.to_string())),
    };
    match finding {
        Some(error) if error.severity == Severity::Error => Err(error.into()),
        Some(warning) => {
            cx.warn(warning);
            Ok(())
        }
        None => Ok(()),
    }
}

/// The objects that an apply would send, in state's form.
fn changed<M: ManifestModel>(planned: &M, before: Option<&Manifests>) -> Manifests {
    let mut wanted = planned.wanted();
    wanted.retain(|key, text| before.and_then(|before| before.get(key)) != Some(text));
    wanted
}

/// What stands against the apply. The first thing that the server says is enough: the others mostly say the same.
async fn objection<M: ManifestModel>(
    api: &dyn KubeApi,
    planned: &M,
    before: Option<&Manifests>,
    changed: &Manifests,
) -> Option<Diagnostic> {
    match ownership::taken(api, planned, before).await {
        Ok(None) => {}
        Ok(Some(taken)) => return Some(as_warning(taken)),
        Err(failed) => return failed.into_iter().next().map(|failed| unchecked(&failed.detail)),
    }
    for (key, manifest) in object::in_order(changed) {
        let how = Apply {
            field_manager: FIELD_MANAGER,
            force: planned.force(),
            dry_run: true,
        };
        if let Err(error) = api.apply(&key.object(planned.namespace()), &manifest, how).await {
            return Some(refusal::<M>(&key.text(), &error));
        }
    }
    None
}

fn refusal<M: ManifestModel>(object: &str, error: &KubeError) -> Diagnostic {
    let refused = failure::<M>(&format!("{object} would be refused"), error);
    match error.kind {
        KubeErrorKind::Invalid(_) => refused,
        KubeErrorKind::Conflict(_) | KubeErrorKind::Denied => as_warning(refused),
        _ => unchecked(&error.to_string()),
    }
}

fn as_warning(error: Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        ..error
    }
}

fn unchecked(why: &str) -> Diagnostic {
    let detail =
        format!("{why}\n\nThe plan is complete; what the API server itself would refuse shows at apply.");
    Diagnostic::warning("The objects were not tried out on the cluster", detail).at(Path::attr("cluster"))
}
