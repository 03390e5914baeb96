"""`Session`: what one kernel remembers between `%%agent` cells: settings, the conversation, the run that goes on."""

from __future__ import annotations

import inspect
import json
from argparse import Namespace
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from jupyter_tools.agent.agent import Agent
from jupyter_tools.errors import UnknownNameError
from jupyter_tools.messages import AssistantMessage, Message, text_of
from jupyter_tools.notebook.conversation import NOWHERE, Conversation, Origin
from jupyter_tools.notebook.keys import key_status
from jupyter_tools.notebook.options import AgentSettings
from jupyter_tools.notebook.tables import Table
from jupyter_tools.tools.approval import Approver
from jupyter_tools.tools.decorator import as_tool
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.tools.registry import default_registry
from jupyter_tools.tools.tool import AgentTool


class Session:
    """The settings and the conversation of a kernel.

    Attributes:
        settings: What `%agent` set.
        conversation: What was said so far.
        running: The agent that is answering now, or None.
    """

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self.settings = AgentSettings()
        self.conversation = Conversation()
        self.running: Agent | None = None
        self._namespace = namespace

    @property
    def messages(self) -> list[Message]:
        """What the next cell's model will see."""
        return self.conversation.messages

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
            settings.model,
            self.find_tools(settings.tools),
            system=settings.system,
            max_turns=settings.max_turns,
            base_url=settings.base_url,
            execution=ExecutionOptions(approval=settings.approve, approver=approver),
            **settings.options,
        )
        if new:
            self.conversation.clear()
        agent.messages += self.conversation.before(origin)
        return agent

    def find_tools(self, names: Iterable[str]) -> list[AgentTool]:
        """The tools of these names: the notebook's own functions and tools first, then the registered ones.

        Raises:
            UnknownNameError: If there is no such tool.
        """
        return [self.find_tool(name) for name in names]

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

    def tell(self, text: str, *, later: bool = False) -> str:
        """Say something to the run that goes on, from any thread: at its next turn, or after its answer."""
        agent = self.running
        if agent is None:
            return "No run is going on."
        (agent.follow_up if later else agent.steer)(text)
        return "Said. It is heard after the answer." if later else "Said. It is heard after this turn."

    def stop(self) -> str:
        """Stop the run that goes on, from any thread. Says what happened."""
        if self.running is None:
            return "No run is going on."
        self.running.abort()
        return "Stopping."

    @contextmanager
    def going_on(self, agent: Agent, origin: Origin = NOWHERE) -> Iterator[None]:
        """While the agent runs. Afterwards the conversation goes on from what it left.

        A run that could not be stopped in time leaves nothing: the conversation stays as it was before.
        """
        self.running = agent
        try:
            yield
        finally:
            self.running = None
            if not agent.running:
                self.conversation.keep(agent.messages, origin)

    def summary(self) -> Table:
        """The configuration, for a person. Never the key."""
        settings = self.settings
        agent = self.agent(settings)
        rows = [
            ("model", str(agent.model)),
            ("base URL", settings.base_url or ""),
            ("key", key_status(agent.model.provider, settings.base_url)),
            ("tools", ", ".join(tool.name for tool in agent.tools) or "none"),
            ("system", settings.system or ""),
            ("max turns", str(settings.max_turns)),
            ("options", ", ".join(f"{name}={value}" for name, value in settings.options.items())),
            ("conversation", f"{len(self.messages)} messages"),
        ]
        return Table(columns=("setting", "value"), rows=[row for row in rows if row[1]])

    def history(self) -> Table:
        """The conversation as the next turn will see it."""
        rows = [(message.role, _message_text(message)) for message in self.messages]
        return Table(columns=("role", "message"), rows=rows)


def _message_text(message: Message) -> str:
    calls = message.tool_calls if isinstance(message, AssistantMessage) else ()
    lines = [
        text_of(message.content),
        *(f"{call.name}({json.dumps(call.arguments, ensure_ascii=False)})" for call in calls),
    ]
    return "\n".join(line for line in lines if line)
