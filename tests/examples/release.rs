//! The files of a release, as people get them: from mirrors, from a registry that signs, and as a plugin of Pulumi. They are made by
//! the script that makes a release, of the program that the tests are built with.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use counterparts::{Cli, Project, PulumiProject, Site};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{examples, name};

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SOURCE: &str = "eks-mig/mig";

/// A release for two platforms, this machine's and another one, whose program nothing starts.
struct Release {
    folder: TempDir,
    platforms: [String; 2],
    /// Whose signature it has.
    key: Key,
}

/// A key for signatures that nobody trusts.
struct Key {
    id: String,
    private: String,
    public: String,
}

static RELEASE: LazyLock<Release> = LazyLock::new(Release::make);

fn scripts() -> PathBuf {
    examples().join("../scripts")
}

fn said(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}. For gpg, install GnuPG: `apt install gnupg` or `brew install gnupg`.")
    });
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}");
    output
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(said(command).stdout).unwrap()
}

impl Key {
    fn make() -> Self {
        // The agent's socket is in it, whose path must be short.
        let home = tempfile::Builder::new()
            .prefix("mig-key")
            .tempdir_in("/tmp")
            .unwrap();
        let gpg = |arguments: &[&str]| {
            let mut gpg = Command::new("gpg");
            gpg.args(["--batch", "--quiet", "--homedir"]).arg(home.path());
            stdout(
                gpg.args(["--pinentry-mode", "loopback", "--passphrase", ""])
                    .args(arguments),
            )
        };
        gpg(&[
            "--quick-generate-key",
            "test@example.com",
            "rsa2048",
            "sign",
            "never",
        ]);
        let listed = gpg(&["--with-colons", "--list-keys"]);
        let line = listed.lines().find(|line| line.starts_with("pub:")).unwrap();
        let key = Self {
            id: line.split(':').nth(4).unwrap().to_owned(),
            private: gpg(&["--armor", "--export-secret-keys"]),
            public: gpg(&["--armor", "--export"]),
        };
        said(
            Command::new("gpgconf")
                .arg("--homedir")
                .arg(home.path())
                .args(["--kill", "all"]),
        );
        key
    }

    fn sign(&self, file: &Path) {
        let mut script = Command::new(scripts().join("release/sign.sh"));
        said(script.arg(file).env("GPG_PRIVATE_KEY", &self.private));
    }
}

/// The program under test in a folder: most of a debug build is what a debugger reads.
fn stripped(folder: &Path) -> PathBuf {
    let program = folder.join("program");
    let built = env!("CARGO_BIN_EXE_terraform-provider-mig");
    said(Command::new("strip").arg("-o").arg(&program).arg(built));
    program
}

/// This machine's and another one.
fn platforms() -> [String; 2] {
    let said = stdout(&mut Command::new(scripts().join("platform.sh")));
    let this = said.trim();
    let other = ["linux_amd64", "linux_arm64"]
        .into_iter()
        .find(|other| *other != this);
    [this.to_owned(), other.unwrap().to_owned()]
}

impl Release {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = stripped(folder.path());
        let platforms = platforms();
        let mut script = Command::new(scripts().join("release/package.py"));
        script.args([
            "--version",
            VERSION,
            "--epoch",
            "1700000000",
            "--level",
            "1",
            "--out",
        ]);
        script.arg(folder.path().join("files"));
        script.arg(format!("{}={}", platforms[0], program.display()));
        script.arg(format!(
            "{}={}",
            platforms[1],
            scripts().join("platform.sh").display()
        ));
        said(&mut script);
        let release = Self {
            folder,
            platforms,
            key: Key::make(),
        };
        release.key.sign(&release.file("_SHA256SUMS"));
        release
    }

    /// A file of the provider, by the end of its name.
    fn file(&self, end: &str) -> PathBuf {
        self.files()
            .join(format!("terraform-provider-mig_{VERSION}{end}"))
    }

    fn files(&self) -> PathBuf {
        self.folder.path().join("files")
    }

    fn zips(&self) -> [PathBuf; 2] {
        self.platforms
            .each_ref()
            .map(|platform| self.file(&format!("_{platform}.zip")))
    }

    /// The checksums that are signed, as lock files have them.
    fn sums(&self) -> BTreeSet<String> {
        let sums = fs::read_to_string(self.file("_SHA256SUMS")).unwrap();
        sums.lines().map(|line| format!("zh:{}", &line[..64])).collect()
    }

    /// How commands are told both platforms.
    fn options(&self) -> [String; 2] {
        self.platforms
            .each_ref()
            .map(|platform| format!("-platform={platform}"))
    }

    /// The zips in a folder, where a filesystem mirror has them.
    fn mirror(&self, cli: &Cli, folder: &Path) {
        let place = folder.join(cli.flavor().registry()).join(SOURCE);
        fs::create_dir_all(&place).unwrap();
        for zip in self.zips() {
            fs::copy(&zip, place.join(name(&zip))).unwrap();
        }
    }
}

