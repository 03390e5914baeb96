"""The magic `%traces`. Here is what a person reads and types; `trace_commands` does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from jupyter_tools.notebook.cell_errors import explained
from jupyter_tools.notebook.options import parse_line

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@magics_class
class TraceMagics(Magics):
    """The magic of the traces."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell

    @magic_arguments()
    @argument("-a", "--all", action="store_true", help="every kernel and earlier day in the file, not only this kernel")
    @argument("-r", "--run", help="only this run: its id, or -1 for the last one, -2 for the one before")
    @argument("-k", "--kind", help="only agent (whole runs), turn, model, tool, approval or retrieval; commas between")
    @argument("-n", "--last", type=int, help="only so many, the newest")
    @argument("--since", help='only those begun since: "10:30", "2026-11-21 10:30"')
    @argument("--where", help='only those for which this SQL condition holds, in quotes: "duration_ms > 1000"')
    @argument("--days", type=float, help="with prune: what is older goes")
    @argument("--size", type=float, metavar="MB", help="with prune: the oldest goes until the file is as small as this")
    @argument("words", nargs="*", help="export FILE, import FILE, prune or audit; nothing: show the table")
    @line_magic
    def traces(self, line: str) -> Any:
        """Look at what happened, take it out and in, tidy up.

        `%traces` shows a table of the spans of this kernel: sort by a click on a column, search, click a row for its
        input, its output and its place in the run. `%traces --all` has every kernel and earlier day.

        `%traces export FILE` writes them to FILE: .jsonl (nothing is lost), .csv or .parquet; an address such as
        http://localhost:4318 is a collector of OpenTelemetry. Secrets are blotted out. `%traces import FILE` takes
        another person's file in; it shows under `%traces --all`.

        `%traces prune --days 30 --size 200` deletes what is older than 30 days, and the oldest beyond 200 MB.
        `%traces audit` looks for secrets in the traces and in the notebook.

        Example::

            %traces export run.jsonl --run -1
        """
        with explained():
            arguments = parse_line(self.traces, line)
            from jupyter_tools.notebook.trace_commands import TraceCommands

            return TraceCommands(self._shell).run(arguments)
