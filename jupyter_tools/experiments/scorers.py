"""Scorers: how good an answer is, as a number from 0 to 1 (a Python function may give any number).

    experiment(..., data=df, scorers=[exact("expected"), numeric("expected", tolerance=0.01), my_function])

What an answer should be stands in a column of the data, "expected" unless another one is named.
"""

from __future__ import annotations

import inspect
import json
import math
import re
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from jupyter_tools.agent.output import json_of
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.experiments.answers import Answer, ToolUse
from jupyter_tools.experiments.template import is_missing
from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.signatures import signature_of
from jupyter_tools.tools.tool import AgentTool

EXPECTED = "expected"
_NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:[,   ]\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?%?")  # as typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a scorer sees.

    Attributes:
        key: The cell's key.
        prompt: What was asked.
        row: The row of the data.
        answer: What came of it.
        repeat: Which repetition it is, from 1.
    """

    key: str
    prompt: str
    row: Mapping[str, Any]
    answer: Answer
    repeat: int = 1

    @property
    def text(self) -> str:
        """The answer's text."""
        return self.answer.text


class NoScoreError(Exception):
    """There is nothing to score; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """How good an answer is.

    Attributes:
        name: Its column in the frame is `score_NAME`.
        score: Gives a number, a truth value, or raises; of a judge, something to be awaited.
        columns: The columns of the data it needs.
        place: "inline" is quick; "thread" may take its time; "judge" asks a model.
    """

    name: str
    score: Callable[..., Any]
    columns: tuple[str, ...] = ()
    place: Literal["inline", "thread", "judge"] = "inline"

    def named(self, name: str) -> Scorer:
        """The same under another name."""
        return replace(self, name=name)


def exact(column: str = EXPECTED, *, strict: bool = False) -> Scorer:
    """1 if the answer is the expected text; unless `strict`, case and punctuation around it do not count."""

    def score(outcome: Outcome) -> bool:
        said, wanted = outcome.text, str(_expected(outcome, column))
        return said == wanted if strict else _plain(said) == _plain(wanted)

    return Scorer(name="exact", score=score, columns=(column,))


def contains(column: str = EXPECTED, *, strict: bool = False) -> Scorer:
    """1 if the expected text stands somewhere in the answer, in any case unless `strict`."""

    def score(outcome: Outcome) -> bool:
        said, wanted = outcome.text, str(_expected(outcome, column))
        return wanted in said if strict else _squeezed(wanted) in _squeezed(said)

    return Scorer(name="contains", score=score, columns=(column,))


def regex(pattern: str) -> Scorer:
    """1 if the regular expression is found in the answer.

    Raises:
        ConfigurationError: If it is not one.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"{pattern!r} is no regular expression: {error}.") from None
    return Scorer(name="regex", score=lambda outcome: compiled.search(outcome.text) is not None)


def json_schema(schema: JsonObject) -> Scorer:
    """1 if the answer is JSON (a fenced block counts) that fits the schema.

    Raises:
        ToolDefinitionError: If it is no JSON Schema.
    """
    AgentTool(name="answer", parameters=schema).compiled_parameters  # a mistake in it is told now  # noqa: B018
    checker = AgentTool(name="answer", parameters=schema)  # compiled where it runs: that cannot travel

    def score(outcome: Outcome) -> bool:
        try:
            value = json.loads(json_of(outcome.text))
        except (ValueError, RecursionError):
            return False
        return checker.compiled_parameters.is_valid(value)

    return Scorer(name="json_schema", score=score)


def numeric(column: str = EXPECTED, *, tolerance: float = 1e-6, relative: bool = False) -> Scorer:
    """1 if the answer's last number is the expected one, give or take `tolerance` (a share of it if `relative`)."""

    def score(outcome: Outcome) -> bool:
        wanted = number_in(str(_expected(outcome, column)))
        if wanted is None:
            raise NoScoreError(f"the column {column!r} holds no number: {outcome.row[column]!r}")
        said = number_in(outcome.text)
        return said is not None and abs(said - wanted) <= tolerance * (abs(wanted) if relative else 1.0) + 1e-12

    return Scorer(name="numeric", score=score, columns=(column,))


def tool_calls(column: str = EXPECTED, *, arguments: bool = True, ordered: bool = False) -> Scorer:
    """The share of the expected tool calls that were made, less those that were made beyond them: F1 of both.

    The column holds a call, or a list of them, as `{"name": ..., "arguments": {...}}`, as JSON text of that, or as
    names with commas between. Arguments are compared where the column names them.

    Args:
        column: The column with the expected calls; missing or empty: no tool should be called.
        arguments: False to compare names only.
        ordered: True if the order counts; then it is all or nothing.
    """

    def score(outcome: Outcome) -> float:
        wanted = expected_calls(outcome.row[column])
        made = list(outcome.answer.tool_calls)
        if ordered:
            pairs = zip(wanted, made, strict=False)
            return float(len(wanted) == len(made) and all(_is_call(w, m, arguments) for w, m in pairs))
        return _f1(wanted, made, arguments)

    return Scorer(name="tool_calls", score=score, columns=(column,))


