"""Which tools there are, by name. Packages add theirs as entry points of the group `jupyter_tools.tools`."""

from __future__ import annotations

import fnmatch
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from jupyter_tools.errors import ConfigurationError, JupyterToolsError, UnknownNameError
from jupyter_tools.tools.decorator import as_tool
from jupyter_tools.tools.tool import AgentTool

ENTRY_POINT_GROUP = "jupyter_tools.tools"

# What importing somebody's module raises if it is broken.
_IMPORT_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    JupyterToolsError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
)


class ToolRegistry:
    """Tools by name. Those of installed packages are imported when they are first asked for.

    Args:
        points: Entry points that name tools. Of two with one name the first counts.
    """

    def __init__(self, points: Iterable[EntryPoint] = ()) -> None:
        self._tools: dict[str, AgentTool] = {}
        self._waiting: dict[str, EntryPoint] = {}
        self._lock = threading.RLock()
        for point in points:
            first = self._waiting.setdefault(point.name, point)
            if first.value != point.value:
                _warn(f"The tool {point.name!r} of {_package_of(point)} is not used: the name is taken.")

    def register(self, item: AgentTool | Callable[..., Any], *, replace: bool = False) -> AgentTool:
        """Add a tool, or a function as a tool. Running the same cell again replaces what it has added.

        Args:
            item: The tool or function.
            replace: True to replace another tool of the same name.

        Raises:
            ConfigurationError: If there is another tool of that name and `replace` is False.
            ToolDefinitionError: If the function cannot become a tool.
        """
        tool = as_tool(item)
        with self._lock:
            if tool.name in self and not (replace or _same_place(self._tools.get(tool.name), tool)):
                raise ConfigurationError(
                    f"There is another tool {tool.name!r}. Give yours another name, or register it with replace=True."
                )
            self._waiting.pop(tool.name, None)
            self._tools[tool.name] = tool
        return tool

    def unregister(self, name: str) -> None:
        """Forget a tool. One that is not there is no mistake."""
        with self._lock:
            self._tools.pop(name, None)
            self._waiting.pop(name, None)

    def get(self, name: str) -> AgentTool:
        """The tool of that name.

        Raises:
            UnknownNameError: If there is none. It names the nearest.
            ConfigurationError: If the package that offers it is broken.
        """
        with self._lock:
            if name in self._waiting:
                self._load(self._waiting[name])
            if name not in self._tools:
                raise UnknownNameError("tool", name, self.names())
            return self._tools[name]

    def select(self, names: str | Iterable[str]) -> list[AgentTool]:
        """The tools of some names, each once: `"math_eval, time_now"` or a list. `"files_*"` is all that begin so.

        Raises:
            UnknownNameError: If there is no tool of one of the names.
        """
        parts = [part.strip() for part in (names.split(",") if isinstance(names, str) else names)]
        wanted = dict.fromkeys(name for part in parts if part for name in self.matching(part))
        return [self.get(name) for name in wanted]

    def matching(self, name: str) -> list[str]:
        """The names that a pattern such as `"files_*"` means; of a name without a star, the name itself.

        Raises:
            UnknownNameError: If it means none.
        """
        if "*" not in name:
            return [name]
        found = fnmatch.filter(self.names(), name)
        if not found:
            raise UnknownNameError("tool", name, self.names())
        return found

    def names(self) -> list[str]:
        """All names, sorted. Nothing is imported."""
        return sorted({*self._tools, *self._waiting})

    def _load(self, point: EntryPoint) -> None:
        try:
            tool = as_tool(point.load())
        except _IMPORT_FAILURES as error:
            problem = f"The tool {point.name!r} of {_package_of(point)} cannot be loaded: {error}"
            raise ConfigurationError(problem) from error
        self._tools[point.name] = tool
        del self._waiting[point.name]

    def __contains__(self, name: object) -> bool:
        return name in self._tools or name in self._waiting

    def __len__(self) -> int:
        return len(self.names())

    def __iter__(self) -> Iterator[AgentTool]:
        """All tools, by name. A package that is broken is named in a warning and left out from then on."""
        for name in self.names():
            try:
                yield self.get(name)
            except ConfigurationError as error:
                self._waiting.pop(name, None)
                _warn(str(error))


@cache
def default_registry() -> ToolRegistry:
    """The registry of this process: our tools, those of installed packages, and those registered since."""
    # ours first, so that an installed package cannot take over a name by accident
    points = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda p: not p.value.startswith("jupyter_tools."))
    return ToolRegistry(points)


def _same_place(old: AgentTool | None, new: AgentTool) -> bool:
    return old is not None and _place(old) == _place(new) is not None


def _place(tool: AgentTool) -> tuple[str, str] | None:
    function = tool.function
    if function is None or not hasattr(function, "__qualname__"):
        return None
    return function.__module__, function.__qualname__


def _package_of(point: EntryPoint) -> str:
    return f"the package {point.dist.name!r}" if point.dist is not None else repr(point.value)


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=3)
