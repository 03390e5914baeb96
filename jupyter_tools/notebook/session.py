"""`Session`: what one kernel remembers between `%%agent` cells: settings, the conversation, the run that goes on."""

from __future__ import annotations

import inspect
from argparse import Namespace
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from jupyter_tools.agent.agent import Agent
from jupyter_tools.agent.limits import Limits
from jupyter_tools.errors import UnknownNameError
from jupyter_tools.notebook.attachments import Attachments
from jupyter_tools.notebook.cell_run import CellRun
from jupyter_tools.notebook.conversation import NOWHERE, Conversation, Conversations, Origin
from jupyter_tools.notebook.keys import key_status
from jupyter_tools.notebook.options import AgentSettings, names_in
from jupyter_tools.notebook.runs import Run, Runs
from jupyter_tools.notebook.stepping import Stepping
from jupyter_tools.notebook.tables import Table
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.registry import parse_model
from jupyter_tools.tools.approval import ApprovalPolicy, Approver
from jupyter_tools.tools.decorator import as_tool
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.tools.registry import default_registry
from jupyter_tools.tools.tool import AgentTool


class Session:
    """The settings, the conversations and the runs of a kernel.

    Attributes:
        settings: What `%agent` set.
        conversations: What was said so far, by name.
        runs: Those that go on, and the last ones that ended.
        stepping: The run that goes on turn by turn, or the last one that did.
        attachments: The files that every prompt brings along.
    """

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self.settings = AgentSettings()
        self.conversations = Conversations()
        self.runs = Runs()
        self.stepping: Stepping | None = None
        self.attachments = Attachments()
        self._namespace = namespace

    @property
    def namespace(self) -> Mapping[str, Any]:
        """The notebook's variables."""
        return self._namespace

    @property
    def conversation(self) -> Conversation:
        """The conversation that the next cell goes on with, if it does not say otherwise."""
        return self.conversations[self.settings.conversation]

    def configure(self, arguments: Namespace) -> None:
        """Keep what was written on an `%agent` line for the cells to come, if it can work."""
        settings = self.settings.updated(arguments)
        self.agent(settings, new=arguments.new)
        self.settings = settings

    def agent(
        self, settings: AgentSettings, *, new: bool = False, origin: Origin = NOWHERE, approver: Approver | None = None
    ) -> Agent:
        """An agent of its own for the next run. It continues the conversation, or starts a `new` one.

        If the cell of `origin` has spoken before, the agent knows what was said until then.
        """
        agent = Agent(
            parse_model(settings.model, base_url=settings.base_url, options=settings.options),
            self.find_tools(settings.tools),
            system=self.attachments.system(settings.system),
            max_turns=settings.max_turns,
            continuations=settings.continuations,
            execution=ExecutionOptions(approval=self._policy(settings.approve), approver=approver),
            limits=Limits(**settings.limits),
        )
        started = self.conversations.started if new else self.conversations.__getitem__
        agent.messages += started(settings.conversation).before(origin)
        return agent

    def _policy(self, approve: str) -> ApprovalPolicy:
        if approve in ("ask", "always", "never"):
            return approve
        asked_about, known = names_in(approve), self.tool_names()
        for name in asked_about:
            if name not in known:
                raise UnknownNameError("tool", name, ["ask", "always", "never", *known])
        return lambda request: request.tool.requires_approval or request.tool.name in asked_about

    def find_tools(self, names: Iterable[str]) -> list[AgentTool]:
        """The tools of these names: the notebook's own functions and tools first, then the registered ones.

        A star stands for any letters: `files_*`.

        Raises:
            UnknownNameError: If there is no such tool.
        """
        registry = default_registry()
        wanted = dict.fromkeys(name for pattern in names for name in registry.matching(pattern))
        return [self.find_tool(name) for name in wanted]

    def find_tool(self, name: str) -> AgentTool:
        """The tool of this name; see `find_tools`."""
        own = self._namespace.get(name)
        if isinstance(own, AgentTool) or inspect.isfunction(own):
            return as_tool(own)
        registry = default_registry()
        if name in registry:
            return registry.get(name)
        raise UnknownNameError("tool", name, [tool.name for tool in self.known_tools()])

    def known_tools(self) -> list[AgentTool]:
        """The registered tools and the notebook's own, by name."""
        own = {value.name: value for value in list(self._namespace.values()) if isinstance(value, AgentTool)}
        known = {**{tool.name: tool for tool in default_registry()}, **own}
        return [known[name] for name in sorted(known)]

    def begin(self, cell_run: CellRun, conversation: str, origin: Origin, *, background: bool = False) -> Run:
        """A run begins: its turn has its place in the conversation from now on."""
        known = self.conversations[conversation]
        return self.runs.begin(cell_run, known, known.begin(origin), background=background)

    def tool_names(self) -> list[str]:
        """What can be called, for completion: known tools, and functions that the notebook defines."""
        functions = [name for name, value in list(self._namespace.items()) if _is_own_function(name, value)]
        return sorted({*(tool.name for tool in self.known_tools()), *functions})

    def summary(self) -> Table:
        """The configuration, for a person. Never the key."""
        settings = self.settings
        agent = self.agent(settings)
        models = (agent.model, *agent.model.fallbacks)
        rows = [
            ("model", ", else ".join(map(str, models))),
            ("base URL", settings.base_url or ""),
            ("key", _keys_text(models)),
            ("tools", ", ".join(tool.name for tool in agent.tools) or "none"),
            ("system", settings.system or ""),
            ("attached", ", ".join(item.name for item in self.attachments)),
            ("max turns", str(settings.max_turns)),
            ("carries on", f"{settings.continuations} times" if settings.continuations else ""),
            ("options", ", ".join(f"{name}={value}" for name, value in settings.options.items())),
            ("limits", ", ".join(f"{name}={value}" for name, value in settings.limits.items())),
            ("asks before", _ASKED.get(settings.approve, settings.approve)),
            ("conversation", f"{settings.conversation}, {len(self.conversation.messages)} messages"),
            ("runs", ", ".join(run.name for run in self.runs.going_on)),
        ]
        return Table(columns=("setting", "value"), rows=[row for row in rows if row[1]])


def _keys_text(models: Iterable[Model]) -> str:
    keys = {model.provider: key_status(model.provider, model.base_url) for model in models}
    return "; ".join(keys.values() if len(keys) == 1 else (f"{name}: {status}" for name, status in keys.items()))


def _is_own_function(name: str, value: object) -> bool:
    return not name.startswith("_") and inspect.isfunction(value) and value.__module__ == "__main__"


_ASKED = {"ask": "", "always": "every tool", "never": "no tool"}
