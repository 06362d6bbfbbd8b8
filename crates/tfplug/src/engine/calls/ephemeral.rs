//! OpenEphemeralResource, RenewEphemeralResource, CloseEphemeralResource.

use std::time::{Duration, SystemTime};

use super::{guarded, refusals};
use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::draft::draft;
use crate::engine::null_object;
use crate::engine::settle::{salvage, settle};
use crate::ephemeral_resource::{RawEphemeralResource, RawOpenSlot};
use crate::path::Path;
use crate::rpc::{Deferral, OpenResponse, RenewResponse};
use crate::schema::Schema;
use crate::value::Value;

/// A host renews at once what is due, and again right after that: a time that is past would never give it peace.
const SOONEST_RENEWAL: Duration = Duration::from_secs(1);

/// Opens an object. The host closes what it is given and nothing else, so what was opened on the way to a failure is
/// closed here.
pub(crate) async fn open<P: Send + Sync>(
    code: &dyn RawEphemeralResource<P>,
    schema: &Schema,
    cx: &Context<P>,
    config: &Value,
) -> OpenResponse {
    let config = match config {
        Value::Null => &null_object(schema),
        config => config,
    };
    if let Some(refused) = refusals(schema, config) {
        return OpenResponse::failed(refused);
    }
    let drafted = draft(schema, &Value::Null, config);
    if !config.is_wholly_known() {
        return too_early(config, drafted, cx.capabilities().deferral_allowed);
    }
    opened(code, cx, &drafted).await
}

async fn opened<P: Send + Sync>(
    code: &dyn RawEphemeralResource<P>,
    cx: &Context<P>,
    drafted: &Value,
) -> OpenResponse {
    let slot = RawOpenSlot::default();
    let asked = salvage(drafted, &Value::Null);
    let ended = guarded(code.open(cx, &asked, &slot)).await;
    let noted = slot.take();
    let mut answer = OpenResponse::failed(cx.take_findings());
    answer.diagnostics.extend(noted.faults);
    let mut to_close = noted.private.clone();
    match ended {
        Ok(opened) => {
            let (result, open) = settle(drafted, &opened.result);
            let unknown =
                |path| Diagnostic::bug("After the open this attribute still has no known value.").at(path);
            answer.diagnostics.extend(open.into_iter().map(unknown));
            answer.result = Some(result);
            answer.renew_at = opened.renew_at.map(not_before_now);
            answer.private = noted.private.unwrap_or_default();
            to_close.get_or_insert_default();
        }
        Err(findings) => answer.diagnostics.extend(findings),
    }
    match (answer.diagnostics.has_errors(), to_close) {
        (false, _) => answer,
        (true, None) => OpenResponse::failed(answer.diagnostics),
        (true, Some(private)) => closed_again(code, cx, &private, answer.diagnostics).await,
    }
}

/// Closes what no host will. An interrupt has ended the open, and must not end this, too.
async fn closed_again<P: Send + Sync>(
    code: &dyn RawEphemeralResource<P>,
    cx: &Context<P>,
    private: &[u8],
    mut findings: Diagnostics,
) -> OpenResponse {
    findings.extend(close(code, &cx.uninterrupted(), private).await);
    OpenResponse::failed(findings)
}

/// Values of a configuration are unknown only while something else is yet to be created.
fn too_early(config: &Value, drafted: Value, deferral_allowed: bool) -> OpenResponse {
    if deferral_allowed {
        return OpenResponse {
            deferred: Some(Deferral::ResourceConfigUnknown),
            ..OpenResponse::opened(drafted)
        };
    }
    let of = |config: &Value| -> Vec<Path> {
        let fields = config.as_map().into_iter().flatten();
        let unknown = fields.filter(|(_, value)| !value.is_wholly_known());
        unknown.map(|(name, _)| Path::attr(name)).collect()
    };
    let finding = |path: Path| {
        let detail = format!(
            "An ephemeral resource is opened when all of its configuration is known, and {path} is not. It may depend on \
             something that this run creates: create that first, by a run with -target, or use a value that is known."
        );
        Diagnostic::error(format!("{path} is not known yet"), detail).at(path)
    };
    let mut found: Diagnostics = of(config).into_iter().map(finding).collect();
    if found.is_empty() {
        let detail = "An ephemeral resource is opened when its configuration is known, and nothing of it is.";
        found.push(Diagnostic::error("The configuration is not known yet", detail));
    }
    OpenResponse::failed(found)
}

/// Makes an object last longer.
pub(crate) async fn renew<P: Send + Sync>(
    code: &dyn RawEphemeralResource<P>,
    cx: &Context<P>,
    private: Vec<u8>,
) -> RenewResponse {
    let mut bytes = private.clone();
    let ended = guarded(code.renew(cx, &mut bytes)).await;
    let mut answer = RenewResponse::of(private, cx.take_findings());
    match ended {
        Ok(renewed) => {
            answer.renew_at = renewed.renew_at.map(not_before_now);
            answer.private = bytes;
        }
        Err(findings) => {
            // Not every host shows what a renewal says.
            for finding in &findings {
                tracing::warn!(summary = finding.summary, "a renewal failed");
            }
            answer.diagnostics.extend(findings);
        }
    }
    answer
}

/// Closes an object.
pub(crate) async fn close<P: Send + Sync>(
    code: &dyn RawEphemeralResource<P>,
    cx: &Context<P>,
    private: &[u8],
) -> Diagnostics {
    let ended = guarded(code.close(cx, private)).await;
    let mut diagnostics = cx.take_findings();
    diagnostics.extend(ended.err().into_iter().flatten());
    diagnostics
}

fn not_before_now(time: SystemTime) -> SystemTime {
    time.max(SystemTime::now() + SOONEST_RENEWAL)
}
