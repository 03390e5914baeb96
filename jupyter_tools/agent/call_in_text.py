"""A call that a model wrote into its text, where nobody reads it: usual for servers that do not know its format."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_tools.events import Notice, ToolCallDelta
from jupyter_tools.messages import AssistantMessage
from jupyter_tools.providers.prompted_calls import PromptedCallDecoder
from jupyter_tools.providers.refusals import IN_WORDS
from jupyter_tools.tools.tool import AgentTool


def notice_of_call_in_text(message: AssistantMessage, tools: Sequence[AgentTool]) -> Notice | None:
    """What a person should know of an answer that is a call in words; None for all others."""
    if message.calls_tools or message.stop_reason != "stop":
        return None
    names = [tool.name for tool in tools if tool.name in message.text]
    if not names:
        return None
    decoder = PromptedCallDecoder(names)
    calls = [part for part in (*decoder.decode(message.text), *decoder.flush()) if isinstance(part, ToolCallDelta)]
    if not calls:
        return None
    text = f"The model wrote a call of {calls[0].name!r} as text, which its server does not read. {IN_WORDS}"
    return Notice(text=text, kind="call_in_text")
