"""How a model without native tool calls is told of its tools, and how its calls and their results look to it as text.

Four formats: `json` (objects, the plainest), `hermes` (`<tool_call>` tags, which many open models were trained on),
`react` (Thought, Action, Observation) and `schema` (one object that the server enforces, where it can).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, cast, get_args

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import (
    AssistantContent,
    AssistantMessage,
    ImageContent,
    Message,
    SystemMessage,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    UserContent,
    UserMessage,
    system_message,
)
from jupyter_tools.tools.tool import AgentTool

ToolFormat: TypeAlias = Literal["json", "hermes", "react", "schema"]
TOOL_FORMATS: tuple[ToolFormat, ...] = get_args(ToolFormat)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """How one format is written.

    Attributes:
        rules: What the model is told, before the list of tools.
        listing: What stands around the list of tools.
        calls: Calls as text.
        result: One result as text.
        after_results: What the model is reminded of when it has just got results; small models call again without it.
        answer: An answer without calls as text.
    """

    rules: str
    listing: str
    calls: Callable[[Sequence[ToolCallContent]], str]
    result: Callable[[ToolResultMessage], str]
    after_results: str = ""
    answer: Callable[[str], str] = str


def _to_json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def _call(call: ToolCallContent) -> JsonObject:
    return {"name": call.name, "arguments": call.arguments}


def _json_lines(calls: Sequence[ToolCallContent]) -> str:
    return "\n".join(_to_json(_call(call)) for call in calls)


def _tagged(calls: Sequence[ToolCallContent]) -> str:
    return "\n".join(f"<tool_call>\n{_to_json(_call(call))}\n</tool_call>" for call in calls)


def _actions(calls: Sequence[ToolCallContent]) -> str:
    return "\n".join(f"Action: {call.name}\nAction Input: {_to_json(call.arguments)}" for call in calls)


def _call_list(calls: Sequence[ToolCallContent]) -> str:
    return _to_json({"tool_calls": [_call(call) for call in calls]})


def _named_result(result: ToolResultMessage) -> str:
    return f"{'Error' if result.is_error else 'Result'} of the tool {result.tool_name}:\n{result.text}"


def _tagged_result(result: ToolResultMessage) -> str:
    said = {"error": result.text} if result.is_error else {"content": result.text}
    return f"<tool_response>\n{_to_json({'name': result.tool_name, **said})}\n</tool_response>"


def _observation(result: ToolResultMessage) -> str:
    return f"Observation: {'Error: ' if result.is_error else ''}{result.text}"


_STYLES: Mapping[ToolFormat, _Style] = {
    "json": _Style(
        rules=(
            "You can call tools. To call one, write only a JSON object of this form:\n"
            '{"name": "TOOL_NAME", "arguments": {...}}\n'
            "To call several, write several such objects, one a line. Then stop: the next message brings the results. "
            "When you need no tool, or have the results you need, answer in plain text without JSON."
        ),
        listing="The tools, with the JSON Schema of their arguments:\n{tools}",
        calls=_json_lines,
        result=_named_result,
        after_results="Now answer my question in plain text, without JSON, or call a tool if you need to know more.",
    ),
    "hermes": _Style(  # in the words of the templates that models were trained with
        rules="# Tools\n\nYou may call one or more functions to assist with the user query.",
        listing=(
            "You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n{tools}\n</tools>\n\n"
            "For each function call, return a json object with function name and arguments within "
            "<tool_call></tool_call> XML tags:\n<tool_call>\n"
            '{{"name": <function-name>, "arguments": <args-json-object>}}\n</tool_call>'
        ),
        calls=_tagged,
        result=_tagged_result,
    ),
    "react": _Style(
        rules=(
            "You can use tools. Write in this form:\n"
            "Thought: what to do next\n"
            "Action: the tool's name\n"
            "Action Input: its arguments as one JSON object\n"
            "Then stop: the next message brings the result as an Observation. Repeat this as often as it takes. "
            "When you know the answer, write:\n"
            "Thought: I know the answer\n"
            "Final Answer: the answer"
        ),
        listing="The tools, with the JSON Schema of their arguments:\n{tools}",
        calls=_actions,
        result=_observation,
        answer=lambda text: f"Final Answer: {text}",
    ),
    "schema": _Style(
        rules=(
            "You can call tools. Always write one JSON object and nothing else. To call tools, write:\n"
            '{"tool_calls": [{"name": "TOOL_NAME", "arguments": {...}}]}\n'
            "The next message then brings the results. "
            "When you need no tool, or have the results you need, answer with:\n"
            '{"answer": "your answer"}'
        ),
        listing="The tools, with the JSON Schema of their arguments:\n{tools}",
        calls=_call_list,
        result=_named_result,
        answer=lambda text: _to_json({"answer": text}),
    ),
}

NO_TOOLS_NOW = "Call no tool now: answer with what you know."


def instructions(tools: Sequence[AgentTool], tool_choice: str, tool_format: ToolFormat) -> str:
    """What a model has to know to call `tools`.

    Args:
        tools: The tools it may call; see `offered_tools`.
        tool_choice: "auto", "required", or a tool's name.
        tool_format: How it is to write calls.
    """
    style = _STYLES[tool_format]
    listed = "\n".join(_to_json(_definition(tool)) for tool in tools)
    paragraphs = [style.rules, style.listing.format(tools=listed), *_examples(tools, style)]
    if tool_choice == "required":
        paragraphs.append("You must call at least one tool now.")
    elif tool_choice != "auto":
        paragraphs.append(f"You must call the tool {tool_choice} now.")
    return "\n\n".join(paragraphs)


def _definition(tool: AgentTool) -> JsonObject:
    return {"name": tool.name, "description": tool.description, "parameters": tool.parameters}


def _examples(tools: Iterable[AgentTool], style: _Style) -> list[str]:
    examples = [
        f"User: {example.request}\nYou: {style.calls([_example_call(tool.name, example.arguments)])}"
        for tool in tools
        for example in tool.examples
    ]
    return ["\n".join(["Examples:", *examples])] if examples else []


def _example_call(name: str, arguments: Mapping[str, JsonValue]) -> ToolCallContent:
    return ToolCallContent(id="", name=name, arguments=dict(arguments))


def offered_tools(tools: Sequence[AgentTool], tool_choice: str) -> tuple[AgentTool, ...]:
    """The tools that a model may call now: none with "none", one with a tool's name."""
    if tool_choice == "none":
        return ()
    named = tuple(tool for tool in tools if tool.name == tool_choice)
    return named or tuple(tools)


