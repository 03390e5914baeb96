"""`run_python`: code of the model's in the notebook, among its variables, in the main thread."""

from __future__ import annotations

import ast
import inspect
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any

from jupyter_tools.events import AgentToolResult
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.messages import ImageContent, TextContent, UserContent
from jupyter_tools.notebook.kernel_call import in_main_thread, shell_for
from jupyter_tools.tools.attempt import attempt_in_thread
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.results import shorten, to_result
from jupyter_tools.tools.tool import ToolExample

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAX_OUTPUT = 20_000  # characters of what the code prints, for the model
_FILE = "<run_python>"


@tool(
    requires_approval=True,
    sequential=True,  # what a tool beside it prints would count as its own
    timeout_s=600,
    examples=[
        ToolExample(request="What is the mean of the column mass of df?", arguments={"code": 'df["mass"].mean()'}),
        ToolExample(request="Make x ten times as large", arguments={"code": "x = 10 * x\nx"}),
    ],
)
async def run_python(code: str) -> AgentToolResult:
    """Run Python code in the notebook, with its variables. Gives what it prints and the value of its last line.

    Args:
        code: Python code as in a cell. Variables that it sets stay in the notebook.
    """
    shell = shell_for("run_python")
    return await in_main_thread(partial(_run, shell, code))


def _run(shell: InteractiveShell, code: str) -> AgentToolResult:
    from IPython.utils.capture import capture_output

    with capture_output() as captured, _exit_is_an_error(shell):
        try:
            value, error = attempt_in_thread(partial(_value_of, shell, code), to_result)
            shell.events.trigger("post_execute")  # draws the figures that the code has made
        except KeyboardInterrupt:
            value, error = None, KeyboardInterrupt("the code was interrupted")
    shown = [block for output in captured.outputs for block in _blocks(output.data)]
    printed = shorten(f"{captured.stdout}{captured.stderr}", MAX_OUTPUT).rstrip("\n")
    before: list[UserContent] = [*([TextContent(text=printed)] if printed else []), *shown]
    if error is not None:
        return AgentToolResult(content=_on_lines([*before, TextContent(text=_failure(error))]), is_error=True)
    return _joined(before, value)


def _value_of(shell: InteractiveShell, code: str) -> Any:
    """Run the code. What its last line gives, unless that ends in a semicolon."""
    tree = _parsed(code)
    value = _last_value(tree, code)
    _remember_lines(code)
    _execute(shell, tree, "exec")
    return None if value is None else _execute(shell, value, "eval")


def _parsed(code: str) -> ast.Module:
    """The code's tree. What is no plain Python may be magics."""
    from IPython.core.inputtransformer2 import TransformerManager

    with suppress(SyntaxError):
        return ast.parse(code, _FILE)
    return ast.parse(TransformerManager().transform_cell(code), _FILE)


def _last_value(tree: ast.Module, code: str) -> ast.Expression | None:
    """Take the last line off the tree if it is an expression without a semicolon behind it."""
    if tree.body and isinstance(last := tree.body[-1], ast.Expr) and not code.rstrip().endswith(";"):
        tree.body.pop()
        return ast.Expression(last.value)
    return None


def _remember_lines(code: str) -> None:
    """Let tracebacks show the code's lines."""
    import linecache

    linecache.cache[_FILE] = (len(code), None, code.splitlines(keepends=True), _FILE)


def _execute(shell: InteractiveShell, tree: ast.Module | ast.Expression, mode: str) -> Any:
    compiled = compile(tree, _FILE, mode, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    value = eval(compiled, shell.user_ns)  # what the person has approved
    if not compiled.co_flags & inspect.CO_COROUTINE:
        return value
    return loop_thread().run(value)  # the main thread's own loop is busy: it runs this


def _joined(before: list[UserContent], value: AgentToolResult | None) -> AgentToolResult:
    """What was printed and shown, and then the value, if there is any."""
    if value is None or not before:
        return value or to_result(None)
    drawn = any(isinstance(block, ImageContent) for block in before)  # what the last line gives is then drawn already
    blocks = (
        [] if value == to_result(None) else [b for b in value.content if not (drawn and isinstance(b, ImageContent))]
    )
    return AgentToolResult(content=_on_lines([*before, *blocks]))


def _on_lines(blocks: list[UserContent]) -> tuple[UserContent, ...]:
    """The blocks, each text on lines of its own."""
    texts = [isinstance(block, TextContent) for block in blocks]
    return tuple(
        replace(block, text=f"{block.text}\n")
        if isinstance(block, TextContent) and True in texts[place + 1 :]
        else block
        for place, block in enumerate(blocks)
    )


def _blocks(data: Any) -> Iterator[UserContent]:
    """What `display` showed: its picture, else its text."""
    import base64

    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            raw = data[kind]
            text = base64.b64encode(raw).decode() if isinstance(raw, bytes) else str(raw).strip()
            yield ImageContent(data=text, mime_type=kind)
            return
    if "text/plain" in data:
        yield TextContent(text=shorten(str(data["text/plain"]), MAX_OUTPUT))


def _failure(error: BaseException) -> str:
    """The traceback from the code's own first line on, without the machine's paths above it."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != _FILE:
        frames = frames.tb_next
    return shorten("".join(_format(error, frames)).strip(), MAX_OUTPUT)


def _format(error: BaseException, frames: TracebackType | None) -> list[str]:
    if frames is None or isinstance(error, SystemExit):
        return traceback.format_exception_only(error)
    return traceback.format_exception(type(error), error, frames, limit=-20, chain=False)


@contextmanager
def _exit_is_an_error(shell: InteractiveShell) -> Iterator[None]:
    """While code of a model's runs, `exit()` ends the code and not the kernel."""

    def refuse() -> None:
        raise SystemExit("the kernel is not ended by a tool")

    vars(shell)["ask_exit"] = refuse  # where `exit` and `quit` look
    try:
        yield
    finally:
        del vars(shell)["ask_exit"]
