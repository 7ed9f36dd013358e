"""Of the nodes of a graph those that pass a wrong gradient back, each checked by itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck.measuring import Measurement, measure
from coursekit.gradcheck.numerical import prober
from coursekit.gradcheck.report import Finding, relative_error
from coursekit.graphs import CONSTANT, Node, vjp

TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class Use:
    """A node went into `child` as its argument number `position`; `gradient` is the child's."""

    child: Node
    position: int
    gradient: Array

    @cached_property
    def share(self) -> Measurement:
        """∂(gradient · child)/∂argument, measured: this operation alone is computed anew."""
        x = np.array(self.child.parents[self.position].value)
        nothing = np.full(x.size, np.nan)  # no gradient is claimed: every slope is a doubt
        return measure(prober(self._moved, x, False), x, self._moved(x), nothing, TOLERANCE)

    def _moved(self, value: Array) -> float:
        arguments = [parent.value for parent in self.child.parents]
        arguments[self.position] = value
        out = self.child.operation.forward(*arguments, **self.child.options)
        return float((self.gradient * out).sum())

    @property
    def right_in_the_table(self) -> bool:
        """Is the table's vector–Jacobian product what was measured?"""
        return add_up(vjp(self.child, self.position, self.gradient).ravel(), [self])

    @property
    def argument(self) -> str:
        several = len(self.child.parents) > 1
        return f", argument {self.position + 1}" if several else ""


def add_up(gradient: Array, uses: Sequence[Use]) -> bool:
    """Is the gradient the sum of what these uses should pass back, but for kinks?"""
    shares = [use.share for use in uses]
    slope, doubt = (sum(share[i] for share in shares) for i in (0, 1))
    kink = np.any([share.kink for share in shares], axis=0)
    return bool((kink | (relative_error(gradient, slope, doubt) <= TOLERANCE)).all())


def culprits(
    order: Sequence[Node], label: Callable[[Node], str], gradients: Mapping[Node, Array]
) -> Iterator[Finding]:
    """A finding for each node whose gradient is not what its uses should pass back to it.

    The gradients further up are taken as they are, so one that is wrong does not accuse
    those below it. The same derivative is accused once.
    """
    accused = set()
    for node in reversed(order):
        uses = [
            Use(child, position, np.asarray(gradients[child], dtype=float))
            for child in order
            for position, parent in enumerate(child.parents)
            if parent is node and child in gradients
        ]
        if node.op == CONSTANT or node not in gradients or not uses:
            continue
        given = np.asarray(gradients[node], dtype=float).ravel()
        if not add_up(given, uses):
            finding = _missing_branch(node, label, given, uses) or _derivative(
                node, label, given, uses
            )
            if finding.where not in accused:
                yield finding
            accused.add(finding.where)


def _missing_branch(node, label, given, uses) -> Finding | None:
    if len(uses) < 2:
        return None
    for i, use in enumerate(uses):
        others = uses[:i] + uses[i + 1 :]
        for kept, said in (
            ([use], "only that through {} arrived"),
            (others, "that through {} is missing"),
        ):
            if add_up(given, kept):
                into = ", ".join(label(each.child) for each in uses)
                return Finding(
                    "missing branch",
                    (label(node),),
                    f"A branch is missing at {label(node)}: it went into {len(uses)} places "
                    f"({into}), and of what they pass back {said.format(label(use.child))}. "
                    "Branches add up: grad = grad + …, not grad = ….",
                )
    return None


def _derivative(node, label, given, uses) -> Finding:
    blamed = [use for use in uses if not use.right_in_the_table] if len(uses) > 1 else uses
    names = tuple(f"{label(use.child)}{use.argument}" for use in blamed or uses)
    one_of = "" if blamed else "one of "
    sign = " Its sign is wrong." if add_up(-given, uses) else ""
    return Finding(
        "wrong derivative",
        names,
        f"The derivative of {one_of}{'; '.join(names)} is wrong: what {label(node)} is given is "
        f"not the gradient there times the slope.{sign}",
    )
