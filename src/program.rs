//! Which of the programs that this binary is was started.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use tfplug::wire::COOKIE;

/// What Pulumi's engine looks for begins so.
const PULUMI: &str = "pulumi-resource-";

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// A Terraform or OpenTofu plugin: started by one of them, by a debugger (`-debug`), or by a person who gave no arguments and is told so.
    Terraform {
        /// It waits for a host that is told its address.
        debug: bool,
        /// No host has started it.
        by_hand: bool,
    },
    /// A Pulumi plugin.
    Pulumi,
    /// The command line.
    CommandLine,
}

impl Program {
    /// By the name that it was started with, its further arguments, and the cookie.
    ///
    /// The name counts most: a program of Terraform's may start Pulumi, whose plugins then inherit the cookie. Then comes the cookie, and
    /// then Pulumi's way to start a plugin, with its own address as the last argument.
    pub fn of(name: &OsStr, arguments: &[OsString], cookie: Option<&OsStr>) -> Self {
        let file = Path::new(name).file_name().unwrap_or_default().to_string_lossy();
        let debug = arguments
            .iter()
            .any(|argument| argument == "--debug" || argument == "-debug");
        let of_terraform = cookie.is_some_and(|cookie| cookie == COOKIE);
        if file.starts_with(PULUMI) {
            Self::Pulumi
        } else if of_terraform || debug {
            Self::Terraform {
                debug,
                by_hand: false,
            }
        } else if arguments.last().is_some_and(|last| is_address(last)) {
            Self::Pulumi
        } else if arguments.is_empty() {
            Self::Terraform { debug, by_hand: true }
        } else {
            Self::CommandLine
        }
    }
}

/// `127.0.0.1:1234`, as the engine writes its address. A host by name would not do: a context of a kubeconfig may be called so.
fn is_address(argument: &OsStr) -> bool {
    argument
        .to_str()
        .is_some_and(|text| text.parse::<std::net::SocketAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, arguments: &[&str], cookie: Option<&str>) -> Program {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        Program::of(OsStr::new(name), &arguments, cookie.map(OsStr::new))
    }

    #[test]
    fn each_host_gets_its_plugin() {
        let hosted = Program::Terraform {
            debug: false,
            by_hand: false,
        };
        assert_eq!(of("/x/terraform-provider-mig_v0.1.0", &[], Some(COOKIE)), hosted);
        for arguments in [
            &["127.0.0.1:4321"][..],
            &["--logtostderr", "-v=9", "127.0.0.1:4321"],
            &[],
        ] {
            assert_eq!(
                of("/x/pulumi-resource-mig", arguments, None),
                Program::Pulumi,
                "{arguments:?}"
            );
            assert_eq!(
                of("/x/pulumi-resource-mig.exe", arguments, Some(COOKIE)),
                Program::Pulumi
            );
        }
        assert_eq!(of("mig", &["127.0.0.1:4321"], None), Program::Pulumi);
    }

    #[test]
    fn a_person_gets_the_command_line_or_a_hint() {
        let by_hand = |debug| Program::Terraform {
            debug,
            by_hand: !debug,
        };
        assert_eq!(
            of("mig", &["drift", "--cluster", "a"], None),
            Program::CommandLine
        );
        assert_eq!(of("mig", &["--version"], Some("another")), Program::CommandLine);
        assert_eq!(of("terraform-provider-mig", &[], None), by_hand(false));
        assert_eq!(of("terraform-provider-mig", &["-debug"], None), by_hand(true));
    }
}
