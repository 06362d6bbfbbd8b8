//! Connections to AWS, and failed calls as users see them.

pub(in crate::resources) mod lost;

use std::sync::Arc;

use tfplug::{Attr, Context, Diagnostic, Diagnostics, Path};

use super::surroundings::Surroundings;
use crate::aws::{AwsError, Regional};
use crate::connections::Connections;

/// What the plan may know, which needs no call: the region and tags of the provider block.
pub(in crate::resources) async fn surroundings(cx: &Context<Connections>) -> Surroundings {
    let Some(provider) = cx.provider_if_configured() else {
        return Surroundings::default();
    };
    Surroundings {
        region: provider.default_region().await,
        default_tags: provider.planned_default_tags().cloned(),
    }
}

/// The connection to an object's region; the provider's where the object names none.
pub(in crate::resources) async fn connect(
    cx: &Context<Connections>,
    region: &Attr<String>,
) -> Result<Arc<Regional>, Diagnostics> {
    let region = cx.provider()?.region(region.as_str()).await;
    region.map_err(|error| {
        failure("The region cannot be used", &error)
            .at(Path::attr("region"))
            .into()
    })
}

/// The same for a list. While a part of the provider block is not known, another account may answer, whose objects are not those
/// that are looked for.
pub(in crate::resources) async fn connect_to_list(
    cx: &Context<Connections>,
    region: &Attr<String>,
) -> Result<Arc<Regional>, Diagnostics> {
    if cx.provider()?.aws_is_known() {
        return connect(cx, region).await;
    }
    let detail =
        "A part of the provider block is known only after apply. Apply what it comes from, and list then.";
    Err(Diagnostic::error("AWS cannot be asked yet", detail).into())
}

/// A failed call as the user sees it.
pub(in crate::resources) fn failure(summary: &str, error: &AwsError) -> Diagnostic {
    Diagnostic::error(summary, error.to_string())
}

/// The ID of an object in the state; every object that exists has one.
pub(in crate::resources) fn stored_id<'a>(id: &'a Attr<String>, noun: &str) -> Result<&'a str, Diagnostics> {
    let id = id.as_str().filter(|id| !id.is_empty());
    id.ok_or_else(|| Diagnostic::bug(format!("The stored {noun} has no ID. Nothing was changed.")).into())
}

/// The object as it was last seen, with a warning: while a part of the provider block is not known, another account may answer.
///
/// # Errors
/// When it was never seen, as after a `moved` block: nothing can be planned from its name alone.
pub(in crate::resources) fn as_last_seen<M>(
    cx: &Context<Connections>,
    noun: &str,
    stored: M,
    was_seen: bool,
) -> Result<Option<M>, Diagnostics> {
    if was_seen {
        cx.warn(not_read(noun));
        return Ok(Some(stored));
    }
    let detail = format!(
        "A part of the provider block is known only after apply, and the {noun} was never read. Apply what the provider block depends on, \
         and repeat the command then."
    );
    Err(Diagnostic::error(format!("The {noun} cannot be read yet"), detail).into())
}

fn not_read(noun: &str) -> Diagnostic {
    let detail = format!(
        "A part of the provider block is known only after apply, so the {noun} is taken to be as it was last seen."
    );
    Diagnostic::warning(format!("The {noun} was not read"), detail)
}

/// A read that Ctrl-C ended.
pub(in crate::resources) fn interrupted(which: &str) -> Diagnostic {
    let detail = format!("The look at {which} was given up; nothing is changed. Repeat the command.");
    Diagnostic::error("Interrupted", detail)
}
