//! The data source `local_note`.

use std::{fs, io};

use tfplug::{Attr, Context, DataSource, Diagnostics, Model, async_trait};

use super::{failed, settings::Settings};

/// Looks at a file.
#[derive(Clone, Model)]
pub(crate) struct Sight {
    /// The file.
    #[attr(required)]
    path: Attr<String>,
    /// What it says; null if there is no such file.
    #[attr(computed)]
    content: Attr<String>,
}

pub(crate) struct Look;

#[async_trait]
impl DataSource for Look {
    type Provider = Settings;
    type Model = Sight;

    fn type_name(&self) -> &'static str {
        "local_note"
    }

    async fn read(&self, _: &Context<Settings>, config: Sight) -> Result<Sight, Diagnostics> {
        let content = content(&config.path)?.into();
        Ok(Sight { content, ..config })
    }
}

/// What the file says; `None` only if there certainly is no such file.
pub(crate) fn content(path: &Attr<String>) -> Result<Option<String>, Diagnostics> {
    match fs::read_to_string(path.as_str().unwrap_or_default()) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}
