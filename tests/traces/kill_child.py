"""A process that records tool calls until it is killed: `python -m tests.traces.kill_child STORE`.

It prints the number of each finished call together with the time, so that the test knows what had to be on disk.
"""

import sys
import time

from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_end, tool_start


def main(path: str) -> None:
    recorder = TraceRecorder(TraceStore(path))
    for event in run()[:2]:
        recorder.record(event)
    for number in range(10_000):
        recorder.record(tool_start(f"call_{number}"))
        recorder.record(tool_end(f"call_{number}", text_result(f"ответ {number}" * 20)))
        if number % 50 == 0:
            sys.stdout.write(f"{number} {time.monotonic()}\n")
            sys.stdout.flush()
            time.sleep(0.005)
    time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
