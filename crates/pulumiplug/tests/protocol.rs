//! Our protocol files against the published ones, and the committed code against our protocol files.
//!
//! `UPDATE=1 cargo test -p pulumiplug --test rules protocol` rewrites `src/wire/gen/` after a change in `proto/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use prost::Message as _;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet};

use crate::stubs::python;

const OURS: [&str; 4] = ["provider.proto", "resource.proto", "engine.proto", "status.proto"];
const PACKAGES: [&str; 2] = ["pulumirpc", "google.rpc"];

fn crate_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn ours() -> FileDescriptorSet {
    let include: &Path = &crate_dir().join("proto");
    protox::compile(OURS, [include]).unwrap_or_else(|e| panic!("{}: {e}", include.display()))
}

/// Every fact of the protocol as one line of text: what is compared is what is listed here.
fn facts(set: &FileDescriptorSet) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for file in set.file.iter().filter(|file| PACKAGES.contains(&file.package())) {
        file_facts(file, &mut facts);
    }
    facts
}

fn file_facts(file: &FileDescriptorProto, facts: &mut BTreeSet<String>) {
    let package = file.package();
    for message in &file.message_type {
        message_facts(package, message, facts);
    }
    for e in &file.enum_type {
        enum_facts(package, e, facts);
    }
    for service in &file.service {
        for m in &service.method {
            let streams = (m.client_streaming(), m.server_streaming());
            let (name, input, output) = (m.name(), m.input_type(), m.output_type());
            facts.insert(format!(
                "rpc {package}.{}/{name} ({input}) returns ({output}) {streams:?}",
                service.name()
            ));
        }
    }
}

fn message_facts(scope: &str, message: &DescriptorProto, facts: &mut BTreeSet<String>) {
    let name = format!("{scope}.{}", message.name());
    facts.insert(format!("message {name}"));
    for f in &message.field {
        let oneof = f.oneof_index.map(|i| message.oneof_decl[i as usize].name());
        facts.insert(format!(
            "field {name}.{} = {}: {:?} {:?} {} oneof={oneof:?} optional={}",
            f.name(),
            f.number(),
            f.label(),
            f.r#type(),
            f.type_name(),
            f.proto3_optional(),
        ));
    }
    for nested in &message.nested_type {
        message_facts(&name, nested, facts);
    }
    for e in &message.enum_type {
        enum_facts(&name, e, facts);
    }
}

fn enum_facts(scope: &str, e: &EnumDescriptorProto, facts: &mut BTreeSet<String>) {
    for v in &e.value {
        facts.insert(format!("enum {scope}.{}.{} = {}", e.name(), v.name(), v.number()));
    }
}

/// Ours leaves out what nobody uses, so it is a part of the published protocol: all calls of a provider, and whole enums.
#[test]
fn what_we_say_is_what_pulumi_publishes() {
    let output = python("descriptors.py").output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let published = facts(&FileDescriptorSet::decode(&*output.stdout).unwrap());
    let ours = facts(&ours());
    let extra: Vec<_> = ours.difference(&published).collect();
    assert!(extra.is_empty(), "not published: {extra:#?}");
    let of_provider = |fact: &&String| fact.starts_with("rpc pulumirpc.ResourceProvider/");
    let of_enums = |fact: &&String| {
        let scopes = ["CheckRequest", "PropertyDiff", "DiffResponse", "LogSeverity"];
        scopes
            .iter()
            .any(|scope| fact.starts_with(&format!("enum pulumirpc.{scope}.")))
    };
    let missing: Vec<_> = published
        .difference(&ours)
        .filter(|fact| of_provider(fact) || of_enums(fact))
        .collect();
    assert!(missing.is_empty(), "missing: {missing:#?}");
    assert_eq!(ours.iter().filter(of_provider).count(), 21);
}

#[test]
fn generated_code_is_up_to_date() {
    let out = tempfile::tempdir().unwrap();
    tonic_prost_build::configure()
        .build_transport(false)
        .generate_default_stubs(true)
        .btree_map(".")
        .out_dir(out.path())
        .compile_fds(ours())
        .unwrap();
    for name in ["pulumirpc.rs", "google.rpc.rs"] {
        let fresh = std::fs::read_to_string(out.path().join(name)).unwrap();
        let committed = crate_dir().join("src/wire/gen").join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&committed, fresh).unwrap();
            continue;
        }
        let old = std::fs::read_to_string(&committed).unwrap_or_default();
        // Not assert_eq: thousands of lines twice help nobody.
        assert!(
            old == fresh,
            "{} is not what proto/ gives: run with UPDATE=1",
            committed.display()
        );
    }
}
