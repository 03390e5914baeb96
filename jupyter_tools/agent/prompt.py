"""What a person may say to an agent: text, a message, or texts and images in a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import ImageContent, TextContent, UserContent, UserMessage, user_message
from jupyter_tools.providers.openai_dicts import image_from
from jupyter_tools.shortening import one_line
from jupyter_tools.tools.images import image_of

Prompt: TypeAlias = str | UserMessage | Sequence[Any]


def message_of(prompt: Prompt) -> UserMessage:
    """The message that a prompt is. In a list, texts are texts, and all else is an image.

    Raises:
        ConfigurationError: If it is something else, or an image cannot be read.
    """
    if isinstance(prompt, str):
        return user_message(prompt)
    if isinstance(prompt, UserMessage):
        return prompt
    if not isinstance(prompt, list | tuple) or not prompt:
        said = one_line(repr(prompt), 80)
        raise ConfigurationError(f"A prompt is text, a UserMessage, or texts and images in a list, not {said}.")
    return UserMessage(content=tuple(_content(part) for part in prompt))


def _content(part: Any) -> UserContent:
    if isinstance(part, TextContent | ImageContent):
        return part
    if isinstance(part, str):
        return TextContent(text=part)
    return image_of(part) or image_from(part)
