//! Our protocol files against the published ones, and the committed code against our protocol files.
//!
//! `UPDATE=1 cargo test -p pulumiplug --test rules protocol` rewrites `src/wire/gen/` after a change in `proto/`.
// Clippy knows tests by their attribute; the functions that they share have none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use prost_types::FileDescriptorSet;

const OURS: [&str; 3] = ["provider.proto", "engine.proto", "status.proto"];

fn crate_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn ours() -> FileDescriptorSet {
    let include: &Path = &crate_dir().join("proto");
    protox::compile(OURS, [include]).unwrap_or_else(|e| panic!("{}: {e}", include.display()))
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
