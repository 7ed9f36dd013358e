"""The network explorer: the border between two classes while a network learns it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from coursekit.arrays import Array, all_finite, as_floats, whole
from coursekit.datasets import Labelled, circles, moons, spirals
from coursekit.descent import Optimizer, check_optimizer
from coursekit.interactive.controls import choice, first_step, slider
from coursekit.interactive.explorer import Explorer, Scene
from coursekit.interactive.network_picture import (
    FRAME,
    READOUT,
    captions,
    layers,
    loss_panel,
    plane_panel,
    wider,
    words,
)
from coursekit.interactive.training_runs import MOMENTS, Frame, TrainingRun
from coursekit.networks import ACTIVATIONS, MLP
from coursekit.optimizers import (
    AdaDelta,
    AdaGrad,
    Adam,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSprop,
)


def _short_spirals(n: int, *, seed: int) -> Labelled:
    """Half as long as usual: what a small network learns while somebody watches."""
    return spirals(n, seed=seed, turns=0.75)


DATA: Mapping[str, Callable[..., Labelled]] = MappingProxyType(
    {"moons": moons, "circles": circles, "spirals": _short_spirals}
)
"""Name -> a function that draws n points."""

RULES: Mapping[str, Optimizer] = MappingProxyType(
    {
        type(rule).__name__: rule
        for rule in (
            GradientDescent(1.0),
            Momentum(0.1),
            Nesterov(0.1),
            AdaGrad(0.3),
            RMSprop(0.03),
            AdaDelta(10.0),
            Adam(0.03),
        )
    }
)
"""The methods to choose from, each at a rate that is good for all three sets of points."""

COARSE, FINE = 32, 80  # cells along each side, while a hand moves and once it rests
BATCHES = (1, 4, 16, 32, 64)
NAME = "explore_network"


def explore_network(
    data: str | Sequence = "moons",
    optimizer: Optimizer = RULES["GradientDescent"],
    *,
    hidden: Sequence[int] = (16,),
    activation: str = "tanh",
    batch_size: int | None = 32,
    n: int = 200,
    test: Sequence | None = None,
    steps: int = 600,
    seed: int = 0,
    step: int | None = None,
) -> Explorer:
    """Watch the border between two classes while a network learns it.

    The plane is tinted by the probability of each class (blue and circles, orange and squares),
    with a line where both are one half; beside it stand the loss on all training points and,
    dashed, on points that the network never sees, and thin and grey that of each batch before its
    update. All settings are below; another optimizer begins at a rate that suits it.

    `data` is "moons", "circles" or "spirals" (of three quarters of a turn), of each n points to
    learn and n others as a test, or points of your own: a pair of x `(2, n)` and labels `(n,)`,
    0 or 1, and another such pair as `test` if there is one. `hidden` are the units of each hidden
    layer; `batch_size=None` takes all points in every update. `steps` is the number of updates;
    `step` is the picture to begin with, of 100 if there are so many updates, the last unless told.

    The numbers are those of `train`. Raises `ValueError` and `TypeError` for what they do not
    take, for points that are no two classes, and for an optimizer whose rate is no number.
    """
    own, n = _own(data, test), whole(n, 2, f"{NAME}: n")
    steps, seed = whole(steps, 1, f"{NAME}: steps"), whole(seed, 0, f"{NAME}: seed")
    first_step(step, min(steps, MOMENTS), NAME, "")
    hidden = [whole(size, 1, f"{NAME}: each of hidden") for size in hidden]
    net = MLP((2, *hidden, 2), activation)
    lab = _Laboratory(own, n, steps, _rules(optimizer))
    return Explorer(
        "A network learns to tell two classes apart",
        [plane_panel(lab.box), loss_panel(steps)],
        [
            *([] if own else [choice("data", list(DATA), data)]),
            choice("rule", list(lab.rules), type(optimizer).__name__, label="optimizer"),
            slider("lr", float(optimizer.lr), (1e-3, 30.0), log=True, label="learning rate"),
            _batch_sizes(batch_size, len(own[0].labels) if own else n),
            *(
                slider(f"units {i}", size, (1, 32), whole=True, label=f"units in layer {i}")
                for i, size in enumerate(hidden, start=1)
            ),
            choice("activation", list(ACTIVATIONS), net.activation),
            slider("seed", seed, (0, 19), whole=True),
        ],
        layers(lab.box),
        {"tuned": type(optimizer).__name__},
        lab.scene,
        readout=READOUT,
        player=True,
        frame=step,
        step_argument="step",
    )


@dataclass
class _Laboratory:
    """Everything that no control changes."""

    own: tuple[Labelled, Labelled | None] | None  # points of the caller's, to learn and to test
    n: int
    steps: int
    rules: Mapping[str, Optimizer]

    @property
    def box(self) -> Frame:
        """The part of the plane that is shown."""
        if self.own is None:
            return FRAME
        x = np.concatenate([examples.x for examples in self.own if examples], axis=1)
        low, high = x.min(axis=1), x.max(axis=1)
        room = 0.1 * np.where(high > low, high - low, 1.0)
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return left, right, bottom, top

    def scene(
        self, rule: str, lr: float, tuned: str, batch: str, activation: str, seed: int,
        data: str | None = None, **units: int,
    ) -> Scene:  # fmt: skip
        if rule != tuned:  # another optimizer was chosen: the rate of the last does not suit it
            lr = float(self.rules[rule].lr)
        run = TrainingRun(
            MLP((2, *units.values(), 2), activation),
            *(self.own or (DATA[data](self.n, seed=1), DATA[data](self.n, seed=2))),
            replace(self.rules[rule], lr=lr),
            None if batch == "all" else int(batch),
            seed,
            self.steps,
        )
        batches, pictures = run.batch_losses(), min(self.steps, MOMENTS)
        arrays = {
            "batches": batches * [pictures / self.steps, 1],  # x counts pictures
            "of batch": np.append(batches[:, 1], np.nan)[run.moments],  # none after the last
        }
        arrays |= run.measured | self._points(run) | self._plane(run, COARSE)
        return Scene(
            arrays,
            len(run.moments),
            words(run),
            self._code(run, data),
            {"loss": "loss", "test loss": "test loss"},
            later=lambda: self._plane(run, FINE),
            captions=captions(run),
            values={"lr": lr, "tuned": rule},
        )

    def _plane(self, run: TrainingRun, cells: int) -> dict[str, Array]:
        return dict(zip(("classes", "border"), run.maps(wider(self.box), cells), strict=True))

    def _points(self, run: TrainingRun) -> dict[str, Array]:
        x, labels = run.data
        return {f"class {label}": x[:, np.equal(labels, label)].T for label in (0, 1)}

    def _code(self, run: TrainingRun, data: str | None) -> str:
        points = "data" if self.own else repr(data)
        more = f"n={self.n}" if not self.own else "test=test" if run.test else ""
        return (
            f"{NAME}({points}, {run.optimizer!r}, hidden={run.net.sizes[1:-1]}, "
            f"activation={run.net.activation!r}, batch_size={run.batch_size}, "
            f"{more}{', ' if more else ''}steps={run.steps}, seed={run.seed})"
        )


def _batch_sizes(batch_size: int | None, n: int) -> dict[str, Any]:
    if batch_size is not None:
        batch_size = whole(batch_size, 1, f"{NAME}: batch_size")
    sizes = sorted({size for size in (*BATCHES, batch_size) if size is not None and size < n})
    value = "all" if batch_size is None or batch_size >= n else str(batch_size)
    return choice("batch", [*map(str, sizes), "all"], value, label="batch size")


def _rules(optimizer: Optimizer) -> dict[str, Optimizer]:
    """The methods to choose from, and among them the caller's with all of its settings."""
    check_optimizer(optimizer, NAME)
    rate = getattr(optimizer, "lr", None) if is_dataclass(optimizer) else None
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise ValueError(f"{NAME} needs an optimizer whose lr is a number, got {rate!r:.60}.")
    return {**RULES, type(optimizer).__name__: optimizer}


def _own(data: Any, test: Any) -> tuple[Labelled, Labelled | None] | None:
    """The caller's examples; None where `data` names some of ours."""
    if not isinstance(data, str):
        return _examples(data, "data"), None if test is None else _examples(test, "test")
    if data not in DATA:
        raise ValueError(f"{NAME}: data must be one of {', '.join(DATA)}, got {data!r}.")
    if test is not None:
        raise ValueError(f"{NAME} needs test only with data of your own, got it with {data!r}.")
    return None


def _examples(given: Any, name: str) -> Labelled:
    name = f"{NAME}: {name}"
    try:
        x, labels = given
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a pair (x, labels), got {type(given).__name__}.") from None
    x = all_finite(as_floats(x, f"{name}: x"), f"{name}: x")
    if x.ndim != 2 or len(x) != 2 or not x.size:
        raise ValueError(f"{name}: x must be points (2, n), n ≥ 1, got shape {x.shape}.")
    labels = as_floats(labels, f"{name}: labels")
    if labels.shape != x.shape[1:] or not np.isin(labels, (0, 1)).all():
        raise ValueError(f"{name}: labels must be {x.shape[1]} times 0 or 1, got {labels!r:.60}.")
    return Labelled(x, labels.astype(int))
