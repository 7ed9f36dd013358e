"""Running a notebook from top to bottom in a clean kernel of this Python."""

import asyncio
import os
import tempfile
from pathlib import Path

from coursekit.authoring.files import NotebookError

SECONDS_A_CELL = 600


class ExecutionError(NotebookError):
    """A cell failed; the message names the cell and the error."""


class _Loop(asyncio.SelectorEventLoop):
    """The loop that zmq needs (Windows has another by default), without signal handlers.

    nbclient's handler for Ctrl-C cleans up twice and fails; without it asyncio's own is used.
    """

    def add_signal_handler(self, *_):
        raise NotImplementedError  # as on Windows, which nbclient expects


def execute(notebook, folder):
    """`notebook` as it stands after running every cell in order, as a new dict.

    `folder` is the kernel's working directory, as JupyterLab has it. Progress is recorded in
    a temporary file, so that running the course's own solutions marks nothing as passed.
    Raises ExecutionError if a cell raises, takes too long, or takes the kernel down.
    """
    import nbformat  # both are slow to import, and only executing needs them
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    node = nbformat.from_dict(notebook)
    try:
        _run(node, folder)
    except CellExecutionError as error:
        _fail(_unfinished(node), f"{error.ename}: {error.evalue}")
    except CellTimeoutError:
        _fail(_unfinished(node), f"did not end within {SECONDS_A_CELL} seconds")
    except DeadKernelError:
        _fail(_unfinished(node), "the kernel died")
    return _plain(node)


def _run(node, folder):
    from nbclient import NotebookClient

    client = NotebookClient(
        node,
        timeout=SECONDS_A_CELL,
        kernel_manager_class=_kernel_manager_class(),
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],  # no word on how kernels are reached
    )
    with tempfile.TemporaryDirectory() as temporary:
        env = {
            **os.environ,
            "COURSEKIT_PROGRESS": str(Path(temporary) / "progress.json"),
            # sums in one order, whatever the number of cores
            "OPENBLAS_NUM_THREADS": "1",
        }
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(_interruptible(client.async_execute(env=env)))


async def _interruptible(execution):
    """Await `execution`; at Ctrl-C asyncio cancels it, which nbclient takes for a dead kernel."""
    from nbclient.exceptions import DeadKernelError

    try:
        await execution
    except DeadKernelError:
        if asyncio.current_task().cancelling():
            raise asyncio.CancelledError from None  # which asyncio makes a KeyboardInterrupt
        raise


def _kernel_manager_class():
    """A kernel manager that starts this Python, whatever kernels the machine has installed."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        kernel_spec = KernelSpec(**get_kernel_dict())

    return ThisPython


def _unfinished(node):
    """The code cell that execution stopped at: with an error, or the first without a count."""
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    for cell in code:
        if any(output.output_type == "error" for output in cell.outputs):
            return cell
    return next((cell for cell in code if cell.execution_count is None), code[-1])


def _fail(cell, what):
    first_line = cell.source.strip().split("\n")[0]
    raise ExecutionError(f"cell {cell.id} ({first_line!r}): {what}") from None


def _plain(node):
    """nbformat's nodes as plain dicts and lists."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(value) for value in node]
    return node
