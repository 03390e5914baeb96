"""Asking any provider: one of ours, by name, class or instance, or an object that speaks the older door's protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing, suppress
from typing import Any, cast

from jupyter_tools.json_types import JsonObject
from jupyter_tools.providers.base import Provider
from jupyter_tools.providers.emulated import provider_of
from jupyter_tools.providers.tool_support import chunks_of, request_from_openai, resolve, response_format_of

_END = object()


def is_provider(value: Any) -> bool:
    """Whether `chunks_from` can ask it, and it is not just a function."""
    return value is None or isinstance(value, str) or _create_function(value) is not None or _is_ours(value)


def chunks_from(
    provider: Any, model: str, messages: list[JsonObject], options: Mapping[str, Any]
) -> AsyncGenerator[Any]:
    """A provider's answer, piece by piece.

    Args:
        provider: A name, one of our providers (class or instance), or an object with `get_async_create_function` or
            `create_async_generator`; None if the model's name says it.
        model: The model's name, or "provider:model".
        messages: OpenAI's messages.
        options: Everything else.
    """
    create = _foreign_function(provider)
    if create is not None:
        return _created(create, model, messages, options)
    return _asked(provider() if isinstance(provider, type) else provider, model, messages, dict(options))


def tells_reasoning_apart(provider: Any) -> bool:
    """Whether what it says comes with the reasoning parted from the text, as from ours."""
    return _foreign_function(provider) is None


def _foreign_function(provider: Any) -> Callable[..., Any] | None:
    return None if _is_ours(provider) and not isinstance(provider, type) else _create_function(provider)


def _is_ours(provider: Any) -> bool:
    return not isinstance(provider, str) and all(hasattr(provider, name) for name in ("stream", "aclose"))


def _create_function(provider: Any) -> Callable[..., Any] | None:
    getter: Callable[[], Callable[..., Any]] | None = getattr(provider, "get_async_create_function", None)
    return getter() if getter is not None else getattr(provider, "create_async_generator", None)


async def _created(
    create: Callable[..., Any], model: str, messages: list[JsonObject], options: Mapping[str, Any]
) -> AsyncGenerator[Any]:
    async with aclosing(each_of(create(model=model, messages=messages, **options))) as chunks:
        async for chunk in chunks:
            yield chunk


async def _asked(
    provider: str | Provider | None, model: str, messages: list[JsonObject], options: dict[str, Any]
) -> AsyncGenerator[Any]:
    whole, api_key = options.pop("stream", True) is False, options.pop("api_key", None)
    media, tools, tool_choice = (options.pop(name, None) for name in ("media", "tools", "tool_choice"))
    options |= response_format_of(options.pop("response_format", None))
    chosen, answering = resolve(model, provider, options, api_key)
    request = request_from_openai(chosen, messages, media=media, tools=tools, tool_choice=tool_choice)
    async with aclosing(chunks_of(provider_of(chosen, answering), request, whole=whole)) as chunks:
        async for chunk in chunks:
            yield chunk


async def each_of(response: Any) -> AsyncGenerator[Any]:
    """What a provider's function returned, piece by piece: an iterator of any kind, a value, or a promise of one.

    Leaving early closes the provider's iterator.
    """
    if hasattr(response, "__await__"):
        response = await response
    if hasattr(response, "__aiter__"):
        pieces = _each_asynchronous(response)
    elif is_iterable(response):
        pieces = _each_synchronous(response)
    else:
        yield response
        return
    async with aclosing(pieces):
        async for chunk in pieces:
            yield chunk


def is_iterable(response: Any) -> bool:
    """Whether it is a series of pieces, and not one."""
    return hasattr(response, "__iter__") and not isinstance(response, str | bytes | Mapping)


async def _each_asynchronous(response: Any) -> AsyncGenerator[Any]:
    iterator = response.__aiter__()
    try:
        async for chunk in iterator:
            yield chunk
    finally:
        if hasattr(iterator, "aclose"):
            await iterator.aclose()


async def _each_synchronous(response: Iterable[Any]) -> AsyncGenerator[Any]:
    """Each piece is waited for in a thread: the loop goes on meanwhile."""
    iterator = iter(response)
    try:
        while (chunk := await asyncio.to_thread(next, iterator, _END)) is not _END:
            yield chunk
    finally:
        close = cast("Callable[[], None] | None", getattr(iterator, "close", None))
        if close is not None:
            with suppress(ValueError):  # it is still running in its thread, and goes away with it
                close()
