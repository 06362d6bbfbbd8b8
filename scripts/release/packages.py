"""What a program is built of, as cargo resolves it for one system."""

import functools
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "terraform-provider-mig"


@dataclass(frozen=True)
class Package:
    """A package of the build."""

    name: str
    version: str
    # A checksum of the registry; one of this repository has none.
    checksum: str | None
    # As SPDX writes it.
    licence: str
    repository: str | None
    folder: Path
    # Whether it is linked, and not only run during the build.
    linked: bool
    # Names and versions.
    dependencies: tuple[tuple[str, str], ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.version


def cargo(*arguments: str) -> str:
    """What cargo says, by the lock file as it is."""
    command = [os.environ.get("CARGO", "cargo"), *arguments, "--locked"]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


@functools.cache
def version() -> str:
    """The version that Cargo.toml gives to all packages of the workspace."""
    metadata = json.loads(cargo("metadata", "--format-version", "1", "--no-deps"))
    return next(package["version"] for package in metadata["packages"] if package["name"] == NAME)


@functools.cache
def of(target: str) -> tuple[Package, ...]:
    """Every package of the provider for a target of Rust, sorted. Only the provider's own choice of features counts, which
    `cargo tree` follows and `cargo metadata` does not: that adds what tests select."""
    # What a macro is made of runs in the compiler.
    linked, all_of_them = tree(target, "normal,no-proc-macro"), tree(target, "normal,build")
    # What runs during the build is chosen by the machine that builds.
    platforms = ("--filter-platform", target, "--filter-platform", host())
    metadata = json.loads(cargo("metadata", "--format-version", "1", *platforms))
    keys = {package["id"]: (package["name"], package["version"]) for package in metadata["packages"]}
    edges = {node["id"]: needed(node) for node in metadata["resolve"]["nodes"]}
    checksums = locked_checksums()

    def package(record: dict) -> Package:
        key = keys[record["id"]]
        dependencies = {keys[other] for other in edges[record["id"]]} & all_of_them
        return Package(
            name=key[0],
            version=key[1],
            checksum=checksums.get(key),
            # An older way to write a choice.
            licence=(record["license"] or "NOASSERTION").replace("/", " OR "),
            repository=record["repository"],
            folder=Path(record["manifest_path"]).parent,
            linked=key in linked,
            dependencies=tuple(sorted(dependencies)),
        )

    chosen = [record for record in metadata["packages"] if keys[record["id"]] in all_of_them]
    return tuple(sorted(map(package, chosen), key=lambda package: package.key))


@functools.cache
def host() -> str:
    """What Rust calls this machine."""
    said = subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.search("^host: (.*)$", said, re.MULTILINE)[1]


def tree(target: str, kinds: str) -> set[tuple[str, str]]:
    """Names and versions of what the provider needs by these kinds of dependencies."""
    what = ("--package", NAME, "--target", target, "--edges", kinds)
    lines = cargo("tree", *what, "--prefix", "none", "--format", "{p}").splitlines()
    words = (line.split() for line in lines if line)
    return {(name, version.removeprefix("v")) for name, version, *_ in words}


def needed(node: dict) -> list[str]:
    """The identities of what a package is built of, without what only its tests need."""
    kinds = lambda dependency: {kind["kind"] for kind in dependency["dep_kinds"]}
    return [dependency["pkg"] for dependency in node["deps"] if kinds(dependency) != {"dev"}]


@functools.cache
def locked_checksums() -> dict[tuple[str, str], str]:
    """The checksums in the lock file, by name and version."""
    found = {}
    for block in (ROOT / "Cargo.lock").read_text().split("[[package]]")[1:]:
        fields = dict(re.findall(r'^(name|version|checksum) = "(.*)"$', block, re.MULTILINE))
        if "checksum" in fields:
            found[fields["name"], fields["version"]] = fields["checksum"]
    return found
