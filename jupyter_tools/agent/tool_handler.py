"""`ToolHandler`: tool calls that a program asks for before the model answers: search, continue, bucket.

Each changes the conversation that goes to the model. The calls run in the engine of all other tool calls: one that
fails is an error of its own, repetition is bounded, and every call is a row in the traces.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from jupyter_tools.builtin_tools.bucket import Bucket
from jupyter_tools.builtin_tools.bucket_markers import expand_buckets, without_markers
from jupyter_tools.builtin_tools.continuation import continue_from
from jupyter_tools.builtin_tools.message_dicts import copy_messages, text_of_message, with_more_text
from jupyter_tools.builtin_tools.web_search import search, search_preamble
from jupyter_tools.builtin_tools.web_sources import SearchResult, Sources, merged
from jupyter_tools.events import AgentEvent
from jupyter_tools.json_types import JsonObject, JsonValue, object_at
from jupyter_tools.messages import AssistantMessage, ToolCallContent
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.tool import AgentTool, Execute
from jupyter_tools.traces import TraceRecorder, default_store

TOOL_NAMES = {"SEARCH": "search_tool", "CONTINUE": "continue_tool", "BUCKET": "bucket_tool"}

_log = logging.getLogger(__name__)

Messages = list[JsonObject]


class ToolHandler:
    """Tool calls in OpenAI's shape, worked into a conversation of dicts. What is given is never changed."""

    @staticmethod
    def validate_arguments(data: Mapping[str, JsonValue]) -> JsonObject:
        """The arguments of a call's `function`, a dict or JSON text, without those that are None.

        Raises:
            ValueError: If they are anything else, or broken JSON. It names the tool.
        """
        arguments: object = data.get("arguments")
        called = f"The arguments of {data.get('name') or 'a tool'!r}"
        if isinstance(arguments, str) and arguments.strip():
            try:
                arguments = json.loads(arguments)
            except (ValueError, RecursionError) as error:
                raise ValueError(f"{called} are no JSON: {error}") from error
        if arguments is None or arguments == "" or (isinstance(arguments, str) and not arguments.strip()):
            return {}
        if not isinstance(arguments, Mapping):
            raise ValueError(f"{called} must be an object, not {type(arguments).__name__}.")
        given = cast("Mapping[str, JsonValue]", arguments)
        return {name: value for name, value in given.items() if value is not None}

    @staticmethod
    async def process_search_tool(
        messages: Iterable[Mapping[str, JsonValue]], tool: Mapping[str, JsonValue]
    ) -> tuple[Messages, Sources | None]:
        """Search the web and put what is found before the last thing the user said.

        Args:
            messages: The conversation.
            tool: The call: `query` (by default what the user said last), `max_results`, `read_pages`.

        Raises:
            JupyterToolsError: If the search fails. It says why.
            ValueError: If the arguments are wrong.
        """
        arguments = _search_arguments(ToolHandler.validate_arguments(object_at(dict(tool), "function")))
        copied = copy_messages(messages)
        at = max((number for number, said in enumerate(copied) if said.get("role") == "user"), default=len(copied))
        prompt = text_of_message(copied[at]) if at < len(copied) else ""
        query = str(arguments.pop("query", "")) or prompt
        results = await search(query, **arguments)
        if not results:
            return copied, None
        asked = copied[at] if at < len(copied) else {"role": "user", "content": query}
        copied[at:] = [with_more_text(asked, before=_safe_preamble(results)), *copied[at + 1 :]]
        return copied, Sources(tuple(results))

    @staticmethod
    def process_continue_tool(
        messages: Iterable[Mapping[str, JsonValue]], tool: Mapping[str, JsonValue], provider: Any
    ) -> tuple[Messages, JsonObject]:
        """Ask for the rest of the last message: with a message, or with an option that the provider knows."""
        return continue_from(messages, provider)

    @staticmethod
    def process_bucket_tool(
        messages: Iterable[Mapping[str, JsonValue]], tool: Mapping[str, JsonValue], bucket: Bucket | None = None
    ) -> Messages:
        """Put the texts of buckets in the place of their markers, in user and system messages."""
        return expand_buckets(messages, bucket or Bucket())

    @staticmethod
    async def process_tools(
        messages: Iterable[Mapping[str, JsonValue]], tool_calls: Iterable[Mapping[str, JsonValue]] | None, provider: Any
    ) -> tuple[Messages, Sources | None, JsonObject]:
        """Run all calls, one after the other. Those whose `type` is not "function" are skipped.

        Returns:
            The conversation, the sources of all searches or None, and options for the provider. What fails is logged
            and recorded in the traces; the other calls still run.
        """
        work = _Work(copy_messages(messages), provider)
        calls = [_as_call(call) for call in tool_calls or () if call.get("type") == "function"]
        if calls:
            await _run(work, calls)
        return work.messages, work.sources, work.options


