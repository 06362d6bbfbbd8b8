//! Kubernetes objects of the documents, and what they say to type, by the real `kubectl` against a real API server.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Output};

use counterparts::{Cache, Cli, Program, Stack, Workspace, install};

use crate::markdown::{Block, documents};
use crate::{examples, stack};

/// Commands that change something are tried only.
const CHANGING: [&str; 9] = [
    "annotate", "apply", "cordon", "create", "delete", "drain", "label", "run", "taint",
];

/// What keeps a command from ending.
const ENDLESS: [&str; 4] = [" --watch", " -w", " --follow", " -f\n"];

fn blocks(languages: &[&str]) -> Vec<Block> {
    let documents = documents();
    let for_users = documents.iter().filter(|document| document.is_for_users());
    for_users
        .flat_map(|document| document.blocks_in(languages))
        .collect()
}

/// A folder with the programs and the file that documents name.
fn workspace() -> Workspace {
    let work = Workspace::new("kubectl").unwrap();
    let bin = work.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    let kubectl = install(&Cache::open().unwrap(), Program::Kubectl).unwrap();
    symlink(kubectl, bin.join("kubectl")).unwrap();
    symlink(env!("CARGO_BIN_EXE_terraform-provider-mig"), bin.join("mig")).unwrap();
    fs::copy(
        examples().join("render/slices.yaml"),
        work.path().join("slices.yaml"),
    )
    .unwrap();
    work
}

/// The lines of a text as a shell reads them: a quoted text or a backslash carries one over the end of a line.
fn lines(text: &str) -> Vec<String> {
    let (mut lines, mut line, mut quote) = (Vec::new(), String::new(), None);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (None, '\n') => lines.push(std::mem::take(&mut line)),
            (None, '\\') => line.extend([c].into_iter().chain(characters.next())),
            (open, '\'' | '"') => {
                quote = match open {
                    Some(open) if open != c => Some(open),
                    Some(_) => None,
                    None => Some(c),
                };
                line.push(c);
            }
            _ => line.push(c),
        }
    }
    lines.push(line);
    lines.retain(|line| !line.trim().is_empty());
    lines
}

/// Runs a line of a shell.
fn run(stack: &Stack, work: &Workspace, line: &str) -> Output {
    let path = format!("{}:/usr/bin:/bin", work.path().join("bin").display());
    Command::new("bash")
        .args(["-o", "pipefail", "-c", line])
        .current_dir(work.path())
        .env_clear()
        .envs([("PATH", path.as_str()), ("HOME", work.path().to_str().unwrap())])
        .env("KUBECONFIG", stack.kube.kubeconfig())
        .output()
        .unwrap()
}

/// A line as it can be tried: nothing is changed, and it ends.
fn tried(line: &str) -> String {
    let mut tried = format!("{line}\n");
    for verb in CHANGING {
        let typed = format!("kubectl {verb} ");
        tried = tried.replace(&typed, &format!("{typed}--dry-run=server "));
    }
    for endless in ENDLESS {
        tried = tried.replace(endless, "");
    }
    tried
}

#[test]
fn objects_are_taken_by_the_api_server() {
    let cli = Cli::any().unwrap();
    // Before the cluster is taken: kubectl may have to be built.
    let work = workspace();
    let stack = stack(cli.flavor());
    let take = |text: &str| {
        work.write("object.yaml", text).unwrap();
        let line = "kubectl apply --server-side --dry-run=server --validate=strict -f object.yaml";
        run(&stack, &work, line)
    };
    let mut number = 0;
    for block in blocks(&["yaml"]) {
        if !block.text.lines().any(|line| line.starts_with("apiVersion:")) {
            continue;
        }
        number += 1;
        let output = take(&block.text);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", block.place);
    }
    assert!(number >= 7, "{number}");
    let wrong = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  container: []\n";
    assert!(!take(wrong).status.success());
}

/// Objects that a document names need not be there: then the server has understood what is asked for.
#[test]
fn what_documents_say_to_type_is_understood() {
    let cli = Cli::any().unwrap();
    // Before the cluster is taken: kubectl may have to be built.
    let work = workspace();
    let stack = stack(cli.flavor());
    let lines = blocks(&["sh", "shell", "bash"]).into_iter().flat_map(|block| {
        let lines = lines(&block.text);
        lines.into_iter().map(move |line| (block.place.clone(), line))
    });
    let mut number = 0;
    for (place, line) in lines.filter(|(_, line)| line.contains("kubectl ")) {
        number += 1;
        let output = run(&stack, &work, &tried(&line));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() || said.contains("(NotFound)"),
            "{place}: {line}\n{said}"
        );
    }
    assert!(number >= 4, "{number}");
    for wrong in [
        "kubectl get nodeclasses",
        "kubectl get nodes --bogus",
        "kubectl aply -f slices.yaml",
    ] {
        assert!(!run(&stack, &work, wrong).status.success(), "{wrong}");
    }
}
