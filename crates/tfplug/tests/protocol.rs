//! Our protocol files against the published ones, and the committed code against our protocol files.
//!
//! `UPDATE=1 cargo test -p tfplug --test rules protocol` rewrites `src/wire/gen/` after a change in `proto/`.
#![cfg(feature = "server")]
// Clippy knows tests by their attribute; the functions that they share have none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use prost_types::{FileDescriptorProto, FileDescriptorSet};

const OURS: [&str; 2] = ["tfplugin6.proto", "plugin.proto"];
const GO_PLUGIN: &str = "github.com/hashicorp/go-plugin@v1.7.0";

fn crate_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn compile(include: &Path, files: &[&str]) -> FileDescriptorSet {
    protox::compile(files, [include]).unwrap_or_else(|e| panic!("{}: {e}", include.display()))
}

/// The directory of a Go module in the module cache, downloaded if it is not there yet.
fn go_module(module: &str) -> PathBuf {
    let out = Command::new("go")
        .args(["mod", "download", "-json", module])
        // Outside any module, so that no go.mod of a caller has a say.
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap_or_else(|e| {
            panic!("`go` is needed to read {module} from the module cache, and cannot run: {e}")
        });
    let answer: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
    match answer["Dir"].as_str() {
        Some(dir) if out.status.success() => PathBuf::from(dir),
        _ => panic!(
            "go mod download {module}: {answer} {}",
            String::from_utf8_lossy(&out.stderr)
        ),
    }
}

/// Every fact of a protocol file as one line of text: what is compared is what is listed here.
fn facts(file: &FileDescriptorProto) -> BTreeSet<String> {
    let package = file.package();
    let mut facts = BTreeSet::new();
    for message in &file.message_type {
        message_facts(package, message, &mut facts);
    }
    for e in &file.enum_type {
        enum_facts(package, e, &mut facts);
    }
    for service in &file.service {
        for m in &service.method {
            facts.insert(format!(
                "rpc {package}.{}/{} ({}{}) returns ({}{})",
                service.name(),
                m.name(),
                if m.client_streaming() { "stream " } else { "" },
                m.input_type(),
                if m.server_streaming() { "stream " } else { "" },
                m.output_type(),
            ));
        }
    }
    facts
}

fn message_facts(scope: &str, message: &prost_types::DescriptorProto, facts: &mut BTreeSet<String>) {
    let name = format!("{scope}.{}", message.name());
    facts.insert(format!("message {name}"));
    for f in &message.field {
        let oneof = f.oneof_index.map(|i| message.oneof_decl[i as usize].name());
        facts.insert(format!(
            "field {name}.{} = {}: {:?} {:?} {} oneof={oneof:?} optional={} deprecated={}",
            f.name(),
            f.number(),
            f.label(),
            f.r#type(),
            f.type_name(),
            f.proto3_optional(),
            f.options
                .as_ref()
                .is_some_and(prost_types::FieldOptions::deprecated),
        ));
    }
    for nested in &message.nested_type {
        message_facts(&name, nested, facts);
    }
    for e in &message.enum_type {
        enum_facts(&name, e, facts);
    }
}

fn enum_facts(scope: &str, e: &prost_types::EnumDescriptorProto, facts: &mut BTreeSet<String>) {
    for v in &e.value {
        facts.insert(format!("enum {scope}.{}.{} = {}", e.name(), v.name(), v.number()));
    }
}

fn facts_of_package(set: &FileDescriptorSet, package: &str) -> BTreeSet<String> {
    set.file
        .iter()
        .filter(|f| f.package() == package)
        .flat_map(facts)
        .collect()
}

#[track_caller]
fn assert_same(ours: &BTreeSet<String>, published: &BTreeSet<String>) {
    let missing: Vec<_> = published.difference(ours).collect();
    let extra: Vec<_> = ours.difference(published).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "missing: {missing:#?}\nnot published: {extra:#?}"
    );
}

#[test]
fn tfplugin6_says_what_terraform_publishes() {
    let file = counterparts::published_tfplugin6_proto().unwrap();
    let published = compile(file.parent().unwrap(), &["tfplugin6.proto"]);
    let published = facts_of_package(&published, "tfplugin6");
    let ours = facts_of_package(&compile(&crate_dir().join("proto"), &OURS), "tfplugin6");
    assert_eq!(published.iter().filter(|f| f.starts_with("rpc ")).count(), 36);
    assert_same(&ours, &published);
}

#[test]
fn plugin_says_what_go_plugin_publishes() {
    let dir = go_module(GO_PLUGIN).join("internal/plugin");
    let mut published = facts_of_package(&compile(&dir, &["grpc_controller.proto"]), "plugin");
    published.append(&mut facts_of_package(
        &compile(&dir, &["grpc_stdio.proto"]),
        "plugin",
    ));
    let ours = facts_of_package(&compile(&crate_dir().join("proto"), &OURS), "plugin");
    assert_same(&ours, &published);
}

#[test]
fn generated_code_is_up_to_date() {
    let out = tempfile::tempdir().unwrap();
    tonic_prost_build::configure()
        .build_transport(false)
        .generate_default_stubs(true)
        .btree_map(".")
        .out_dir(out.path())
        .compile_fds(compile(&crate_dir().join("proto"), &OURS))
        .unwrap();
    for name in ["tfplugin6.rs", "plugin.rs"] {
        let fresh = std::fs::read_to_string(out.path().join(name)).unwrap();
        let committed = crate_dir().join("src/wire/gen").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&committed, fresh).unwrap();
            continue;
        }
        let old = std::fs::read_to_string(&committed).unwrap_or_default();
        // Not assert_eq: five thousand lines twice help nobody.
        assert!(
            old == fresh,
            "{} is not what proto/ gives: run with UPDATE=1",
            committed.display()
        );
    }
}
