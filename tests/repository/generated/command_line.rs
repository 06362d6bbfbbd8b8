//! The manual and the completions of the command line, from its declaration: `man/` and `completions/`. The program itself carries no
//! generator.

use std::process::Command as Process;

use clap_complete::{Shell, generate};
use clap_mangen::Man;

use super::files::{Files, compare_or_update};
use crate::root;

/// The name that `make install` gives the program.
const NAME: &str = "mig";

/// The date of a page would change with every run.
const NO_DATE: &str = "";

fn command() -> clap::Command {
    let command = provider::cli::command().name(NAME).bin_name(NAME);
    let mut command = command.disable_help_subcommand(true);
    command.build();
    command
}

/// A page for the program and one for each of its commands, by file name.
fn manual() -> Files {
    let command = command();
    let page = |command: &clap::Command| {
        // Built commands have the name of the program before their own.
        let name = command.get_display_name().unwrap_or(NAME).to_owned();
        let mut page = Vec::new();
        let man = Man::new(command.clone()).date(NO_DATE);
        man.render(&mut page).unwrap();
        (format!("{name}.1"), String::from_utf8(page).unwrap())
    };
    command.get_subcommands().chain([&command]).map(page).collect()
}

/// A file for each shell, named as it looks for it.
fn completions() -> Files {
    let shells = [
        (Shell::Bash, "mig.bash"),
        (Shell::Zsh, "_mig"),
        (Shell::Fish, "mig.fish"),
    ];
    let file = |(shell, name): (Shell, &str)| {
        let mut text = Vec::new();
        generate(shell, &mut command(), NAME, &mut text);
        (name.to_owned(), String::from_utf8(text).unwrap())
    };
    shells.into_iter().map(file).collect()
}

#[test]
fn the_manual_is_up_to_date() {
    compare_or_update("man", &manual(), &[]);
}

#[test]
fn completions_are_up_to_date() {
    compare_or_update("completions", &completions(), &[]);
}

/// Asks a real bash what it would offer behind these words.
fn offered(words: &[&str]) -> Vec<String> {
    let script = "source \"$1\"; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
                  _mig mig \"${@: -1}\" \"${@: -2:1}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let output = Process::new("bash")
        .args(["-c", script, "bash"])
        .arg(root().join("completions/mig.bash"))
        .args(words)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    assert_eq!(offered(&["mig", "pic"]), ["picture"]);
    assert_eq!(offered(&["mig", "drift", "--stri"]), ["--strict"]);
    assert_eq!(offered(&["mig", "picture", "--format", ""]), ["text", "svg"]);
}

#[test]
fn each_command_has_a_page() {
    let pages = manual();
    for command in ["drift", "list", "picture", "render", "schema", "validate"] {
        let page = &pages[&format!("mig-{command}.1")];
        assert!(
            page.contains(".SH NAME") && page.contains(".SH OPTIONS"),
            "{command}: {page}"
        );
    }
    assert!(pages["mig.1"].contains("mig\\-picture(1)"), "{}", pages["mig.1"]);
}
