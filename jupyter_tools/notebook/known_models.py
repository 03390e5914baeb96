"""`KnownModels`: the models there were a moment ago, for completion, which must not wait for a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from jupyter_tools.loop_thread import LoopFuture, loop_thread
from jupyter_tools.providers.discovery import AvailableModel, available_models
from jupyter_tools.providers.registry import provider_names
from jupyter_tools.providers.scripted import script_names

_OLD_S = 60.0


class KnownModels:
    """Who asks gets what is known, at once. What is old is looked up again meanwhile, for who asks next.

    Args:
        look: Finds the models that are there.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        look: Callable[[], Coroutine[Any, Any, Iterable[AvailableModel]]] = available_models,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._look, self._clock = look, clock
        self._found: tuple[AvailableModel, ...] = ()
        self._looking: LoopFuture[Iterable[AvailableModel]] | None = None
        self._looked_at = float("-inf")

    def look(self) -> None:
        """Begin to look, if what is known is old."""
        if self._looking is None and self._clock() - self._looked_at > _OLD_S:
            self._looking = loop_thread().submit(self._look())
            self._looking.add_done_callback(self._seen)

    def _seen(self, looked: Any) -> None:
        self._looking, self._looked_at = None, self._clock()
        if not looked.cancelled() and looked.exception() is None:
            self._found = tuple(looked.result())

    def texts(self) -> list[str]:
        """What can be written after `--model`, as far as it is known now."""
        self.look()
        scripts = [f"scripted:{name}" for name in script_names()]
        providers = [f"{name}:" for name in provider_names() if name != "scripted"]
        return list(dict.fromkeys([*map(_written, self._found), *scripts, *providers]))


def _written(model: AvailableModel) -> str:
    return f"{model.model} --base-url {model.base_url}" if model.base_url else model.model