/// Runs a test with Terraform and with OpenTofu.
fn with_each(test: impl Fn(&Cli)) {
    Cli::all().unwrap().iter().for_each(test);
}

/// A project that needs no connection, with the provider from `source`.
fn project(cli: &Cli, source: &str, methods: &str) -> Project {
    let project = Project::new(cli, &[]).unwrap();
    project.install_by(methods).unwrap();
    let text = format!(
        "terraform {{\n  required_providers {{\n    mig = {{\n      source = \"{source}\"\n      version = \"{VERSION}\"\n    }}\n  }}\n}}\n\
         output \"resource\" {{\n  value = provider::mig::resource_name(\"1g.10gb\")\n}}\n"
    );
    project.write("main.tf", &text).unwrap();
    project
}

fn filesystem(folder: &Path) -> String {
    format!(
        "filesystem_mirror {{\n  path = {:?}\n}}",
        folder.display().to_string()
    )
}

/// The checksums in a lock file that begin with this.
fn locked(project: &Project, kind: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(project.dir().join(".terraform.lock.hcl")).unwrap();
    let quoted = text.split('"').filter(|text| text.starts_with(kind));
    quoted.map(str::to_owned).collect()
}

/// Installs, and asks the provider something.
fn assert_works(project: &Project) {
    project.init().unwrap();
    project.apply(&[]).unwrap();
    assert_eq!(project.output("resource").unwrap(), "nvidia.com/mig-1g.10gb");
}

/// Puts another zip in the place of one: the same files, packed anew with one more byte in the program.
fn tamper(zip: &Path) {
    let script = "import sys, zipfile\n\
                  path = sys.argv[1]\n\
                  entries = [(info, zipfile.ZipFile(path).read(info)) for info in zipfile.ZipFile(path).infolist()]\n\
                  with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as archive:\n\
                  \x20   for info, content in entries:\n\
                  \x20       archive.writestr(info, content + b'x', compresslevel=1)\n";
    said(Command::new("python3").args(["-c", script]).arg(zip));
}

/// Asserts that installing is refused in these words.
fn assert_refused(project: &Project, words: &str) {
    let output = project.run(&["init", "-no-color", "-input=false"]).unwrap();
    assert!(!output.succeeded(), "{}", output.words());
    assert!(output.words().contains(words), "{}", output.words());
}

#[test]
fn a_filesystem_mirror_of_its_zips_for_two_platforms() {
    with_each(|cli| {
        let folder = tempfile::tempdir().unwrap();
        RELEASE.mirror(cli, folder.path());
        let project = project(cli, SOURCE, &filesystem(folder.path()));
        let mirror = format!("-fs-mirror={}", folder.path().display());
        let [this, other] = &RELEASE.options();
        let lock = ["providers", "lock", &mirror, this, other];
        project.run(&lock).unwrap().success().unwrap();
        assert_eq!(locked(&project, "h1:").len(), 2, "one for each platform");
        assert_works(&project);

        let place = folder.path().join(cli.flavor().registry()).join(SOURCE);
        tamper(&place.join(name(&RELEASE.zips()[0])));
        fs::remove_dir_all(project.dir().join(".terraform")).unwrap();
        assert_refused(
            &project,
            "checksums previously recorded in the dependency lock file",
        );
    });
}

