"""JSON as models write it by hand: where an object ends, what it says, and whether it is a call of a known tool."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from jupyter_tools.json_types import JsonObject, JsonValue

NAME_KEYS = ("name", "tool", "tool_name", "function_name", "action")
ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "tool_input", "action_input")
_NESTED_KEYS = ("function", "tool_call", "function_call")
_LIST_KEY = "tool_calls"
CALL_KEYS = (*NAME_KEYS, *ARGUMENT_KEYS, *_NESTED_KEYS, _LIST_KEY, "type", "id")

_TOKEN = re.compile(r"""["'{}\[\],:`<]|\w+""")
_WORD = re.compile(r"\w*")
_LITERALS = {"true", "false", "null", "True", "False", "None", "NaN", "Infinity"}
_STRING_STOPS = {'"': re.compile(r'["\\]'), "'": re.compile(r"['\\]")}
_OPENERS = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class PromptedCall:
    """A call that a model wrote as text: the tool's name, and its arguments as JSON text."""

    name: str
    arguments: str


class JsonScan:
    """Finds the end of an object or a list that comes in pieces; each character is looked at once.

    It ends where its brackets close, or where it must have broken off: before what JSON has only in strings (a word, a
    backtick, a tag), and before a second object where a comma or a bracket is missing.
    """

    def __init__(self) -> None:
        self._read = 0  # characters of earlier pieces, without the held ones
        self._held = ""  # a literal that may go on
        self._in_number = False  # a number may go on
        self._end = 0  # of the last token
        self._open = ""  # the brackets to close, innermost last
        self._quote = ""
        self._escaped = False
        self._last = ""  # the last token outside strings

    @property
    def in_string(self) -> bool:
        """Whether the text read so far ends inside a string."""
        return bool(self._quote)

    @property
    def fed(self) -> int:
        """How many characters have been read."""
        return self._read + len(self._held)

    @property
    def certain(self) -> int:
        """How many of them belong to the JSON whatever follows: those up to the last token."""
        return self.fed if self._quote else self._end

    def feed(self, piece: str) -> int | None:
        """Read on. The end, counted from the start of the first piece, or None if it has not come yet."""
        text, self._held = self._held + piece, ""
        at = self._rest_of_number(text)
        while at < len(text):
            if self._quote:
                at = self._in_string(text, at)
            elif (token := _TOKEN.search(text, at)) is None:
                break
            elif self._may_go_on(token, text):
                self._held = token.group()
                break
            elif self._breaks_off(token.group()):
                return self._end
            else:
                at = token.end()
                self._end = self._read + at
                if self._take(token.group()):
                    return self._end
        self._read += len(text) - len(self._held)
        return None

    def _rest_of_number(self, text: str) -> int:
        rest = _WORD.match(text) if self._in_number else None
        self._in_number = rest is not None and rest.end() == len(text)
        self._end = self._read + rest.end() if rest else self._end
        return rest.end() if rest else 0

    def _may_go_on(self, token: re.Match[str], text: str) -> bool:
        if token.end() < len(text):
            return False
        word = token.group()
        self._in_number = word[0].isdigit()
        return any(literal.startswith(word) for literal in _LITERALS)

    def _in_string(self, text: str, at: int) -> int:
        if self._escaped:
            self._escaped = False
            return at + 1
        stop = _STRING_STOPS[self._quote].search(text, at)
        if stop is None:
            return len(text)
        if stop.group() == "\\":
            self._escaped = True
        else:
            self._quote = ""
            self._end = self._read + stop.end()
        return stop.end()

    def _breaks_off(self, token: str) -> bool:
        if token in "`<":
            return True
        if token == "{":
            return self._open[-1:] == "}" and self._last not in (":", ",")
        return token[0].isalpha() and token not in _LITERALS

    def _take(self, token: str) -> bool:
        """Note one token. True if it closes the last bracket."""
        if token == '"' or (token == "'" and self._last in ("{", "[", ",", ":")):
            self._quote = token
        elif token in _OPENERS:
            self._open += _OPENERS[token]
        elif token in ("}", "]") and token in self._open:
            self._open = self._open[: self._open.rindex(token)]
        self._last = token
        return not self._open


def parse_json(text: str, *, repair: bool = True) -> JsonValue:
    """What `text` says, small mistakes repaired (a missing bracket, a trailing comma, single quotes); else None."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        if not repair:
            return None
    import json_repair  # most models never need it

    try:
        return cast("JsonValue", json_repair.loads(text, skip_json_loads=True))
    except (ValueError, RecursionError):
        return None


def calls_in(value: JsonValue, names: Collection[str], text_parameters: Mapping[str, str]) -> list[PromptedCall]:
    """The calls that parsed JSON asks for; none unless all of it is calls of known tools.

    Args:
        value: An object or a list of objects, in any of the shapes that models use.
        names: The known tools.
        text_parameters: For tools that can be called with plain text, the parameter that takes it.
    """
    match value:
        case list():
            items = cast("list[JsonValue]", value)
        case {"tool_calls": [*items]}:
            pass
        case dict():
            call = _call_in(cast("JsonObject", value), names, text_parameters)
            return [call] if call is not None else []
        case _:
            return []
    calls = [calls_in(item, names, text_parameters) if isinstance(item, dict) else [] for item in items]
    return [call for found in calls for call in found] if all(calls) else []


def _call_in(data: JsonObject, names: Collection[str], text_parameters: Mapping[str, str]) -> PromptedCall | None:
    for key in _NESTED_KEYS:
        if isinstance(inner := data.get(key), dict):
            return _call_in(cast("JsonObject", inner), names, text_parameters)
    said = [data[key] for key in (*NAME_KEYS, *_NESTED_KEYS) if isinstance(data.get(key), str)]
    name = next((name for name in said if name in names), None)
    if name is None or _is_definition(data):
        return None
    given = [key for key in ARGUMENT_KEYS if key in data]
    if not given and not data.keys() <= {*CALL_KEYS}:
        return None
    arguments: JsonValue = data[given[0]] if given else None
    return PromptedCall(name, arguments_text(arguments, text_parameters.get(name)))


def _is_definition(data: JsonObject) -> bool:
    """A tool's own schema, repeated by the model, is no call of it."""
    parameters = data.get("parameters")
    return "description" in data or (isinstance(parameters, dict) and {"type", "properties"} <= parameters.keys())


def arguments_text(value: JsonValue, text_parameter: str | None) -> str:
    """A call's arguments as JSON text. Plain text goes to `text_parameter`; what cannot be arguments stays as it is."""
    if isinstance(value, str):
        if not value.strip():
            return "{}"
        parsed = parse_json(value, repair=value.lstrip().startswith("{"))
        if isinstance(parsed, dict):
            value = cast("JsonObject", parsed)
        elif parsed is None and value.strip() == "null":
            value = None
        elif text_parameter:
            text = parsed if isinstance(parsed, str) else value  # `"Moscow"` and `Moscow` mean the same
            return json.dumps({text_parameter: text}, ensure_ascii=False)
        else:
            return value
    return json.dumps({} if value is None else value, ensure_ascii=False)
