"""What a training run leaves behind."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coursekit.arrays import Array

ROWS = 12  # epochs that a printed history shows


@dataclass(frozen=True, eq=False)
class History:
    """A training run: what was run, and loss and accuracy by step and by epoch.

    By step, `(steps,)`: `step_loss` and `step_accuracy`, of the step's batch before the step.
    By epoch, `(epochs + 1,)`, the start included: `loss` and `accuracy` on all training examples
    and, where there are test examples, `test_loss` and `test_accuracy`. Accuracies are shares
    from 0 to 1, and None where the targets are not class numbers. `seconds` `(epochs,)` is the
    time that each epoch's steps took, without the evaluation; it is not printed, since it is
    never the same twice. `parameters` are the last that are finite; `path` `(steps + 1, P)` is
    all of them, the start included, where `train` was told to keep them.

    `stopped` is "epochs", or "diverged" where the next parameters or their gradient were no
    longer finite numbers; the run then has fewer steps, and its last epoch is not evaluated.
    """

    model: Any
    optimizer: Any
    batch_size: int
    seed: int
    loss_name: str
    examples: int
    parameters: Array = field(repr=False)
    step_loss: Array = field(repr=False)
    step_accuracy: Array | None = field(repr=False)
    loss: Array = field(repr=False)
    accuracy: Array | None = field(repr=False)
    test_loss: Array | None = field(repr=False)
    test_accuracy: Array | None = field(repr=False)
    seconds: Array = field(repr=False)
    stopped: str
    path: Array | None = field(default=None, repr=False)

    @property
    def steps(self) -> int:
        """The number of steps taken."""
        return len(self.step_loss)

    @property
    def epochs(self) -> int:
        """The number of whole epochs."""
        return len(self.loss) - 1

    def __str__(self) -> str:
        """What was run, and a table with a line for every epoch, or for a dozen of many."""
        kind = f"batches of {self.batch_size}" if self.batch_size < self.examples else "one batch"
        head = (
            f"{self.model} with {self.optimizer}\n{self.examples} examples in {kind}, "
            f"seed {self.seed}: {self.steps} steps, stopped: {self.stopped}\n"
        )
        names = ("loss", "accuracy", "test_loss", "test_accuracy")
        columns = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        lines = ["epoch" + "".join(f"{name.replace('_', ' '):>15}" for name in columns)]
        for epoch in np.unique(np.linspace(0, self.epochs, ROWS).round().astype(int)):
            cells = (
                f"{column[epoch]:15.1%}" if "accuracy" in name else f"{column[epoch]:15.6g}"
                for name, column in columns.items()
            )
            lines.append(f"{epoch:5}" + "".join(cells))
        return head + "\n".join(lines)
