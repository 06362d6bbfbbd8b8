//! The one line by which a plugin tells its host where and how it serves, and the same for debugging.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::host::PROTOCOL_VERSION;

/// Version of go-plugin's handshake itself.
const CORE_VERSION: u32 = 1;

/// Where a socket is, in go-plugin's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// `unix` or `tcp`.
    pub(super) network: &'static str,
    /// Path, or address and port.
    pub(super) place: String,
}

/// The line for standard output, without its line end.
///
/// `certificate` is our own in DER; `multiplexing` is the answer to a host that asks for it.
pub(super) fn line(address: &Address, certificate: Option<&[u8]>, multiplexing: Option<bool>) -> String {
    let certificate = certificate
        .map(|der| STANDARD_NO_PAD.encode(der))
        .unwrap_or_default();
    let Address { network, place } = address;
    let multiplexing = multiplexing
        .map(|supported| format!("|{supported}"))
        .unwrap_or_default();
    format!("{CORE_VERSION}|{PROTOCOL_VERSION}|{network}|{place}|grpc|{certificate}{multiplexing}")
}

/// What a user puts into the environment of Terraform so that it uses this running process.
///
/// `Test` tells the host to leave the process alone when it is done.
pub(super) fn reattach(provider: &str, address: &Address, pid: u32) -> String {
    let config = serde_json::json!({
        provider: {
            "Protocol": "grpc",
            "ProtocolVersion": PROTOCOL_VERSION,
            "Pid": pid,
            "Test": true,
            "Addr": { "Network": address.network, "String": address.place },
        }
    });
    format!("TF_REATTACH_PROVIDERS='{config}'")
}

/// What a person reads who starts the provider by hand.
pub(super) fn explanation(provider: &str) -> String {
    let source = provider.split_once('/').map_or(provider, |(_, source)| source);
    let name = provider.rsplit('/').next().unwrap_or(provider);
    format!(
        "This is the provider `{source}` of Terraform and OpenTofu. They start it themselves; started by hand it \
         does nothing.\n\n\
         To use it, write this in a configuration and run `terraform init` or `tofu init`:\n\n\
         terraform {{\n  required_providers {{\n    {name} = {{\n      source = \"{source}\"\n    }}\n  }}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            network: "unix",
            place: "/tmp/plugin1".into(),
        }
    }

    #[test]
    fn line_has_the_fields_that_go_plugin_reads() {
        assert_eq!(line(&address(), None, None), "1|6|unix|/tmp/plugin1|grpc|");
        // Standard alphabet, no padding.
        assert_eq!(
            line(&address(), Some(&[0xfb, 0xff]), Some(false)),
            "1|6|unix|/tmp/plugin1|grpc|+/8|false"
        );
    }

    #[test]
    fn reattach_is_what_terraform_parses() {
        let text = reattach("registry.terraform.io/a/b", &address(), 7);
        let json = text
            .strip_prefix("TF_REATTACH_PROVIDERS='")
            .unwrap()
            .strip_suffix('\'')
            .unwrap();
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(
            json["registry.terraform.io/a/b"]["Addr"],
            serde_json::json!({"Network": "unix", "String": "/tmp/plugin1"})
        );
    }

    #[test]
    fn explanation_names_the_source() {
        let text = explanation("registry.terraform.io/eks-mig/mig");
        assert!(
            text.contains("    mig = {\n      source = \"eks-mig/mig\"\n"),
            "{text}"
        );
    }
}
