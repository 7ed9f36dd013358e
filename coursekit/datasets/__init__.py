"""Small data sets that ship with the package. Examples are columns: x is `(d, n)`."""

from coursekit.datasets.digits import Digits, digits
from coursekit.datasets.houses import Houses, houses
from coursekit.datasets.planar import Labelled, circles, moons, spirals
from coursekit.datasets.scaling import Standardized, standardize
from coursekit.datasets.shoes import ShoeSizes, shoe_sizes

__all__ = [
    "Digits",
    "Houses",
    "Labelled",
    "ShoeSizes",
    "Standardized",
    "circles",
    "digits",
    "houses",
    "moons",
    "shoe_sizes",
    "spirals",
    "standardize",
]
