//! Which front end this process serves, so that its messages use that front end's language.
//!
//! Facts are the same for both. A remedy that is code, such as a value to set, is written for the front end that is served; sentences with
//! a word of Terraform's are replaced by `src/pulumi/words.rs`.

use std::sync::OnceLock;

use pulumiplug::names;

use crate::pulumi::package;

/// Who reads the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Somebody with a configuration of Terraform or OpenTofu.
    Terraform,
    /// Somebody with a program for Pulumi.
    Pulumi,
}

static READER: OnceLock<Reader> = OnceLock::new();

/// Sets who reads, once; Terraform's users if it never is.
pub(crate) fn speak_to(reader: Reader) {
    READER.get_or_init(|| reader);
}

/// Who reads.
pub(crate) fn reader() -> Reader {
    READER.get().copied().unwrap_or(Reader::Terraform)
}

/// What the user pastes to manage an existing object.
pub(crate) fn import_of(type_name: &str, id: &str) -> String {
    import_for(reader(), type_name, id)
}

fn import_for(reader: Reader, type_name: &str, id: &str) -> String {
    match reader {
        Reader::Terraform => format!("  import {{\n    to = {type_name}.NAME\n    id = \"{id}\"\n  }}"),
        Reader::Pulumi => {
            let token = names::resource_token(package::NAME, type_name);
            format!("  pulumi import {token} NAME {id}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_written_for_its_reader() {
        let import = |reader| import_for(reader, "mig_node_group", "prod:a");
        assert_eq!(
            import(Reader::Terraform),
            "  import {\n    to = mig_node_group.NAME\n    id = \"prod:a\"\n  }"
        );
        assert_eq!(
            import(Reader::Pulumi),
            "  pulumi import mig:index:NodeGroup NAME prod:a"
        );
    }
}
