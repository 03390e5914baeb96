"""`attempt`: run somebody's code and come back, whatever it does. The one place that catches everything."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import encodable
from jupyter_tools.messages import TextContent

T = TypeVar("T")

_THIS_PACKAGE = str(Path(__file__).parent)
_MAX_FRAMES = 20


async def attempt(
    call: Callable[[], Any], convert: Callable[[Any], T] | None = None
) -> tuple[T | None, BaseException | None]:
    """Call, await what the call returns if need be, and convert it: (value, None) or (None, error).

    Tools run through this coroutine wherever they run; `attempt_in_thread` drives it where there is no event loop.
    """
    try:
        value = call()
        if hasattr(value, "__await__"):
            value = await value
        return (convert(value) if convert is not None else value), None
    except BaseException as error:
        if _is_not_the_codes(error):
            raise
        return None, error


def attempt_in_thread(
    call: Callable[[], Any], convert: Callable[[Any], T] | None = None
) -> tuple[T | None, BaseException | None]:
    """`attempt` in a thread or process without an event loop; asynchronous code gets a loop of its own."""
    return _drive(attempt(lambda: _finished(call()), convert))


def _finished(value: Any) -> Any:
    return asyncio.run(_awaited(value)) if hasattr(value, "__await__") else value


async def _awaited(value: Any) -> Any:
    return await value


def _drive(coroutine: Any) -> Any:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("code that should not wait has waited")


def _is_not_the_codes(error: BaseException) -> bool:
    """True for what the interpreter raises inside somebody's code though it is not theirs."""
    if isinstance(error, GeneratorExit):  # a coroutine being thrown away
        return True
    # Ctrl-C reaches only the main thread; anywhere else the code has raised it itself
    return isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()


def failure_result(error: BaseException) -> AgentToolResult:
    """What is said of a failure: its kind and text to the model and the page, the traceback to the page alone."""
    if isinstance(error, JupyterToolsError):  # its text says what to do
        return error_result(str(error), error=type(error).__name__, message=str(error))
    text = "".join(traceback.format_exception_only(error)).strip()
    kind = type(error).__name__
    message = text.partition(": ")[2] or text
    return error_result(text, error=kind, message=message, traceback=_traceback_text(error))


def _traceback_text(error: BaseException) -> str:
    frames = traceback.format_exception(type(error), error, _outside(error.__traceback__), limit=-_MAX_FRAMES)
    return "".join(frames)


def _outside(frames: TracebackType | None) -> TracebackType | None:
    """`frames` from the first one that is not the engine's: a tool's author looks for their own lines."""
    first = frames
    while first is not None and first.tb_frame.f_code.co_filename.startswith(_THIS_PACKAGE):
        first = first.tb_next
    return first or frames


def error_result(text: str, **details: str) -> AgentToolResult:
    """An error result of plain text."""
    told = {name: encodable(detail) for name, detail in details.items()}
    return AgentToolResult(content=(TextContent(text=text),), details=told or None, is_error=True)
