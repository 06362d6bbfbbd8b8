"""What the pages of the site have beside the Markdown: their order in the menu, and pictures of layouts.

A comment `<!-- picture: LAYOUTS -->`, with layouts as `mig picture` reads them, becomes the picture that it draws. On GitHub and in the
registries such a comment is not seen.
"""

import hashlib
import os
import pathlib
import re
import subprocess

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

# Guides that a reader begins with; the others follow by title.
FIRST = ["which-object.md", "getting-started.md"]

FOLDERS = [
    ("Guides", "guides"),
    ("Resources", "resources"),
    ("Data sources", "data-sources"),
    ("Functions", "functions"),
    ("Ephemeral resources", "ephemeral-resources"),
    ("Lists", "list-resources"),
    ("Design", "design"),
]

PICTURE = re.compile(r"<!-- picture: (.*?) -->", re.DOTALL)


def title(path):
    """The title of a guide, or the name of an object."""
    text = path.read_text(encoding="utf-8")
    heading = re.search(r"^# (?:function: )?(.*?)(?: \([A-Z][A-Za-z ]*\))?$", text, re.MULTILINE)
    return heading.group(1)


def pages(folder, docs):
    def rank(path):
        first = FIRST.index(path.name) if path.name in FIRST else len(FIRST)
        return (path.name != "README.md", first, title(path).lower())

    paths = sorted((docs / folder).glob("*.md"), key=rank)
    return [{title(path): f"{folder}/{path.name}"} for path in paths]


def on_config(config):
    docs = pathlib.Path(config.docs_dir)
    menu = [{name: pages(folder, docs)} for name, folder in FOLDERS]
    config.nav = [{"Provider": "index.md"}, *menu]
    return config


def draw(layouts):
    program = os.environ["MIG"]
    drawn = subprocess.run([program, "picture", "-", "--format", "svg"], input=layouts, capture_output=True, text=True)
    if drawn.returncode != 0:
        raise PluginError(f"mig picture: {drawn.stderr}\n{layouts}")
    return drawn.stdout


def on_page_markdown(markdown, page, config, files):
    def picture(match):
        svg = draw(match.group(1))
        name = f"pictures/{hashlib.sha256(svg.encode()).hexdigest()[:16]}.svg"
        if files.get_file_from_path(name) is None:
            files.append(File.generated(config, name, content=svg))
        up = "../" * page.file.src_uri.count("/")
        return f"![Slices of each GPU]({up}{name})"

    return PICTURE.sub(picture, markdown)
