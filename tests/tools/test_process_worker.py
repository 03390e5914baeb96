import json
import subprocess
import sys

import cloudpickle

from jupyter_tools.tools.processes import LENGTH_BYTES, WORKER, Errand


def errand_of(code, **arguments) -> bytes:
    errand = Errand(
        tool_name="t",
        tool_call_id="c1",
        run_id="r",
        code=code,
        arguments=arguments,
        seed_signature=False,
        context_parameter=None,
        memory_limit_mb=None,
    )
    return cloudpickle.dumps(errand)


def test_the_worker_answers_in_lines_of_json_and_keeps_prints_out_of_them():
    def work(x):
        print("noise")  # noqa: T201
        return {"x": x, "odd": {1, 2}}

    worker = subprocess.Popen(
        [sys.executable, "-m", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with worker:
        payload = errand_of(work, x=1)
        worker.stdin.write(len(payload).to_bytes(LENGTH_BYTES, "big") + payload)
        worker.stdin.flush()
        line = worker.stdout.readline()
        assert worker.stdout.read() == b""
        assert worker.stderr.read() == b"noise\n"
    message = json.loads(line)
    assert message["kind"] == "result"
    assert message["result"]["details"] == {"x": 1, "odd": [1, 2]}
    assert worker.returncode == 0


def test_the_worker_ends_when_its_parent_is_gone():
    def sleep(_x):
        import time

        time.sleep(60)

    worker = subprocess.Popen([sys.executable, "-m", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    payload = errand_of(sleep, _x=1)
    worker.stdin.write(len(payload).to_bytes(LENGTH_BYTES, "big") + payload)
    worker.stdin.close()
    assert worker.wait(timeout=20) == 1
    worker.stdout.close()
