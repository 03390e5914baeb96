"""A process of its own for one call of a tool: killed at the deadline, with limited memory.

The process is a fresh Python, not a fork: a notebook's kernel has threads, and a fork of it may hang on a lock that one
of them held. So the function is sent there with cloudpickle, which takes functions written in a notebook as well. What
comes back is JSON: nothing that a tool's process says is unpickled here.

It keeps a tool's loops, crashes and memory away from the kernel. It does not keep files or the network from a tool.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, cast

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.attempt import error_result
from jupyter_tools.tools.results import to_result

WORKER = "jupyter_tools.tools.process_worker"
LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a tool's process is sent to do.

    Attributes:
        tool_name: The tool's name.
        tool_call_id: The call's id.
        run_id: The run it belongs to.
        code: `execute` if `seed_signature`, else the function.
        arguments: What it is called with.
        seed_signature: True if it takes (tool_call_id, args, signal, on_update).
        context_parameter: The function's parameter that takes a `ToolContext`, if it has one.
        memory_limit_mb: How much memory it may have, where the platform can tell; None for any.
    """

    tool_name: str
    tool_call_id: str
    run_id: str
    code: Callable[..., Any]
    arguments: JsonObject
    seed_signature: bool
    context_parameter: str | None
    memory_limit_mb: int | None


class ToolProcess:
    """One process for one errand. `run` blocks; `kill` may be called from any thread."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False

    def run(self, on_update: Callable[[AgentToolResult], object]) -> AgentToolResult:
        """Run the errand to its end.

        Raises:
            ToolDefinitionError: If the function cannot be sent to another process.
        """
        payload = packed(self._errand)
        process = self._started()
        if process is None:
            return self._died(None)
        with process:
            result = _talk(process, payload, on_update)
            self.kill()  # what the tool has started and left behind ends with it
        return result or self._died(process.returncode)

    def _started(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._killed:
                return None
            self._process = subprocess.Popen(
                [sys.executable, "-m", WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
                start_new_session=True,
            )
            return self._process

    def kill(self) -> None:
        """End the process at once, with all that it has started."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                _kill(self._process)

    def _died(self, returncode: int | None) -> AgentToolResult:
        how = "" if returncode is None else f" (exit code {returncode}{_signal_name(returncode)})"
        text = f"The process of {self._errand.tool_name} ended without a result{how}."
        if self._errand.memory_limit_mb is not None and returncode is not None and returncode < 0:
            text += f" It may have needed more than its {self._errand.memory_limit_mb} MB of memory."
        return error_result(text, error="ProcessDied")


def packed(errand: Errand) -> bytes:
    """The errand as bytes.

    Raises:
        ToolDefinitionError: If the function or an argument cannot be sent to another process.
    """
    dumps = cast("Callable[[object], bytes]", import_module("cloudpickle").dumps)
    try:
        return dumps(errand)
    except (pickle.PicklingError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ToolDefinitionError(
            errand.tool_name,
            f"its function cannot be sent to a process of its own ({error}). "
            'Open files, locks and connections inside the function, or use isolation="thread".',
        ) from error


def _talk(
    process: subprocess.Popen[bytes], payload: bytes, on_update: Callable[[AgentToolResult], object]
) -> AgentToolResult | None:
    """Send the errand and listen until the result. None if the process died before it."""
    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        stdin.write(len(payload).to_bytes(LENGTH_BYTES, "big"))
        stdin.write(payload)
        stdin.flush()  # not closed: the process ends by itself when this end is gone
    for line in stdout:
        with contextlib.suppress(ValueError, TypeError):  # not ours: somebody has written into the pipe
            message = json.loads(line)
            if message["kind"] == "result":
                return to_result(message["result"])
            on_update(to_result(message["result"]))
    return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _signal_name(returncode: int) -> str:
    with contextlib.suppress(ValueError):
        return f", {signal.Signals(-returncode).name}"
    return ""
