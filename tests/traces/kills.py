"""A process that records tool calls, killed in the middle: how many finished calls are lost, and is the file sound?"""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

FLUSHED_WITHIN_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a killed process has left.

    Attributes:
        finished: How many calls had ended in time to be on disk.
        stored: How many of them are there, finished.
        sound: True if SQLite finds nothing wrong with the file.
    """

    finished: int
    stored: int
    sound: bool


def killed(path: Path, after_s: float, within_s: float = FLUSHED_WITHIN_S) -> Outcome:
    """Start recording to `path` and kill the process `after_s` after its first call.

    Args:
        path: The file.
        after_s: When it is killed.
        within_s: How soon a call that has ended must be on disk.
    """
    command = [sys.executable, "-m", "tests.traces.kill_child", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        head = [child.stdout.readline()]
        time.sleep(after_s)
        os.kill(child.pid, signal.SIGKILL)
        killed_at = time.monotonic()
        lines = [line.split() for line in [*head, *child.stdout.read().splitlines()]]
    ended = [(int(line[0]), float(line[1])) for line in lines if len(line) == 2]  # the last line may be cut
    finished = max((number + 1 for number, at in ended if at < killed_at - within_s), default=0)
    return _outcome(path, finished)


def _outcome(path: Path, finished: int) -> Outcome:
    connection = sqlite3.connect(path)
    try:
        is_finished = "kind = 'tool' AND status = 'ok' AND CAST(substr(tool_call_id, 6) AS INTEGER) < ?"
        (stored,) = connection.execute(f"SELECT count(*) FROM spans WHERE {is_finished}", (finished,)).fetchone()
        sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()
    return Outcome(finished=finished, stored=stored, sound=sound)
