//! The action `local_shout`: a note in capitals.

use std::fs;

use tfplug::{Action, Attr, Context, Diagnostics, InvokeActionRequest, Model, async_trait};

use super::{failed, look, settings::Settings};

/// Writes a note in capital letters.
#[derive(Clone, Model)]
pub(crate) struct Target {
    /// The file.
    #[attr(required)]
    path: Attr<String>,
}

pub(crate) struct Shout;

#[async_trait]
impl Action for Shout {
    type Provider = Settings;
    type Config = Target;

    fn type_name(&self) -> &'static str {
        "local_shout"
    }

    async fn invoke(
        &self,
        cx: &Context<Settings>,
        request: InvokeActionRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        let path = &request.config.path;
        let text = look::content(path)?.unwrap_or_default();
        request
            .progress
            .report(format!("{} bytes are read", text.len()))
            .await;
        cx.provider()?.wait().await;
        fs::write(path.as_str().unwrap_or_default(), text.to_uppercase()).map_err(failed)
    }
}