async def perform_web_search(
    messages: Iterable[Mapping[str, JsonValue]], web_search_param: Any
) -> tuple[Messages, Sources | None]:
    """Search the web for a conversation, if asked to. A search that fails is logged, and nothing is added.

    Args:
        messages: The conversation. It is not changed.
        web_search_param: What to search for; True or "true" for what the user said last, with nothing no search.
            A dict may hold all arguments of the search.
    """
    if not web_search_param:
        return copy_messages(messages), None
    call = {"name": TOOL_NAMES["SEARCH"], "arguments": _arguments_of(web_search_param)}
    found, sources, _ = await ToolHandler.process_tools(messages, [{"type": "function", "function": call}], None)
    return found, sources


def _arguments_of(web_search_param: Any) -> JsonObject:
    if isinstance(web_search_param, Mapping):
        return dict(cast("Mapping[str, JsonValue]", web_search_param))
    told = isinstance(web_search_param, str) and web_search_param.strip().lower() != "true"
    return {"query": web_search_param} if told else {}


def _search_arguments(arguments: JsonObject) -> JsonObject:
    unknown = sorted(arguments.keys() - {"query", "max_results", "read_pages"})
    if unknown:
        raise ValueError(f"search_tool has no arguments {', '.join(unknown)}. It has query, max_results, read_pages.")
    return arguments


def _safe_preamble(results: list[SearchResult]) -> str:
    return without_markers(search_preamble(results))  # a page must not name a bucket to be read


# --- running the calls ---
@dataclass(slots=True)
class _Work:
    """The conversation while calls change it, one at a time."""

    messages: Messages
    provider: Any
    sources: Sources | None = None
    options: JsonObject = field(default_factory=dict[str, JsonValue])

    async def search(self, _id: str, arguments: JsonObject, *_: Any) -> str:
        call = {"function": {"name": TOOL_NAMES["SEARCH"], "arguments": arguments}}
        self.messages, found = await ToolHandler.process_search_tool(self.messages, call)
        self.sources = merged(self.sources, found)
        return str(found) if found else "Nothing was found."

    async def carry_on(self, _id: str, _arguments: JsonObject, *_: Any) -> str:
        self.messages, options = ToolHandler.process_continue_tool(self.messages, {}, self.provider)
        self.options |= options
        return "The model was asked to carry on."

    async def read_buckets(self, _id: str, _arguments: JsonObject, *_: Any) -> str:
        self.messages = await asyncio.to_thread(ToolHandler.process_bucket_tool, self.messages, {})
        return "The buckets' texts were added."

    def tools(self) -> list[AgentTool]:
        return [
            _sequential(TOOL_NAMES["SEARCH"], self.search),
            _sequential(TOOL_NAMES["CONTINUE"], self.carry_on),
            _sequential(TOOL_NAMES["BUCKET"], self.read_buckets),
        ]


def _sequential(name: str, execute: Execute) -> AgentTool:
    return AgentTool(name=name, parameters={"type": "object"}, execute=execute, sequential=True)


def _as_call(call: Mapping[str, JsonValue]) -> ToolCallContent:
    function = object_at(dict(call), "function")
    call_id, name = str(call.get("id") or f"call_{uuid.uuid4().hex[:12]}"), str(function.get("name") or "")
    try:
        return ToolCallContent(id=call_id, name=name, arguments=ToolHandler.validate_arguments(function))
    except ValueError as error:
        return ToolCallContent(id=call_id, name=name, problem=str(error))


async def _run(work: _Work, calls: list[ToolCallContent]) -> None:
    stream: EventStream[AgentEvent, None] = EventStream()
    stream.listen(TraceRecorder(default_store()).record)
    message = AssistantMessage(content=tuple(calls), stop_reason="tool_calls")
    done = await execute_tool_calls(work.tools(), message, None, stream, options=ExecutionOptions().for_run(""))
    for result in done["tool_results"]:
        if result.is_error:
            _log.error("%s: %s", result.tool_name or "a tool call", result.text)
