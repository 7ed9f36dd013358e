"""Neural networks of fully connected layers, over one flat vector of parameters.

    net = MLP((2, 8, 2), activation="tanh")
    parameters = net.initial(0)                        # (42,)
    net.predict(parameters, x)                         # x (2, n) -> (2, n)
    minimize(net.objective(x, labels), parameters, GradientDescent(lr=0.5))

A layer turns the activations a of the layer below it into its own in two steps,

    preactivation  z = W a + b          activation  a = φ(z)

with W `(out, in)` and b `(out,)`. Examples are columns: x is `(d, n)`.
"""

from coursekit.gradcheck.blocks import Block
from coursekit.networks.activations import ACTIVATIONS, Activation
from coursekit.networks.initialisation import SCHEMES
from coursekit.networks.mlp import MLP, ForwardPass
from coursekit.networks.objective import NetworkObjective, accuracy

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "SCHEMES",
    "Activation",
    "Block",
    "ForwardPass",
    "NetworkObjective",
    "accuracy",
]
