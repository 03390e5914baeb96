"""The arguments on a `%tool NAME ...` line: `key=value` pairs, a JSON object, or the bare value of one argument."""

from __future__ import annotations

import difflib
import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.notebook.options import json_or_text

if TYPE_CHECKING:
    from jupyter_tools.tools.tool import AgentTool


_PAIR = re.compile(r"(?P<key>[A-Za-z_]\w*)=(?!=)(?P<value>.*)", re.DOTALL)


def tool_arguments(tool: AgentTool, text: str) -> JsonObject:
    """The arguments that `text` gives to `tool`; they are checked against its schema when it is called.

    Raises:
        ConfigurationError: If the text is none of the three forms.
        UnknownNameError: If a key is no argument of the tool.
    """
    text = text.strip()
    if not text:
        return _nothing(tool)
    if text.startswith("{"):
        return _json_object(tool, text)
    pairs = [_PAIR.fullmatch(word) for word in _words(text)]
    if pairs and all(pairs) and not _is_code(tool, [pair["key"] for pair in pairs if pair]):
        return dict(_argument(tool, pair["key"], pair["value"]) for pair in pairs if pair)
    return {_bare_argument(tool): _unquoted(text)}


def _is_code(tool: AgentTool, keys: list[str]) -> bool:
    """True if `x = 5` and the like is the text that a tool takes, and its "keys" are no misspelt arguments."""
    known = _properties(tool)
    return len(known) == 1 and not any(difflib.get_close_matches(key, known, n=1, cutoff=0.5) for key in keys)


def _nothing(tool: AgentTool) -> JsonObject:
    required = tool.parameters.get("required")
    if required and isinstance(required, list):
        forms = " ".join(f"{name}=..." for name in required)
        raise ConfigurationError(f"{tool.name} needs to know more:  %tool {tool.name} {forms}")
    return {}


def _json_object(tool: AgentTool, text: str) -> JsonObject:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"The arguments of {tool.name} are not valid JSON: {error}.") from None
    return value


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        if _PAIR.match(text):
            raise ConfigurationError(f"A quotation mark is not closed: {text}") from None
        return [text]  # an apostrophe in a bare value is no mistake


def _argument(tool: AgentTool, key: str, value: str) -> tuple[str, JsonValue]:
    known = _properties(tool)
    if key not in known:
        raise UnknownNameError(f"argument of {tool.name}", key, known)
    return key, value if known[key].get("type") == "string" else json_or_text(value)


def _bare_argument(tool: AgentTool) -> str:
    required = tool.parameters.get("required") or list(_properties(tool))
    if isinstance(required, list) and len(required) == 1:
        return str(required[0])
    forms = " ".join(f"{name}=..." for name in _properties(tool))
    raise ConfigurationError(f"{tool.name} has several arguments; write them as:  %tool {tool.name} {forms}")


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]
    return text[1:-1] if quoted else text


def _properties(tool: AgentTool) -> dict[str, dict[str, Any]]:
    properties: Any = tool.parameters.get("properties")
    return properties or {}


def arguments_summary(tool: AgentTool) -> str:
    """The tool's arguments on a few lines: name, type, "optional", description."""
    required = tool.parameters.get("required") or []
    lines: list[str] = []
    for name, schema in _properties(tool).items():
        optional = "" if isinstance(required, list) and name in required else ", optional"
        about = f": {schema['description']}" if schema.get("description") else ""
        lines.append(f"{name} ({_type(schema)}{optional}){about}")
    return "\n".join(lines)


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_type(option) for option in schema["anyOf"] if option.get("type") != "null")
    kind = schema.get("type", "any")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)
