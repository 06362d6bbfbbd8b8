#!/usr/bin/env python3
"""Writes what a linker has to know of the frameworks of macOS, for machines without Apple's SDK: which library has which symbol. The
symbols are those that our dependencies declare; the loader of macOS finds them in its own libraries.

  frameworks.py FOLDER TARGET
"""

import re
import sys
from pathlib import Path

import packages

# By the package that declares the framework's symbols.
DECLARED_BY = {"CoreFoundation": "core-foundation-sys", "Security": "security-framework-sys"}
DECLARATION = re.compile(r"\bpub (?:fn|static(?: mut)?) (\w+)")
STUB = """--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/System/Library/Frameworks/{name}.framework/Versions/A/{name}'
current-version: 1
compatibility-version: 1
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ {symbols} ]
...
"""


def declared(folder: Path) -> list[str]:
    """The symbols that a package takes from outside."""
    text = "\n".join(path.read_text() for path in sorted(folder.glob("src/**/*.rs")))
    blocks = re.findall(r'extern "C" \{(.*?)\n\}', text, re.DOTALL)
    return sorted({name for block in blocks for name in DECLARATION.findall(block)})


def main() -> None:
    folder, target = sys.argv[1:]
    folders = {package.name: package.folder for package in packages.of(target)}
    for name, package in DECLARED_BY.items():
        symbols = ", ".join(f"_{symbol}" for symbol in declared(folders[package]))
        path = Path(folder) / f"{name}.framework" / f"{name}.tbd"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STUB.format(name=name, symbols=symbols))


main()
