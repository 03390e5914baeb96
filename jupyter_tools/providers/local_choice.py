"""From what the model wrote when it chose tools to calls, and whether it is asked at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast

from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import Message
from jupyter_tools.providers.local_prompt import Exchange, exchanges

STOP = "}}]"
"""Ends a choice: small models sometimes forget the quotation mark before it, and would write on forever."""

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


def new_calls(calls: Sequence[JsonObject], messages: Sequence[Message]) -> list[JsonObject]:
    """`calls` without repetitions, and without those that were answered since the last question."""
    seen = [(call.name, call.arguments) for calls_of_round, _ in _last(messages).rounds for call in calls_of_round]
    new: list[JsonObject] = []
    for call in calls:
        if (call["tool"], call["arguments"]) not in seen and call not in new:
            new.append(call)
    return new


def _last(messages: Sequence[Message]) -> Exchange:
    return (exchanges(messages) or [Exchange("")])[-1]
