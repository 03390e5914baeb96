"""The continue tool: ask for the rest of an answer that was cut off, and join both without a seam."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_tools.builtin_tools.message_dicts import copy_messages, text_of_message
from jupyter_tools.json_types import JsonObject, JsonValue

# Providers that can continue an answer themselves, told by an option instead of a message.
NATIVE_CONTINUE = frozenset({"OpenaiAccount", "HuggingFaceAPI"})

_SURE_OVERLAP = 8  # characters: fewer are often the same by chance, as in "banan" + "na"
_LONGEST_OVERLAP = 4000


def name_of_provider(provider: Any) -> str:
    """The name of a provider that is given as a name, a class or an instance."""
    if isinstance(provider, str):
        return provider
    return provider.__name__ if isinstance(provider, type) else type(provider).__name__


def continue_from(
    messages: Iterable[Mapping[str, JsonValue]], provider: Any = None
) -> tuple[list[JsonObject], JsonObject]:
    """Ask for the rest of the last message.

    Args:
        messages: The conversation as dicts. It is not changed.
        provider: Who answers: a name, a class or an instance.

    Returns:
        The conversation, with a message that asks to carry on from its last line; and options for the provider.
        Providers that continue by themselves get an option instead of the message. If there is nothing to continue,
        neither is added.
    """
    copied = copy_messages(messages)
    if name_of_provider(provider) in NATIVE_CONTINUE:
        return copied, {"action": "continue"}
    lines = text_of_message(copied[-1]).strip().splitlines() if copied else []
    if lines:
        copied.append({"role": "user", "content": f"Carry on from this point:\n{lines[-1]}"})
    return copied, {}


def join_continuation(answer: str, continuation: str) -> str:
    """One text out of a cut answer and its continuation.

    Models often say again what they were asked to carry on from. What both texts share is kept once, if it is the last
    line or long enough not to be the same by chance.
    """
    said = answer.rstrip()
    more = continuation.lstrip()
    overlap = _overlap(said, more)
    return said + more[overlap:] if overlap else answer + continuation


def _overlap(said: str, more: str) -> int:
    """How many characters at the beginning of `more` are the end of `said`."""
    last_line = said.rpartition("\n")[2].strip()
    enough = min(_SURE_OVERLAP, max(len(last_line), 1))
    for length in range(min(len(said), len(more), _LONGEST_OVERLAP), enough - 1, -1):
        if said.endswith(more[:length]) and (length >= _SURE_OVERLAP or more[:length] == last_line):
            return length
    return 0