/// The answers of a provider registry, beside the files of the release.
fn registry(folder: &Path, key: &Key) {
    let write = |path: &str, value: Value| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, value.to_string()).unwrap();
    };
    let manifest: Value = serde_json::from_slice(&fs::read(RELEASE.file("_manifest.json")).unwrap()).unwrap();
    let protocols = &manifest["metadata"]["protocol_versions"];
    write(
        ".well-known/terraform.json",
        json!({ "providers.v1": "/v1/providers/" }),
    );
    let platforms = RELEASE
        .platforms
        .each_ref()
        .map(|platform| platform.split_once('_').unwrap());
    let list = platforms.map(|(os, arch)| json!({ "os": os, "arch": arch }));
    let versions = json!({ "versions": [{ "version": VERSION, "protocols": protocols, "platforms": list }] });
    write(&format!("v1/providers/{SOURCE}/versions"), versions);
    let sums = fs::read_to_string(RELEASE.file("_SHA256SUMS")).unwrap();
    for ((os, arch), zip) in platforms.into_iter().zip(RELEASE.zips()) {
        let sum = sums.lines().find(|line| line.ends_with(name(&zip))).unwrap();
        let file = |end: &str| format!("/files/terraform-provider-mig_{VERSION}{end}");
        let download = json!({
            "protocols": protocols, "os": os, "arch": arch,
            "filename": name(&zip), "shasum": sum.split(' ').next(),
            "download_url": format!("/files/{}", name(&zip)),
            "shasums_url": file("_SHA256SUMS"), "shasums_signature_url": file("_SHA256SUMS.sig"),
            "signing_keys": { "gpg_public_keys": [{ "key_id": key.id, "ascii_armor": key.public }] },
        });
        write(
            &format!("v1/providers/{SOURCE}/{VERSION}/download/{os}/{arch}"),
            download,
        );
    }
    let files = folder.join("files");
    fs::create_dir_all(&files).unwrap();
    for entry in fs::read_dir(RELEASE.files()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, files.join(name(&path))).unwrap();
    }
}

/// A project that trusts a site.
fn trusting(cli: &Cli, site: &Site, source: &str, methods: &str) -> Project {
    let mut project = project(cli, source, methods);
    project.set_env("SSL_CERT_FILE", site.authority().to_str().unwrap());
    project
}

#[test]
fn a_registry_whose_signature_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    registry(folder.path(), &RELEASE.key);
    let site = Site::start(folder.path()).unwrap();
    let source = format!("{}/{SOURCE}", site.host());
    with_each(|cli| {
        let project = trusting(cli, &site, &source, "direct {}");
        let output = project.init().unwrap();
        let signer = &RELEASE.key.id;
        assert!(output.words().contains(signer), "{signer}: {}", output.words());
        assert_eq!(locked(&project, "zh:"), RELEASE.sums());
        assert_works(&project);
    });
    let sums = folder
        .path()
        .join("files")
        .join(name(&RELEASE.file("_SHA256SUMS")));
    Key::make().sign(&sums);
    with_each(|cli| {
        let project = trusting(cli, &site, &source, "direct {}");
        assert_refused(&project, "authentication signature from unknown issuer");
    });
}

/// `providers mirror` copies from a registry what a network mirror then serves, under the name of the usual one: Terraform takes a
/// host with a port for the beginning of an address.
#[test]
fn a_network_mirror_of_it() {
    let (files, served) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    registry(files.path(), &RELEASE.key);
    let origin = Site::start(files.path()).unwrap();
    let mirror = Site::start(served.path()).unwrap();
    with_each(|cli| {
        let folder = served.path().join(cli.flavor().program());
        let [this, other] = &RELEASE.options();
        let copy = ["providers", "mirror", this, other, folder.to_str().unwrap()];
        let project = trusting(cli, &origin, &format!("{}/{SOURCE}", origin.host()), "direct {}");
        project.run(&copy).unwrap().success().unwrap();
        let host = folder.join(cli.flavor().registry());
        fs::rename(folder.join(origin.host()), &host).unwrap();

        let url = format!("https://{}/{}/", mirror.host(), cli.flavor().program());
        let methods = format!("network_mirror {{\n  url = \"{url}\"\n}}");
        let project = trusting(cli, &mirror, SOURCE, &methods);
        let option = format!("-net-mirror={url}");
        let lock = ["providers", "lock", &option, this, other];
        project.run(&lock).unwrap().success().unwrap();
        assert_eq!(locked(&project, "h1:").len(), 2, "one for each platform");
        assert_works(&project);

        tamper(&host.join(SOURCE).join(name(&RELEASE.zips()[0])));
        let project = trusting(cli, &mirror, SOURCE, &methods);
        assert_refused(&project, "checksum");
    });
}

