"""What is wrong with the source of a code cell, above all for strict nbval."""

import ast
import io
import re
import tokenize
from itertools import pairwise

WIDEST = 100  # columns, as ruff has it
LONGEST = 25  # lines, about what a reader takes in at once
MAGIC = re.compile(r"^\s*(%%?\w+|!\S+|\?{1,2}\w.*|\w[\w.]*\?{1,2}\s*$)")

# What a call does that strict nbval, or the next reader, cannot repeat.
CALLS = {
    "interact": "draws an Output widget: use observe() and a widget in a box",
    "interactive": "draws an Output widget: use observe() and a widget in a box",
    "interactive_output": "draws an Output widget: use observe() and a widget in a box",
    "interact_manual": "draws an Output widget: use observe() and a widget in a box",
    "Output": "is an Output widget: use observe() and a widget in a box",
    "clear_output": "removes outputs that nbval has stored: print once",
    "update_display": "changes an output that nbval has stored: display once",
    "input": "waits for a keyboard that CI does not have",
    "perf_counter": "measures time, which differs at each run",
    "process_time": "measures time, which differs at each run",
    "monotonic": "measures time, which differs at each run",
    "time.time": "measures time, which differs at each run",
    "timeit.timeit": "measures time, which differs at each run",
    "timeit.repeat": "measures time, which differs at each run",
    "datetime.now": "reads the clock, which differs at each run",
    "datetime.today": "reads the clock, which differs at each run",
    "date.today": "reads the clock, which differs at each run",
}


def code_problems(source):
    """What is wrong with a code cell whose source is `source`, a phrase each."""
    problems = _size_problems(source)
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [*problems, *_syntax_problems(source, error)]
    if _ends_a_line_with_semicolon(source):
        problems.append("a ; ends a line: strict nbval fails on what it hides, so remove it")
    calls = sorted((node for node in ast.walk(tree) if isinstance(node, ast.Call)), key=_place)
    return problems + [problem for call in calls for problem in _call_problems(call)]


def _syntax_problems(source, error):
    magics = [line.strip() for line in source.split("\n") if MAGIC.match(line)]
    if magics:
        return [f"{magic!r} is IPython, not Python: write it in Python" for magic in magics]
    return [f"line {error.lineno}: is not Python: {error.msg}"]


def _place(node):
    return node.lineno, node.col_offset


def _size_problems(source):
    lines = source.split("\n")
    problems = [
        f"line {number}: must be at most {WIDEST} columns, is {len(line)}"
        for number, line in enumerate(lines, 1)
        if len(line) > WIDEST
    ]
    if len(lines) > LONGEST:
        problems.append(f"must be at most {LONGEST} lines, is {len(lines)}: one idea a cell")
    return problems


def _ends_a_line_with_semicolon(source):
    ends = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    return any(token.string == ";" and after.type in ends for token, after in pairwise(tokens))


def _call_problems(call):
    name = _dotted(call.func)
    last_two = ".".join(name.split(".")[-2:])
    why = CALLS.get(last_two) or CALLS.get(name.split(".")[-1])
    if why:
        return [f"{name}() {why}"]
    if name == "display" and any(keyword.arg == "display_id" for keyword in call.keywords):
        return ["display(display_id=…) is there to be changed later: display once"]
    if name.split(".")[-1] == "default_rng" and not (call.args or call.keywords):
        return [f"{name}() needs a seed, or each run draws other numbers"]
    return []


def _dotted(function):
    """`a.b.c` of the call a.b.c(…); what is not a name there is left out."""
    names = []
    while isinstance(function, ast.Attribute):
        names.append(function.attr)
        function = function.value
    if isinstance(function, ast.Name):
        names.append(function.id)
    return ".".join(reversed(names))
