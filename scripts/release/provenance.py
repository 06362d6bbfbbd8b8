"""Where the files of a release come from: a statement of in-toto with a predicate of SLSA, version 1. Whoever verifies the
signature of the checksums knows that it is the signer's."""

import re
import subprocess

import packages

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"


def statement(digests: dict[str, str], targets: dict[str, str], epoch: int, tools: dict[str, str]) -> dict:
    """Of these files, by name; `targets` are platforms with what Rust calls them. No time of the build, which would differ
    between two that are otherwise equal."""
    source = repository()
    version = packages.version()
    return {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(digests.items())],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": f"{source}/blob/v{version}/CONTRIBUTING.md#release",
                "externalParameters": {"command": ["make", "release", f"VERSION={version}"]},
                "internalParameters": {"SOURCE_DATE_EPOCH": epoch, "targets": targets, "tools": tools},
                "resolvedDependencies": [checkout(source), *crates(set(targets.values()))],
            },
            "runDetails": {"builder": {"id": f"{source}/blob/v{version}/scripts/release.sh", "version": tools}},
        },
    }


def repository() -> str:
    """The address of the source."""
    return re.search(r'^repository = "(.*)"$', (packages.ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]


def checkout(source: str) -> dict:
    """The commit that is built."""
    command = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(command, cwd=packages.ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return {"uri": f"git+{source}@{commit}", "digest": {"gitCommit": commit}}


def crates(targets: set[str]) -> list[dict]:
    """Every package of the registry that is built."""
    built_of = {package for target in targets for package in packages.of(target) if package.checksum}
    return [
        {"uri": f"pkg:cargo/{package.name}@{package.version}", "digest": {"sha256": package.checksum}}
        for package in sorted(built_of, key=lambda package: package.key)
    ]
