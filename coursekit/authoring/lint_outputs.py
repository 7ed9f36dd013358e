"""What is wrong with the stored outputs of a cell: errors, traces of a machine, dumb pictures."""

import re

from coursekit.authoring.normalise import WIDGET_VIEW

# Outputs in which a path, an address or a time stands differ by machine or run.
TRACES = {
    "a path of one machine": re.compile(
        r"(?<![\w.)\]])(?:/(?:home|root|tmp|Users|private|mnt|opt|usr|var/folders)/[\w.]"
        r"|[A-Za-z]:\\{1,2}\w)|site-packages"
    ),
    "the address of an object": re.compile(r"\b0x[0-9a-fA-F]{6,}\b"),
    "the address of a local server": re.compile(r"\b(?:localhost|127\.0\.0\.1)(?::\d+)?\b"),
    "a timing": re.compile(
        r"\b\d+\.\d+\s?(?:s|secs?|seconds?|minutes?)\b"
        r"|\b\d+(?:\.\d+)?\s?(?:ms|[µμ]s|us|ns|milliseconds?|microseconds?)\b"
        r"|\b\d+ seconds\b|\b(?:Wall time|CPU times)\b"
    ),
}


def output_problems(outputs):
    """What is wrong with the outputs of one cell, a phrase each."""
    return [problem for output in outputs for problem in _problems(output)]


def _problems(output):
    if output["output_type"] == "error":
        return [f"stores an error, {output['ename']}: mend the cell and run it again"]
    if output["output_type"] == "stream":
        return [*_stderr_problems(output), *_trace_problems(output["text"])]
    data = output["data"]
    problems = [
        problem
        for mime, content in data.items()
        if mime.startswith("text/") and isinstance(content, str)
        for problem in _trace_problems(content)
    ]
    if WIDGET_VIEW in data:  # normalising drops it where a still stands with it
        problems.append(
            "a widget needs a still for a page without a kernel: image/png or text/html"
        )
    return [*problems, *_picture_problems(output), *html_problems(data.get("text/html", ""))]


def _stderr_problems(output):
    if output["name"] != "stderr":
        return []
    first = output["text"].strip().split("\n")[0]
    return [f"writes to stderr, {first!r}: mend what it warns of, or print it"]


def _trace_problems(text):
    found = ((what, pattern.search(text)) for what, pattern in TRACES.items())
    return [
        f"the output holds {what}, {match[0]!r}: it differs by machine or run"
        for what, match in found
        if match
    ]


def _picture_problems(output):
    plain = output["data"].get("text/plain", "")
    problems = []
    for mime in output["data"]:
        if not mime.startswith("image/"):
            continue
        alt = output.get("metadata", {}).get(mime, {}).get("alt", "")
        if not alt.strip():
            problems.append('a picture needs alternative text: show(fig, alt="…")')
        elif plain != alt:
            problems.append(
                f"the plain text of a picture must be its alternative text, and is {plain[:40]!r}"
            )
    return problems


def html_problems(html):
    """What HTML lacks for a reader who does not see it; for outputs and for prose."""
    problems = []
    for tag in re.findall(r"<img\b[^>]*>", html, re.IGNORECASE):
        if not re.search(r"\balt\s*=\s*(\"[^\"]*\S[^\"]*\"|'[^']*\S[^']*')", tag, re.IGNORECASE):
            problems.append(f'{tag[:60]} needs alternative text: alt="…"')
    for table in re.findall(r"<table\b.*?(?:</table>|\Z)", html, re.IGNORECASE | re.DOTALL):
        if not re.search(r"<th\b", table, re.IGNORECASE):
            problems.append("an HTML table needs header cells, <th>")
    for svg in re.findall(r"<svg\b.*?(?:</svg>|\Z)", html, re.IGNORECASE | re.DOTALL):
        if not re.search(r"<title\b|\baria-label(ledby)?\s*=", svg, re.IGNORECASE):
            problems.append("an <svg> needs a <title> or an aria-label")
    return problems
