"""Execute a notebook without a browser and print what a reader would see: `run_headless.py NOTEBOOK`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

CELL_TIMEOUT_S = 600  # a slow machine loads and asks a model of half a billion parameters


def main() -> int:
    """Run the notebook named on the command line; 1 if a cell fails."""
    path = Path(sys.argv[1])
    started = time.monotonic()
    print(f"Running {path} in a real kernel ...", flush=True)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        on_cell_executed=lambda cell, cell_index, execute_reply: show(cell),
    )
    try:
        client.execute()
    except CellExecutionError:  # the cell has been shown, its error with it
        print(f"\n{path} stopped at the cell above.")
        return 1
    print(f"\n{path} ran in {time.monotonic() - started:.0f} s.")
    return 0


def show(cell: NotebookNode) -> None:
    """Print a code cell as it stands in the notebook, and below it what it gave."""
    print("\n" + "\n".join(f"  > {line}" for line in cell.source.splitlines()))
    for output in cell.get("outputs", []):
        print("\n" + text_of(output).strip("\n"), flush=True)


def text_of(output: NotebookNode) -> str:
    """The plain text of an output."""
    match output.output_type:
        case "stream":
            return output.text
        case "error":
            return "\n".join(output.traceback)
        case _:
            return output.data.get("text/plain", "")


if __name__ == "__main__":
    sys.exit(main())