# --- the conversation ---
def prompted_messages(messages: Sequence[Message], told: str | None, tool_format: ToolFormat) -> tuple[Message, ...]:
    """The conversation as text that the model understands without native tool calls; nothing is changed in place.

    Args:
        messages: The conversation.
        told: What is added to the system message, or None.
        tool_format: How calls and results are written.
    """
    style = _STYLES[tool_format]
    result: list[Message] = []
    joins = False  # chat templates want user and assistant in turn: what a user says after results joins them
    for message in messages:
        match message:
            case ToolResultMessage():
                _add_user(result, _result_content(message, style))
            case UserMessage() if joins:
                _add_user(result, message.content)
            case AssistantMessage():
                result.append(_assistant(message, style))
            case _:
                result.append(message)
        joins = isinstance(message, ToolResultMessage)
    if joins and style.after_results:
        _add_user(result, (TextContent(text=style.after_results),))
    return tuple(_with_system(result, told) if told else result)


def _assistant(message: AssistantMessage, style: _Style) -> AssistantMessage:
    if message.tool_calls:
        written = "\n".join(text for text in (message.text.strip(), style.calls(message.tool_calls)) if text)
    else:
        written = style.answer(message.text) if message.text else ""
    thinking = [block for block in message.content if isinstance(block, ThinkingContent)]
    content: list[AssistantContent] = [*thinking, *([TextContent(text=written)] if written else [])]
    return replace(message, content=tuple(content))


def _result_content(result: ToolResultMessage, style: _Style) -> tuple[UserContent, ...]:
    images = [block for block in result.content if isinstance(block, ImageContent)]
    return (TextContent(text=style.result(result)), *images)


def _add_user(result: list[Message], content: tuple[UserContent, ...]) -> None:
    last = result[-1] if result else None
    if isinstance(last, UserMessage):
        result[-1] = replace(last, content=(*last.content, TextContent(text="\n\n"), *content))
    else:
        result.append(UserMessage(content=content))


def _with_system(messages: Sequence[Message], told: str) -> Sequence[Message]:
    for number, message in enumerate(messages):
        if isinstance(message, SystemMessage):
            merged = replace(message, content=(*message.content, TextContent(text=f"\n\n{told}")))
            return [*messages[:number], merged, *messages[number + 1 :]]
    return [system_message(told), *messages]


# --- what a server can enforce ---
def answer_schema(tools: Sequence[AgentTool], tool_choice: str) -> JsonObject:
    """`response_format` for the format `schema`: calls of these tools, or an answer where one is allowed."""
    definitions: JsonObject = {}
    calls = [_call_schema(tool, definitions) for tool in tools]
    item = calls[0] if len(calls) == 1 else {"anyOf": calls}
    schema = _object(tool_calls={"type": "array", "items": item, "minItems": 1})
    if tool_choice == "auto":
        schema: JsonObject = {"anyOf": [schema, _object(answer={"type": "string"})]}
    if definitions:
        schema["$defs"] = definitions
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def _object(**properties: JsonValue) -> JsonObject:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _call_schema(tool: AgentTool, definitions: JsonObject) -> JsonObject:
    arguments = tool.parameters
    if '"$ref"' in json.dumps(arguments):
        definitions[tool.name] = _moved(arguments, f"#/$defs/{tool.name}")
        arguments = {"$ref": f"#/$defs/{tool.name}"}
    return _object(name={"type": "string", "enum": [tool.name]}, arguments=arguments)


def _moved(schema: JsonValue, place: str) -> JsonValue:
    """A copy of a schema whose references hold when it stands at `place` of another one."""
    if isinstance(schema, list):
        return [_moved(item, place) for item in cast("list[JsonValue]", schema)]
    if not isinstance(schema, dict):
        return schema
    copy = {name: _moved(value, place) for name, value in cast("JsonObject", schema).items()}
    reference = copy.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        copy["$ref"] = place + reference[1:]
    return copy


def text_parameters(tools: Iterable[AgentTool]) -> dict[str, str]:
    """For each tool that plain text is enough for: the one parameter that takes it."""
    found = {tool.name: _text_parameter(tool.parameters) for tool in tools}
    return {name: parameter for name, parameter in found.items() if parameter}


def _text_parameter(parameters: JsonObject) -> str | None:
    properties: Mapping[str, JsonValue] = parameters.get("properties") or {}
    wanted: Sequence[str] = parameters.get("required") or list(properties)
    if len(wanted) != 1:
        return None
    schema: JsonValue = properties.get(wanted[0])
    return wanted[0] if isinstance(schema, dict) and cast("JsonObject", schema).get("type") == "string" else None
