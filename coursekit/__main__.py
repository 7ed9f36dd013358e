"""`python3 -m coursekit`: refuses an old Python in plain words, else hands over to `cli`."""

import sys

from coursekit import OLDEST_PYTHON

if __name__ == "__main__":
    if sys.version_info[:2] < OLDEST_PYTHON:
        sys.stderr.write(
            "coursekit: The course needs Python "
            + ".".join(map(str, OLDEST_PYTHON))
            + " or newer and this is Python "
            + sys.version.split()[0]
            + ": get a newer one from https://www.python.org/downloads/.\n"
        )
        sys.exit(1)

    from coursekit.cli import main

    sys.exit(main(sys.argv[1:]))
