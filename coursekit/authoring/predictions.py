"""Cells that ask for a prediction, `guess = Predict(…)`, and those that `guess.reveal(…)` it."""

import ast

NEVER = "{} is never revealed: call {}.reveal(…) in the cell that computes the result"
TOGETHER = "asks and reveals: what a result covers until it is answered is all that its cell shows"


def asks(source):
    """Whether a cell with this source puts a question."""
    return any(_is_call(node, "Predict") for node in _nodes(source))


def reveals(source):
    """Whether a cell with this source sets a result beside an answer."""
    return any(_is_reveal(node) for node in _nodes(source))


def prediction_problems(cells):
    """(cell, what is wrong) for the predictions of a notebook: each is shown, and revealed."""
    problems, waiting, questions = [], {}, set()  # waiting: the cell of each name's question
    for cell in cells:
        if cell["cell_type"] != "code" or not (asks(cell["source"]) or reveals(cell["source"])):
            continue
        tree = ast.parse(cell["source"])
        if asks(cell["source"]) and reveals(cell["source"]):
            problems.append((cell, TOGETHER))
        for call in filter(_is_reveal, ast.walk(tree)):
            waiting.pop(_name(call.func.value), None)
            problems += [(cell, problem) for problem in _reveal_problems(call)]
        names = {id(value): name for name, value in _assigned(tree)}
        for call in (node for node in ast.walk(tree) if _is_call(node, "Predict")):
            name = names.get(id(call))
            if name in waiting:
                problems.append((waiting[name], NEVER.format(name, name)))
            problems += [(cell, problem) for problem in _ask_problems(call, name, tree, questions)]
            waiting |= {name: cell} if name else {}
    return problems + [(cell, NEVER.format(name, name)) for name, cell in waiting.items()]


def _ask_problems(call, name, tree, questions):
    problems = []
    if name is None:
        problems.append("a prediction needs a name, guess = Predict(…), to be revealed by")
    elif _name(getattr(tree.body[-1], "value", None)) != name:
        problems.append(f"must end with {name}, or nobody sees the question")
    question = ast.unparse(call.args[0]) if call.args else ""
    if question in questions:
        problems.append(f"asks {question} again: answers are kept by question, so change a word")
    questions.add(question)
    return problems


def _reveal_problems(call):
    try:
        given = [ast.literal_eval(argument) for argument in call.args]
    except ValueError:
        return []  # as it should be: something is computed
    said = ", ".join(map(repr, given))
    return [f"reveal({said}) is written by hand: compute the truth, here or before"]


def _assigned(tree):
    """(name, value) of each assignment `name = value` of a cell."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and _name(node.targets[0]):
            yield _name(node.targets[0]), node.value


def _nodes(source):
    try:
        return list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return []  # another rule complains of it


def _is_call(node, name):
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return getattr(function, "id", None) == name or getattr(function, "attr", None) == name


def _is_reveal(node):
    return _is_call(node, "reveal") and isinstance(node.func, ast.Attribute)


def _name(node):
    return node.id if isinstance(node, ast.Name) else None
