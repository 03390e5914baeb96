"""A hundred thousand calls leave nothing behind."""

import json
import subprocess
import sys

from tests.tools.soak import BATCH, BATCHES


def test_a_hundred_thousand_calls_grow_neither_memory_nor_threads_nor_tasks():
    command = [sys.executable, "-m", "tests.tools.soak"]
    grown = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    assert grown["events"] == BATCHES * BATCH * 5
    assert grown["bytes"] < 100_000
    assert grown["objects"] < 1000
    assert (grown["tasks"], grown["running"]) == (0, 0)
    assert grown["threads"] <= 0