def function_scorer(function: Callable[..., Any]) -> Scorer:
    """A Python function as a scorer. What its parameters are called says what it is given.

    `answer` is the answer's text, `row` the row, `prompt` what was asked, `calls` the tool calls, `outcome` all of it;
    any other name is a column of the data.

    Raises:
        ConfigurationError: If it cannot be called by names.
    """
    try:
        parameters = signature_of(function).parameters
    except (TypeError, ValueError):
        raise ConfigurationError(f"{function!r} cannot be a scorer: its parameters have no names.") from None
    wanted = [p.name for p in parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    needed = [name for name in wanted if parameters[name].default is inspect.Parameter.empty]
    if any(p.kind is p.POSITIONAL_ONLY for p in parameters.values()) or not wanted:
        raise ConfigurationError(f"{_name(function)!r} cannot be a scorer: give it parameters such as (answer, row).")

    def score(outcome: Outcome) -> Any:
        given = {"answer": outcome.text, "row": outcome.row, "prompt": outcome.prompt, "outcome": outcome}
        known = {**outcome.row, **given, "calls": list(outcome.answer.tool_calls)}
        return function(**{name: known[name] for name in wanted if name in known})

    columns = tuple(name for name in needed if name not in _GIVEN)
    return Scorer(name=_name(function), score=score, columns=columns, place="thread")


_GIVEN = ("answer", "row", "prompt", "calls", "outcome")


def as_scorers(items: Any, columns: tuple[str, ...]) -> tuple[Scorer, ...]:
    """Scorers as they are, functions as scorers, each with a name of its own.

    Raises:
        ConfigurationError: If something is neither.
        UnknownNameError: If one needs a column that the data have not.
    """
    listed = [items] if isinstance(items, Scorer) or callable(items) else list(items or ())
    scorers: list[Scorer] = []
    for item in listed:
        scorer = _as_scorer(item)
        for column in scorer.columns:
            if column not in columns:
                raise UnknownNameError(f"column (which the scorer {scorer.name!r} needs)", column, columns)
        names = [other.name for other in scorers]
        number = 2
        while scorer.name in names:
            scorer = scorer.named(f"{_as_scorer(item).name}_{number}")
            number += 1
        scorers.append(scorer)
    return tuple(scorers)


def _as_scorer(item: Any) -> Scorer:
    if isinstance(item, Scorer):
        return item
    if callable(item):
        hint = f"{_name(item)}()" if item in (exact, contains, numeric, tool_calls) else None
        if hint:
            raise ConfigurationError(f"Write {hint}, with parentheses, among the scorers.")
        return function_scorer(item)
    raise ConfigurationError(f"{item!r} is no scorer: give exact(), contains(), regex(...), ... or a function.")


def number_in(text: str) -> float | None:
    """The last number in a text, thousands separators and typographic minus included; None if there is none."""
    found = _NUMBER.findall(text)
    if not found:
        return None
    cleaned = re.sub(r"[,\s]", "", found[-1].replace("−", "-"))  # as typeset
    return float(cleaned.removesuffix("%"))


def expected_calls(value: Any) -> list[ToolUse]:
    """The tool calls that a cell of the data expects; see `tool_calls`."""
    if is_missing(value) or value in ("", [], ()):
        return []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = [name.strip() for name in value.split(",")]
    listed = list(cast("list[Any]", value)) if isinstance(value, list | tuple) else [value]
    return [{"name": item} if isinstance(item, str) else dict(item) for item in listed]


def _f1(wanted: list[ToolUse], made: list[ToolUse], arguments: bool) -> float:
    if not wanted and not made:
        return 1.0
    left, hits = list(made), 0
    for call in wanted:
        match = next((other for other in left if _is_call(call, other, arguments)), None)
        if match is not None:
            left.remove(match)
            hits += 1
    return 2 * hits / (len(wanted) + len(made))


def _is_call(wanted: ToolUse, made: ToolUse, arguments: bool) -> bool:
    if wanted["name"] != made["name"]:
        return False
    if not arguments or "arguments" not in wanted:
        return True
    return _same(wanted["arguments"], made["arguments"])


def _same(a: Any, b: Any) -> bool:
    """Equal as JSON: 1 is 1.0, and white space around a text does not count."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in cast("Mapping[str, Any]", a))
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, str) and isinstance(b, str):
        return a.strip() == b.strip()
    return type(a) is type(b) or not (isinstance(a, bool) or isinstance(b, bool)) if a == b else False


def as_number(value: Any) -> float:
    """A score as a number.

    Raises:
        NoScoreError: If it is none.
    """
    if is_missing(value):
        raise NoScoreError("it gave no value")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise NoScoreError(f"it gave {value!r:.60}, which is no number") from None
    if not math.isfinite(number):
        raise NoScoreError(f"it gave {number}")
    return number


def _expected(outcome: Outcome, column: str) -> Any:
    value = outcome.row[column]
    if is_missing(value):
        raise NoScoreError(f"the column {column!r} has no value in this row")
    return value


def _plain(text: str) -> str:
    return _squeezed(text).strip(string.punctuation + string.whitespace + "«»„“”’…")


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "function" if name == "<lambda>" else name
