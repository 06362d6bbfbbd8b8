//! A whole provider: notes in files. The other files add a provider block, a data source, an ephemeral resource, a function, a
//! list resource and an action.

use std::{fs, io, process::ExitCode};

use tfplug::wire::{Options, serve};
use tfplug::*;

mod list;
mod lock;
mod look;
mod settings;
mod shout;
mod words;

use settings::Settings;

/// A note in a file.
#[derive(Clone, Model)]
struct Note {
    /// The file. Another file is another note.
    #[attr(required, replace, validate = schema::validators::length(1, 4096))]
    path: Attr<String>,
    /// What the note says.
    #[attr(default = "(nothing yet)")]
    content: Attr<String>,
    /// Its length in bytes.
    #[attr(computed, depends_on("content"))]
    size: Attr<i64>,
}

/// What names a note permanently.
#[derive(Clone, Model)]
struct NoteIdentity {
    /// The file.
    #[attr(required)]
    path: Attr<String>,
}

struct NoteResource;

/// Writes the file, and only then says how long it is.
async fn write(cx: &Context<Settings>, note: Note, slot: &Slot) -> Result<(), Diagnostics> {
    let content = note.content.as_str().unwrap_or_default();
    fs::write(note.path.as_str().unwrap_or_default(), content).map_err(failed)?;
    slot.exists(&note); // From here on nothing loses it: no error, no panic, no Ctrl-C.
    tokio::select! {
        () = cx.provider()?.wait() => {}
        () = cx.cancel().cancelled() => return Err(Diagnostic::error("Interrupted", "Apply again.").into()),
    }
    let size = Attr::Known(content.len() as i64);
    slot.exists(&Note { size, ..note.clone() });
    Ok(())
}

#[async_trait]
impl Resource for NoteResource {
    type Provider = Settings;
    type Model = Note;
    type Identity = NoteIdentity;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "local_note"
    }

    async fn create(
        &self,
        cx: &Context<Settings>,
        request: CreateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        write(cx, request.planned, request.slot).await
    }
    async fn read(
        &self,
        _: &Context<Settings>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Note>, Diagnostics> {
        let note = request.state;
        let Some(content) = look::content(&note.path)? else {
            return Ok(None);
        };
        let size = Attr::Known(content.len() as i64);
        Ok(Some(Note {
            size,
            content: content.into(),
            ..note
        }))
    }

    async fn update(
        &self,
        cx: &Context<Settings>,
        request: UpdateRequest<'_, Self>,
    ) -> Result<(), Diagnostics> {
        write(cx, request.planned, request.slot).await
    }

    async fn delete(&self, _: &Context<Settings>, request: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        match fs::remove_file(request.state.path.as_str().unwrap_or_default()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    fn identity(&self, note: &Note) -> Option<NoteIdentity> {
        Some(NoteIdentity {
            path: note.path.clone(),
        })
    }

    async fn import(
        &self,
        _: &Context<Settings>,
        target: ImportTarget<NoteIdentity>,
    ) -> Result<Note, Diagnostics> {
        let path = match target {
            ImportTarget::Id(path) => path.into(),
            ImportTarget::Identity(identity) => identity.path,
        };
        Ok(Note {
            path,
            content: Attr::Null,
            size: Attr::Null,
        }) // A read follows.
    }
}

fn failed(error: io::Error) -> Diagnostics {
    let detail = format!("{error}. Check that its folder exists and that you may use it.");
    Diagnostic::error("The note's file cannot be used", detail)
        .at(Path::attr("path"))
        .into()
}

struct Local;

#[async_trait]
impl Provider for Local {
    type Config = Settings;
    type Configured = Settings;

    fn type_name(&self) -> &'static str {
        "local"
    }

    async fn configure(
        &self,
        _: &Context<()>,
        request: ConfigureRequest<Settings>,
    ) -> Result<Settings, Diagnostics> {
        Ok(request.config)
    }

    fn register(&self, registry: &mut Registry<Settings>) {
        registry
            .resource(NoteResource)
            .data_source(look::Look)
            .ephemeral_resource(lock::LockResource)
            .list_resource(list::NoteList)
            .action(shout::Shout)
            .function(words::Words);
    }
}

pub(crate) fn main() -> Result<ExitCode, RegistryError> {
    let options = Options::from_args("registry.terraform.io/example/local");
    Ok(serve(Server::new(Local)?, &options))
}
