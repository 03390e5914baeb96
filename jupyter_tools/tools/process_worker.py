"""The other side of `processes`: what runs in a tool's own process. Started as `python -m`, once a call."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import sys
import threading
from typing import IO, Any

from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import content_to_dict
from jupyter_tools.tools.attempt import attempt_in_thread, failure_result
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.json_text import json_text
from jupyter_tools.tools.processes import LENGTH_BYTES, Errand
from jupyter_tools.tools.results import to_result


def main() -> None:
    """Read the errand from standard input, run it, and write progress and result as lines of JSON."""
    answers = _private_output()
    stdin = sys.stdin.buffer
    length = int.from_bytes(stdin.read(LENGTH_BYTES), "big")
    payload = stdin.read(length)
    threading.Thread(target=_end_with_parent, args=(stdin,), daemon=True).start()
    result, error = attempt_in_thread(lambda: _run(pickle.loads(payload), answers), to_result)
    _say(answers, "result", failure_result(error) if error is not None else result or AgentToolResult())
    os._exit(0)  # threads that the tool has left behind must not hold this process


def _private_output() -> IO[bytes]:
    """The pipe to the parent, out of reach of `print`, whose text goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _end_with_parent(stdin: IO[bytes]) -> None:
    """The parent never closes its end while it lives."""
    stdin.read(1)
    os._exit(1)


def _run(errand: Errand, answers: IO[bytes]) -> Any:
    try:
        _limit_memory(errand.memory_limit_mb)
        return _call(errand, answers)
    except MemoryError as error:
        text = f"{errand.tool_name} needed more than its {errand.memory_limit_mb} MB of memory"
        raise MemoryError(text) from error


def _call(errand: Errand, answers: IO[bytes]) -> Any:

    def on_update(update: AgentToolResult | str) -> None:
        _say(answers, "update", to_result(update))

    if errand.seed_signature:
        return errand.code(errand.tool_call_id, errand.arguments, None, on_update)
    arguments = errand.arguments
    if errand.context_parameter is not None:
        logger = logging.getLogger(f"jupyter_tools.tools.{errand.tool_name}")
        context = ToolContext(
            run_id=errand.run_id, tool_call_id=errand.tool_call_id, logger=logger, _on_update=on_update
        )
        arguments = {**arguments, errand.context_parameter: context}
    return errand.code(**arguments)


def _limit_memory(limit_mb: int | None) -> None:
    if limit_mb is None:
        return
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limit on this platform
        import resource

        # Of the limits it is the one that counts what is written to and not what is merely reserved.
        resource.setrlimit(resource.RLIMIT_DATA, (limit_mb * 2**20, limit_mb * 2**20))


def _say(answers: IO[bytes], kind: str, result: AgentToolResult) -> None:
    said = {
        "content": [content_to_dict(block) for block in result.content],
        "details": result.details,
        "is_error": result.is_error,
        "terminate": result.terminate,
    }
    answers.write(json_text({"kind": kind, "result": said})[0].encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
