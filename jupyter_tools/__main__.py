"""`python -m jupyter_tools`: fetch the weights of embedded models, and see which there are."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from jupyter_tools import __version__
from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.providers.model_catalogue import CATALOGUE, DEFAULT, ModelEntry, model_entry
from jupyter_tools.providers.model_files import is_pulled, model_path, models_folder, pull


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 if it did what was asked."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "list":
            _list()
        else:
            for name in options.names or [DEFAULT.name]:
                _pull(model_entry(name))
    except JupyterToolsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where this one stopped.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jupyter_tools",
        description="Embedded models of jupyter_tools: language models that run in the notebook's own process.",
        epilog="Weights are kept in JUPYTER_TOOLS_MODELS, or in a folder of your cache; `list` shows where.",
    )
    parser.add_argument("--version", action="version", version=f"jupyter_tools {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="show the embedded models, their sizes and which are on this machine")
    pulling = commands.add_parser(
        "pull",
        help="fetch a model's weights and check them",
        description="Fetch a model's weights and check them. Interrupted, the same command goes on where it stopped.",
    )
    pulling.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of: {', '.join(CATALOGUE)} (default: {DEFAULT.name})"
    )
    return parser


def _list() -> None:
    for entry in CATALOGUE.values():
        state = "here" if is_pulled(entry) else "not fetched"
        print(f"local:{entry.name:<20} {entry.size / 1e6:>5.0f} MB  {entry.licence}  {state:<12} {entry.title}")
    print(f"\nFolder: {models_folder()}")


def _pull(entry: ModelEntry) -> None:
    if is_pulled(entry):
        print(f"{entry.name} is here: {model_path(entry)}")
        return
    from tqdm.auto import tqdm

    with tqdm(total=entry.size, unit="B", unit_scale=True, desc=entry.name) as bar:

        def show(where: str, done: int, total: int) -> None:
            bar.total = total
            bar.set_description(f"{entry.name} from {where}", refresh=False)
            bar.update(done - bar.n)

        path = pull(entry, show)
    print(f"{entry.name} is here, checked: {path}")


if __name__ == "__main__":
    sys.exit(main())
