"""The older doors: search, keys and tools before the model is asked, then its answer piece by piece.

    async for chunk in async_iter_run_tools("openai", "gpt-4o-mini", messages, web_search=True): ...
    for chunk in iter_run_tools("openai", "gpt-4o-mini", messages, tool_calls=[...]): ...   # in a notebook cell, too

Both give the same pieces in the same order: text, `Reasoning`, calls, usage; sources; the reason why it ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from jupyter_tools.agent.chunk_order import ChunkOrder
from jupyter_tools.agent.provider_chunks import chunks_from, each_of, is_iterable, is_provider, tells_reasoning_apart
from jupyter_tools.agent.sync_iteration import iterate
from jupyter_tools.agent.tool_handler import ToolHandler, perform_web_search
from jupyter_tools.auth import AuthManager
from jupyter_tools.builtin_tools.web_sources import Sources, merged
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.loop_thread import loop_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    messages: list[JsonObject]
    sources: Sources | None
    options: Mapping[str, Any] = field(repr=False)  # a key may be among them


async def async_iter_run_tools(
    provider: Any,
    model: str,
    messages: Iterable[Mapping[str, JsonValue]],
    tool_calls: Iterable[Mapping[str, JsonValue]] | None = None,
    **kwargs: Any,
) -> AsyncGenerator[Any]:
    """Run tools, then ask the model; the answer comes piece by piece. Leaving early ends the request.

    Args:
        provider: A provider's name, one of our providers (class or instance), or any object with
            `get_async_create_function` or `create_async_generator`.
        model: The model's name.
        messages: OpenAI's messages. They are not changed.
        tool_calls: Calls of `search_tool`, `continue_tool` and `bucket_tool` to run first, in OpenAI's shape.
        **kwargs: `web_search` (see `perform_web_search`), `api_key`, `base_url`, `starts_in_thinking` (True for a model
            whose prompt has opened its reasoning already); all others go to the provider.

    Raises:
        JupyterToolsError: If the provider cannot be asked, or fails.
    """
    starts = not tells_reasoning_apart(provider) and bool(kwargs.pop("starts_in_thinking", False))
    asked = await _prepare(provider, messages, tool_calls, kwargs)
    order = ChunkOrder(asked.sources, starts_in_thinking=starts)
    async with aclosing(chunks_from(provider, model, asked.messages, asked.options)) as chunks:
        async for chunk in chunks:
            for piece in order.take(chunk):
                yield piece
    for piece in order.end():
        yield piece


def iter_run_tools(
    iter_callback: Callable[..., Any] | Any,
    model: str,
    messages: Iterable[Mapping[str, JsonValue]],
    provider: Any = None,
    tool_calls: Iterable[Mapping[str, JsonValue]] | None = None,
    **kwargs: Any,
) -> Generator[Any]:
    """`async_iter_run_tools` for code that cannot await: in a script, a thread, a notebook cell.

    Args:
        iter_callback: Who answers: a provider as for `async_iter_run_tools`, or a function that is called with `model`,
            `messages`, `provider` and the options, and returns an iterator, asynchronous or not.
        model: The model's name.
        messages: OpenAI's messages. They are not changed.
        provider: Passed on to the function; its key is looked for.
        tool_calls: As for `async_iter_run_tools`.
        **kwargs: As for `async_iter_run_tools`.

    Raises:
        JupyterToolsError: If the provider cannot be asked, or fails.
        RuntimeError: If called from asynchronous code in the loop's own thread.
    """
    if is_provider(iter_callback):
        yield from iterate(async_iter_run_tools(iter_callback, model, messages, tool_calls, **kwargs))
        return
    starts = bool(kwargs.pop("starts_in_thinking", False))
    asked = loop_thread().run(_prepare(provider, messages, tool_calls, kwargs))
    order = ChunkOrder(asked.sources, starts_in_thinking=starts)
    response = iter_callback(model=model, messages=asked.messages, provider=provider, **asked.options)
    for chunk in _each(response):
        yield from order.take(chunk)
    yield from order.end()


def _each(response: Any) -> Generator[Any]:
    """The pieces of what a function returned; closed when the reader leaves. Plain iterators stay in this thread."""
    if not is_iterable(response):
        yield from iterate(each_of(response))
        return
    iterator = iter(response)
    try:
        yield from iterator
    finally:
        if hasattr(iterator, "close"):
            iterator.close()


async def _prepare(
    provider: Any,
    messages: Iterable[Mapping[str, JsonValue]],
    tool_calls: Iterable[Mapping[str, JsonValue]] | None,
    kwargs: dict[str, Any],
) -> _Prepared:
    options = dict(kwargs)
    said, searched = await perform_web_search(messages, options.pop("web_search", None))
    if options.get("api_key") is None:
        key = await asyncio.to_thread(AuthManager.load_api_key, provider)  # a keyring may take its time
        options |= {"api_key": key} if key else {}
    said, found, extra = await ToolHandler.process_tools(said, tool_calls, provider)
    return _Prepared(messages=said, sources=merged(searched, found), options=options | extra)
