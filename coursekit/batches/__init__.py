"""Training on batches: all examples at a time, one, or a few.

    history = train(MLP((64, 64, 10)), digits(), Adam(), epochs=5, batch_size=32, seed=0)
    print(history)
    history.loss[-1], history.test_accuracy[-1]

A step uses the gradient of the loss over one batch; an epoch is as many steps as it takes to
use every example once.
"""

from coursekit.batches.history import History
from coursekit.batches.sampling import batches
from coursekit.batches.training import train

__all__ = ["History", "batches", "train"]
