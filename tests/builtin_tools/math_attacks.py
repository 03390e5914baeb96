"""Evaluates what should break a calculator and reports what it cost. Run in a process of its own by test_math_eval."""

import json
import resource
import sys
import time

from jupyter_tools.builtin_tools.math_eval import math_eval

NINES = "9" * 990
ATTACKS = [
    # towers and powers
    "9**9**7", "9**9**9**9", "9**9**9**9**9**9**9", "10**10**10", "2**(2**(2**(2**5)))", "(-9)**9**9", "9.9**9**9",
    "2**-9**9", "pow(9, pow(9, 9))", "(9**300)**(9**300)", "1**9**9", "(0-1)**(10**900)", "0**(10**900)", "2**0.5**9**9",
    f"{NINES}**9", f"9**{NINES}", f"{NINES[:490]}*{NINES[:490]}", "*".join(["9" * 90] * 10),
    # factorials
    "factorial(10**9)", "factorial(factorial(20))", "factorial(factorial(factorial(5)))", "factorial(449)", "factorial(1e5)",
    "factorial(449)*factorial(449)", "factorial(449)**factorial(449)",
    # literals
    "9" * 1000, "9" * 100_000, "9" * 5_000_000, "1e999999999", "0." + "1" * 990, "1_" * 490 + "1", "0x" + "f" * 900,
    # nesting and chains
    "(" * 490 + "1" + ")" * 490, "(" * 100_000, "[" * 1000, "-" * 999 + "1", "+-" * 499 + "1", "--" * 1_000_000,
    "+".join("1" * 500), "*".join("9" * 500), "**".join("1" * 330), "//".join("9" * 330), "%".join("9" * 500),
    "abs(" * 200 + "1" + ")" * 200, "sqrt(" * 160 + "2" + ")" * 160, "max([" * 150 + "1" + "])" * 150, "1," * 499 + "1",
    "max(" + "1," * 490 + "1)", "sum([" + "9**99," * 150 + "1])",
    # rounding
    "round(5, -10**9)", "round(10**900, -10**9)", "round(5.5, 10**9)", "round(1e308, 308)", "floor(1e308)*floor(1e308)",
    # text, lists and format strings
    "'a'*10**9", "'%0999999999d' % 1", "'{:0999999999}'.format(1)", "f'{1:0999999999}'", "[1]*10**9", "[0]*9**9", "(1,)*10**9",
    "'\\u0000'*9", "b'a'*10**9", "\"\"\"", "'" * 999,
    # names, attributes, statements
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "sqrt.__self__", "math.sqrt.__globals__",
    "open('/etc/passwd')", "eval('1')", "exec('1')", "lambda: 0", "(lambda f: f(f))(lambda f: f(f))", "[x for x in [1]*9**9]",
    "(x for x in [1])", "{x: x for x in [1]}", "(y := 9**9**9)", "import os", "while 1: pass", "1 if 1 else 2", "yield 1", "await 1",
    "max(*[1])", "max(key=1)", "x.y.z", "[1,2][0]", "[1,2][::]", "...", "True + True", "not 1", "1 and 9**9**9", "1 < 2",
    # odd characters
    "\0", "1\0+1", "\ud800", "١٢٣", "１＋１", "𝟗**𝟗**𝟗", "²", "\u202e1+1", "\ufeff1", "1\r\n+1", "\\\n1", "#", "1;2", "`1`", "1 @ 2", "5!!",
    # percent and thousands
    "5% of " * 150 + "1", "1,000," * 140 + "000", "1 000 " * 140 + "000", "5%" * 490, "%" * 999, "= ?" * 300,
    " " * 1_000_000, "=" * 100_000, "\n" * 999 + "1",
]  # fmt: skip


def peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))
    math_eval("1 + 1")
    before = peak_mib()
    seconds: dict[str, float] = {}
    for attack in ATTACKS:
        began = time.perf_counter()
        json.dumps(math_eval(attack), allow_nan=False)
        seconds[f"{len(seconds)}: {ascii(attack)[:40]}"] = time.perf_counter() - began
    sys.stdout.write(json.dumps({"seconds": seconds, "grown_mib": peak_mib() - before}))


if __name__ == "__main__":
    main()
