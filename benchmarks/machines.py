"""What a benchmark ran on, in a line: ratios carry over to other machines, seconds do not."""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine(*packages: str) -> str:
    """The processor and how many there are, the load, Python, and the versions of `packages`."""
    processor = Path("/proc/cpuinfo").read_text(encoding="ascii")
    model = processor.partition("model name")[2].partition("\n")[0].strip(" \t:")
    facts = [
        model,
        f"{len(os.sched_getaffinity(0))} processors",
        f"load {os.getloadavg()[0]:.1f}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in packages),
    ]
    return ", ".join(facts)
