"""Is my gradient right, and if not, what did I forget?

    report = check_gradient(bowl, bowl.grad, (1, 2))
    report.ok, report.max_error          # True, …
    print(check_gradient(bowl, lambda x: -bowl.grad(x), (1, 2)))

`numerical_gradient` measures a gradient by moving each parameter a little; `check_gradient`
compares one with that, allows for what rounding and kinks explain, and names the mistake where
it knows it. `check_graph` does so for gradients that come through a graph, and names the node.
"""

from coursekit.gradcheck.blocks import Block
from coursekit.gradcheck.checking import check_gradient
from coursekit.gradcheck.graph import check_graph
from coursekit.gradcheck.layered import LayeredLoss
from coursekit.gradcheck.numerical import numerical_gradient
from coursekit.gradcheck.report import Finding, GradientReport, relative_error

__all__ = [
    "Block",
    "Finding",
    "GradientReport",
    "LayeredLoss",
    "check_gradient",
    "check_graph",
    "numerical_gradient",
    "relative_error",
]
