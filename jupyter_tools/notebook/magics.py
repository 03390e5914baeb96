"""The magics: `%%agent`, `%agent`, `%tool`, `%%tool`. Here is what a person reads and types; `commands` does the work.

Loading the extension imports this module and little else, so that it takes no time.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, kwds, magic_arguments

from jupyter_tools.notebook.cell_errors import explained
from jupyter_tools.notebook.command_table import command_of, commands_text
from jupyter_tools.notebook.options import parse_line

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_tools.notebook.commands import Commands
    from jupyter_tools.notebook.completion import Found


_FIRST_CELL_NEEDS = (
    "jupyter_tools.notebook.commands",
    "jupyter_tools.notebook.stream_widget",
    "jupyter_tools.providers.scripted",
    "markdown_it",
    "mdit_py_plugins.dollarmath",
    "mdit_py_plugins.texmath",
    "nh3",
    "pygments.lexers",
)


def _import_early() -> None:
    """Import what the first cell needs while the person writes it. What is missing is explained by that cell."""
    for name in _FIRST_CELL_NEEDS:
        with suppress(ImportError):
            import_module(name)


@magics_class
class AgentMagics(Magics):
    """The magics of one kernel."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._imports = threading.Thread(target=_import_early, name="jupyter_tools imports", daemon=True)

    def begin_imports(self) -> None:
        """Import in the background, without keeping the cell that loads the extension."""
        self._imports.start()

    @cached_property
    def _commands(self) -> Commands:
        if self._imports.is_alive():  # two threads that import the same modules could see half of one
            self._imports.join()
        from jupyter_tools.notebook.commands import Commands

        return Commands(self._shell)

    def completed(self, magic: str, text: str, *, is_cell: bool) -> Found | None:
        """What can follow `text` on the line of one of our magics."""
        if magic == "tool":
            return None if is_cell else self._commands.completion.of_tool(text)
        parser: Any = getattr(self._shell.find_line_magic(magic) or self._shell.find_cell_magic(magic), "parser", None)
        return None if parser is None else self._commands.completion.of_options(parser, text, is_cell=is_cell)

    @magic_arguments()
    @kwds(epilog=commands_text())
    @argument("-m", "--model", help="who answers: PROVIDER:MODEL, such as openai:gpt-4o-mini, or local:./model.gguf")
    @argument("-t", "--tools", help="the tools it may call: names with commas between; the notebook's functions count")
    @argument("--no-tools", action="store_true", help="no tools, whatever was set before")
    @argument("-s", "--system", help="instructions that stand before the conversation, in quotes")
    @argument("--new", action="store_true", help="start the conversation anew")
    @argument("--conversation", metavar="NAME", help="another conversation than main; with --new it is started")
    @argument("--background", action="store_true", help="let the run go on while later cells run: %%agent runs")
    @argument("--step", action="store_true", help="wait before each turn, and show what will be sent: %%agent step")
    @argument("-o", "--output", metavar="NAME", help="store the result (text, messages, usage) in this variable")
    @argument("--approve", metavar="WHEN", help="ask before tools that want it (ask), before these, always, or never")
    @argument("--max-turns", type=int, metavar="N", help="how often the model may be asked for one prompt (10)")
    @argument("--max-tokens", type=int, metavar="N", help="how much the model may write each time it is asked")
    @argument("--continue", dest="continuations", type=int, metavar="N", help="carry on an answer cut for length")
    @argument("--timeout", type=float, metavar="SECONDS", help="end the run after so long, with what it has")
    @argument("--limit", action="append", metavar="KEY=VALUE", help="end it at so many tool_calls, tokens, or cost")
    @argument("--temperature", type=float, help="how freely the model chooses its words; 0: always the likeliest")
    @argument("--base-url", help="where the provider's server is, if not in its usual place")
    @argument("--option", action="append", metavar="KEY=VALUE", help="any option of the request, such as seed=1")
    @argument("--tool-format", metavar="FORMAT", help="tell a model of its tools in words: json, hermes, react, schema")
    @argument("--record", metavar="FILE", help="write what the model and the tools give into FILE, for %%agent replay")
    @argument("--models", action="store_true", help="with %%agent as a line: list the models that can be asked now")
    @argument("--login", metavar="PROVIDER", help="with %%agent as a line: ask for a provider's API key and keep it")
    @argument("words", nargs="*", metavar="COMMAND", help="with %%agent as a line: one of the commands below")
    @line_cell_magic
    def agent(self, line: str, cell: str | None = None) -> Any:
        """Ask a model that may call tools.

        As a cell, `%%agent [options]` sends the lines below it and streams the answer.
        In the prompt, `{{ expression }}` is filled from the notebook's variables; single
        braces are left alone. The cells of a notebook are one conversation; `--new`
        starts another. A cell that is run again takes back what it and the cells run
        after it said. `_` is the answer's text, `_.result` the whole run.

        As a line, `%agent` shows the configuration, `%agent [options]` sets it for the
        cells to come, and `%agent COMMAND` does what the end of this help says.

        Example::

            %%agent --tools math_eval,time_now
            What is 12.5 % of 3,480, and what time is it in Tokyo?
        """
        with explained():
            if cell is None:
                return self._agent_line(line)
            arguments = parse_line(self.agent, line)
            if arguments.step:
                return self._commands.begin_steps(arguments, cell)
            run = self._commands.prepare(arguments, cell, "block")
        return self._commands.block(arguments, run)

    def _agent_line(self, line: str) -> Any:
        command, text = command_of(line)
        if command is not None:
            return self._commands.given(command, text)
        arguments = parse_line(self.agent, line)
        return self._commands.agent_line(arguments, text)

    async def agent_cell(self, line: str, cell: str) -> Any:
        """An `%%agent` cell that awaits: what the input transformer makes of one."""
        with explained():
            arguments = parse_line(self.agent, self._shell.var_expand(line))
            if arguments.step:
                return self._commands.begin_steps(arguments, cell)
            run = self._commands.prepare(arguments, cell, "await")
        await self._commands.wait(arguments, run)
        return None

    @line_cell_magic
    def tool(self, line: str, cell: str | None = None) -> Any:
        """List tools, run one, or make some.

        `%tool` lists the tools, `%tool NAME?` tells of one. `%tool NAME ...` runs it, as a
        model would, and records that in the traces. Arguments are `key=value` pairs, a
        JSON object, or the bare value if the tool needs just one::

            %tool math_eval 2+2
            %tool time_now timezone_name=Asia/Tokyo format=iso
            %tool time_now {"timezone_name": "Asia/Tokyo"}

        `%tool --running` lists the tools that run now, hung ones that were abandoned
        among them.

        As a cell, `%%tool` runs the cell and makes a tool of each function that it
        defines.
        """
        with explained():
            return self._commands.tool_line(line) if cell is None else self._commands.tool_cell(line, cell)
