"""A function of nodes and its inputs, for the graph explorer."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coursekit.arrays import all_finite, as_floats
from coursekit.graphs import Node, exp, topological_order

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def neuron(w0=-3.0, w1=2.0, w2=-3.0, x1=-1.0, x2=-2.0):
    """The logistic neuron of section 5.3."""
    total = (w0 + w1 * x1 + w2 * x2).named("sum")
    return (1 / (1 + exp(-total))).named("f")


def branches(a=2.0):
    """Three paths from a to f: section 5.4."""
    b = (a + 1).named("b")
    c = (b * a).named("c")
    return (b * c).named("f")


def product(x1=-2.0, x2=5.0, x3=-4.0):
    """The first graph of chapter 05."""
    p = (x1 + x2).named("p")
    return (p * x3).named("f")


GRAPHS = {"neuron": neuron, "branches": branches, "product": product}


@dataclass(frozen=True)
class Expression:
    """A function of nodes, the line of Python that names it, and the inputs to begin with."""

    function: Callable[..., Node]
    said: str
    name: str
    inputs: dict[str, float]

    def root(self, inputs: Mapping[str, float]) -> Node:
        """The result as a node on nodes that hold these inputs."""
        nodes = {name: Node(value, name=self.label(name)) for name, value in inputs.items()}
        root = self.function(**nodes)
        _check(root, nodes)
        return root if root.name else root.named("f")

    def label(self, name: str) -> str:
        """The name of an input with its number as a subscript: w0 is w₀."""
        letters = name.rstrip("0123456789")
        return letters + name[len(letters) :].translate(SUBSCRIPTS)

    def code(self, inputs: Mapping[str, float]) -> str:
        given = [self.said, *(f"{name}={float(value)!r}" for name, value in inputs.items())]
        return f"explore_graph({', '.join(given)})"


def expression_of(function: str | Callable[..., Node], inputs: Mapping[str, float]) -> Expression:
    """The function, by name or itself, with its inputs; raises what `explore_graph` raises."""
    if isinstance(function, str):
        if function not in GRAPHS:
            raise ValueError(
                f"explore_graph: function must be one of {', '.join(GRAPHS)} or a function of "
                f"nodes, got {function!r}."
            )
        return Expression(GRAPHS[function], f'"{function}"', function, _given(function, inputs))
    if not callable(function):
        raise TypeError(
            f"explore_graph: function must be a function of nodes, got {function!r:.60}."
        )
    said = _said(function)
    return Expression(function, said, said, _given(function, inputs))


def _given(function: str | Callable, inputs: Mapping[str, float]) -> dict[str, float]:
    """A number for each parameter: as given, else its default."""
    parameters = inspect.signature(GRAPHS.get(function, function)).parameters
    names = ", ".join(parameters)
    if not parameters or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY)
                             for p in parameters.values()):  # fmt: skip
        raise ValueError(
            f"explore_graph: the inputs of the function must have names, got ({names})."
        )
    unknown = [name for name in inputs if name not in parameters]
    if unknown:
        raise ValueError(f"explore_graph: the function has the inputs {names}, not {unknown[0]}.")
    found = {}
    for name, parameter in parameters.items():
        value = inputs.get(name, parameter.default)
        if value is parameter.empty:
            raise ValueError(f"explore_graph needs a value for {name}, such as {name}=1.0.")
        number = all_finite(as_floats(value, f"explore_graph: {name}"), f"explore_graph: {name}")
        if number.shape:
            raise ValueError(f"explore_graph needs {name} as one number, got shape {number.shape}.")
        found[name] = float(number)
    return found


def _check(root: Node, nodes: Mapping[str, Node]) -> None:
    if not isinstance(root, Node):
        raise TypeError(
            f"explore_graph: the function must return a node, got {type(root).__name__}."
        )
    under = topological_order(root)
    for name, node in nodes.items():
        if node not in under:
            raise ValueError(f"explore_graph: the result does not depend on {name}.")
    for node in under:
        if node.shape:
            raise ValueError(
                f"explore_graph draws nodes that hold one number each, {node.op} has the shape "
                f"{node.shape}."
            )


def _said(function: Callable) -> str:
    """The function in Python: its name, or a lambda as it was written where that is known."""
    name = getattr(function, "__name__", "function")
    if name != "<lambda>":
        return name
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):  # typed at a prompt, or written over several lines
        return "function"
    written = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
    return ast.unparse(written[0]) if len(written) == 1 else "function"
