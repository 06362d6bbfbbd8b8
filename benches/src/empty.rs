//! A provider over `tfplug` whose one resource does nothing: the floor that the framework sets. Terraform starts this
//! program as that provider.

use std::process::ExitCode;

use counterparts::Provider as Installed;
use tfplug::wire::{Options, serve as serve_plugin};
use tfplug::{
    Attr, ConfigureRequest, Context, CreateRequest, DeleteRequest, Diagnostics, Model, Provider, ReadRequest,
    Registry, Resource, Server, UpdateRequest, async_trait,
};

use crate::Failure;
use crate::host::COOKIE;

const SOURCE: &str = "eks-mig/empty";

/// So many resources of it.
pub(crate) fn configuration(count: usize) -> String {
    format!(
        r#"terraform {{
  required_providers {{
    empty = {{ source = "{SOURCE}" }}
  }}
}}
resource "empty_note" "bench" {{
  count = {count}
  text  = "x"
}}
"#
    )
}

/// This program, to be installed as the provider.
pub(crate) fn provider() -> Result<Installed, Failure> {
    Ok(Installed::new(SOURCE, std::env::current_exe()?))
}

/// Whether Terraform has started this program as the provider.
pub(crate) fn is_asked_for() -> bool {
    let (name, value) = COOKIE;
    std::env::var_os(name).is_some_and(|found| found == value)
}

/// Serves until Terraform ends it.
pub(crate) fn serve() -> ExitCode {
    match Server::new(Empty) {
        Ok(server) => serve_plugin(server, &Options::from_args(SOURCE)),
        Err(twice) => {
            eprintln!("{twice}");
            ExitCode::FAILURE
        }
    }
}

/// Nothing remote.
#[derive(Clone, Model)]
struct Note {
    /// A text.
    text: Attr<String>,
}

struct NoteResource;

#[async_trait]
impl Resource for NoteResource {
    type Provider = ();
    type Model = Note;
    type Identity = tfplug::NoIdentity;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "empty_note"
    }

    async fn create(&self, _: &Context<()>, request: CreateRequest<'_, Self>) -> Result<(), Diagnostics> {
        request.slot.exists(&request.planned);
        Ok(())
    }

    async fn read(
        &self,
        _: &Context<()>,
        request: ReadRequest<'_, Self>,
    ) -> Result<Option<Note>, Diagnostics> {
        Ok(Some(request.state))
    }

    async fn update(&self, _: &Context<()>, request: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> {
        request.slot.exists(&request.planned);
        Ok(())
    }

    async fn delete(&self, _: &Context<()>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// The provider block has nothing either.
#[derive(Clone, Model)]
struct Nothing {}

struct Empty;

#[async_trait]
impl Provider for Empty {
    type Config = Nothing;
    type Configured = ();

    fn type_name(&self) -> &'static str {
        "empty"
    }

    async fn configure(&self, _: &Context<()>, _: ConfigureRequest<Nothing>) -> Result<(), Diagnostics> {
        Ok(())
    }

    fn register(&self, registry: &mut Registry<()>) {
        registry.resource(NoteResource);
    }
}
