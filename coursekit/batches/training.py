"""The training loop: forward, loss, backward, update, batch after batch."""

import math
import time
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from coursekit.arrays import Array, all_finite, as_floats, flag, whole
from coursekit.batches.evaluation import Examples, by_batch
from coursekit.batches.history import History
from coursekit.batches.sampling import batches
from coursekit.descent import Optimizer, bare_step, check_optimizer, look_at
from coursekit.losses import Loss, cross_entropy


class Model(Protocol):
    """What can be trained: an `MLP`, or anything else with these three methods."""

    def initial(self, seed: np.random.Generator) -> Array:
        """Parameters to start from, `(P,)`."""

    def forward(self, parameters: Array, x: Array) -> Any:
        """For x `(d, n)`, something with `.output`, `(k, n)`."""

    def backward(self, forward_pass: Any, d_output: Array) -> Array:
        """∂L/∂parameters, `(P,)`, from ∂L/∂output."""


def train(
    model: Model,
    data: Any,
    optimizer: Optimizer,
    *,
    epochs: int,
    batch_size: int | None,
    seed: int,
    loss: Loss = cross_entropy,
    parameters: ArrayLike | None = None,
    keep_path: bool = False,
) -> History:
    """Train `model` for some epochs, each with the examples in a new random order.

    `data` are training examples, a pair (x, y) with x `(d, n)` and y `(n,)` or `(k, n)`, or
    two such pairs, to train on and to test with, as `digits()` gives them. `batch_size=None`
    takes all examples in every step. The parameters start from `model.initial` unless they are
    given. `seed` settles both the start and the order of the examples: with the same seed every
    optimizer starts from the same point and sees the same batches, and the same call gives the
    same result every time. `keep_path` keeps the parameters of every step.

    Raises `ValueError` for numbers out of range, for examples that are empty, not finite or
    not one target each, and for parameters that do not fit the model, and `TypeError` for what
    is no optimizer or no loss.
    """
    check_optimizer(optimizer, "train")
    if not isinstance(loss, Loss):
        raise TypeError(f"train needs a loss such as cross_entropy, got {loss!r:.60}.")
    epochs = whole(epochs, 0, "train: epochs")
    size = None if batch_size is None else whole(batch_size, 1, "train: batch_size")
    keep_path = flag(keep_path, "train: keep_path")
    start, order = map(
        np.random.default_rng, np.random.SeedSequence(whole(seed, 0, "train: seed")).spawn(2)
    )
    if parameters is None:
        parameters = model.initial(start)
    parameters = all_finite(as_floats(parameters, "train: parameters"), "train: parameters")
    training, test = _examples(model, loss, data, parameters)
    run = _Run(training, optimizer, parameters.copy(), keep_path)
    measured = [training.before]
    tested = [test.before] if test else None
    for _ in range(epochs):
        run.epoch(list(batches(training.x.shape[1], size, order)))
        if run.diverged:
            break
        measured.append(training.measure(run.x))
        if test:
            tested.append(test.measure(run.x))
    losses, accuracies = _columns(measured)
    test_losses, test_accuracies = _columns(tested)
    n = training.x.shape[1]
    return History(
        model=model,
        optimizer=optimizer,
        batch_size=n if size is None else min(size, n),
        seed=seed,
        loss_name=loss.name,
        examples=n,
        parameters=run.x,
        step_loss=np.concatenate([np.empty(0), *run.losses]),
        step_accuracy=None if accuracies is None else np.concatenate([[], *run.accuracies]),
        loss=losses,
        accuracy=accuracies,
        test_loss=test_losses,
        test_accuracy=test_accuracies,
        seconds=np.array(run.seconds),
        stopped="diverged" if run.diverged else "epochs",
        path=np.array(run.path) if keep_path else None,
    )


class _Run:
    """A training run under way."""

    def __init__(self, examples: Examples, optimizer: Optimizer, x: Array, keep_path: bool):
        self.model, self.loss = examples.model, examples.loss
        # an example a row, so that a batch is gathered in whole rows
        self.inputs, self.targets = np.ascontiguousarray(examples.x.T), examples.target
        self.look, self.step = look_at(optimizer), bare_step(optimizer)
        self.x, self.state = x, optimizer.init(x.copy())
        self.path = [x] if keep_path else None
        self.diverged = False
        self.losses, self.accuracies, self.seconds = [], [], []

    def epoch(self, order: list[np.ndarray]) -> None:
        """One step for each batch of example numbers; fewer if the run diverges."""
        began = time.perf_counter()
        numbers, ends = np.concatenate(order), np.cumsum([len(batch) for batch in order])
        inputs, targets = self.inputs[numbers].T, self.targets.take(numbers, axis=1)
        outputs, done = np.empty_like(targets), 0
        with np.errstate(all="ignore"):
            for end in ends.tolist():
                batch = slice(done, end)
                outputs[:, batch] = self._advance(inputs[:, batch], targets[:, batch])
                if self.diverged:
                    break
                done = end
        self.seconds.append(time.perf_counter() - began)
        if done:
            starts = [0, *ends[ends < done]]
            losses, accuracies = by_batch(self.loss, outputs[:, :done], targets[:, :done], starts)
            self.losses.append(losses)
            self.accuracies.append(accuracies)

    def _advance(self, inputs: Array, targets: Array) -> Array:
        """Take a step; the outputs before it."""
        forward_pass = self.model.forward(self.look(self.x, self.state), inputs)
        output = forward_pass.output
        grad = self.model.backward(forward_pass, self.loss.slope(output, targets))
        grad = as_floats(grad, "train: what the model's backward returns")
        if grad.shape != self.x.shape:
            raise ValueError(
                f"train needs a gradient shaped like the parameters, {self.x.shape}, "
                f"got {grad.shape} from the model's backward."
            )
        x, state = self.step(self.x, grad, self.state)
        # a scalar product is finite only if both factors are, and mostly settles it
        if not (math.isfinite(x.dot(grad)) or (np.isfinite(x) & np.isfinite(grad)).all()):
            self.diverged = True
            return output
        self.x, self.state = x, state
        if self.path is not None:
            self.path.append(x)
        return output


def _examples(
    model: Model, loss: Loss, data: Any, parameters: Array
) -> tuple[Examples, Examples | None]:
    """The examples to train on and those to test with, if any."""
    if hasattr(data, "train"):
        training, test = data.train, data.test
    elif _is_two_pairs(data):
        training, test = data
    else:
        training, test = data, None
    return (
        Examples(model, loss, training, parameters, "training examples"),
        test and Examples(model, loss, test, parameters, "test examples"),
    )


def _is_two_pairs(data: Any) -> bool:
    """Is it ((x, y), (x, y)), and not (x, y) with an x that is a list of rows?"""
    if not isinstance(data, tuple | list) or len(data) != 2:
        return False
    first = data[0]
    return isinstance(first, tuple) or (
        isinstance(first, list) and len(first) == 2 and np.ndim(first[0]) == 2
    )


def _columns(pairs: list[tuple[float, float | None]] | None) -> tuple[Array | None, Array | None]:
    """Loss and accuracy of every epoch, as two arrays."""
    if pairs is None:
        return None, None
    losses, accuracies = zip(*pairs, strict=True)
    return np.array(losses), None if accuracies[0] is None else np.array(accuracies)
