//! The list resource `local_note`: the notes of a folder.

use std::fs;

use tfplug::{
    Attr, Context, Diagnostic, Diagnostics, ListRequest, ListResource, ListResult, Model, async_trait,
};

use super::{Note, NoteIdentity, NoteResource, look, settings::Settings};

/// Which notes are listed.
#[derive(Clone, Model)]
pub(crate) struct Folder {
    /// The folder.
    #[attr(default = ".")]
    folder: Attr<String>,
}

pub(super) struct NoteList;

#[async_trait]
impl ListResource for NoteList {
    type Resource = NoteResource;
    type Config = Folder;

    fn type_name(&self) -> &'static str {
        "local_note"
    }

    async fn list(&self, _: &Context<Settings>, request: ListRequest<'_, Self>) -> Result<(), Diagnostics> {
        let folder = request.config.folder.as_str().unwrap_or_default();
        let failed = |error| Diagnostic::error("The folder cannot be read", format!("{folder}: {error}."));
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if !path.is_file() {
                continue;
            }
            let name = path.display().to_string();
            let identity = NoteIdentity {
                path: name.clone().into(),
            };
            let mut found = ListResult::new(identity, &name);
            if request.include_resource {
                found = found.with_resource(note(name.into())?);
            }
            request.results.push(found).await; // Nothing follows once the host has enough.
        }
        Ok(())
    }
}

fn note(path: Attr<String>) -> Result<Note, Diagnostics> {
    let content: Attr<String> = look::content(&path)?.into();
    let size = content.as_ref().map(|text| text.len() as i64);
    Ok(Note { path, content, size })
}
