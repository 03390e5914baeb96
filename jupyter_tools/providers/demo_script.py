"""The script `scripted:demo`: a whole run with reasoning, two tools at once and their results, without any weights."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_tools.messages import ToolResultMessage
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.script_parts import ScriptPart, Turn, call, thinking


def _turn(request: Request) -> Sequence[ScriptPart]:
    results: list[ToolResultMessage] = []
    for message in reversed(request.messages):
        if not isinstance(message, ToolResultMessage):
            break
        results.insert(0, message)
    return _answer(results) if results else _question(request)


def _question(request: Request) -> Sequence[ScriptPart]:
    names = {tool.name for tool in request.tools} if request.tool_choice != "none" else set[str]()
    wanted = [
        call("math_eval", {"expression": "3480 * 12.5 / 100"}),
        call("time_now", {"timezone_name": "Asia/Tokyo", "format": "iso"}),
    ]
    calls = [item for item in wanted if item.name in names]
    if not calls:
        return ["I am a script and no model. Give me the tools `math_eval` and `time_now`, and I will use them."]
    reasoning = "A percentage is arithmetic and the time a look-up: two tools, and neither waits for the other."
    return [thinking(reasoning), *calls]


def _answer(results: Sequence[ToolResultMessage]) -> Sequence[ScriptPart]:
    lines = [f"- `{result.tool_name}` says: {result.text}" for result in results]
    return ["I asked the tools, and this is what I know now:\n\n", "\n".join(lines)]


DEMO: tuple[Turn, ...] = (_turn,)
