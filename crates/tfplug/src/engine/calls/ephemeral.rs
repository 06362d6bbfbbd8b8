//! OpenEphemeralResource, RenewEphemeralResource, CloseEphemeralResource.

use std::time::{Duration, SystemTime};

use super::{guarded, refusals};
use crate::context::Context;
use crate::diag::{Diagnostic, Diagnostics};
use crate::engine::draft::draft;
use crate::engine::null_object;
use crate::engine::settle::{salvage, settle};
use crate::ephemeral_resource::{RawEphemeralResource, RawOpenSlot, RawOpened};
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
    let mut findings = cx.take_findings();
    findings.extend(noted.faults);
    // Without a note, a success has something to close all the same: the host would do it.
    let (answer, to_close) = match ended {
        Ok(opened) => {
            let private = noted.private.unwrap_or_default();
            let answer = whole(drafted, &opened, private.clone(), &mut findings);
            (answer, Some(private))
        }
        Err(why) => {
            findings.extend(why);
            (OpenResponse::failed(Diagnostics::new()), noted.private)
        }
    };
    if let (true, Some(private)) = (findings.has_errors(), &to_close) {
        // An interrupt may have ended the open, and must not end this, too.
        findings.extend(close(code, &cx.uninterrupted(), private).await);
    }
    match findings.has_errors() {
        true => OpenResponse::failed(findings),
        false => OpenResponse {
            diagnostics: findings,
            ..answer
        },
    }
}

/// The answer to a success. An attribute that it leaves open is a fault.
fn whole(drafted: &Value, opened: &RawOpened, private: Vec<u8>, findings: &mut Diagnostics) -> OpenResponse {
    let (result, open) = settle(drafted, &opened.result);
    let unknown = |path| Diagnostic::bug("After the open this attribute still has no known value.").at(path);
    findings.extend(open.into_iter().map(unknown));
    OpenResponse {
        renew_at: opened.renew_at.map(not_before_now),
        private,
        ..OpenResponse::opened(result)
    }
}

/// Values of a configuration are unknown only while something else is yet to be created.
fn too_early(config: &Value, drafted: Value, deferral_allowed: bool) -> OpenResponse {
    if deferral_allowed {
        return OpenResponse {
            deferred: Some(Deferral::ResourceConfigUnknown),
            ..OpenResponse::opened(drafted)
        };
    }
    let fields = config.as_map().into_iter().flatten();
    let unknown = fields.filter(|(_, value)| !value.is_wholly_known());
    let mut found: Diagnostics = unknown.map(|(name, _)| not_known(Path::attr(name))).collect();
    if found.is_empty() {
        let detail = "An ephemeral resource is opened when its configuration is known, and nothing of it is.";
        found.push(Diagnostic::error("The configuration is not known yet", detail));
    }
    OpenResponse::failed(found)
}

fn not_known(path: Path) -> Diagnostic {
    let detail = format!(
        "An ephemeral resource is opened when all of its configuration is known, and {path} is not. It may depend on \
         something that this run creates: create that first, by a run with -target, or use a value that is known."
    );
    Diagnostic::error(format!("{path} is not known yet"), detail).at(path)
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
