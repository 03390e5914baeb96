"""Evaluates the attacks with one evaluator, each in a forked child with limits. Run by test_math_eval, which compares.

What is asked of an evaluator: under a second of CPU, under 50 MiB, and a value that JSON can carry, or a refusal.
"""

import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.builtin_tools.math_attacks import ATTACKS

MAX_S, MAX_MIB, MAX_GROWN_BYTES = 1.0, 50, 1 << 30
GOOD, UNSENDABLE = 0, 3


def evaluator(name: str) -> Callable[[str], Any]:
    """The evaluator as its own documentation says to use it."""
    match name:
        case "math_eval":
            from jupyter_tools.builtin_tools.math_eval import math_eval

            return lambda text: math_eval(text)
        case "simpleeval":
            from simpleeval import simple_eval

            return simple_eval
        case "asteval":
            from asteval import Interpreter

            interpreter = Interpreter()
            return lambda text: interpreter(text, show_errors=False)
    raise ValueError(name)


def peak_mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def attack(evaluate: Callable[[str], Any], text: str) -> None:
    """In the child. It ends with a code that says how."""
    resource.setrlimit(resource.RLIMIT_CPU, (2, 3))
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115
    resource.setrlimit(resource.RLIMIT_AS, (size + MAX_GROWN_BYTES, size + MAX_GROWN_BYTES))
    signal.setitimer(signal.ITIMER_VIRTUAL, MAX_S * 1.2)  # its signal ends the process
    try:
        value = evaluate(text)
    except MemoryError:
        os._exit(GOOD + 4)
    except Exception:  # noqa: BLE001  # a refusal, whatever it is
        os._exit(GOOD)
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError, OverflowError):
        os._exit(UNSENDABLE)
    os._exit(GOOD)


def verdict(evaluate: Callable[[str], Any], text: str) -> str:
    """What became of one attack."""
    before = peak_mib(resource.getrusage(resource.RUSAGE_SELF))
    child = os.fork()
    if child == 0:
        attack(evaluate, text)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code in (-signal.SIGVTALRM, -signal.SIGXCPU) or usage.ru_utime + usage.ru_stime > MAX_S:
        return "too slow"
    if code == GOOD + 4 or peak_mib(usage) - before > MAX_MIB:
        return "too much memory"
    if code < 0:
        return "process died"
    return "cannot be sent" if code == UNSENDABLE else "bounded"


def main() -> None:
    evaluate = evaluator(sys.argv[1])
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    sys.stdout.write(json.dumps(Counter(verdict(evaluate, text) for text in ATTACKS)))


if __name__ == "__main__":
    main()
