"""Small data sets that ship with the package. Examples are columns: x is `(d, n)`."""

from coursekit.datasets.digits import Digits, digits
from coursekit.datasets.planar import Labelled, circles, moons, spirals
from coursekit.datasets.shoes import ShoeSizes, shoe_sizes

__all__ = [
    "Digits",
    "Labelled",
    "ShoeSizes",
    "circles",
    "digits",
    "moons",
    "shoe_sizes",
    "spirals",
]
