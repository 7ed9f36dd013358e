"""Networks against the installed PyTorch, live, in float64: gradients, and training on digits."""

from itertools import pairwise

import numpy as np
import pytest

from coursekit.datasets import digits
from coursekit.descent import GradientDescent
from coursekit.losses import cross_entropy, mean_squared_error
from coursekit.networks import MLP

torch = pytest.importorskip("torch")
nn = torch.nn
BENDS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "identity": nn.Identity}


def in_torch(net, parameters):
    """The same network with the same parameters, in PyTorch."""
    layers = []
    for columns, rows in pairwise(net.sizes):
        layers += [nn.Linear(columns, rows, dtype=torch.float64), BENDS[net.activation]()]
    layers[-1] = BENDS[net.output]()
    theirs = nn.Sequential(*layers)
    nn.utils.vector_to_parameters(torch.tensor(parameters), theirs.parameters())
    return theirs


def flat(theirs, of=lambda p: p):
    return nn.utils.parameters_to_vector([of(p) for p in theirs.parameters()]).detach().numpy()


@pytest.mark.parametrize("seed", range(40))
def test_loss_and_gradient(seed):
    """Random shapes, activations and sizes of parameters, both kinds of loss."""
    rng = np.random.default_rng(seed)
    sizes = tuple(int(size) for size in rng.integers(2, 7, rng.integers(2, 6)))
    net = MLP(sizes, *(str(name) for name in rng.choice(list(BENDS), 2)))
    parameters, n = rng.normal(0, rng.choice([0.1, 1, 3]), net.size), int(rng.integers(1, 9))
    x, labels = rng.normal(size=(sizes[0], n)), rng.integers(0, sizes[-1], n)
    targets = rng.normal(size=(sizes[-1], n))
    for loss, y, their_loss, their_y in (
        (cross_entropy, labels, nn.functional.cross_entropy, labels),
        (mean_squared_error, targets, nn.functional.mse_loss, targets.T),
    ):
        theirs = in_torch(net, parameters)
        value = their_loss(theirs(torch.tensor(x.T)), torch.tensor(their_y))
        value.backward()
        gradient = flat(theirs, of=lambda p: p.grad)
        np.testing.assert_allclose(net.loss(parameters, x, y, loss), value.item(), rtol=1e-12)
        np.testing.assert_allclose(
            net.gradient(parameters, x, y, loss),
            gradient,
            rtol=1e-10,
            atol=1e-13 * max(abs(gradient).max(), 1),
        )


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("weight_decay", [0.0, 0.01])
def test_five_epochs_on_the_digits_end_at_the_same_weights(activation, weight_decay):
    """64-64-10, the same start, the same shuffled batches of 32, plain SGD: to 1e-6 (1e-10)."""
    (x, labels), _ = digits()
    net, descent = MLP((64, 64, 10), activation), GradientDescent(0.1, weight_decay)
    point = net.initial(0, "he" if activation == "relu" else "glorot")
    theirs, state = in_torch(net, point), descent.init(point)
    sgd = torch.optim.SGD(theirs.parameters(), lr=0.1, weight_decay=weight_decay)
    rng = np.random.default_rng(5)
    for _ in range(5):
        for batch in np.array_split(rng.permutation(labels.size), 45):
            gradient = net.gradient(point, x[:, batch], labels[batch])
            point, state = descent.step(point, gradient, state)
            sgd.zero_grad()
            logits = theirs(torch.tensor(x[:, batch].T))
            nn.functional.cross_entropy(logits, torch.tensor(labels[batch])).backward()
            sgd.step()
    assert np.abs(point - flat(theirs)).max() < 1e-10
    assert np.abs(point - net.initial(0)).max() > 0.1
