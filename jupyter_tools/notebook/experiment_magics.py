"""`%%experiment`: what a person reads and types; `experiment_line` and `experiment_cell` do the work."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from jupyter_tools.notebook.cell_errors import explained
from jupyter_tools.notebook.options import parse_line


@magics_class
class ExperimentMagics(Magics):
    """The magic for experiments."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell

    @magic_arguments()
    @argument("--over", metavar="DATA", help="the rows: a variable with a DataFrame or a list of dicts")
    @argument("-m", "--model", action="append", help="who answers; repeatable, each is a variant")
    @argument(
        "-p", "--param", action="append", metavar="KEY=VALUE", help="an option of the request; a JSON list is an axis"
    )
    @argument("-t", "--tools", action="append", help="names with commas between, or none; each use is a variant")
    @argument("-s", "--system", action="append", help="instructions; repeatable, each is a variant")
    @argument("-r", "--repeats", type=int, default=1, help="how often each question is asked (1 if not set)")
    @argument(
        "--score", action="append", metavar="SCORER", help="exact, contains, ..., a function's name, or an expression"
    )
    @argument("--name", default="experiment", help="the experiment's name, in the frame and in the traces")
    @argument("--at-once", type=int, help="how many cells at once for each provider (8 if not set)")
    @argument("--max-turns", type=int, default=10, help="how often a model may be asked for one answer, with tools")
    @argument("--base-url", help="where the models' server is, if not in its usual place")
    @argument("--executor", metavar="CLIENT", help="a variable with a dask.distributed.Client")
    @argument("--fresh", action="store_true", help="ask again what is finished")
    @argument("--yes", action="store_true", help="begin without a question, however much it is")
    @argument("-o", "--output", metavar="NAME", help="store the frame in this variable instead of showing it")
    @cell_magic
    def experiment(self, line: str, cell: str) -> Any:
        """Ask every variant about every row, and give a tidy DataFrame back.

        The cell is the prompt: `{{ column }}` is filled from the row, any other `{{ expression }}` from the notebook.
        What is finished is kept: running the cell again asks only what is new, what failed and what was stopped.

        Example::

            %%experiment --over countries -m openai:gpt-4o-mini -p temperature=[0,0.7] -r 3 --score exact -o frame
            What is the capital of {{ country }}? One word.
        """
        from jupyter_tools.notebook.experiment_cell import ExperimentCell
        from jupyter_tools.notebook.experiment_line import prepared

        with explained():
            arguments = parse_line(self.experiment, line)
            chosen = prepared(arguments, cell, self._shell.user_ns)
        return ExperimentCell(chosen, self._shell, arguments.output).block()

    async def experiment_cell(self, line: str, cell: str) -> Any:
        """An `%%experiment` cell that awaits: what the input transformer makes of one."""
        from jupyter_tools.notebook.experiment_cell import ExperimentCell
        from jupyter_tools.notebook.experiment_line import prepared

        with explained():
            arguments = parse_line(self.experiment, self._shell.var_expand(line))
            chosen = prepared(arguments, cell, self._shell.user_ns)
        return await ExperimentCell(chosen, self._shell, arguments.output).wait()
