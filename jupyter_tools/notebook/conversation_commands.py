"""`%agent history`, `%agent new`, `%agent conversations`: what the model will see."""

from __future__ import annotations

import json
from dataclasses import replace

from jupyter_tools.messages import AssistantMessage, Message, UserMessage, text_of
from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.tables import Table
from jupyter_tools.shortening import one_line

_SHOWN = 80  # characters of a prompt


def history(line: CommandLine) -> Table:
    """Show a conversation as its next turn will see it."""
    name = line.text or line.session.settings.conversation
    rows = [(message.role, _message_text(message)) for message in line.session.conversations[name].messages]
    return Table(columns=("role", "message"), rows=rows)


def new(line: CommandLine) -> Table:
    """Start a conversation anew, and go on with it."""
    session = line.session
    name = line.text or session.settings.conversation
    session.conversations.started(name)
    session.settings = replace(session.settings, conversation=name)
    return session.summary()


def conversations(line: CommandLine) -> Table:
    """List the conversations."""
    current = line.session.settings.conversation
    rows = [
        (name, "current" if name == current else "", str(len(messages)), _last_prompt(messages))
        for name in line.session.conversations.names()
        for messages in [line.session.conversations[name].messages]
    ]
    return Table(columns=("conversation", "", "messages", "last prompt"), rows=rows)


def _last_prompt(messages: list[Message]) -> str:
    prompts = [text_of(message.content) for message in messages if isinstance(message, UserMessage)]
    return one_line(prompts[-1], _SHOWN) if prompts else ""


def _message_text(message: Message) -> str:
    calls = message.tool_calls if isinstance(message, AssistantMessage) else ()
    lines = [
        text_of(message.content),
        *(f"{call.name}({json.dumps(call.arguments, ensure_ascii=False)})" for call in calls),
    ]
    return "\n".join(line for line in lines if line)
