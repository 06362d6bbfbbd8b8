#!/usr/bin/env python3
"""Reads programs of a release and stops at one that is not as promised: of its system, complete in itself, stripped, without the
folders of the machine that built it, and with the list of packages that cargo-auditable puts in.

  inspect_programs.py --bills FOLDER --version VERSION PLATFORM=PROGRAM...
"""

import argparse
import json
import os
import zlib
from pathlib import Path

import lief

# What the loaders of these systems always have.
LIBRARIES = {
    "linux": (),
    "darwin": ("/usr/lib/", "/system/library/"),
    "windows": ("api-ms-win-", "advapi32", "bcrypt", "bcryptprimitives", "crypt32", "kernel32", "msvcrt", "ntdll", "ole32", "secur32",
                "shell32", "user32", "userenv", "ws2_32"),
}
MACHINES = {"amd64": ("X86_64", "AMD64"), "arm64": ("AARCH64", "ARM64")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bills", required=True, type=Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("programs", nargs="+")
    arguments = parser.parse_args()
    for text in arguments.programs:
        platform, _, path = text.partition("=")
        name = f"terraform-provider-mig_{arguments.version}_{platform}.cdx.json"
        faults = examine(platform, Path(path), json.loads((arguments.bills / name).read_text()))
        size = Path(path).stat().st_size / 2**20
        print(f"{platform}: {size:.1f} MiB" + "".join(f"\n  {fault}" for fault in faults))
        if faults:
            raise SystemExit(f"The program for {platform} is not as a release promises.")


def examine(platform: str, path: Path, bill: dict) -> list[str]:
    """What is wrong with a program."""
    system, processor = platform.split("_")
    content = path.read_bytes()
    program = lief.parse(str(path))
    return [
        *wrong_machine(program, processor),
        *foreign_libraries(program, system),
        *symbols(program),
        *folders(content),
        *unlisted(program, bill),
    ]


def wrong_machine(program, processor: str) -> list[str]:
    header = program.header
    machine = str(getattr(header, "machine_type", None) or getattr(header, "machine", None) or header.cpu_type)
    known = machine.upper().endswith(MACHINES[processor])
    return [] if known else [f"it is for {machine}"]


def foreign_libraries(program, system: str) -> list[str]:
    """Libraries that a machine may not have."""
    found = [str(getattr(library, "name", library)) for library in program.libraries]
    return [f"it needs {name}" for name in found if not name.lower().startswith(LIBRARIES[system] or ("\0",))]


def symbols(program) -> list[str]:
    """What only a debugger reads."""
    names = [section.name for section in program.sections]
    debugging = [name for name in names if name in (".symtab",) or name.lstrip("_.").startswith("debug")]
    return [f"it has the section {name}" for name in debugging]


def folders(content: bytes) -> list[str]:
    """Folders of the build."""
    here = [os.getcwd(), os.environ.get("CARGO_TARGET_DIR", ""), os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo"))]
    return [f"it names the folder {folder}" for folder in here if folder and folder.encode() in content]


def unlisted(program, bill: dict) -> list[str]:
    """Packages that are linked and not in the program's own list. It may have more: what tests would select."""
    section = next((section for section in program.sections if section.name in (".dep-v0", "dep-v0")), None)
    if section is None:
        return ["it has no list of packages (.dep-v0)"]
    listed = json.loads(zlib.decompressobj().decompress(bytes(section.content)))
    inside = {(package["name"], package["version"]) for package in listed["packages"]}
    wanted = {(component["name"], component["version"]) for component in bill["components"] if component["scope"] == "required"}
    return [f"its list of packages lacks {name} {version}" for name, version in sorted(wanted - inside)]


main()
