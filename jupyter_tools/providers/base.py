"""What a provider is: something that answers a conversation with the pieces of one assistant message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from jupyter_tools.errors import ConfigurationError, JupyterToolsError, error_type_of
from jupyter_tools.events import StopDelta, StreamPart
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import Message
from jupyter_tools.tools.tool import AgentTool

SECRET_IN_ADDRESS = "An address with a password or a key in it is no base_url. One looks like {example}."
_KEY_IN_OPTIONS = (
    "An API key is no option: options are shown and recorded. Set the provider's environment variable, such as "
    "OPENAI_API_KEY."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Which model answers, as data.

    Attributes:
        provider: The provider's name, such as "openai" or "local".
        name: The model's name as the provider knows it.
        base_url: Where the provider's server is, if not in its usual place.
        options: Options of the request, such as `temperature`, passed on as they are.
        fallbacks: Models that answer, one after the other, where this one cannot.

    Raises:
        ConfigurationError: If there is a password or a key in the address, or a key among the options: both are shown
            and recorded.
    """

    provider: str
    name: str
    base_url: str | None = None
    options: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    fallbacks: tuple[Model, ...] = ()

    def __post_init__(self) -> None:
        if {"@", "?"} & set(self.base_url or ""):
            raise ConfigurationError(SECRET_IN_ADDRESS.format(example="http://localhost:8080/v1"))
        if "api_key" in self.options:
            raise ConfigurationError(_KEY_IN_OPTIONS)

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model.

    Attributes:
        model: Which model answers.
        messages: The conversation, oldest first. Never changed.
        tools: The tools the model may call.
        tool_choice: "auto", "none" (answer in text although the conversation has tools), "required", or a tool's name.
        output_schema: The JSON Schema of the final answer, for providers that can hold their model to it. Whoever asks
            has to check the answer all the same.
        signal: Set when the answer is no longer wanted; the provider then stops soon and says "aborted".
    """

    model: Model
    messages: tuple[Message, ...]
    tools: tuple[AgentTool, ...] = ()
    tool_choice: str = "auto"
    output_schema: JsonObject | None = None
    signal: asyncio.Event | None = None


def stopped_by(error: JupyterToolsError) -> StopDelta:
    """The end of an answer that an error broke off."""
    return StopDelta(stop_reason="error", error_message=str(error), error_type=error_type_of(error))


@runtime_checkable
class Provider(Protocol):
    """Answers requests. A provider holds its connections; one instance serves many requests at once."""

    name: str

    def stream(self, request: Request) -> AsyncIterator[StreamPart]:
        """The pieces of one assistant message, as they come.

        Ends with one `StopDelta`. What fails once the request was made is a `StopDelta` with reason "error", not an
        exception; what could never work (no key, no such model) raises a `ConfigurationError` before the first piece.
        Closing the iterator early ends the request.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections and threads. The provider may be used again."""
        ...
