//! The files of a release, without anybody who installs them: their bytes, their lists of packages, notices, checksums and origin. The
//! program inside does not matter here, so it is a small one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use counterparts::{Cache, install_cyclonedx};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::{cargo, root};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const TARGET: &str = "x86_64-unknown-linux-musl";

fn package(version: &str, programs: &[&str], out: &Path) -> Output {
    let mut script = Command::new(root().join("scripts/release/package.py"));
    script.args(["--version", version, "--epoch", "1700000000", "--out"]);
    script.arg(out).args(programs).output().unwrap()
}

/// The files of a release of these programs, by name.
fn release(programs: &[&str]) -> (TempDir, BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let output = package(VERSION, programs, folder.path());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap());
    let files = entries.map(|entry| {
        (
            entry.file_name().into_string().unwrap(),
            fs::read(entry.path()).unwrap(),
        )
    });
    let files = files.collect();
    (folder, files)
}

fn file(files: &BTreeMap<String, Vec<u8>>, end: &str) -> Value {
    let name = format!("terraform-provider-mig_{VERSION}_{end}");
    serde_json::from_slice(&files[&name]).unwrap()
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What the provider is built of, by cargo's own listing: names and versions.
fn tree(kinds: &str) -> BTreeSet<(String, String)> {
    let package = ["tree", "--package", "terraform-provider-mig", "--target", TARGET];
    let text = cargo(
        &[
            &package[..],
            &["--edges", kinds, "--prefix", "none", "--format", "{p}"],
        ]
        .concat(),
    );
    let words = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.next()?.trim_start_matches('v').to_owned()))
    };
    text.lines().filter_map(words).collect()
}

