"""What a gradient check found, in words and as a picture of itself."""

import textwrap
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from coursekit.arrays import Array
from coursekit.gradcheck.blocks import Block, element
from coursekit.gradcheck.measuring import Measurement
from coursekit.gradcheck.picture import AGREES, CLEARLY, ENTIRELY, KINK, SLIGHTLY, as_html


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its short name, where, and a sentence on what it usually means."""

    name: str
    where: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class GradientReport:
    """A gradient beside the measured one. All arrays are shaped like the parameters.

    An element is right if it differs from the measured slope by no more than `tolerance`
    times the larger of the two, after what rounding and the length of the step explain
    (`measured.doubt`) has been taken off. Where both are 0 it is right. At a kink there is
    no gradient to compare with, and it counts as no error.
    """

    gradient: Array = field(repr=False)
    numerical: Array = field(repr=False)
    measured: Measurement = field(repr=False)
    blocks: dict[str, Block] = field(repr=False)
    tolerance: float
    findings: tuple[Finding, ...] = ()

    @cached_property
    def kinks(self) -> np.ndarray:
        """True where the function has a kink."""
        return self.measured.kink.reshape(self.gradient.shape)

    @cached_property
    def errors(self) -> Array:
        """The relative error of each element, 0 at kinks."""
        flat = relative_error(self.gradient.ravel(), self.measured.slope, self.measured.doubt)
        return np.where(self.measured.kink, 0, flat).reshape(self.gradient.shape)

    @property
    def max_error(self) -> float:
        """The largest relative error."""
        return float(self.errors.max(initial=0))

    @property
    def wrong(self) -> np.ndarray:
        """True where the gradient is wrong."""
        return ~(self.errors <= self.tolerance)

    @property
    def ok(self) -> bool:
        return not self.wrong.any()

    @property
    def where(self) -> str | None:
        """The element with the largest error, such as "W1[3, 2]"; None if all are right."""
        return None if self.ok else element(self.blocks, self.worst(1)[0])

    @property
    def names(self) -> tuple[str, ...]:
        """The short name of each mistake that was recognised."""
        return tuple(finding.name for finding in self.findings)

    @property
    def diagnosis(self) -> str:
        """What is wrong, a sentence for each finding; "" for a gradient that is right."""
        return " ".join(finding.sentence for finding in self.findings)

    def worst(self, count: int) -> list[int]:
        """Flat indices of the elements that are wrong, the largest difference first."""
        wrong = np.flatnonzero(self.wrong)
        difference = np.abs(self.gradient.ravel()[wrong] - self.measured.slope[wrong])
        order = np.argsort(-np.nan_to_num(difference, nan=np.inf), kind="stable")
        return [int(i) for i in wrong[order[:count]]]

    @cached_property
    def levels(self) -> np.ndarray:
        """For each element an index into `LEVELS`; what the picture shows."""
        levels = np.full(self.gradient.shape, AGREES)
        levels[self.kinks] = KINK
        for low, level in ((0.0, SLIGHTLY), (0.01, CLEARLY), (0.5, ENTIRELY)):
            levels[self.wrong & ~(self.errors <= low)] = level
        return levels

    def finding(self, *findings: Finding) -> "GradientReport":
        """The same report with a diagnosis."""
        return replace(self, findings=findings)

    def lines(self) -> list[str]:
        """The worst elements, a line for each."""
        return [
            f"{element(self.blocks, i)}: yours {_number(self.gradient.flat[i])}, "
            f"measured {_number(self.numerical.flat[i])}"
            for i in self.worst(3)
        ]

    def summary(self) -> str:
        """The verdict in one line."""
        count, kinks = self.gradient.size, int(self.kinks.sum())
        at_kinks = f"; {kinks} at a kink, where there is no gradient" if kinks else ""
        if self.ok:
            right = count - kinks
            elements = "1 element agrees" if right == 1 else f"{right} elements agree"
            return f"✓ The gradient is right: {elements} within {self.tolerance:g}{at_kinks}."
        elements = "1 element" if count == 1 else f"{count} elements"
        return f"✗ The gradient is wrong in {int(self.wrong.sum())} of {elements}{at_kinks}."

    def __str__(self) -> str:
        if self.ok:
            return self.summary()
        said = [
            textwrap.fill(finding.sentence, 88, initial_indent="  ", subsequent_indent="  ")
            for finding in self.findings
        ]
        return "\n".join([self.summary(), *said, *(f"    {line}" for line in self.lines())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(self)


def relative_error(gradient: Array, measured: Array, doubt: Array | float = 0.0) -> Array:
    """|a − b| / max(|a|, |b|), of what the doubt does not explain; 0 / 0 is 0.

    NaN and infinity count as an infinite error.
    """
    with np.errstate(all="ignore"):
        beyond = np.maximum(np.abs(gradient - measured) - doubt, 0)
        largest = np.maximum(np.abs(gradient), np.abs(measured))
        error = np.where(beyond == 0, 0, beyond / np.where(largest == 0, 1, largest))
    return np.where(np.isfinite(gradient), error, np.inf)


def _number(value: float) -> str:
    return f"{value:.4g}" if abs(value) > 1e-9 or not np.isfinite(value) else "0"
