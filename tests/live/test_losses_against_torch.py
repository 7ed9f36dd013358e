"""Every loss against the installed PyTorch, live, on many random inputs in float64."""

import numpy as np
import pytest

from coursekit import losses
from coursekit.losses import huber_loss

torch = pytest.importorskip("torch")
functional = torch.nn.functional

NUMBERS = {
    "sum_of_squared_residuals": lambda p, y: functional.mse_loss(p, y, reduction="sum"),
    "mean_squared_error": functional.mse_loss,
    "mean_absolute_error": functional.l1_loss,
    "huber": functional.huber_loss,
}
seeds = pytest.mark.parametrize("seed", range(40))


def agree(ours, theirs, prediction, target):
    """The same value and the same gradient, to rtol 1e-12."""
    p = torch.tensor(prediction, requires_grad=True)
    value = theirs(p, torch.tensor(target))
    value.backward()
    np.testing.assert_allclose(ours(prediction, target), value.item(), rtol=1e-12)
    gradient, scale = p.grad.numpy(), p.grad.abs().max().item()
    np.testing.assert_allclose(
        ours.grad(prediction, target), gradient, rtol=1e-12, atol=1e-15 * scale
    )


def shape_and_size(rng):
    return tuple(rng.integers(1, 9, rng.integers(1, 4))), 10.0 ** rng.integers(-3, 4)


@seeds
@pytest.mark.parametrize("name", NUMBERS)
def test_losses_of_numbers(name, seed):
    """From residuals of a thousandth to thousands."""
    rng = np.random.default_rng(seed)
    shape, size = shape_and_size(rng)
    prediction, target = size * rng.normal(size=(2, *shape))
    agree(getattr(losses, name), NUMBERS[name], prediction, target)


@seeds
def test_huber_of_any_delta(seed):
    rng = np.random.default_rng(seed)
    delta = 10 ** rng.uniform(-2, 2)
    prediction, target = delta * rng.normal(size=(2, 30))
    agree(
        huber_loss(delta),
        lambda p, y: functional.huber_loss(p, y, delta=delta),
        prediction,
        target,
    )


@seeds
def test_binary_cross_entropy(seed):
    rng = np.random.default_rng(seed)
    shape, _ = shape_and_size(rng)
    prediction = 1 / (1 + np.exp(rng.normal(0, 5, shape)))
    target = rng.choice([0, 1, 0.3], shape)
    agree(losses.binary_cross_entropy, functional.binary_cross_entropy, prediction, target)


@seeds
def test_binary_cross_entropy_with_logits(seed):
    """Up to logits of thousands."""
    rng = np.random.default_rng(seed)
    shape, size = shape_and_size(rng)
    prediction, target = size * rng.normal(size=shape), rng.choice([0, 1, 0.3], shape)
    ours = losses.binary_cross_entropy_with_logits
    agree(ours, functional.binary_cross_entropy_with_logits, prediction, target)


@seeds
def test_cross_entropy_of_labels_and_of_distributions(seed):
    """Up to logits of thousands; classes come second in torch."""
    rng = np.random.default_rng(seed)
    k, n, size = rng.integers(2, 12), rng.integers(1, 20), 10.0 ** rng.integers(-3, 4)
    logits, labels = size * rng.normal(size=(k, n)), rng.integers(0, k, n)
    weights = rng.dirichlet(np.ones(k), n).T
    ours = losses.cross_entropy
    agree(ours, lambda z, y: functional.cross_entropy(z.T, y), logits, labels)
    agree(ours, lambda z, y: functional.cross_entropy(z.T, y.T), logits, weights)
