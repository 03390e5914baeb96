"""`ToolRunner`: tools by name, one call at a time, for callers that are not an agent loop: a ReAct program, a test.

    runner = ToolRunner()
    runner.register("shout", lambda text: text.upper(), timeout=2)
    action = runner.run("request-1", 1, ToolRequest("shout", {"text": "hello"}))
    action.output.data                                       # "HELLO"

The same engine as in `execution` runs the call, with its deadline, thread and error handling.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from jupyter_tools.events import AgentEvent, AgentToolResult, ToolExecutionEndEvent
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.messages import AssistantMessage, ToolCallContent, now_ms, text_of
from jupyter_tools.redaction import redact_json
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.execution import execute_tool_calls
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.tools.results import data_of
from jupyter_tools.tools.tool import AgentTool

__all__ = ["AgentAction", "ToolContext", "ToolRequest", "ToolResponse", "ToolRunner"]

DEFAULT_TIMEOUT_S = 5.0
RAW_INPUT = "raw_input"
_SECRET_NAME = re.compile(r"key$|token|secret|passw|authorization|credential", re.IGNORECASE)
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """What to run.

    Attributes:
        tool: The tool's name.
        input: Its arguments. Text that could not be read as arguments comes as `{"raw_input": text}`.
    """

    tool: str
    input: JsonObject = field(default_factory=dict[str, JsonValue])


@dataclass(frozen=True, slots=True)
class ToolResponse:
    """What came of it.

    Attributes:
        ok: True if the tool ran and said of no error.
        data: What it returned, as a JSON value; the text of the error if it failed.
        meta: `took_ms`, and `error`: None, or "tool_not_found:NAME", "timeout>{ms}ms", or the failure's text.
    """

    ok: bool
    data: JsonValue
    meta: JsonObject


@dataclass(frozen=True, slots=True)
class AgentAction:
    """One step of an agent: the request and its response."""

    step: int
    tool: str
    input: JsonObject
    output: ToolResponse


class ToolRunner:
    """Runs registered tools.

    Args:
        options: Hooks, approval and the like; the deadline comes with each tool.
        trace: Takes one line of JSON a call, with its input and output; values under names like "api_key" are left out,
            and what looks like a key or a token (see `redact`). Without it only the call's name, time and outcome go to
            the log.
    """

    def __init__(
        self, options: ExecutionOptions | None = None, *, trace: Callable[[str], object] | None = None
    ) -> None:
        self._options = options or ExecutionOptions()
        self._trace = trace
        self._tools: dict[str, AgentTool] = {}

    def register(self, name: str, func: Callable[..., Any] | AgentTool, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Make `func` known as `name`. A name that is taken is taken over.

        Args:
            name: The name to call it by.
            func: A function, synchronous or not, or a tool.
            timeout: Its deadline in seconds.
        """
        made = func if isinstance(func, AgentTool) else tool(name=name)(func)
        self._tools[name] = replace(made, name=name, timeout_s=timeout)

    def names(self) -> list[str]:
        """The known tools."""
        return sorted(self._tools)

    def run(self, request_id: str, step: int, request: ToolRequest) -> AgentAction:
        """Run one call and wait for it; from anywhere but the loop's own thread."""
        return loop_thread().run(self.arun(request_id, step, request))

    async def arun(self, request_id: str, step: int, request: ToolRequest) -> AgentAction:
        """Run one call. What the tool does wrong is in the response, never raised."""
        started_ms = now_ms()
        end = await self._end_of(request_id, step, request)
        response = self._response(request, end)
        self._write_line(request_id, step, request, response, started_ms)
        return AgentAction(step=step, tool=request.tool, input=request.input, output=response)

    async def _end_of(self, request_id: str, step: int, request: ToolRequest) -> ToolExecutionEndEvent:
        known = self._tools.get(request.tool)
        arguments, problem = (request.input, None) if known is None else _understood(known, request.input)
        call = ToolCallContent(id=f"{request_id}-{step}", name=request.tool, arguments=arguments, problem=problem)
        ends = _Ends()
        options = replace(self._options, run_id=request_id)
        await execute_tool_calls(
            list(self._tools.values()), AssistantMessage(content=(call,)), None, ends, None, options
        )
        return ends.end

    def _response(self, request: ToolRequest, end: ToolExecutionEndEvent) -> ToolResponse:
        error = self._error(request, end)
        data = data_of(end.result) if error is None else text_of(end.result.content)
        return ToolResponse(ok=error is None, data=data, meta={"took_ms": round(end.duration_ms, 3), "error": error})

    def _error(self, request: ToolRequest, end: ToolExecutionEndEvent) -> str | None:
        known = self._tools.get(request.tool)
        if known is None:
            return f"tool_not_found:{request.tool}"
        if end.status == "timeout":
            return f"timeout>{round((known.timeout_s or 0) * 1000)}ms"
        if not end.is_error:
            return None
        return _failure_text(end.result)

    def _write_line(
        self, request_id: str, step: int, request: ToolRequest, response: ToolResponse, started_ms: int
    ) -> None:
        line = {
            "request_id": request_id,
            "step": step,
            "tool": request.tool,
            "started_ms": started_ms,
            "ok": response.ok,
            **response.meta,
        }
        if self._trace is None:
            _LOGGER.debug("%s", json.dumps({**line, "error": None if response.ok else "failed"}))
            return
        told = {**line, "input": _without_secrets(request.input), "output": _without_secrets(response.data)}
        (text,) = redact_json([json.dumps(told, ensure_ascii=False, default=str)])
        self._trace(text)


def _failure_text(result: AgentToolResult) -> str:
    """What failed, without the kind of the exception before it unless that is all there is."""
    details: Any = result.details
    if not isinstance(details, dict):
        return text_of(result.content)
    known = cast("JsonObject", details)
    return str(known.get("message") or known.get("error") or text_of(result.content))


class _Ends:
    """Keeps the one end event of a batch of one."""

    end: ToolExecutionEndEvent

    def push(self, event: AgentEvent) -> None:
        if isinstance(event, ToolExecutionEndEvent):
            self.end = event


def _understood(tool: AgentTool, given: JsonObject) -> tuple[JsonObject, str | None]:
    """The arguments, and what is wrong with them: raw text stands for the tool's one required string."""
    properties = cast("JsonObject", tool.parameters.get("properties", {}))
    if set(given) != {RAW_INPUT} or RAW_INPUT in properties or not properties:
        return given, None
    required = cast("list[str]", tool.parameters.get("required", []))
    if len(required) == 1 and properties.get(required[0]) is not None and _is_string(properties[required[0]]):
        return {required[0]: given[RAW_INPUT]}, None
    schema = json.dumps(tool.parameters, ensure_ascii=False)
    return given, f"a JSON object that fits this schema is needed, not text: {schema}"


def _is_string(schema: JsonValue) -> bool:
    return isinstance(schema, dict) and cast("JsonObject", schema).get("type") == "string"


def _without_secrets(value: JsonValue) -> JsonValue:
    """`value` with what stands under names like "api_key" left out."""
    match value:
        case dict():
            items = cast("JsonObject", value).items()
            return {name: "***" if _SECRET_NAME.search(name) else _without_secrets(item) for name, item in items}
        case list():
            return [_without_secrets(item) for item in cast("list[JsonValue]", value)]
        case _:
            return value
