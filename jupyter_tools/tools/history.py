"""`CallHistory`: which calls a run has made, so that a model that repeats itself endlessly is stopped."""

from __future__ import annotations

import json
from collections.abc import Hashable

from jupyter_tools.json_types import JsonObject


class CallHistory:
    """The calls of one run.

    Args:
        max_same_calls: How often the same tool may be called with the same arguments.
        max_calls: How many calls a run may make.

    Attributes:
        refusal: Why the last call that was refused was, or None. A loop may end the run because of it.
    """

    def __init__(self, *, max_same_calls: int = 2, max_calls: int = 100) -> None:
        self.max_same_calls = max_same_calls
        self.max_calls = max_calls
        self.refusal: str | None = None
        self._seen: dict[Hashable, int] = {}
        self._calls = 0

    def refuse(self, name: str, arguments: JsonObject) -> str | None:
        """Count one call. Returns why it must not run, naming the tool, or None."""
        key = (name, _key(arguments))
        self._calls += 1
        count = self._seen[key] = self._seen.get(key, 0) + 1
        if count > self.max_same_calls:
            times = f"{self.max_same_calls} times" if self.max_same_calls != 1 else "once"
            self.refusal = (
                f"{name} was called with these arguments {times} already and is not run again. "
                "Use the results you have, or call it with other arguments."
            )
        elif self._calls > self.max_calls:
            self.refusal = f"{name} is not run: the run has made its {self.max_calls} tool calls. Answer without tools."
        else:
            return None
        return self.refusal


def _key(arguments: JsonObject) -> Hashable:
    """Equal for equal arguments. Flat ones, which are most, need no JSON text."""
    try:
        return frozenset(arguments.items())
    except TypeError:
        return json.dumps(arguments, sort_keys=True, default=repr)
