"""One llama.cpp engine per process and model file: `generate` streams what it writes.

The engine blocks, so each generation has a worker thread. llama.cpp lets go of the GIL while it computes; what it wrote
crosses to the event loop in one wake-up for all pieces that are there. Stopping takes effect at the next token, or at
the next batch of the prompt.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import json
import os
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError, ProviderError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.providers.local_llama import EngineOptions, load_server


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What the engine wrote since the last piece; the last piece of a generation has a finish reason.

    Attributes:
        text: More of the answer, possibly empty.
        thinking: More reasoning, of models whose template marks it.
        finish_reason: "stop", "length" or "aborted" at the end, else None.
        input_tokens: Tokens of the prompt; at the end.
        output_tokens: Tokens written; at the end.
        cached_tokens: Tokens of the prompt that did not have to be read again; at the end.
    """

    text: str = ""
    thinking: str = ""
    finish_reason: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0


class Engine:
    """A loaded model. `generate` may be called by many tasks of several loops at once."""

    def __init__(self, path: Path, options: EngineOptions) -> None:
        self.path = path
        self.options = options
        self._jobs: set[_Job] = set()
        self._server: Any = load_server(path, options)

    @property
    def running(self) -> int:
        """How many generations the engine is at, stopped ones that it has not noticed yet included."""
        return len(self._jobs)

    async def generate(self, body: JsonObject, signal: asyncio.Event | None = None) -> AsyncGenerator[Piece, None]:
        """Stream the answer to `body`, a request of llama.cpp's chat completions API.

        Args:
            body: `messages`, `max_tokens`, `temperature`, `grammar` ...
            signal: Ends the generation when set; the last piece then says "aborted".

        Yields:
            The pieces; the last one has a finish reason.

        Raises:
            ProviderError: If llama.cpp refuses the request, for example because it does not fit the context.
        """
        job = _Job(asyncio.get_running_loop())
        self._jobs.add(job)
        watcher = asyncio.ensure_future(_set_off(job, signal))
        threading.Thread(target=self._run, args=(job, body), name="jupyter_tools-llama", daemon=True).start()
        try:
            while True:
                for piece in await job.pieces():
                    yield piece
                    if piece.finish_reason is not None:
                        return
        finally:
            watcher.cancel()
            job.stop()

    def _run(self, job: _Job, body: JsonObject) -> None:
        request = {**body, "stream": True, "cache_prompt": True, "return_progress": True}
        try:
            if not job.stopped:
                self._server.handle_chat_completions(json.dumps(request), job.take)
            job.close()
        except RuntimeError as error:  # what Cython makes of a C++ exception
            job.fail(f"the engine failed: {error}")
        finally:
            self._jobs.discard(job)
            job.done.set()

    def close(self) -> None:
        """Stop what runs, wait for it and free the memory."""
        for job in tuple(self._jobs):
            job.stop()
            job.done.wait(timeout=10)
        self._server = None


async def _set_off(job: _Job, signal: asyncio.Event | None) -> None:
    if signal is not None:
        await signal.wait()
        job.stop()


@dataclass(slots=True, eq=False)
class _Job:
    """One generation: the worker thread takes chunks, the loop's task takes pieces."""

    loop: asyncio.AbstractEventLoop
    stopped: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    _pieces: list[Piece | ProviderError] = field(default_factory=list["Piece | ProviderError"])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _awake: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, chunk: str) -> bool:
        """Take a chunk of llama.cpp's answer; True ends the generation. Runs in the worker thread."""
        data = json.loads(chunk)
        if "error" in data:
            self.fail(_explain(data["error"]))
        elif (piece := _piece(data)) is not None:
            self._put(piece)
        return self.stopped

    def close(self) -> None:
        """The generation is over, whether or not llama.cpp said so."""
        self._put(Piece(finish_reason="aborted"))

    def fail(self, problem: str) -> None:
        """The generation failed."""
        self._put(ProviderError("local", problem))

    def stop(self) -> None:
        """End the generation at the next token and tell the loop at once."""
        self.stopped = True
        self.close()

    def _put(self, piece: Piece | ProviderError) -> None:
        with self._lock:
            first = not self._pieces
            self._pieces.append(piece)
        if first and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._awake.set)

    async def pieces(self) -> list[Piece]:
        """What is there, after waiting until there is something; an error is raised once it is the first."""
        await self._awake.wait()
        with self._lock:
            waiting, self._pieces = self._pieces, []
            self._awake.clear()
            if isinstance(waiting[0], ProviderError):
                raise waiting[0]
            pieces = list(itertools.takewhile(lambda item: isinstance(item, Piece), waiting))
            self._pieces = waiting[len(pieces) :]
            if self._pieces:
                self._awake.set()
        return cast("list[Piece]", pieces)


def _piece(data: JsonObject) -> Piece | None:
    choice: JsonObject = data["choices"][0]
    delta: JsonObject = choice.get("delta") or {}
    timings: JsonObject = data.get("timings") or {}
    text, thinking = str(delta.get("content") or ""), str(delta.get("reasoning_content") or "")
    if not (text or thinking or choice["finish_reason"]):
        return None  # how far the prompt has been read
    cached = timings.get("cache_n", 0)
    return Piece(
        text=text,
        thinking=thinking,
        finish_reason=choice["finish_reason"],
        input_tokens=cached + timings.get("prompt_n", 0),
        output_tokens=timings.get("predicted_n", 0),
        cached_tokens=cached,
    )


def _explain(error: JsonObject) -> str:
    if error.get("type") == "exceed_context_size_error":
        tokens, room = int(error["n_prompt_tokens"]), int(error["n_ctx"])
        return (
            f"the conversation has {tokens} tokens and the model's context holds {room}. "
            f"Start a new conversation, or restart the kernel and give the option n_ctx={2 ** tokens.bit_length()}."
        )
    return str(error.get("message") or error)


# --- one engine per model file ---
_engines: dict[Path, Engine] = {}
_engines_lock = threading.Lock()
_orphans: list[dict[Path, Engine]] = []


def loaded_engine(path: Path, options: EngineOptions | None = None) -> Engine | None:
    """The engine of `path` if it is loaded.

    Raises:
        ConfigurationError: If it is loaded with other options.
    """
    engine = _engines.get(path.resolve())
    if engine is not None and options not in (None, engine.options):
        raise ConfigurationError(
            f"{path.name} is already loaded with n_ctx={engine.options.n_ctx}, n_threads={engine.options.n_threads}. "
            "Restart the kernel to load it with other values."
        )
    return engine


def engine_for(path: Path, options: EngineOptions | None = None) -> Engine:
    """The process's engine for `path`, loaded at the first call. Blocks while it loads.

    Args:
        path: The GGUF file.
        options: How to load it; None takes it as it is loaded, or the defaults.

    Raises:
        MissingExtraError: If xllamacpp is not installed.
        ModelFileError: If the file is missing or no model.
        ConfigurationError: If it is already loaded with other options.
    """
    with _engines_lock:
        engine = loaded_engine(path, options)
        if engine is None:
            engine = _engines[path.resolve()] = Engine(path, options or EngineOptions())
    return engine


def close_engines() -> None:
    """Stop and free all engines of this process."""
    with _engines_lock:
        engines = list(_engines.values())
        _engines.clear()
    for engine in engines:
        engine.close()


def _forget_engines() -> None:
    """In a forked child: the engines' threads are gone, and freeing them would wait for those threads forever."""
    global _engines, _engines_lock
    _orphans.append(_engines)
    _engines, _engines_lock = {}, threading.Lock()


atexit.register(close_engines)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_engines)
