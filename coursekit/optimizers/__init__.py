"""Rules for the next point, one file a method: from momentum to Adam.

    path = minimize(himmelblau, (0, 0), Adam(lr=0.1), steps=300)

Each is a frozen dataclass of hyperparameters with PyTorch's defaults. `init(x)` gives the state
before the first step and `step(x, grad, state)` the next point and state; nothing is modified.
Points have any shape, and every coordinate goes by itself. Where the lectures, the papers,
PyTorch, Optax and Keras mean different things by one name, an argument chooses.
"""

from coursekit.descent import GradientDescent, GradientDescentState
from coursekit.optimizers.adadelta import AdaDelta, AdaDeltaState
from coursekit.optimizers.adagrad import AdaGrad, AdaGradState
from coursekit.optimizers.adam import Adam, AdamState
from coursekit.optimizers.momentum import Momentum, MomentumState
from coursekit.optimizers.nesterov import Nesterov, NesterovState
from coursekit.optimizers.rmsprop import RMSprop, RMSpropState

__all__ = [
    "AdaDelta",
    "AdaDeltaState",
    "AdaGrad",
    "AdaGradState",
    "Adam",
    "AdamState",
    "GradientDescent",
    "GradientDescentState",
    "Momentum",
    "MomentumState",
    "Nesterov",
    "NesterovState",
    "RMSprop",
    "RMSpropState",
]
