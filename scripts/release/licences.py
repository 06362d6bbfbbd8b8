"""The notices of everything that is linked, in one text."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from packages import ROOT, Package

HERE = Path(__file__).resolve().parent
NOTICE = re.compile(r"(licen[sc]e|copying|notice|unlicense|copyright)", re.IGNORECASE)
# Endings of code, which may have such a name too.
CODE = (".rs", ".py", ".json", ".html", ".toml")
# The shortest licence, ISC, has some more.
WORDS = 100
# For packages that name a licence and come without its text.
STANDARD = {
    "MIT": HERE / "MIT.txt",
    "Apache-2.0": ROOT / "LICENSE",
}
# What is linked and no package.
BESIDES = {
    "Rust's standard library (MIT OR Apache-2.0)": ROOT / "LICENSE",
    "musl, in the programs for Linux (MIT)": HERE / "musl.txt",
    "mingw-w64's runtime, in the programs for Windows (ZPL-2.1)": HERE / "mingw-w64.txt",
}


def notices(built_of: Iterable[Package]) -> str:
    """Each text once, under the packages that it is of."""
    under = defaultdict(list)
    for package in sorted(set(built_of), key=lambda package: package.key):
        for text in texts(package):
            under[text].append(f"{package.name} {package.version} ({package.licence})")
    for name, path in BESIDES.items():
        under[tidy(path.read_text())].append(name)
    sections = sorted((names, text) for text, names in under.items())
    rule = "=" * 100
    head = "The provider is linked from these packages. Each text stands below the packages that it is of.\n"
    return head + "".join(f"\n{rule}\n" + "\n".join(names) + f"\n{rule}\n\n{text}" for names, text in sections)


def texts(package: Package) -> list[str]:
    """The texts of a package, the standard one of its licence if none of them is a licence, and those of others' sources in its folders."""
    own, others = [], []
    for path in sorted(package.folder.rglob("*")):
        if path.is_file() and NOTICE.match(path.name) and path.suffix not in CODE:
            side = own if path.parent == package.folder else others
            side.append(tidy(path.read_text(errors="replace")))
    # A shorter one only says which licence it is.
    if not any(len(text.split()) >= WORDS for text in own):
        own.append(standard(package))
    return list(dict.fromkeys(own + others))


def standard(package: Package) -> str:
    """The text of the licence that a package names and does not carry."""
    for name, path in STANDARD.items():
        if re.search(rf"\b{re.escape(name)}\b", package.licence):
            return tidy(path.read_text())
    raise SystemExit(
        f"{package.name} {package.version} has the licence {package.licence} and no text of it. "
        f"Add the text to scripts/release/ and name it in {Path(__file__).name}."
    )


def tidy(text: str) -> str:
    """Without the differences that no reader sees, so that equal texts are found equal."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return "\n".join(lines).strip("\n") + "\n"
