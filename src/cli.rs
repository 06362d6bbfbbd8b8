//! The command line: what the program does for a person, beside serving Terraform.

mod drift;
mod file;
mod layouts;
mod list;
mod picture;
mod render;
mod schema;
mod validate;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use tfplug::{Diagnostics, Server};

pub use schema::schema_json;

use crate::provider::Mig;
use crate::pulumi;

/// Full address of the provider in the registries.
pub const ADDRESS: &str = "registry.terraform.io/eks-mig/mig";

/// What is added to the explanation of a start by hand.
pub const HINT: &str = "\nIt has a command line, too: terraform-provider-mig --help\n";

/// Terraform and OpenTofu provider that slices NVIDIA GPUs (MIG) on Amazon EKS.
///
/// Terraform and OpenTofu start it themselves, without arguments. These commands are for people and pipelines; only drift
/// and list need clusters and credentials.
#[derive(Debug, Parser)]
#[command(name = "terraform-provider-mig", version)]
struct Arguments {
    #[command(subcommand)]
    command: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// Print the provider's schema as JSON.
    Schema(Schema),
    /// Print Kubernetes objects of layouts as YAML, for Argo CD, Flux or `kubectl apply --server-side -f -`.
    Render(render::Render),
    /// Say whether layouts can be made, and what follows from them.
    Validate(validate::Validate),
    /// Draw where the slices of each GPU lie, as text or as SVG.
    Picture(picture::Picture),
    /// Report what has drifted from what was declared: plan, AWS and the slices that nodes really have. Changes nothing.
    ///
    /// Exit codes: 0 no drift was found; 2 drift; 3 something could not be checked, with --strict alone; 1 an error.
    Drift(Box<drift::Drift>),
    /// Print import blocks for objects that exist: templates, node groups and Karpenter's objects of ours. Changes nothing.
    ///
    /// Terraform 1.14 and later has `terraform query` for it.
    List(Box<list::List>),
}

/// The form of the schema.
#[derive(Debug, Args)]
struct Schema {
    /// As `terraform providers schema -json` prints it, or as `pulumi package get-schema` does.
    #[arg(value_enum, default_value_t = SchemaForm::Terraform)]
    form: SchemaForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemaForm {
    Terraform,
    Pulumi,
}

/// The command line as a declaration, for what is generated from it: its manual and completions.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the command line; `arguments` begin with the program's name.
///
/// The exit code is 0 if the command did its work or help was asked for, 2 if the arguments make no sense, 1 for
/// anything else. Of `drift` 2 means drift, so there arguments that make no sense are 1.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let is_drift = arguments.get(1).is_some_and(|subject| subject == "drift");
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments {
            command: Subject::Schema(command),
        }) => schema(command.form),
        Ok(Arguments {
            command: Subject::Render(command),
        }) => render(&command),
        Ok(Arguments {
            command: Subject::Validate(command),
        }) => command.run(),
        Ok(Arguments {
            command: Subject::Picture(command),
        }) => command.run(),
        Ok(Arguments {
            command: Subject::Drift(command),
        }) => command.run(),
        Ok(Arguments {
            command: Subject::List(command),
        }) => command.run(),
        Err(usage) => {
            // Nobody to tell if the streams are gone.
            let _ = usage.print();
            if is_drift && usage.exit_code() != 0 {
                return ExitCode::FAILURE;
            }
            u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}

fn schema(form: SchemaForm) -> ExitCode {
    let server = match Server::new(Mig::default()) {
        Ok(server) => server,
        Err(twice) => return failed(&twice.to_string()),
    };
    match form {
        SchemaForm::Terraform => print(&schema_json(server.schemas(), ADDRESS)),
        SchemaForm::Pulumi => match pulumi::package::schema_json(server.schemas()) {
            Ok(text) => print(&text),
            Err(fault) => failed(&fault.to_string()),
        },
    }
}

/// Objects go to standard output, all that is to be said of them to standard error.
fn render(command: &render::Render) -> ExitCode {
    let rendered = match command.run() {
        Ok(rendered) => rendered,
        Err(error) => return failed(&format!("cannot read {}: {error}", command.source())),
    };
    tell_findings(&rendered.findings);
    rendered.yaml.map_or(ExitCode::FAILURE, |yaml| print(&yaml))
}

/// Writes findings to standard error.
fn tell_findings(findings: &Diagnostics) {
    for finding in findings {
        let kind = if finding.is_error() { "error" } else { "warning" };
        tell(&format!("{kind}: {finding}"));
    }
}

/// Writes the reason to standard error.
pub fn failed(reason: &str) -> ExitCode {
    tell(reason);
    ExitCode::FAILURE
}

/// A closed standard error is no failure.
fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "terraform-provider-mig: {text}");
}

/// A reader that closes early, as `head` does, wanted no more: that is no failure.
fn print(text: &str) -> ExitCode {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => failed(&format!("cannot write: {error}")),
        _ => ExitCode::SUCCESS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn unknown_arguments_explain_themselves() {
        let error = Arguments::try_parse_from(["terraform-provider-mig", "shema"]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("unrecognized subcommand 'shema'"), "{text}");
        assert!(text.contains("--help"), "{text}");
        assert_eq!(error.exit_code(), 2);
    }
}
