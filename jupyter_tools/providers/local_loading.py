"""From a model's name to its engine: fetching the weights, falling back to a smaller model, loading. With news."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path

from jupyter_tools.errors import ModelFileError
from jupyter_tools.events import Notice
from jupyter_tools.providers.local_engine import Engine, engine_for, loaded_engine
from jupyter_tools.providers.local_llama import EngineOptions
from jupyter_tools.providers.model_catalogue import CATALOGUE, DEFAULT, FALLBACK, ModelEntry
from jupyter_tools.providers.model_files import is_pulled, model_path, path_of, pull

NEWS_EVERY_S = 0.25


def load(name: str, options: EngineOptions | None, signal: asyncio.Event | None) -> Loading:
    """Load a model of the catalogue or a GGUF file; `Loading.parts` does it.

    Raises:
        UnknownNameError: If there is no such model.
        ModelFileError: If there is no such file.
    """
    return Loading(name, path_of(name), options, signal)


class _StoppedError(Exception):
    """Nobody waits for the weights any more."""


@dataclass(slots=True)
class Loading:
    """A model on its way. `engine` is there once `parts` has ended, unless the signal was set."""

    name: str
    path: Path
    options: EngineOptions | None
    signal: asyncio.Event | None
    engine: Engine | None = None

    async def parts(self) -> AsyncGenerator[Notice, None]:
        """Fetch and load, and tell how it goes.

        Raises:
            ModelFileError: If the model cannot be had or loaded.
        """
        self.engine = loaded_engine(self.path, self.options)
        if self.engine is not None:
            return
        entry = CATALOGUE.get(self.name)
        if entry is not None and not is_pulled(entry):
            async with aclosing(self._fetch(entry)) as notices:
                async for notice in notices:
                    yield notice
        if not self._stopped():
            yield Notice(kind="load", text=f"loading {self.name}")
            self.engine = await asyncio.to_thread(engine_for, self.path, self.options)

    def _stopped(self) -> bool:
        return self.signal is not None and self.signal.is_set()

    async def _fetch(self, entry: ModelEntry) -> AsyncGenerator[Notice, None]:
        fetching = _Fetching(entry, self.signal)
        try:
            async with aclosing(fetching.notices()) as notices:
                async for notice in notices:
                    yield notice
        except ModelFileError as error:
            if entry != DEFAULT:
                raise
            text = f"{entry.name} cannot be had, {FALLBACK.name} answers instead: smaller, and often wrong"
            yield Notice(kind="fallback", text=text)
            self.name, self.path = FALLBACK.name, model_path(FALLBACK)
            if not is_pulled(FALLBACK):
                async with aclosing(_Fetching(FALLBACK, self.signal).or_fail_as(error)) as notices:
                    async for notice in notices:
                        yield notice


class _Fetching:
    """A pull in a worker thread, with news of it for the loop."""

    def __init__(self, entry: ModelEntry, signal: asyncio.Event | None) -> None:
        self._entry = entry
        self._signal = signal
        self._stop = threading.Event()
        self._where = "..."
        self._fraction = 0.0

    async def notices(self) -> AsyncGenerator[Notice, None]:
        task = asyncio.create_task(asyncio.to_thread(self._pull))
        try:
            while not task.done():
                yield self._notice()
                await asyncio.wait([task], timeout=NEWS_EVERY_S)
                if self._signal is not None and self._signal.is_set():
                    return
            task.result()
        finally:
            self._stop.set()

    async def or_fail_as(self, error: ModelFileError) -> AsyncGenerator[Notice, None]:
        """As `notices`; if this fails as well, the first failure is the one that is told."""
        try:
            async with aclosing(self.notices()) as notices:
                async for notice in notices:
                    yield notice
        except ModelFileError:
            raise error from None

    def _notice(self) -> Notice:
        megabytes = self._entry.size / 1e6
        text = f"fetching {self._entry.name} from {self._where}: {self._fraction * megabytes:.0f} of {megabytes:.0f} MB"
        return Notice(kind="load", text=text, fraction=self._fraction)

    def _pull(self) -> None:
        with suppress(_StoppedError):
            pull(self._entry, self._progress)

    def _progress(self, where: str, done: int, total: int) -> None:
        self._where, self._fraction = where, min(1.0, done / total)
        if self._stop.is_set():
            raise _StoppedError
