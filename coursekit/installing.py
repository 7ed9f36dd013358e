"""Running pip so that a person can follow it, and saying in one line why it failed.

Runs before anything is installed, so it uses the standard library alone.
"""

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time

# pip's own defaults keep someone without a network waiting for minutes, and a
# `user = true` in someone's pip.conf fails inside an environment.
PIP_DEFAULTS = {"PIP_RETRIES": "2"}
PIP_SETTINGS = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
ENCODING = {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
OWN_GROUP = {} if os.name == "nt" else {"process_group": 0}

# What pip says when it cannot talk to an index, in the order in which to look.
OFFLINE = (
    ("CERTIFICATE_VERIFY_FAILED", "No trusted connection: the package index's certificate fails"),
    ("ProxyError", "No network: the proxy does not answer"),
    ("connection broken by", "No network: pip cannot reach the package index"),
    ("urllib3.exceptions", "No network: the connection to the package index broke off"),
)


class SetUpError(Exception):
    """Why the environment cannot be made, in one line."""


class NothingChangedError(SetUpError):
    """pip failed before it changed anything that is installed."""


def install(python, root, requirements, log, say):
    """Install `root`'s requirements.txt for `python`; raises a SetUpError that says why not."""
    progress = Progress(requirements, say)
    command = [python, "-m", "pip", "install", "--progress-bar", "off", "-r", "requirements.txt"]
    try:
        run(command, root, log, on_line=progress.line, on_silence=progress.tick)
    except SetUpError as error:
        raise (error if progress.unpacking else NothingChangedError(str(error))) from None
    finally:
        progress.end()


def run(command, cwd, log, on_line=None, on_silence=None):
    """Run a command to its end with its output in `log`; raises a SetUpError if it fails.

    `on_line` hears each line, `on_silence` is called each second without one.
    """
    with subprocess.Popen(
        command, cwd=cwd, env=_environ(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        close_fds=False,  # it shares our lock: if we are killed, it still holds it till its end
        **OWN_GROUP,
    ) as process, open(log, "ab") as file:  # fmt: skip
        try:
            output = _follow(process.stdout, file, on_line, on_silence)
            code = process.wait()
        finally:
            _stop(process)  # after Ctrl-C: no pip goes on behind our back
    if code:
        raise SetUpError(f"{explain(output)}; the whole log is {log}")


def _stop(process):
    """End it and what it started; a polite signal first, so that pip clears its temporary files."""
    if process.poll() is not None:
        return
    if os.name == "nt":
        process.kill()
        return
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _environ():
    return {**PIP_DEFAULTS, **os.environ, **PIP_SETTINGS, **ENCODING}


def _follow(stream, log, on_line, on_silence):
    """Read `stream` to its end, a line at a time; returns all of it."""
    lines = queue.Queue()
    threading.Thread(target=_pump, args=(stream, lines), daemon=True).start()
    output = []
    while True:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            if on_silence:
                on_silence()
            continue
        if not line:
            return "".join(output)
        log.write(line)
        output.append(line.decode("utf-8", errors="replace"))
        if on_line:
            on_line(output[-1])


def _pump(stream, lines):
    """A thread's work, because Windows cannot wait for a pipe and a clock at once."""
    for line in stream:
        lines.put(line)
    lines.put(b"")


class Progress:
    """Which of the packages pip has come to: one changing line on a terminal, else a few lines."""

    EVERY = 25

    def __init__(self, requirements, say):
        lines = enumerate(requirements.splitlines(), start=1)
        self.names = {n: line.split("==")[0] for n, line in lines if re.match(r"[\w.-]+==", line)}
        self.seen = set()
        self.unpacking = False
        self.say = say
        self.since = time.monotonic()
        self.on_terminal = sys.stdout.isatty()
        say(f"Installing {len(self.names)} packages (a minute or two) ...")

    def line(self, text):
        """Learn from one line of pip's."""
        if text.startswith("Installing collected packages"):
            self.unpacking = True
            self.show("unpacking them")
        for name in self.named_in(text):
            if name not in self.seen:
                self.seen.add(name)
                self.show(f"{len(self.seen)} of {len(self.names)}: {name}")

    def named_in(self, text):
        """The packages that a line is about; pip before 23.1 gives no line numbers."""
        lines = re.findall(r"-r requirements\.txt \(line (\d+)\)", text)
        names = re.findall(r"^(?:Collecting|Requirement already satisfied:) ([\w.-]+)==", text)
        known = self.names.values()
        yield from (self.names[n] for n in map(int, lines) if n in self.names)
        yield from (name for name in names if name in known)

    def tick(self):
        """A sign of life while pip is silent."""
        if self.on_terminal:
            what = "unpacking them" if self.unpacking else f"{len(self.seen)} of {len(self.names)}"
            self.show(f"{what}, {time.monotonic() - self.since:.0f} s")

    def show(self, text):
        if self.on_terminal:
            print(f"\r  {text:<60.60}", end="", flush=True)
        elif self.unpacking or len(self.seen) % self.EVERY == 0:
            self.say("  " + text)

    def end(self):
        if self.on_terminal:
            print("\r" + " " * 62, end="\r", flush=True)


def explain(output):
    """The one line of a failed command's output that says what went wrong."""
    if "No space left on device" in output:
        return "The disk is full: no space left on device"
    for words, meaning in OFFLINE:
        if words in output:
            return meaning
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"error: (?!subprocess-exited)", line, re.I)]
    last = (errors or lines or ["It failed without a word"])[-1]
    return re.sub(r"^error: ", "", last, flags=re.I)


@contextlib.contextmanager
def alone(root, say):
    """Wait until no other set-up runs in `root`, then keep others waiting.

    The system's own lock on requirements.txt: it leaves no file behind, and the
    end of the processes that hold it, however they end, releases it.
    """
    with open(root / "requirements.txt", "rb") as file:
        os.set_inheritable(file.fileno(), True)
        waiting = False
        while not _try_to_lock(file):
            if not waiting:
                say("Another set-up is running in this folder: waiting for it ...")
                waiting = True
            time.sleep(0.3)
        yield


def _try_to_lock(file):
    """False if another process has it; where files cannot be locked, everyone may go on."""
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(2**30)  # behind the end: Windows lets no one else read what is locked
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except PermissionError:
        return False  # how msvcrt says that it is taken
    except BlockingIOError:
        return False
    except OSError:
        pass  # some network file systems have no locks
    return True
