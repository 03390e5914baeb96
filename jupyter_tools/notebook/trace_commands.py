"""What `%traces` does once its line is read: show the table, take spans out and in, tidy up, look for secrets."""

from __future__ import annotations

import re
from argparse import Namespace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.cell_request import somebody_is_there
from jupyter_tools.notebook.notebook_files import notebooks_of
from jupyter_tools.notebook.options import names_in
from jupyter_tools.notebook.tables import Table
from jupyter_tools.traces.audit import audit_notebook, audit_store
from jupyter_tools.traces.frame import traces
from jupyter_tools.traces.location import default_store
from jupyter_tools.traces.pages import SpanPages
from jupyter_tools.traces.query import SpanQuery, parse_since
from jupyter_tools.traces.retention import prune

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_FINDINGS_SHOWN = 200
_COUNTED = re.compile(r"-\d{1,9}")  # of runs: from the last one


class TraceCommands:
    """The commands of `%traces`.

    Args:
        shell: The shell whose cell runs.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell

    def run(self, arguments: Namespace) -> Any:
        """Do what the line says; what is given back is the cell's value.

        Raises:
            ConfigurationError: If the line makes no sense.
            TraceStoreError: If a file cannot be read or written.
        """
        match arguments.words:
            case []:
                return self.show(arguments)
            case ["export", target]:
                count = traces.export(target, **_choice(arguments))
                return f"{_spans(count)} went to {target}."
            case ["import", path]:
                count = traces.load(path)
                return f"{_spans(count)} came from {path}. `%traces --all` and `traces(all=True)` have them now."
            case ["prune"]:
                return f"{_spans(_prune(arguments))} went out of {default_store().path}."
            case ["audit"]:
                return self.audit()
            case ["export" | "import" as word, *_]:
                raise ConfigurationError(f"Write one file's name:  %traces {word} run.jsonl")
            case [word, *_]:
                raise UnknownNameError("command of %traces", word, ("export", "import", "prune", "audit"))

    def show(self, arguments: Namespace) -> Table | None:
        """The table: on a page it lives, in a terminal it is text."""
        from jupyter_tools.notebook.trace_table import show_table, static_table

        store, choice = default_store(), _choice(arguments)
        session = None if choice.pop("all") else store.session_id
        pages = SpanPages(store, SpanQuery(session_id=session, since=parse_since(choice.pop("since")), **choice))
        if getattr(self._shell, "kernel", None) is None:
            return static_table(pages)
        show_table(pages, living=somebody_is_there(self._shell))
        return None

    def audit(self) -> Table | str:
        """Look for secrets in the traces and in the notebook."""
        store, notebooks = default_store(), notebooks_of(self._shell)
        findings = [*audit_store(store), *(finding for path in notebooks for finding in audit_notebook(path))]
        looked = f"{store.path} and {', '.join(map(str, notebooks)) or 'no notebook'}"
        if not findings:
            return f"No secret was found in {looked}."
        rows = [(finding.place, finding.around) for finding in findings[:_FINDINGS_SHOWN]]
        return Table(columns=(f"{len(findings)} found: where", "what stands before it"), rows=rows)


def _prune(arguments: Namespace) -> int:
    if arguments.days is None and arguments.size is None:
        raise ConfigurationError(
            "Say what may go:  %traces prune --days 30  or  %traces prune --size 200  (megabytes)."
        )
    try:
        age = None if arguments.days is None else timedelta(days=arguments.days)
    except (OverflowError, ValueError):
        raise ConfigurationError(f"--days {arguments.days:g} is no number of days that a calendar has.") from None
    return prune(default_store(), older_than=age, max_mb=arguments.size)


def _choice(arguments: Namespace) -> dict[str, Any]:
    """The filters of the line, as `traces()` takes them."""
    run = arguments.run
    return {
        "all": arguments.all,
        "run": int(run) if run is not None and _COUNTED.fullmatch(run) else run,
        "kind": names_in(arguments.kind) if arguments.kind else None,
        "last": arguments.last,
        "since": arguments.since,
        "where": arguments.where,
    }


def _spans(count: int) -> str:
    return "1 span" if count == 1 else f"{count:,} spans"
