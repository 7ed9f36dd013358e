"""The package under a course on how neural networks are optimised.

`import coursekit` costs nothing: each submodule loads when it is first used.
Older Pythons read this file and `__main__.py` too, before they are told that
they are too old, so both keep to what those understand.
"""

import importlib

__version__ = "0.1.0"
OLDEST_PYTHON = (3, 11)  # what pyproject.toml asks for

_SUBMODULES = (
    "authoring",
    "batches",
    "checks",
    "datasets",
    "descent",
    "gradcheck",
    "graphs",
    "interactive",
    "landscapes",
    "linefit",
    "losses",
    "networks",
    "optimizers",
    "plotting",
    "pose",
    "progress",
    "races",
    "schedules",
)


def __getattr__(name):
    """Load the submodule `coursekit.<name>` on first use (PEP 562)."""
    if name in _SUBMODULES:
        return importlib.import_module("coursekit." + name)
    if name == "show":  # the one function that every notebook needs
        return importlib.import_module("coursekit.plotting").show
    raise AttributeError("module 'coursekit' has no attribute " + repr(name))


def __dir__():
    return sorted(set(globals()) | set(_SUBMODULES) | {"show"})
