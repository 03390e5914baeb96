"""The options of `%%agent` and `%agent`: from a line of text to checked values."""

from __future__ import annotations

import json
import shlex
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonValue

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
        base_url: Where the provider's server is.
        approve: Which tool calls a person is asked about: "ask" (of tools that want it), "always" or "never".
        options: Options of the request, such as `temperature`.
    """

    model: str | None = None
    tools: tuple[str, ...] = ()
    system: str | None = None
    max_turns: int = 10
    base_url: str | None = None
    approve: Literal["ask", "always", "never"] = "ask"
    options: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def updated(self, arguments: Namespace) -> AgentSettings:
        """These settings with those replaced that were written on the line."""
        given = {
            name: value
            for name in ("model", "system", "max_turns", "base_url", "approve")
            if (value := getattr(arguments, name)) is not None
        }
        if "base_url" not in given and self._goes_elsewhere(arguments.model):
            given["base_url"] = None
        return replace(self, **given, tools=self._tools(arguments), options={**self.options, **_options(arguments)})

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
        return tuple(name.strip() for name in arguments.tools.split(",") if name.strip())


def parse_line(function: Callable[..., Any], line: str) -> Namespace:
    """The arguments that `line` gives to a magic made with `magic_arguments`.

    Raises:
        UnknownNameError: If an option is not known.
        ConfigurationError: If a quotation mark is not closed.
        UsageError: If a value does not fit its option.
    """
    parser: MagicArgumentParser = function.parser  # pyright: ignore[reportFunctionMemberAccess]
    arguments, unknown = parser.parse_known_args(_words(line))
    if unknown:
        raise UnknownNameError("option", unknown[0].partition("=")[0], option_names(function))
    return arguments


def option_names(function: Callable[..., Any]) -> list[str]:
    """All options of a magic made with `magic_arguments`, as they are written."""
    parser: MagicArgumentParser = function.parser  # pyright: ignore[reportFunctionMemberAccess]
    return [text for action in parser._actions for text in action.option_strings]


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""  # a Windows path keeps its backslashes
    try:
        return list(lexer)
    except ValueError:
        raise ConfigurationError(f"A quotation mark is not closed: {line}") from None


def _options(arguments: Namespace) -> dict[str, JsonValue]:
    options = dict(_key_value(text) for text in arguments.option or ())
    if arguments.temperature is not None:
        options["temperature"] = arguments.temperature
    return options


def _key_value(text: str) -> tuple[str, JsonValue]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigurationError(f"--option takes KEY=VALUE, such as seed=1, not {text!r}.")
    return key.strip(), json_or_text(value.strip())


def json_or_text(text: str) -> JsonValue:
    """The JSON value that `text` is, or `text` itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
