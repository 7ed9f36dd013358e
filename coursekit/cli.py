"""The course's commands. Each makes the environment if it must, then goes on inside it."""

import argparse
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from coursekit import environment
from coursekit.environment import ROOT
from coursekit.installing import SetUpError

INTERRUPTED = 130  # what a shell expects after Ctrl-C

HELP = {
    "lab": """\
        usage: python3 -m coursekit lab [--no-browser] [--port N] [JupyterLab options]

        Opens the course in JupyterLab. The first time this makes the environment in
        .venv, which takes a minute or two; Ctrl-C in this window ends JupyterLab.
        `python3 -m coursekit lab --help-all` lists JupyterLab's own options.
        """,
    "test": """\
        usage: python3 -m coursekit test [pytest options] [files]

        Runs every test: the package, the exercises, and every notebook against its
        stored outputs. With files, only these. Options go to pytest:
        `-x` stops at the first failure, `-n 0` runs in one process.
        """,
    "exercises": """\
        usage: python3 -m coursekit exercises [--check]

        Makes exercises/ from solutions/. With --check nothing is written: the exit
        code says whether exercises/ is what solutions/ makes.
        """,
    "notebooks": """\
        usage: python3 -m coursekit notebooks [--check] [names]

        Executes the notebooks and stores their outputs in one normal form. With
        --check nothing is written: what breaks the course's rules is listed.
        Names such as 03_learning_rate pick notebooks; without, it is all of them.
        """,
}

OVERVIEW = """\
    usage: python3 -m coursekit lab | test | exercises | notebooks

      lab        open the course in JupyterLab
      test       run every test
      exercises  make the exercises from the solutions
      notebooks  execute the notebooks and store their outputs

    `python3 -m coursekit lab --help` and so on say more.
    """


def main(argv):
    """Run a command line; returns the exit code."""
    for stream in sys.stdout, sys.stderr:
        stream.reconfigure(errors="replace")  # a folder's name may not fit a Windows console
    try:
        return _run(argv)
    except SetUpError as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return _fail("Stopped. The same command starts again.", INTERRUPTED)


def _run(argv):
    command, *rest = argv or ["--help"]
    if command in ("-h", "--help"):
        print(textwrap.dedent(OVERVIEW), end="")
        return 0 if argv else 2
    if command not in HELP:
        return _fail(f"No command {command!r}: it is lab, test, exercises or notebooks.", 2)
    if "-h" in rest or "--help" in rest:
        print(textwrap.dedent(HELP[command]), end="")
        return 0
    return COMMANDS[command](rest)


def lab(options):
    """Open JupyterLab at the first notebook."""
    python = environment.ready(say=say)
    say("Opening JupyterLab ...")
    first = "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"
    return go_on(python, ["-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}", first, *options])


def test(options):
    """Run pytest: on everything, or on the files among the options."""
    python = environment.ready(say=say)
    options, files = with_full_paths(options)
    say("Testing ...")
    everything = [] if files else [str(ROOT / name) for name in ("tests", "notebooks", "solutions")]
    # The notebooks run on this Python whatever kernels are installed, each on one worker.
    how = ["--nbval", "--nbval-current-env", "-n", "2", "--dist", "loadscope"]
    return go_on(python, ["-m", "pytest", *how, *options, *everything])


def exercises(options):
    """Make exercises/ from solutions/, or check that they are."""
    parser = Parser()
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args(options)
    return inside("exercises", options, lambda authoring: authoring.main_exercises(args.check))


def notebooks(options):
    """Execute and normalise notebooks, or check that they keep the rules."""
    parser = Parser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("names", nargs="*")
    args = parser.parse_args(options)
    return inside(
        "notebooks", options, lambda authoring: authoring.main_notebooks(args.check, args.names)
    )


COMMANDS = {"lab": lab, "test": test, "exercises": exercises, "notebooks": notebooks}


class Parser(argparse.ArgumentParser):
    """Says what is wrong with an option in one line."""

    def __init__(self):
        super().__init__(add_help=False, allow_abbrev=False)

    def error(self, message):
        sys.exit(_fail(f"{message[0].upper()}{message[1:]}.", 2))


def inside(command, options, run):
    """Call `run` with the authoring tools: here, or in the course's Python if this is not it."""
    python = environment.ready(say=say)
    if not is_this_python(python):
        return go_on(python, ["-m", "coursekit", command, *options])
    from coursekit import authoring

    os.chdir(ROOT)
    return run(authoring)


def is_this_python(python):
    # Not the file: the Python of an environment is often a link to the one it was made with.
    return os.path.samefile(python.parent, Path(sys.executable).parent)


def go_on(python, args):
    """Give way to another Python, in the folder of the course; returns its exit code."""
    command = [str(python), *args]
    # Its kernels run in notebooks/, so they must be told where the package is.
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Windows has no exec; Ctrl-C is for the child
    return subprocess.call(command)


def with_full_paths(options):
    """The options, files among them spelt out in full, and these files."""
    spelt, files = [], []
    for before, option in zip(["", *options], options, strict=False):
        path, colons, rest = option.partition("::")
        is_value = before in ("-k", "-m", "-n", "-p", "-c", "-o", "-W", "-r")
        if path and not option.startswith("-") and not is_value and os.path.exists(path):
            option = os.path.abspath(path) + colons + rest
            files.append(option)
        spelt.append(option)
    return spelt, files


def say(line):
    print(line, flush=True)


def _fail(line, code):
    print(f"coursekit: {line}", file=sys.stderr)
    return code
