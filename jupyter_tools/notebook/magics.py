"""The magics: `%%agent`, `%agent`, `%tool`, `%%tool`. They read a line, call what does the work, and show its value."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from jupyter_tools.agent.agent import AgentResult
from jupyter_tools.errors import ConfigurationError, JupyterToolsError, UnknownNameError
from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.notebook.cell_run import CellRun
from jupyter_tools.notebook.cell_tools import tools_of_cell
from jupyter_tools.notebook.display import display_for
from jupyter_tools.notebook.options import parse_line
from jupyter_tools.notebook.prompt import fill_prompt
from jupyter_tools.notebook.session import Session
from jupyter_tools.notebook.tables import Table
from jupyter_tools.notebook.tool_call import ToolOutcome, call_tool
from jupyter_tools.notebook.tool_line import arguments_summary, tool_arguments
from jupyter_tools.tools.registry import default_registry
from jupyter_tools.tools.tool import AgentTool

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_COMMANDS = ("stop", "new", "history")


@contextmanager
def explained() -> Iterator[None]:
    """Show a person's mistake as its sentence, without a traceback."""
    try:
        yield
    except (JupyterToolsError, UsageError) as error:
        raise CellError(str(error)) from error


@magics_class
class AgentMagics(Magics):
    """The magics of one kernel and the session behind them."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._shell = shell
        self.session = Session(shell.user_ns)

    @magic_arguments()
    @argument("-m", "--model", help="who answers: PROVIDER:MODEL, such as openai:gpt-4o-mini, or local:./model.gguf")
    @argument("-t", "--tools", help="the tools it may call: names with commas between; the notebook's functions count")
    @argument("--no-tools", action="store_true", help="no tools, whatever was set before")
    @argument("-s", "--system", help="instructions that stand before the conversation, in quotes")
    @argument("--max-turns", type=int, help="how often the model may be asked for one prompt (10 if not set)")
    @argument("--new", action="store_true", help="start a new conversation")
    @argument("--base-url", help="where the provider's server is, if not in its usual place")
    @argument("--temperature", type=float, help="how freely the model chooses its words; 0: always the likeliest")
    @argument("--option", action="append", metavar="KEY=VALUE", help="any option of the request, such as seed=1")
    @argument("-o", "--output", metavar="NAME", help="store the result (text, messages, usage) in this variable")
    @argument("words", nargs="*", help="with %%agent: stop, new or history; the prompt of a cell goes below the line")
    @line_cell_magic
    def agent(self, line: str, cell: str | None = None) -> Table | str | None:
        """Ask a model that may call tools.

        As a cell, `%%agent [options]` sends the lines below it and streams the answer. In the prompt,
        `{{ expression }}` is filled from the notebook's variables; single braces are left alone. The cells of a
        notebook are one conversation; `--new` starts another.

        As a line, `%agent` shows the configuration and `%agent [options]` sets it for the cells to come.
        `%agent stop` stops the run that goes on, `%agent new` starts a new conversation, `%agent history` shows what
        the model will see.

        Example::

            %%agent --tools math_eval,time_now
            What is 12.5 % of 3,480, and what time is it in Tokyo?
        """
        with explained():
            arguments = parse_line(self.agent, line)
            if cell is None:
                return self._command(arguments, line)
            run = self._prepare(arguments, cell, awaiting=False)
        with self.session.going_on(run.agent):
            self._keep(arguments, run.block())
        return None

    async def agent_cell(self, line: str, cell: str) -> None:
        """An `%%agent` cell that awaits: what the input transformer makes of one."""
        with explained():
            arguments = parse_line(self.agent, self._shell.var_expand(line))
            run = self._prepare(arguments, cell, awaiting=True)
        with self.session.going_on(run.agent):
            self._keep(arguments, await run.wait())

    def _prepare(self, arguments: Namespace, cell: str, *, awaiting: bool) -> CellRun:
        if arguments.words:
            raise ConfigurationError(
                f"{arguments.words[0]!r} is no option. The prompt goes on the lines below %%agent."
            )
        if arguments.output is not None and not arguments.output.isidentifier():
            raise ConfigurationError(f"-o takes the name of a variable, not {arguments.output!r}.")
        prompt = fill_prompt(cell, self._shell.user_ns)
        agent = self.session.agent(self.session.settings.updated(arguments), new=arguments.new)
        display = display_for(self._shell, agent.abort, awaiting=awaiting)
        return CellRun(agent, prompt, display, {"cell_id": cell_id(self._shell)})

    def _keep(self, arguments: Namespace, result: AgentResult) -> None:
        if arguments.output is not None:
            self._shell.user_ns[arguments.output] = result

    def _command(self, arguments: Namespace, line: str) -> Table | str:
        match arguments.words:
            case []:
                if line.strip():
                    self.session.configure(arguments)
                return self.session.summary()
            case ["stop"]:
                return self.session.stop()
            case ["new"]:
                self.session.messages.clear()
                return self.session.summary()
            case ["history"]:
                return self.session.history()
            case words:
                raise UnknownNameError("command of %agent", words[0], _COMMANDS)

    @line_cell_magic
    def tool(self, line: str, cell: str | None = None) -> Table | ToolOutcome:
        """List tools, run one, or make some.

        `%tool` lists the tools. `%tool NAME ...` runs one, as a model would, and records it in the traces. Arguments
        are `key=value` pairs, a JSON object, or the bare value if the tool needs just one::

            %tool math_eval 2+2
            %tool time_now timezone_name=Asia/Tokyo format=iso
            %tool time_now {"timezone_name": "Asia/Tokyo"}

        As a cell, `%%tool` runs the cell and makes a tool of each function that it defines.
        """
        with explained():
            if cell is not None:
                return tools_of_cell(self._shell, cell)
            name, _, text = line.strip().partition(" ")
            if not name:
                return tool_table(default_registry())
            tool = self.session.find_tool(name)
            return call_tool(tool, tool_arguments(tool, text), {"cell_id": cell_id(self._shell)})


def tool_table(tools: Iterable[AgentTool]) -> Table:
    """The tools with what they do and what they take."""
    rows = [(tool.name, tool.description, arguments_summary(tool)) for tool in tools]
    return Table(columns=("tool", "description", "arguments"), rows=rows)


def cell_id(shell: InteractiveShell) -> str | None:
    """The id of the cell that runs now, where the front end says it."""
    parent: Any = getattr(shell, "parent_header", None)  # a kernel's shell keeps the whole request under this name
    metadata = parent.get("metadata") if isinstance(parent, dict) else None
    return metadata.get("cellId") if isinstance(metadata, dict) else None
