"""A chain of models: where one cannot answer, the next one does."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TypeAlias, cast

from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.events import Delta, Notice, StopDelta, StreamPart
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.emulated import provider_of

ProviderOf: TypeAlias = Callable[[Model], Provider]


class FallbackProvider:
    """Asks a model; if it fails before it has said anything, asks the next of its `fallbacks`.

    No key, no such model, no connection, an error of the server that is still there after all retries: each makes the
    next one answer, and a `Notice` of kind "fallback" says so. The last one's failure is the answer's. What was said
    cannot be taken back, so an answer that breaks off later stays as it is.

    Args:
        name: The first model's provider.
        provider_of: Finds the provider of a model.

    Attributes:
        name: The first model's provider.
    """

    def __init__(self, name: str, provider_of: ProviderOf = provider_of) -> None:
        self.name = name
        self._provider_of = provider_of

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of the first answer; see `Provider`."""
        models = (replace(request.model, fallbacks=()), *request.model.fallbacks)
        for model, following in zip(models, (*models[1:], None), strict=True):
            attempt = _Attempt(following is None)
            async with aclosing(attempt.parts(self._provider_of, replace(request, model=model))) as parts:
                async for part in parts:
                    yield part
            if following is None or attempt.failure is None:
                return
            text = f"{following} answers instead of {model}: {attempt.failure}"
            yield Notice(text=text, kind="fallback", provider=following.provider, model=following.name)

    async def aclose(self) -> None:
        """Nothing to do: the providers are the process's."""


class _Attempt:
    """One model's turn.

    Attributes:
        failure: Why it could not answer, if another one is to; None if it did, or is the last.
    """

    def __init__(self, last: bool) -> None:
        self.failure: str | None = None
        self._last = last

    async def parts(self, provider_of: ProviderOf, request: Request) -> AsyncGenerator[StreamPart]:
        said = False
        try:
            stream = cast("AsyncGenerator[StreamPart]", provider_of(request.model).stream(request))
            async with aclosing(stream) as parts:
                async for part in parts:
                    said = said or isinstance(part, Delta)
                    if not (said or self._last) and isinstance(part, StopDelta) and part.stop_reason == "error":
                        self.failure = part.error_message or "it failed and does not say why."
                        return
                    yield part
        except JupyterToolsError as error:
            if said or self._last:
                raise
            self.failure = str(error)


def answering(model: Model, provider: Provider | None = None) -> Provider:
    """Who answers for `model`, its fallbacks included.

    Args:
        model: The model.
        provider: Who answers, instead of the providers that the model and its fallbacks name.

    Raises:
        UnknownNameError: If there is no such provider or tool format.
    """
    if provider is None and model.fallbacks:
        return FallbackProvider(model.provider)
    return provider_of(model, provider)
