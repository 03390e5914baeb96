"""From what the model wrote when it chose tools to calls, and whether it is asked at all."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import cast

from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import Message
from jupyter_tools.providers.local_examples import examples_of
from jupyter_tools.providers.local_prompt import Exchange, exchanges
from jupyter_tools.tools.tool import AgentTool, ToolExample

STOP = "}}]"
"""Ends a choice: small models sometimes forget the quotation mark before it, and would write on forever."""

_NUMBER_WORDS = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|hundred|thousand"
    r"|од[ин]\w*|дв[ае]\w*|тр[иёе]\w*|четыр\w*|пят\w*|шест\w*|сем[ьи]\w*|восем\w*|девят\w*|десят\w*|сто|сотн\w*|тысяч\w*)\b"
)
_EMPTY_WORDS = {"what", "which", "with", "that", "this", "from", "have", "pleas", "could", "would", "your", "tell"}
_ENDINGS = ("", STOP, '"' + STOP, "}" + STOP)


def may_choose(messages: Sequence[Message], rounds: int) -> bool:
    """Whether the model may call more tools for the last question.

    Args:
        messages: The conversation.
        rounds: How many rounds of calls one question may have, 0 for any number. A round that failed may be repeated
            once, so that the model can repair its arguments.
    """
    done = _last(messages).rounds
    failed = sum(any(result.is_error for result in results) for _, results in done)
    return rounds == 0 or len(done) - min(failed, 1) < rounds


def read_calls(text: str) -> list[JsonObject]:
    """The calls in the model's JSON, which may have been cut before its end. None can be read: no calls."""
    for ending in _ENDINGS:
        try:
            calls: object = json.loads(text + ending)
        except ValueError:
            continue
        return cast("list[JsonObject]", calls) if isinstance(calls, list) else []
    return []


def meant_calls(
    calls: Sequence[JsonObject], messages: Sequence[Message], tools: Sequence[AgentTool] = ()
) -> list[JsonObject]:
    """`calls` without repetitions, without those that were answered since the last question, and without copies.

    Small models know no better than to copy an example if they find no tool for a request. A call is taken for such a
    copy if its arguments are an example's and the question has no word in common with that example.
    """
    last = _last(messages)
    seen = [(call.name, call.arguments) for calls_of_round, _ in last.rounds for call in calls_of_round]
    examples = {tool.name: examples_of(tool) for tool in tools}
    schemas = {tool.name: tool.parameters for tool in tools}
    meant: list[JsonObject] = []
    for written in calls:
        call = _without_made_up_numbers(written, schemas.get(written["tool"], {}), last.question)
        copied = any(_is_copy(call, example, last.question) for example in examples.get(call["tool"], ()))
        if not copied and (call["tool"], call["arguments"]) not in seen and call not in meant:
            meant.append(call)
    return meant


def _is_copy(call: JsonObject, example: ToolExample, question: str) -> bool:
    if not call["arguments"] or call["arguments"] != example.arguments:
        return False
    words = _words(question)
    # words of another language cannot be compared with the example's
    return all(word.isascii() for word in words) and not words & _words(f"{example.request} {example.arguments}")


def _without_made_up_numbers(call: JsonObject, schema: JsonObject, question: str) -> JsonObject:
    """The call without numbers that it need not have and that the question does not name.

    An example shows a small model that there may be such a number, and it writes one whether it was asked to or not.
    """
    if not schema or _NUMBER_WORDS.search(question.casefold()):
        return call
    named = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", question)}
    needed = schema.get("required", ())
    arguments = {
        name: value
        for name, value in call["arguments"].items()
        if name in needed or isinstance(value, bool) or not isinstance(value, int | float) or value in named
    }
    return {**call, "arguments": arguments}


def _words(text: str) -> set[str]:
    """The words that say something: not the short ones, and whatever their ending."""
    return {
        word[:5] for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) > 3 or word.isdecimal()
    } - _EMPTY_WORDS


def _last(messages: Sequence[Message]) -> Exchange:
    return (exchanges(messages) or [Exchange("")])[-1]
