"""The two prompts of a local model: one to choose tools, one to answer. Both begin the same at every question.

A model's memory of a prompt is reused up to the first token that differs. So instructions, tools and examples come
first, then the conversation, which only grows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    ToolCallContent,
    ToolResultMessage,
    UserMessage,
    text_of,
)
from jupyter_tools.providers.local_examples import examples_of
from jupyter_tools.tools.tool import AgentTool

CHOOSE = (
    "You choose the tools that answer the user's request. "
    "Write a JSON array of tool calls, or [] if no tool is needed.\n\nTools:\n"
)
NO_TOOL_EXAMPLES = ("Hello!", "Who wrote Don Quixote?", "Explain what an atom is.")
ANSWER = "You are a helpful assistant. Answer briefly."

Round: TypeAlias = tuple[tuple[ToolCallContent, ...], list[ToolResultMessage]]
Call: TypeAlias = tuple[str, Mapping[str, JsonValue]]
Request: TypeAlias = tuple[str, list[Call]]


@dataclass(slots=True)
class Exchange:
    """What a person asked, and what came of it.

    Attributes:
        question: The person's text.
        rounds: For each time the model called tools: the calls and their results.
        answer: The model's text.
    """

    question: str
    rounds: list[Round] = field(default_factory=list["Round"])
    answer: str = ""


def exchanges(messages: Iterable[Message]) -> list[Exchange]:
    """The conversation, question by question."""
    found: list[Exchange] = []
    for message in messages:
        match message:
            case UserMessage():
                found.append(Exchange(text_of(message.content)))
            case AssistantMessage() if found and message.tool_calls:
                found[-1].rounds.append((message.tool_calls, []))
                found[-1].answer += message.text
            case AssistantMessage() if found:
                found[-1].answer += message.text
            case ToolResultMessage() if found and found[-1].rounds:
                found[-1].rounds[-1][1].append(message)
            case _:
                pass
    return found


# --- choosing tools ---
def choosing_messages(messages: Sequence[Message], tools: Sequence[AgentTool]) -> list[JsonObject]:
    """What the model sees when it chooses tools."""
    chat = [_say("system", CHOOSE + "\n".join(_signature(tool) for tool in tools))]
    for question, calls in _examples(tools):
        chat += [_say("user", question), _say("assistant", calls)]
    *past, now = exchanges(messages) or [Exchange("")]
    for exchange in past:
        chat += [*_asked(exchange), _say("assistant", "[]")]
    return chat + _asked(now)


def _asked(exchange: Exchange) -> list[JsonObject]:
    chat = [_say("user", exchange.question)]
    for calls, results in exchange.rounds:
        chat.append(_say("assistant", _calls_json([(call.name, call.arguments) for call in calls])))
        chat.append(_say("user", "Results: " + "; ".join(_clip(result.text, 300) for result in results)))
    return chat


def _examples(tools: Sequence[AgentTool]) -> list[tuple[str, str]]:
    """Requests and what to write for them: each tool's, two at once, and between them some that need no tool."""
    shown: list[Request] = [
        (example.request, [(tool.name, example.arguments)]) for tool in tools for example in examples_of(tool)
    ]
    if len(tools) > 1:  # two at once, in either order
        shown += [_both(shown[0], shown[-1]), _both(shown[-1], shown[0])]
    for place, text in zip(range(2, 100, 3), NO_TOOL_EXAMPLES, strict=False):
        shown.insert(place, (text, []))
    return [(text, _calls_json(calls)) for text, calls in shown]


def _both(first: Request, second: Request) -> Request:
    text = f"{first[0].rstrip('.?!')}, and {second[0][:1].lower()}{second[0][1:]}"
    return text, first[1] + second[1]


def _calls_json(calls: Sequence[Call]) -> str:
    return json.dumps([{"tool": name, "arguments": dict(arguments)} for name, arguments in calls], ensure_ascii=False)


_PYTHON_TYPES = {
    "string": "str",
    "number": "float",
    "integer": "int",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
}


def _signature(tool: AgentTool) -> str:
    """The tool as a Python function: models for code know this form best, and it is short."""
    properties: dict[str, JsonObject] = tool.parameters.get("properties", {})
    parameters = ", ".join(_parameter(name, schema) for name, schema in properties.items())
    lines = [f"    {name}: {schema['description']}" for name, schema in properties.items() if schema.get("description")]
    body = "\n".join([tool.description, *lines])
    return f'def {tool.name}({parameters}):\n    """{body}"""'


def _parameter(name: str, schema: JsonObject) -> str:
    kind = f"Literal{schema['enum']!r}" if "enum" in schema else _PYTHON_TYPES.get(str(schema.get("type")), "Any")
    return f"{name}: {kind}" + (f" = {schema['default']!r}" if "default" in schema else "")


# --- answering ---
def answering_messages(messages: Sequence[Message]) -> list[JsonObject]:
    """What the model sees when it answers in text."""
    system = "\n".join(text_of(m.content) for m in messages if isinstance(m, SystemMessage)) or ANSWER
    chat = [_say("system", system)]
    for exchange in exchanges(messages):
        chat.append(_say("user", exchange.question + _results_text(exchange)))
        if exchange.answer:
            chat.append(_say("assistant", exchange.answer))
    return chat


def _results_text(exchange: Exchange) -> str:
    lines = [line for calls, results in exchange.rounds for line in _result_lines(calls, results)]
    if not lines:
        return ""
    return "\n\nResults of the tools:\n" + "\n".join(lines) + "\n\nAnswer with these results."


def _result_lines(calls: Sequence[ToolCallContent], results: Sequence[ToolResultMessage]) -> Iterable[str]:
    by_id = {call.id: call for call in calls}
    for result in results:
        call = by_id.get(result.tool_call_id)
        arguments = ", ".join(f"{k}={v!r}" for k, v in call.arguments.items()) if call else ""
        yield f"{result.tool_name}({arguments}) {'failed:' if result.is_error else '='} {result.text}"


def _say(role: str, content: str) -> JsonObject:
    return {"role": role, "content": content}


def _clip(text: str, size: int) -> str:
    return text if len(text) <= size else text[:size] + " ..."
