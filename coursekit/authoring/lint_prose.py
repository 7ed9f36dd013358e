"""What is wrong with the prose of a notebook: headings, links, pictures, tables."""

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from coursekit.authoring.lint_outputs import html_problems

HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s)>]*)>?(?:\s+[\"'][^)]*)?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)", re.MULTILINE)
HTML_LINK = re.compile(r"<(?:a\b[^>]*\bhref|img\b[^>]*\bsrc)\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
HTML_HEADING = re.compile(r"<h[1-6]\b", re.IGNORECASE)
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
SAYS_NOTHING = {"here", "click here", "link", "this", "this link", "more"}
# Code and mathematics are not Markdown: a # or a [a](b) there means something else.
NOT_MARKDOWN = re.compile(
    r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]*\s*$|\Z)|\$\$.*?\$\$|(`+)(?!`).*?(?<!`)\2(?!`)"
    r"|(?<![\\$])\$(?!\s)[^$\n]+?(?<!\s)\$",
    re.MULTILINE | re.DOTALL,
)


def _prose(source):
    """`source` with code and mathematics blanked out, line for line."""
    return NOT_MARKDOWN.sub(lambda found: "\n" * found[0].count("\n") or "x", source)


def heading_problems(cells, number):
    """(cell, what is wrong) for the headings of a notebook whose file name has `number`."""
    problems = _title_problems(cells, number)
    level = 0
    for cell in cells:
        for new, text in _headings(cell):
            if new == 1 and level > 0:
                problems.append((cell, f"# {text}: a notebook has one title, its first line"))
            elif new > level + 1 and level > 0:
                skipped = f"follows one of level {level}: skip none"
                problems.append((cell, f"{'#' * new} {text}: a heading of level {new} {skipped}"))
            level = new
    return problems


def _title_problems(cells, number):
    first = cells[0]
    title = HEADING.match(first["source"].split("\n")[0])
    is_title = first["cell_type"] == "markdown" and title and len(title[1]) == 1
    if is_title and (title[2] or "").startswith(number + " "):
        return []
    return [(first, f"must be the title, '# {number} …' with the number of the file")]


def _headings(cell):
    if cell["cell_type"] != "markdown":
        return []
    found = (HEADING.match(line) for line in _prose(cell["source"]).split("\n"))
    return [(len(match[1]), match[2] or "") for match in found if match]


def prose_problems(cell, folder):
    """What is wrong with a Markdown cell of a notebook that stands in `folder`, a phrase each."""
    prose = _prose(cell["source"])
    problems = [*_heading_form_problems(prose), *html_problems(prose)]
    for is_picture, text, target in LINK.findall(prose):
        problems += _text_problems(is_picture, text, target)
        problems += _target_problems(target, cell, folder)
    for target in [*REFERENCE.findall(prose), *HTML_LINK.findall(prose)]:
        problems += _target_problems(target, cell, folder)
    return problems


def _heading_form_problems(prose):
    problems = []
    lines = prose.split("\n")
    for above, line in pairwise(lines):
        if above.strip() and not HEADING.match(above) and UNDERLINE.match(line):
            problems.append(f"{above.strip()!r} is underlined into a heading: write it with #")
    if HTML_HEADING.search(prose):
        problems.append("a heading in HTML: write it with #")
    return problems


def _text_problems(is_picture, text, target):
    if is_picture and not text.strip():
        return [f"the picture {target} needs alternative text: ![…]({target})"]
    if not is_picture and text.strip().lower() in {"", *SAYS_NOTHING}:
        return [f"the link text {text!r} must say where it goes ({target})"]
    return []


def _target_problems(target, cell, folder):
    if target.startswith("attachment:"):
        name = target.removeprefix("attachment:")
        known = name in cell.get("attachments", {})
        return [] if known else [f"{target} is not attached to the cell"]
    file = unquote(target.split("#")[0].split("?")[0])
    if file.startswith(("/", "file:")) or re.match(r"[A-Za-z]:[\\/]", file):
        return [f"the link {target} is to a place on one machine: make it relative"]
    if SCHEME.match(target) or (not file and target.startswith("#")):
        return []
    if file and (Path(folder) / file).exists():
        return []
    return [f"the link {target!r} leads to no file"]
