"""What the magics do once their line is read: prepare a run, configure, show, call a tool."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jupyter_tools.agent.stepper import Stepper
from jupyter_tools.agent.tape import Recording
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import encodable
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.notebook.answer import Answer
from jupyter_tools.notebook.cell_request import origin_of
from jupyter_tools.notebook.cell_run import CellRun
from jupyter_tools.notebook.cell_tools import tools_of_cell
from jupyter_tools.notebook.command_table import Command, CommandLine
from jupyter_tools.notebook.display import Waiting, approver_for, display_for, is_page
from jupyter_tools.notebook.keys import login
from jupyter_tools.notebook.known_models import KnownModels
from jupyter_tools.notebook.line_completion import LineCompletion
from jupyter_tools.notebook.line_rules import check_cell, check_line
from jupyter_tools.notebook.prompt import fill_prompt
from jupyter_tools.notebook.runs import Run
from jupyter_tools.notebook.session import Session
from jupyter_tools.notebook.stepping import StepOutcome, Stepping
from jupyter_tools.notebook.tables import Sentence, Table
from jupyter_tools.notebook.tool_call import ToolOutcome, call_tool
from jupyter_tools.notebook.tool_line import arguments_summary, tool_arguments
from jupyter_tools.providers.discovery import AvailableModel, available_models
from jupyter_tools.tools.running import RunningTool, running_tools
from jupyter_tools.tools.tool import AgentTool

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Commands:
    """The commands of one kernel and the session behind them.

    Attributes:
        session: The kernel's settings, conversations and runs.
        completion: What can be written on their lines.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self.session = Session(shell.user_ns)
        self.completion = LineCompletion(self.session, KnownModels())

    def prepare(self, arguments: Namespace, cell: str, waiting: Waiting) -> CellRun:
        """The run of an `%%agent` cell, not yet started.

        Args:
            arguments: What the line says.
            cell: The prompt.
            waiting: What the cell will do while the run goes on; with `--background` it leaves it alone.
        """
        check_cell(arguments)
        if arguments.background:
            waiting = "leave"
        prompt = self._prompt(cell)
        settings = self.session.settings.updated(arguments)
        approver = approver_for(self._shell, waiting)
        origin = origin_of(self._shell)
        agent = self.session.agent(settings, new=arguments.new, origin=origin, approver=approver)
        if arguments.record is not None:
            agent.tape = Recording(arguments.record)
        display = display_for(self._shell, agent, approver, waiting)
        cell_run = CellRun(agent, prompt, display, origin)
        cell_run.view.files = self.session.attachments.links
        return cell_run

    def _prompt(self, cell: str) -> str:
        """The prompt of a cell: filled first, so that nothing in a file is taken for an expression."""
        return encodable(self.session.attachments.expanded(fill_prompt(cell, self._shell.user_ns)))

    def begin_steps(self, arguments: Namespace, cell: str) -> StepOutcome:
        """`%%agent --step`: a run that waits before each of its turns."""
        check_cell(arguments)
        session, origin = self.session, origin_of(self._shell)
        settings = session.settings.updated(arguments)
        prompt, approver = self._prompt(cell), approver_for(self._shell, "block")
        agent = session.agent(settings, new=arguments.new, origin=origin, approver=approver)
        conversation = session.conversations[settings.conversation]
        if session.stepping is not None:
            session.stepping.give_up()
        stepper = Stepper(agent, prompt, tags=origin.tags, asked_from=origin.asked_from)
        session.stepping = Stepping(stepper, conversation, origin)
        return session.stepping.go_on()

    def block(self, arguments: Namespace, cell_run: CellRun) -> Sentence | None:
        """Carry the run out where nothing can be awaited. In a terminal, nothing else shows a run in the background."""
        if arguments.background:
            run = self._leave(arguments, cell_run)
            return Sentence(f"Run {run.name} goes on:  %agent runs") if not is_page(self._shell) else None
        with self._kept(arguments, cell_run):
            cell_run.block()
        return None

    async def wait(self, arguments: Namespace, cell_run: CellRun) -> None:
        """Carry the run out in a cell that awaits."""
        if arguments.background:
            self._leave(arguments, cell_run)
            return
        with self._kept(arguments, cell_run):
            await cell_run.wait()

    def _leave(self, arguments: Namespace, cell_run: CellRun) -> Run:
        run = self._begin(arguments, cell_run)

        def over() -> None:
            self._store(arguments.output, cell_run)
            run.end()

        cell_run.leave(over)
        return run

    @contextmanager
    def _kept(self, arguments: Namespace, cell_run: CellRun) -> Iterator[None]:
        """While the run goes on: afterwards its conversation is kept, and its result."""
        run = self._begin(arguments, cell_run)
        try:
            yield
        finally:
            run.end()
        self._store(arguments.output, cell_run)
        if cell_run.result is not None:
            self._shell.displayhook.update_user_ns(Answer(cell_run.result))  # `_` and Out, but nothing is shown

    def _begin(self, arguments: Namespace, cell_run: CellRun) -> Run:
        conversation = self.session.settings.updated(arguments).conversation
        return self.session.begin(cell_run, conversation, origin_of(self._shell), background=arguments.background)

    def _store(self, name: str | None, cell_run: CellRun) -> None:
        if name is not None and cell_run.result is not None:
            self._shell.user_ns[name] = cell_run.result

    def given(self, command: Command, text: str) -> Any:
        """What a command of the table answers."""
        answer = command(CommandLine(self._shell, self.session, text))
        return Sentence(answer) if isinstance(answer, str) else answer

    def agent_line(self, arguments: Namespace, line: str) -> Table | Sentence:
        """`%agent` with options or alone: show, set; list models, keep a key."""
        check_line(arguments)
        if arguments.models:
            return models_table(loop_thread().run(available_models()))
        if arguments.login is not None:
            return Sentence(login(arguments.login))
        if line:
            self.session.configure(arguments)
        return self.session.summary()

    def tool_line(self, line: str) -> Table | ToolOutcome | Sentence:
        """`%tool`: list the tools, or those that run, or run one."""
        name, _, text = line.strip().partition(" ")
        if not name:
            return tool_table(self.session.known_tools())
        if name.startswith("-"):
            if name != "--running":
                raise UnknownNameError("option of %tool", name, ["--running"])
            running = running_tools()
            return running_table(running) if running else Sentence("No tool is running.")
        if name.endswith("?") and not text:
            return tool_table([self.session.find_tool(name.rstrip("?"))])
        tool = self.session.find_tool(name)
        return call_tool(tool, tool_arguments(tool, text), {"cell_id": origin_of(self._shell).cell_id})

    def tool_cell(self, line: str, cell: str) -> Table:
        """`%%tool`: make tools of the cell's functions."""
        if line.strip():
            raise ConfigurationError("%%tool takes nothing on its own line: each function below it becomes a tool.")
        return tools_of_cell(self._shell, cell)


def models_table(models: Iterable[AvailableModel]) -> Table:
    """The models that can be asked, and what to write for each."""
    rows = [(m.model, f"--base-url {m.base_url}" if m.base_url else "", _state(m)) for m in models]
    return Table(columns=("model", "and", "where"), rows=rows)


def _state(model: AvailableModel) -> str:
    return model.where if model.ready else f"{model.where}; fetched at the first use"


def tool_table(tools: Iterable[AgentTool]) -> Table:
    """The tools with what they do and what they take."""
    rows = [(tool.name, tool.description, arguments_summary(tool)) for tool in tools]
    return Table(columns=("tool", "description", "arguments"), rows=rows)


def running_table(running: Iterable[RunningTool]) -> Table:
    """The tools that run now, and those that nobody waits for any more."""
    rows = [
        (tool.tool_name, tool.place, f"{tool.seconds:.1f} s", "abandoned" if tool.abandoned else "running", tool.run_id)
        for tool in running
    ]
    return Table(columns=("tool", "where", "for", "state", "run"), rows=rows)
