"""The continue tool: ask for the rest of an answer that was cut off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_tools.builtin_tools.message_dicts import copy_messages, text_of_message
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.seams import carry_on

# Providers that can continue an answer themselves, told by an option instead of a message.
NATIVE_CONTINUE = frozenset({"OpenaiAccount", "HuggingFaceAPI"})


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
    request = carry_on(text_of_message(copied[-1])) if copied else ""
    if request:
        copied.append({"role": "user", "content": request})
    return copied, {}
