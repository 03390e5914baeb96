"""The options of `%%agent` and `%agent`: from a line of text to checked values."""

from __future__ import annotations

import re
import shlex
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError

from jupyter_tools.agent.limits import Limits
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonValue, read_json
from jupyter_tools.notebook.conversation import MAIN

if TYPE_CHECKING:
    from IPython.core.magic_arguments import MagicArgumentParser


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """How a conversation's runs are made. None means: the default.

    Attributes:
        model: "provider:model".
        tools: The names of the tools the model may call.
        system: Instructions that stand before the conversation.
        max_turns: How many times the model may be asked for one prompt.
        continuations: How often an answer that stopped for length is carried on.
        base_url: Where the provider's server is.
        approve: Which tool calls a person is asked about: "ask" (of tools that want it), "always", "never", or names of
            tools with commas between, beside those that want it.
        conversation: The name of the conversation.
        options: Options of the request, such as `temperature`.
        limits: How much a run may use, such as `seconds`.
    """

    model: str | None = None
    tools: tuple[str, ...] = ()
    system: str | None = None
    max_turns: int = 10
    continuations: int = 0
    base_url: str | None = None
    approve: str = "ask"
    conversation: str = MAIN
    options: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    limits: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def updated(self, arguments: Namespace) -> AgentSettings:
        """These settings with those replaced that were written on the line."""
        given = {
            name: value
            for name in ("model", "system", "max_turns", "continuations", "base_url", "approve", "conversation")
            if (value := getattr(arguments, name)) is not None
        }
        if "base_url" not in given and self._goes_elsewhere(arguments.model):
            given["base_url"] = None
        given |= {"tools": self._tools(arguments), "options": {**self.options, **_options(arguments)}}
        return replace(self, **given, limits={**self.limits, **_limits(arguments)})

    def _goes_elsewhere(self, model: str | None) -> bool:
        """True if `model` is another provider's, whose prompts and keys the old base URL must not see."""
        if model is None or self.model is None or self.base_url is None:
            return False
        from jupyter_tools.providers.registry import parse_model

        before, after = (parse_model(text, base_url=self.base_url) for text in (self.model, model))
        return before.provider != after.provider

    def _tools(self, arguments: Namespace) -> tuple[str, ...]:
        if arguments.no_tools:
            return ()
        if arguments.tools is None:
            return self.tools
        return names_in(arguments.tools)


def names_in(text: str) -> tuple[str, ...]:
    """The names in a list with commas between."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def parse_line(function: Callable[..., Any], line: str) -> Namespace:
    """The arguments that `line` gives to a magic made with `magic_arguments`.

    Raises:
        UnknownNameError: If an option is not known.
        ConfigurationError: If a quotation mark is not closed, or a value does not fit its option.
    """
    parser: MagicArgumentParser = function.parser  # pyright: ignore[reportFunctionMemberAccess]
    words = split_words(line)
    try:
        arguments, unknown = parser.parse_known_args(words)
    except UsageError as error:
        raise ConfigurationError(_explained(parser, str(error))) from None
    if unknown:
        raise UnknownNameError("option", unknown[0].partition("=")[0], option_names(function))
    return arguments


_OF_ONE = re.compile(r"argument (?P<names>[^:]+): (?P<problem>.+)", re.DOTALL)
_KINDS = {"int": "a whole number", "float": "a number"}


def _explained(parser: MagicArgumentParser, problem: str) -> str:
    """What argparse says, in words for people."""
    match = _OF_ONE.fullmatch(problem)
    if match is None:
        return problem
    option = match["names"].split("/")[-1]
    action = next(action for action in parser._actions if option in action.option_strings)
    if match["problem"].startswith("expected one argument"):
        return f"{option} takes a value: {(action.help or '').replace('%%', '%')}."
    if (kind := _KINDS.get(getattr(action.type, "__name__", ""))) is not None:
        return f"{option} takes {kind}, not {match['problem'].rpartition(': ')[2]}."
    return f"{option}: {match['problem']}"


def option_names(function: Callable[..., Any]) -> list[str]:
    """All options of a magic made with `magic_arguments`, as they are written."""
    parser: MagicArgumentParser = function.parser  # pyright: ignore[reportFunctionMemberAccess]
    return [text for action in parser._actions for text in action.option_strings]


def split_words(line: str) -> list[str]:
    """The words of a line. Quotation marks keep words together; backslashes are letters like others.

    Raises:
        ConfigurationError: If a quotation mark is not closed.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""  # a Windows path keeps its backslashes
    try:
        return list(lexer)
    except ValueError:
        raise ConfigurationError(f"A quotation mark is not closed: {line}") from None


# What people take for an option of the request, and how it is written.
_NO_OPTIONS = {
    **{"model": "--model", "tools": "--tools", "system": "--system"},
    **{"max_turns": "--max-turns", "base_url": "--base-url", "limits": "--limit"},
}


def _options(arguments: Namespace) -> dict[str, JsonValue]:
    options = dict(key_value("option", "seed=1", text) for text in arguments.option or ())
    for name in _NO_OPTIONS.keys() & options.keys():
        raise ConfigurationError(f"{name!r} is no option of the request. Write it as {_NO_OPTIONS[name]}.")
    if arguments.tool_format is not None and arguments.tool_format not in tool_formats():
        raise UnknownNameError("tool format", arguments.tool_format, tool_formats())
    if arguments.max_tokens is not None and arguments.max_tokens < 1:
        raise ConfigurationError(f"--max-tokens takes 1 or more, not {arguments.max_tokens}.")
    if arguments.temperature is not None and not 0 <= arguments.temperature < inf:
        raise ConfigurationError(f"--temperature takes a number from 0 on, not {arguments.temperature:g}.")
    names = ("temperature", "max_tokens", "tool_format")
    return options | {name: value for name in names if (value := getattr(arguments, name)) is not None}


def tool_formats() -> tuple[str, ...]:
    """What `--tool-format` takes."""
    from jupyter_tools.providers.emulated import NATIVE
    from jupyter_tools.providers.prompted_format import TOOL_FORMATS

    return (*TOOL_FORMATS, NATIVE)


def _limits(arguments: Namespace) -> dict[str, Any]:
    limits = dict(key_value("limit", "tokens=5000", text) for text in arguments.limit or ())
    if arguments.timeout is not None:
        limits["seconds"] = arguments.timeout
    known = [item.name for item in fields(Limits)]
    for name, value in limits.items():
        if name not in known:
            raise UnknownNameError("limit", name, known)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ConfigurationError(f"--limit {name} takes a number, not {value!r}.")
    return limits


def key_value(option: str, example: str, text: str) -> tuple[str, JsonValue]:
    """What KEY=VALUE says; the value is JSON, or text."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigurationError(f"--{option} takes KEY=VALUE, such as {example}, not {text!r}.")
    return key.strip(), json_or_text(value.strip())


def json_or_text(text: str) -> JsonValue:
    """The JSON value that `text` is, or `text` itself."""
    try:
        return read_json(text)
    except (ValueError, RecursionError):
        return text
