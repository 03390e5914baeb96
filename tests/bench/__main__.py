"""`python -m tests.bench [--only WORD] [--rounds N]`: measure, and print a table in Markdown."""

import argparse
import importlib
import pkgutil
import sys

from tests import bench as package
from tests.bench.measure import Row, benches, measured, table


def main() -> int:
    """Run the benches whose names hold a word. The exit code is 1 if a limit was not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="run benches whose name holds this (repeatable)")
    parser.add_argument("--rounds", type=int, default=None, help="how often each is measured")
    parser.add_argument("--list", action="store_true", help="show the names and measure nothing")
    options = parser.parse_args()
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("bench_"):
            importlib.import_module(f"tests.bench.{module.name}")
    chosen = [item for item in benches if not options.only or any(word in item.name for word in options.only)]
    if options.list:
        print("\n".join(item.name for item in chosen))
        return 0
    return _report([_measured(item.name, measured(item, options.rounds)) for item in chosen])


def _measured(name: str, row: Row) -> Row:
    print(f"{name} ... done", file=sys.stderr, flush=True)
    return row


def _report(rows: list[Row]) -> int:
    print(table(rows))
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
