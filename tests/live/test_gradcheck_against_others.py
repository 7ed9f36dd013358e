"""The check beside SciPy's and PyTorch's: the same slopes, the same verdicts."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
optimize = pytest.importorskip("scipy.optimize")
from scipy.differentiate import derivative  # noqa: E402

from coursekit.gradcheck import check_gradient, numerical_gradient  # noqa: E402
from coursekit.landscapes import ALL, rosenbrock  # noqa: E402

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
from planted_bugs import BUGS, OPTIONS, random_network  # noqa: E402

sys.path.pop(0)


@pytest.mark.parametrize("landscape", ALL, ids=lambda f: f.name)
def test_forward_differences_are_those_of_scipy(landscape):
    """With SciPy's step, 1.5e-8, in each coordinate."""
    point = np.array([0.3, 0.7])
    theirs = optimize.approx_fprime(point, landscape, 2**-26)
    ours = numerical_gradient(landscape, point, step=2**-26, method="forward")
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-7 * (1 + abs(landscape(point))))


@pytest.mark.parametrize("at", [0.1, 1.0, 30.0, 1e5])
def test_central_differences_are_near_scipys_adaptive_ones(at):
    theirs = derivative(lambda x: np.log(x) * np.sqrt(x), at, initial_step=at / 4).df
    ours = numerical_gradient(lambda x: np.log(x[0]) * np.sqrt(x[0]), [at])
    assert ours == pytest.approx([theirs], rel=2e-7)


class OfThem(torch.autograd.Function):
    """A function whose value and gradient are computed elsewhere, by NumPy."""

    @staticmethod
    def forward(ctx, x, f, gradient):
        ctx.gradient = gradient
        return torch.tensor(float(f(x.detach().numpy())), dtype=torch.float64)

    @staticmethod
    def backward(ctx, g):
        return g * torch.tensor(ctx.gradient), None, None


def torch_says(f, gradient, x):
    """The verdict of torch.autograd.gradcheck on a gradient that NumPy has computed."""
    tensor = torch.tensor(x, requires_grad=True)
    return torch.autograd.gradcheck(
        lambda x: OfThem.apply(x, f, gradient), tensor, raise_exception=False
    )


@pytest.mark.parametrize("bug", ["", *BUGS])
def test_the_verdict_is_that_of_torch(bug):
    """Right and wrong, in three networks for each planted bug."""
    for seed in range(3):
        net = random_network(seed, **OPTIONS.get(bug, {}))
        gradient = BUGS[bug](net) if bug else net.gradient()
        ours = check_gradient(net.layered, gradient, net.x, blocks=net.blocks).ok
        assert ours == torch_says(net.layered, gradient, net.x) == (not bug)


def test_the_verdict_is_that_of_scipy():
    """check_grad returns the length of the difference."""
    point = np.array([-1.2, 1.0])
    for gradient in (rosenbrock.grad, lambda x: 1.001 * rosenbrock.grad(x)):
        distance = optimize.check_grad(rosenbrock, gradient, point)
        right = distance < 1e-3
        assert check_gradient(rosenbrock, gradient, point).ok == right


def test_torch_gradients_pass():
    """A network of PyTorch's own, its gradient by autograd."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GELU(), torch.nn.Linear(4, 2))
    net = net.double()
    inputs, classes = torch.randn(5, 3, dtype=torch.float64), torch.tensor([0, 1, 1, 0, 1])
    shapes = {name: tuple(p.shape) for name, p in net.named_parameters()}

    def loss(x):
        torch.nn.utils.vector_to_parameters(torch.tensor(x), net.parameters())
        return torch.nn.functional.cross_entropy(net(inputs), classes)

    def grad(x):
        value = loss(x)
        parts = torch.autograd.grad(value, list(net.parameters()))
        return torch.cat([part.ravel() for part in parts]).numpy()

    x = torch.nn.utils.parameters_to_vector(net.parameters()).detach().numpy()
    report = check_gradient(lambda x: loss(x).item(), grad, x, blocks=shapes)
    assert report.ok, str(report)
    assert not check_gradient(lambda x: loss(x).item(), lambda x: 2 * grad(x), x).ok


def test_the_layered_check_is_much_faster():
    """The benchmark runs; half of what it gives on an idle machine is asked of a busy one."""
    script = [sys.executable, str(BENCHMARKS / "gradcheck_speed.py"), "--rounds", "2"]
    said = subprocess.run(script, capture_output=True, encoding="utf-8", check=True).stdout
    times = {
        line[:24].strip(): float(line.split()[-2])
        for line in said.splitlines()
        if " × " in f"{line} "
    }
    assert times["torch gradcheck, slow"] >= 10, said
    assert times["scipy check_grad"] >= 2.5, said
    error = float(said.split("measured gradient ")[1].split()[0])
    assert error <= 1e-5
