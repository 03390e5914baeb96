"""What can be written next on a line of `%agent`, `%%agent`, `%%experiment` or `%tool`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_tools.agent.limits import Limits
from jupyter_tools.notebook.command_table import COMMANDS, Command
from jupyter_tools.notebook.completion import Found
from jupyter_tools.notebook.experiment_completion import client_names, data_names, scorer_names
from jupyter_tools.notebook.keys import providers_with_keys
from jupyter_tools.notebook.options import tool_formats
from jupyter_tools.tools.tool import AgentTool

if TYPE_CHECKING:
    from argparse import Action, ArgumentParser

    from jupyter_tools.notebook.known_models import KnownModels
    from jupyter_tools.notebook.session import Session

_REQUEST_OPTIONS = ("temperature=", "max_tokens=", "seed=", "stop=", "top_p=", "tool_format=")
_LISTS = ("model", "tools", "approve")  # values with commas between
_FILES = 50


class LineCompletion:
    """Completes lines with what one kernel knows.

    Args:
        session: The kernel's settings, conversations, runs and tools.
        models: The models that are there.
    """

    def __init__(self, session: Session, models: KnownModels) -> None:
        self._session = session
        self._models = models
        self._values: dict[str, Callable[[str], Iterable[str]]] = {
            "model": lambda word: [*models.texts(), *_weights(word)],
            "tools": lambda _: self._tool_names(),
            "approve": lambda _: ["ask", "always", "never", *self._tool_names()],
            "conversation": lambda _: session.conversations.names(),
            "login": lambda _: providers_with_keys(),
            "limit": lambda _: [f"{item.name}=" for item in fields(Limits)],
            "option": lambda _: _REQUEST_OPTIONS,
            "param": lambda _: _REQUEST_OPTIONS,
            "over": lambda _: data_names(session.namespace),
            "score": lambda _: scorer_names(session.namespace),
            "executor": lambda _: client_names(session.namespace),
            "tool_format": lambda _: tool_formats(),
        }

    def of_options(self, parser: ArgumentParser, text: str, *, is_cell: bool) -> Found | None:
        """What `text`, the words after a magic that takes options, can go on with."""
        *before, word = text.split(" ")
        before = [piece for piece in before if piece]
        self._models.look()  # so that they are known when somebody gets there
        actions = {name: action for action in parser._actions for name in action.option_strings}
        option, equals, value = word.partition("=")
        if equals and option in actions:
            return self._value(actions[option], value)
        if before and (action := actions.get(before[-1])) is not None and action.nargs != 0:
            return self._value(action, word)
        if not is_cell and before and (command := _named(before[0])) is not None:
            return self._of_command(command, before[1:], word)
        names = _options_left(parser, before)
        if word.startswith("-"):
            return Found(word, names, "option")
        return None if is_cell or before else Found(word, [f"{command.name} " for command in COMMANDS], "command")

    def _value(self, action: Action, word: str) -> Found | None:
        dest = action.dest
        if dest not in self._values:
            return Found(word, action.choices, dest) if action.choices else None
        *before, last = word.split(",") if dest in _LISTS else [word]
        texts = [text for text in self._values[dest](last) if text not in before]
        if dest == "tools" and _repeats(action) and not before:
            texts.append("none")  # of an experiment: an agent without tools is a variant like others
        return Found(last, texts, dest)

    def _of_command(self, command: Command, before: list[str], word: str) -> Found | None:
        found = [text for form in command.takes.replace("|", " ").split() for text in self._for(form.strip("[]"))]
        return Found(word, [text for text in found if text not in before], "value") if found else None

    def _for(self, form: str) -> Iterator[str]:
        """The values of one word of a command's `takes`; a word in small letters is meant as it is."""
        match form:
            case "NAME":
                yield from self._session.conversations.names()
            case "RUN" | "#RUN":
                yield from (run.name.removeprefix("#" if form == "RUN" else "") for run in self._session.runs.going_on)
            case _ if form == form.lower():
                yield form
            case _:
                pass

    def of_tool(self, text: str) -> Found | None:
        """What `text`, the words after `%tool`, can go on with."""
        name, space, rest = text.lstrip().partition(" ")
        if not space:
            return Found(name, [*(f"{tool} " for tool in self._tool_names()), "--running"], "tool")
        if name not in self._tool_names() or rest.lstrip().startswith("{"):
            return None
        return _argument_of(self._session.find_tool(name), rest)

    def _tool_names(self) -> list[str]:
        return self._session.tool_names()


def _named(word: str) -> Command | None:
    return next((command for command in COMMANDS if command.name == word.replace("_", "-")), None)


def _options_left(parser: ArgumentParser, before: list[str]) -> list[str]:
    """The long names of the options that are not on the line yet, then the short ones."""
    left = [action for action in parser._actions if not set(before) & set(action.option_strings) or _repeats(action)]
    return [name for action in left for name in reversed(action.option_strings)]


def _repeats(action: Action) -> bool:
    return type(action).__name__ == "_AppendAction"


def _weights(word: str) -> list[str]:
    """Files of weights beside the notebook, or in the folder that is being written."""
    if not word.startswith("local:"):
        return []
    folder = word.removeprefix("local:").rpartition("/")[0]
    try:
        files = sorted(Path(folder or ".").expanduser().glob("*.gguf"))[:_FILES]
    except OSError:
        return []
    return [f"local:{folder or '.'}/{file.name}" for file in files]


def _argument_of(tool: AgentTool, text: str) -> Found | None:
    properties: dict[str, Any] = dict(tool.parameters.get("properties") or {})  # pyright: ignore[reportArgumentType]
    before, _, word = text.rpartition(" ")
    name, equals, value = word.partition("=")
    if equals:
        return Found(value, list(_choices(properties.get(name), tool.parameters)), "value")
    given = {piece.partition("=")[0] for piece in before.split()}
    names = [f"{key}=" for key in properties if key not in given]
    alone = _choices(next(iter(properties.values())), tool.parameters) if len(properties) == 1 else ()
    return Found(word, [*names, *alone], "argument")


def _choices(schema: Any, whole: Any) -> Iterator[str]:
    """The values that a schema lists, as they are written."""
    match schema:
        case {"enum": list() as values}:
            yield from (value if isinstance(value, str) else json.dumps(value) for value in values)
        case {"const": value}:
            yield value if isinstance(value, str) else json.dumps(value)
        case {"type": "boolean"}:
            yield from ("true", "false")
        case {"$ref": str(path)}:
            yield from _choices((whole.get("$defs") or {}).get(path.rpartition("/")[2]), whole)
        case {"anyOf": list() as options} | {"oneOf": list() as options}:
            for option in options:
                yield from _choices(option, whole)
        case _:
            pass
