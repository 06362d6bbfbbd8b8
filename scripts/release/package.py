#!/usr/bin/env python3
"""Makes the files of a release from programs that are built: what the registries, Pulumi and people download.

  scripts/release/package.py --version 1.2.3 --out FOLDER --epoch SECONDS PLATFORM=PROGRAM...
"""

import argparse
import hashlib
import itertools
import json
from pathlib import Path

import archives
import bill
import licences
import packages
import provenance
import targets
from archives import PROGRAM, TEXT, Entry

# The registry takes version 5 where this is not said.
PROTOCOLS = ["6.0"]


class Release:
    """The files that are made, by name."""

    def __init__(self, arguments: argparse.Namespace):
        self.version = arguments.version
        self.out = arguments.out
        self.epoch = arguments.epoch
        self.level = arguments.level
        self.prefix = f"{packages.NAME}_{self.version}"
        self.made: dict[str, Path] = {}

    def path(self, name: str) -> Path:
        """Where a file of this name goes."""
        self.made[name] = self.out / name
        return self.made[name]

    def write(self, name: str, text: str) -> None:
        self.path(name).write_text(text)

    def write_json(self, name: str, value: dict) -> None:
        self.write(name, json.dumps(value, indent=2) + "\n")

    def write_sums(self, name: str, of: list[str]) -> None:
        digests = self.digests()
        self.write(name, "".join(f"{digests[other]}  {other}\n" for other in sorted(of)))

    def digests(self) -> dict[str, str]:
        """The checksum of each file so far."""
        return {name: sha256(path.read_bytes()) for name, path in self.made.items()}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pack(release: Release, platform: str, content: bytes, texts: list[Entry]) -> None:
    """The one program under its three names, each in the archive that is usual for it, and its bill of materials."""

    def named(name: str) -> list[Entry]:
        return [(targets.program(name, platform), content, PROGRAM), *texts]

    version, epoch, level = release.version, release.epoch, release.level
    name = f"{release.prefix}_{platform}"
    provider = named(f"{packages.NAME}_v{version}")
    archives.write_zip(release.path(f"{name}.zip"), provider, epoch, level)
    plugin = release.path(f"pulumi-resource-mig-v{version}-{platform.replace('_', '-')}.tar.gz")
    archives.write_tar(plugin, named("pulumi-resource-mig"), epoch, level)
    archives.write_tar(release.path(f"mig_{version}_{platform}.tar.gz"), named("mig"), epoch, level)
    release.write_json(f"{name}.cdx.json", bill.bill(platform, targets.RUST[platform], epoch, sha256(content)))


def make(release: Release, programs: dict[str, Path], tools: dict[str, str]) -> None:
    """Every file, the checksums last."""
    built_for = {platform: targets.RUST[platform] for platform in sorted(programs)}
    linked = {platform: [package for package in packages.of(target) if package.linked] for platform, target in built_for.items()}
    common = [(name, (packages.ROOT / name).read_bytes(), TEXT) for name in ("LICENSE", "README.md")]
    for platform, of_platform in linked.items():
        # Of its own packages alone, so that it has the same bytes whichever other systems there are.
        notices = ("LICENSES-OF-DEPENDENCIES.txt", licences.notices(of_platform).encode(), TEXT)
        pack(release, platform, programs[platform].read_bytes(), [*common, notices])
    release.write(f"{release.prefix}_licenses.txt", licences.notices(itertools.chain(*linked.values())))
    manifest = {"version": 1, "metadata": {"protocol_versions": PROTOCOLS}}
    release.write_json(f"{release.prefix}_manifest.json", manifest)
    statement = provenance.statement(release.digests(), built_for, release.epoch, tools)
    release.write_json(f"{release.prefix}_provenance.json", statement)
    # Lock files get every line of the first, so it has no more than the registries ask for.
    provider = [name for name in release.made if name.endswith((".zip", "_manifest.json"))]
    release.write_sums(f"{release.prefix}_SHA256SUMS", provider)
    release.write_sums(f"mig_{release.version}_SHA256SUMS", list(release.made))


def pair(text: str) -> tuple[str, str]:
    """What stands before and behind an equals sign."""
    name, separator, value = text.partition("=")
    if not (name and separator and value):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True, help="must be the version in Cargo.toml")
    parser.add_argument("--out", type=Path, default=Path("release"), help="a folder, made if it is not there")
    parser.add_argument("--epoch", type=int, default=0, help="the time of everything inside, in seconds since 1970")
    parser.add_argument("--level", type=int, default=9, help="of compression, 1 to 9")
    parser.add_argument("--tool", action="append", type=pair, default=[], help="NAME=VERSION of what has built the programs")
    parser.add_argument("programs", nargs="*", type=pair, metavar="PLATFORM=PROGRAM", help="such as linux_amd64=FILE; with none the version alone is checked")
    return parser.parse_args()


def main() -> None:
    arguments = parsed()
    programs = {platform: Path(path) for platform, path in arguments.programs}
    targets.check(list(programs))
    own = packages.version()
    if arguments.version != own:
        raise SystemExit(
            f"VERSION is {arguments.version}, and Cargo.toml has {own}. Set `version` of [workspace.package] and the `version` of "
            f"the four packages below [workspace.dependencies] to {arguments.version}, run `cargo update --workspace`, and commit."
        )
    if not programs:
        return
    arguments.out.mkdir(parents=True, exist_ok=True)
    make(Release(arguments), programs, dict(arguments.tool))


main()