#[test]
fn a_plugin_of_pulumi() {
    let project = PulumiProject::new(&[]).unwrap();
    let platform = RELEASE.platforms[0].replace('_', "-");
    let tarball = RELEASE
        .files()
        .join(format!("pulumi-resource-mig-v{VERSION}-{platform}.tar.gz"));
    let install = [
        "plugin",
        "install",
        "resource",
        "mig",
        VERSION,
        "--file",
        tarball.to_str().unwrap(),
    ];
    project.run(&install).unwrap().success().unwrap();
    let program = "variables:\n  resource:\n    fn::invoke:\n      function: mig:resourceName\n      arguments: {profile: 1g.10gb}\n\
                   outputs:\n  resource: ${resource}\n";
    project.write_yaml(program).unwrap();
    project.init("dev").unwrap();
    project.up(&[]).unwrap();
    assert_eq!(project.output("resource").unwrap(), "nvidia.com/mig-1g.10gb");
}

/// The checksum that a release states of a file.
fn stated(file: &Path) -> String {
    let sums = fs::read_to_string(RELEASE.files().join(format!("mig_{VERSION}_SHA256SUMS"))).unwrap();
    let line = sums.lines().find(|line| line.ends_with(name(file))).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

/// Puts another tarball in the place of one: the same files, with one more byte in each.
fn tamper_tarball(file: &Path) {
    let script = "import io, sys, tarfile\n\
                  path = sys.argv[1]\n\
                  with tarfile.open(path) as archive:\n\
                  \x20   entries = [(info, archive.extractfile(info).read() + b'x') for info in archive]\n\
                  with tarfile.open(path, 'w:gz', compresslevel=1) as archive:\n\
                  \x20   for info, content in entries:\n\
                  \x20       info.size = len(content)\n\
                  \x20       archive.addfile(info, io.BytesIO(content))\n";
    said(Command::new("python3").args(["-c", script]).arg(file));
}

/// What the guide for Pulumi says of it: Pulumi compares a download with `--checksum` and nothing else, `sha256sum` what lies there.
#[test]
fn a_plugin_of_pulumi_that_was_tampered_with() {
    let platform = RELEASE.platforms[0].replace('_', "-");
    let tarball = RELEASE
        .files()
        .join(format!("pulumi-resource-mig-v{VERSION}-{platform}.tar.gz"));
    let folder = tempfile::tempdir().unwrap();
    let served = folder.path().join(name(&tarball));
    let site = Site::start(folder.path()).unwrap();
    let mut project = PulumiProject::new(&[]).unwrap();
    project.set_env("SSL_CERT_FILE", site.authority().to_str().unwrap());
    let (server, sum) = (format!("https://{}", site.host()), stated(&tarball));
    let install = |options: &[&str]| {
        let command = ["plugin", "install", "resource", "mig", VERSION, "--reinstall"];
        project.run(&[&command[..], options].concat()).unwrap()
    };
    let download = ["--server", &server];
    let checked = ["--server", &server, "--checksum", &sum];
    let from_file = ["--file", served.to_str().unwrap(), "--checksum", &sum];
    let installed = || {
        project
            .run(&["plugin", "ls", "--json"])
            .unwrap()
            .success()
            .unwrap()
            .json()
    };

    fs::copy(&tarball, &served).unwrap();
    tamper_tarball(&served);
    let output = install(&checked);
    assert!(!output.succeeded(), "{}", output.words());
    assert!(output.words().contains("invalid checksum"), "{}", output.words());
    assert_eq!(installed(), json!([]));
    for unchecked in [&download[..], &from_file] {
        install(unchecked).success().unwrap();
        assert_eq!(installed()[0]["name"], "mig");
    }
    let refusal = summed(folder.path());
    assert!(
        !refusal.0 && refusal.1.contains(&format!("{}: FAILED", name(&tarball))),
        "{refusal:?}"
    );

    fs::copy(&tarball, &served).unwrap();
    install(&checked).success().unwrap();
    assert_eq!(summed(folder.path()), (true, format!("{}: OK\n", name(&tarball))));
}

/// Whether `sha256sum` finds the files of a folder as the release states them, and what it prints.
fn summed(folder: &Path) -> (bool, String) {
    let sums = RELEASE.files().join(format!("mig_{VERSION}_SHA256SUMS"));
    let mut command = Command::new("sha256sum");
    command
        .args(["--check", "--ignore-missing"])
        .arg(sums)
        .current_dir(folder);
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}