#[test]
fn two_packagings_have_equal_bytes() {
    let programs = [
        "linux_amd64=Cargo.toml",
        "darwin_arm64=Cargo.toml",
        "windows_amd64=Cargo.toml",
    ];
    let (_one, first) = release(&programs);
    let (_two, second) = release(&programs);
    let names: Vec<_> = first.keys().map(String::as_str).collect();
    let expected = expected(&["darwin_arm64", "linux_amd64", "windows_amd64"]);
    assert_eq!(names, expected.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(first == second, "the bytes differ");
}

/// So a release of one system can be compared with a release of all.
#[test]
fn the_files_of_a_system_are_the_same_beside_other_systems() {
    let (_one, alone) = release(&["linux_amd64=Cargo.toml"]);
    let (_two, beside) = release(&["linux_amd64=Cargo.toml", "darwin_arm64=Cargo.toml"]);
    let of_it = alone.keys().filter(|name| name.contains("linux"));
    let differing: Vec<_> = of_it.filter(|name| beside[*name] != alone[*name]).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

/// The names that registries, Pulumi and people look for.
fn expected(platforms: &[&str]) -> BTreeSet<String> {
    let provider = |end: &str| format!("terraform-provider-mig_{VERSION}_{end}");
    let common = ["SHA256SUMS", "licenses.txt", "manifest.json", "provenance.json"].map(provider);
    let all = format!("mig_{VERSION}_SHA256SUMS");
    let of_platform = |platform: &&str| {
        [
            provider(&format!("{platform}.zip")),
            provider(&format!("{platform}.cdx.json")),
            format!("mig_{VERSION}_{platform}.tar.gz"),
            format!(
                "pulumi-resource-mig-v{VERSION}-{}.tar.gz",
                platform.replace('_', "-")
            ),
        ]
    };
    platforms
        .iter()
        .flat_map(of_platform)
        .chain(common)
        .chain([all])
        .collect()
}

/// Archives keep the program's name and that it can be started, whatever the file that it is made of is.
#[test]
fn programs_in_archives_are_named_for_their_system_and_executable() {
    let (folder, _) = release(&["linux_amd64=Cargo.toml", "windows_amd64=Cargo.toml"]);
    let listed = "import sys, tarfile, zipfile\n\
                  for path in sys.argv[1:]:\n\
                  \x20   if path.endswith('.zip'):\n\
                  \x20       entries = [(e.filename, e.external_attr >> 16 & 0o777) for e in zipfile.ZipFile(path).infolist()]\n\
                  \x20   else:\n\
                  \x20       entries = [(e.name, e.mode) for e in tarfile.open(path)]\n\
                  \x20   print(*(f'{name}:{mode:o}' for name, mode in entries if mode & 0o111))";
    let mut python = Command::new("python3");
    python.args(["-c", listed]);
    for end in ["linux_amd64.zip", "windows_amd64.zip"] {
        python.arg(
            folder
                .path()
                .join(format!("terraform-provider-mig_{VERSION}_{end}")),
        );
    }
    python.arg(
        folder
            .path()
            .join(format!("pulumi-resource-mig-v{VERSION}-windows-amd64.tar.gz")),
    );
    python.arg(folder.path().join(format!("mig_{VERSION}_linux_amd64.tar.gz")));
    let output = String::from_utf8(python.output().unwrap().stdout).unwrap();
    let provider = format!("terraform-provider-mig_v{VERSION}");
    let expected = [
        format!("{provider}:755"),
        format!("{provider}.exe:755"),
        "pulumi-resource-mig.exe:755".to_owned(),
        "mig:755".to_owned(),
    ];
    assert_eq!(output.lines().collect::<Vec<_>>(), expected);
}

/// The lines of a file of checksums.
fn sums(files: &BTreeMap<String, Vec<u8>>, name: &str) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(&files[&format!("{name}_{VERSION}_SHA256SUMS")]).into_owned();
    let pair = |line: &str| {
        line.split_once("  ")
            .map(|(sum, name)| (name.to_owned(), sum.to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

#[test]
fn checksums_and_origin_are_of_every_file() {
    let (_folder, files) = release(&["linux_amd64=Cargo.toml"]);
    let mut all: BTreeMap<_, _> = files
        .iter()
        .map(|(name, content)| (name.clone(), sha256(content)))
        .collect();
    all.remove(&format!("mig_{VERSION}_SHA256SUMS"));
    assert_eq!(sums(&files, "mig"), all);
    // Each line comes into the lock files of everybody.
    let of_registries = sums(&files, "terraform-provider-mig");
    let named = |end: &str| format!("terraform-provider-mig_{VERSION}_{end}");
    assert!(
        of_registries
            .keys()
            .eq([&named("linux_amd64.zip"), &named("manifest.json")])
    );
    assert!(of_registries.iter().all(|(name, sum)| all[name] == *sum));

    let statement = file(&files, "provenance.json");
    let subjects = statement["subject"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let stated: BTreeMap<_, _> = subjects
        .map(|subject| (text(&subject["name"]), text(&subject["digest"]["sha256"])))
        .collect();
    all.retain(|name, _| *name != named("provenance.json") && *name != named("SHA256SUMS"));
    assert_eq!(stated, all);
    let commit = Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(root())
        .output()
        .unwrap();
    let built = &statement["predicate"]["buildDefinition"]["resolvedDependencies"][0];
    assert_eq!(
        built["digest"]["gitCommit"],
        String::from_utf8_lossy(&commit.stdout).trim()
    );
    assert_eq!(
        file(&files, "manifest.json")["metadata"]["protocol_versions"][0],
        "6.0"
    );
}

#[test]
fn the_bill_has_every_package_with_its_checksum() {
    let (_folder, files) = release(&["linux_amd64=Cargo.toml"]);
    let bill = file(&files, "linux_amd64.cdx.json");
    let components: Vec<_> = bill["components"].as_array().unwrap().iter().collect();
    let root = &bill["metadata"]["component"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let named = |component: &Value| (text(&component["name"]), text(&component["version"]));
    let listed: BTreeSet<_> = components
        .iter()
        .map(|component| named(component))
        .chain([named(root)])
        .collect();
    assert_eq!(listed, tree("normal,build"));
    let required = components
        .iter()
        .filter(|component| component["scope"] == "required");
    let linked: BTreeSet<_> = required
        .map(|component| named(component))
        .chain([named(root)])
        .collect();
    assert_eq!(linked, tree("normal,no-proc-macro"));

    let lock = fs::read_to_string(super::root().join("Cargo.lock")).unwrap();
    for component in components {
        let (name, version) = named(component);
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        let (_, rest) = lock
            .split_once(&entry)
            .unwrap_or_else(|| panic!("{name} {version} is not locked"));
        let block = rest.split("\n\n").next().unwrap();
        let locked = block
            .split("checksum = \"")
            .nth(1)
            .map(|rest| rest.split('"').next().unwrap());
        assert_eq!(component["hashes"][0]["content"].as_str(), locked, "{name}");
        assert!(
            !text(&component["licenses"][0]["expression"]).contains('/'),
            "{component}"
        );
    }
    let references: BTreeSet<_> = bill["dependencies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| text(&entry["ref"]))
        .collect();
    assert_eq!(references.len(), listed.len());
}

/// How much is wrong with each of these bills, by the schema that CycloneDX publishes.
fn faults(bills: &[Value]) -> Vec<usize> {
    let script = "import sys\n\
                  from cyclonedx.schema import SchemaVersion\n\
                  from cyclonedx.validation.json import JsonStrictValidator\n\
                  validator = JsonStrictValidator(SchemaVersion.V1_6)\n\
                  for line in sys.stdin:\n\
                  \x20   found = [fault.data for fault in validator.validate_str(line, all_errors=True) or []]\n\
                  \x20   print(len(found))\n\
                  \x20   for fault in found:\n\
                  \x20       print(fault.json_path, fault.message[:300], file=sys.stderr)\n";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bills");
    let lines: Vec<_> = bills.iter().map(Value::to_string).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let mut python = Command::new(install_cyclonedx(&Cache::open().unwrap()).unwrap());
    python.args(["-c", script]).stdin(fs::File::open(&file).unwrap());
    let output = python.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // Shown if the test fails.
    eprintln!("{said}");
    let counts = String::from_utf8(output.stdout).unwrap();
    counts.lines().map(|line| line.parse().unwrap()).collect()
}

#[test]
fn the_bills_are_valid_by_the_published_schema() {
    let platforms = ["linux_amd64", "windows_amd64"];
    let programs = platforms.map(|name| format!("{name}=Cargo.toml"));
    let (_folder, files) = release(&programs.each_ref().map(String::as_str));
    let mut bills = platforms
        .map(|name| file(&files, &format!("{name}.cdx.json")))
        .to_vec();
    // The judge knows a wrong one: by what must be there, by a form, and by a list.
    for (place, wrong) in [
        ("/components/0/name", Value::Null),
        ("/serialNumber", "urn:uuid:1".into()),
        ("/metadata/timestamp", "yesterday".into()),
        ("/components/0/hashes/0/alg", "CRC-32".into()),
    ] {
        // Every entry is compared with every other one, which takes seconds.
        let mut bill = bills[0].clone();
        bill["components"].as_array_mut().unwrap().truncate(1);
        bill["dependencies"] = json!([]);
        *bill.pointer_mut(place).unwrap() = wrong;
        bills.push(bill);
    }
    assert_eq!(faults(&bills), [0, 0, 1, 1, 1, 1]);
}

#[test]
fn the_notices_are_of_every_package_that_is_linked() {
    let (_folder, files) = release(&["linux_amd64=Cargo.toml"]);
    let notices =
        String::from_utf8(files[&format!("terraform-provider-mig_{VERSION}_licenses.txt")].clone()).unwrap();
    let rule = format!("\n{}\n", "=".repeat(100));
    // Rules stand before and behind the names of packages; a text follows.
    let parts: Vec<_> = notices.split(&rule).skip(1).collect();
    let mut covered = BTreeSet::new();
    // A text of a few words only names others.
    let texts = parts
        .chunks(2)
        .filter(|section| section[1].split_whitespace().count() > 100);
    for section in texts {
        covered.extend(section[0].lines().map(|line| {
            let mut words = line.split(' ').map(str::to_owned);
            (words.next().unwrap(), words.next().unwrap())
        }));
    }
    // What the linkers bring besides packages.
    for besides in ["Rust's standard library ", "musl, ", "mingw-w64's runtime, "] {
        assert!(
            parts
                .iter()
                .any(|part| part.lines().any(|line| line.starts_with(besides))),
            "{besides}"
        );
    }
    // Sources of others inside of packages: AWS-LC's, and the allocator of the programs that are linked with musl.
    for other in ["fiat-crypto", "Microsoft Corporation, Daan Leijen"] {
        assert!(notices.contains(other), "{other}");
    }
    let missing: Vec<_> = tree("normal,no-proc-macro")
        .difference(&covered)
        .cloned()
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn another_version_or_platform_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let refused = |version: &str, program: &str| {
        let output = package(version, &[program], &out);
        assert_eq!(output.status.code(), Some(1));
        assert!(!out.exists());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = refused("9.9.9", "linux_amd64=Cargo.toml");
    assert!(
        said.contains(&format!("VERSION is 9.9.9, and Cargo.toml has {VERSION}.")),
        "{said}"
    );
    let said = refused(VERSION, "plan9_amd64=Cargo.toml");
    assert!(said.contains("No platform of a release: plan9_amd64."), "{said}");
}

/// The last look before the signature.
#[test]
fn a_program_that_is_not_of_this_release_is_found_by_starting_it() {
    let script = |name: &str| Command::new(root().join("scripts").join(name));
    let here = script("platform.sh").output().unwrap().stdout;
    let here = String::from_utf8(here).unwrap().trim().to_owned();
    let started = |version: &str, program: &str| {
        let mut start = script("release/start_programs.sh");
        start.args([version, &format!("{here}={program}"), "plan9_arm=Cargo.toml"]);
        start.output().unwrap()
    };
    let ours = env!("CARGO_BIN_EXE_terraform-provider-mig");
    let output = started(VERSION, ours);
    let expected = format!(
        "{here}: started; version and schemas are those of the checkout\n\
         plan9_arm: not started, since this machine cannot\n"
    );
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);

    let other = tempfile::tempdir().unwrap();
    let other = other.path().join("program");
    fs::write(&other, format!("#!/bin/sh\necho program {VERSION}\n")).unwrap();
    Command::new("chmod").arg("+x").arg(&other).status().unwrap();
    for (version, program, words) in [
        ("9.9.9", ours, "and the release is 9.9.9"),
        (
            VERSION,
            other.to_str().unwrap(),
            "prints another schema than schemas/terraform.json",
        ),
    ] {
        let output = started(version, program);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && stderr.contains(words), "{stderr}");
    }
}

/// Makes the files of one system, of which one has what `$ADDED` prints, as `scripts/release.sh` names them.
const RELEASING: &str = r#"set -euo pipefail
cd "$(dirname "$0")/.."
out=$CARGO_TARGET_DIR/release-$1
mkdir -p "$out"
echo "\"gitCommit\": \"$(git rev-parse HEAD)\"" >"$out/terraform-provider-mig_$1_provenance.json"
for name in terraform-provider-mig_$1_linux_amd64.{zip,cdx.json} pulumi-resource-mig-v$1-linux-amd64.tar.gz; do echo "$name" >"$out/$name"; done
$ADDED >"$out/mig_$1_linux_amd64.tar.gz"
echo made >>"$CARGO_TARGET_DIR/made"
"#;

#[test]
fn a_second_release_is_compared_with_the_first_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("scripts")).unwrap();
    fs::copy(
        root().join("scripts/release-twice.sh"),
        at("scripts/release-twice.sh"),
    )
    .unwrap();
    fs::write(
        at("scripts/release.sh"),
        format!("#!/usr/bin/env bash\n{RELEASING}"),
    )
    .unwrap();
    let prepare = "chmod +x scripts/*.sh && git init -q && git add scripts && \
                   git -c user.name=Test -c user.email=test@example.com commit -qm Test";
    let mut bash = Command::new("bash");
    assert!(
        bash.args(["-c", prepare])
            .current_dir(folder.path())
            .status()
            .unwrap()
            .success()
    );
    let twice = |target: &str, added: &str| {
        let mut script = Command::new(at("scripts/release-twice.sh"));
        script
            .arg(VERSION)
            .env("ADDED", added)
            .env("TMPDIR", folder.path());
        let output = script
            .env("CARGO_TARGET_DIR", at(target))
            .env_remove("PLATFORMS")
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };

    // The second time the first release is there already.
    for _ in 0..2 {
        let (code, text) = twice("same", "true");
        assert!(
            code == Some(0) && text.contains("All 4 files of linux_amd64 have the same bytes"),
            "{text}"
        );
    }
    assert_eq!(fs::read_to_string(at("same/made")).unwrap(), "made\n");
    let (code, text) = twice("other", "pwd");
    assert!(code == Some(1) && text.contains("1 of 4 files differ"), "{text}");
}
