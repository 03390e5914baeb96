import json
import math
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.math_eval import MAX_DIGITS, math_eval
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.validation import validate_tool_arguments

HERE = Path(__file__).parent


def result(expression):
    answer = math_eval(expression)
    assert answer["success"], answer
    return answer["result"]


def error(expression):
    answer = math_eval(expression)
    assert answer["success"] is False
    assert "result" not in answer
    return answer["error"]


def test_the_answer_has_the_documented_keys():
    assert math_eval("2 + 2") == {"result": 4, "expression": "2 + 2", "success": True, "type": "int"}
    assert math_eval("1 / 2")["type"] == "float"


def test_a_refusal_has_the_documented_keys():
    assert math_eval("1 / 0") == {"error": "Division by zero.", "expression": "1 / 0", "success": False}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("-2 ** 2", -4),
        ("2 ** 3 ** 2", 512),
        ("2 ** -1", 0.5),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 3", 1),
        ("-7 % 3", 2),
        ("12345678901234567890 * 98765432109876543210", 12345678901234567890 * 98765432109876543210),
        ("2 ** 200", 2**200),
        ("12.5 % of 3,480", 435.0),
        ("12.5% of 3480", 435.0),
        ("7% of 100", 7.0),
        ("10 + 5% of 200", 20.0),
        ("10% of 20% of 50", 1.0),
        ("-5% of 200", -10.0),
        ("3480 * 12.5 / 100", 435.0),
        ("sqrt(16)", 4.0),
        ("sin(pi / 2)", 1.0),
        ("cos(0) + tan(0)", 1.0),
        ("log(e)", 1.0),
        ("log(8, 2)", 3.0),
        ("ln(1) + log2(8) + log10(100)", 5.0),
        ("exp(0)", 1.0),
        ("abs(-5)", 5),
        ("round(2.567, 2)", 2.57),
        ("round(2.5)", 2),
        ("round(1234, -2)", 1200),
        ("floor(2.7) + ceil(2.1)", 5),
        ("factorial(20)", math.factorial(20)),
        ("pow(2, 10)", 1024),
        ("degrees(pi)", 180.0),
        ("radians(180)", math.pi),
        ("max(1, 2, 3)", 3),
        ("max([1, 2, 3])", 3),
        ("min(5)", 5),
        ("sum(1, 2, 3)", 6),
        ("sum([1, 2, 3])", 6),
        ("max(1,200)", 200),
        ("+".join(["1"] * 500), 500),
    ],
)
def test_it_calculates(expression, value):
    assert result(expression) == value
    assert type(result(expression)) is type(value)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("(-8) ** 0.5", "complex"),
        ("sqrt(-1)", "sqrt(-1) has no real value"),
        ("log(0)", "no real value"),
        ("asin(2)", "no real value"),
        ("1e999", "not a finite number"),
        ("1e308 * 10", "not a finite number"),
        ("1e308 ** 2", "too large"),
        ("exp(1000)", "too large"),
        ("sqrt(10 ** 900)", "too large"),
        ("10 ** 900 / 3", "too large"),
        ("5 % 0", "Division by zero"),
        ("0 ** -1", "Division by zero"),
        ("9 ** 9 ** 7", "more than 1,000 digits"),
        ("factorial(450)", "more than 1,000 digits"),
        ("factorial(-1)", "not negative"),
        ("factorial(2.5)", "whole number"),
        ("round(5, 10 ** 20)", "whole number of digits"),
        ("round(5, -10 ** 9)", "whole number of digits"),
        ("[1, 2, 3]", "A list is not a number"),
        ("[1] * 3", "A list is not a number"),
        ("max([[1]])", "A list is not a number"),
        ("max([1], [2])", "A list is not a number"),
        ("sqrt", "Write sqrt(...)"),
        ("3,5 + 1", "3.5 for 3,5"),
        ("sqrt(3,480)", "Write 3480 for 3,480"),
        ("max()", "1 or more numbers, not 0"),
        ("max([])", "1 or more numbers, not 0"),
        ("log(1, 2, 3)", "1 to 2 numbers, not 3"),
        ("max(*[1])", "can be calculated"),
        ("[1][0]", "operator between"),
        ("2 +", "not a complete expression"),
        ("(2", "not a complete expression"),
        ("007", "leading zeros"),
        ("2**" * 200 + "2", "nested more than 50"),
    ],
)
def test_it_refuses_with_a_reason(expression, reason):
    assert reason in error(expression)


def test_a_doubtful_reading_is_noted():
    assert math_eval("3,480 / 2")["note"] == "3,480 was read as 3480."
    assert math_eval("max(1,200)")["note"] == "1,200 was read as 2 numbers: 1, 200."


def test_integers_are_exact_up_to_their_limit():
    assert result(f"10 ** {MAX_DIGITS - 1}") == 10 ** (MAX_DIGITS - 1)
    assert "digits" in error(f"10 ** {MAX_DIGITS}")


def test_a_long_expression_is_not_repeated_whole():
    assert len(math_eval("1+" * 5000)["expression"]) < 200


def test_the_examples_fit_the_schema_and_are_calculated():
    for example in math_eval.examples:
        call = ToolCallContent(id="1", name="math_eval", arguments=dict(example.arguments))
        assert result(**validate_tool_arguments(math_eval, call))


# --- it agrees with Python ---
NUMBERS = st.integers(0, 10**6).map(str) | st.floats(0, 1e6, allow_nan=False).map(repr).filter(lambda t: "e" not in t)
EXPRESSIONS = st.recursive(
    NUMBERS | st.sampled_from(["pi", "e"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//"]), inner).map(" ".join),
        st.tuples(inner, inner).map(lambda p: f"({p[0]}) % ({p[1]})"),
        st.tuples(inner, st.integers(-3, 4)).map(lambda p: f"({p[0]}) ** {p[1]}"),
        inner.map(lambda x: f"(-{x})"),
        inner.map(lambda x: f"({x})"),
        st.tuples(st.sampled_from(["sin", "cos", "abs", "round", "floor", "ceil", "sqrt"]), inner).map(
            lambda p: f"{p[0]}({p[1]})"
        ),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: f"max({', '.join(items)})"),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"sum([{', '.join(items)}])"),
    ),
    max_leaves=8,
)
NAMES = {name: getattr(math, name) for name in ("sin", "cos", "floor", "ceil", "sqrt", "pi", "e")}
NAMES |= {"abs": abs, "round": round, "max": max, "sum": sum, "__builtins__": {}}


@given(EXPRESSIONS)
def test_it_agrees_with_python(expression):
    answer = math_eval(expression)
    if answer["success"]:
        assert answer["result"] == eval(expression, dict(NAMES))
    else:
        assert any(
            word in answer["error"]
            for word in ("zero", "finite", "large", "real", "complex", "digits", "longer", "nested")
        )


@given(st.text() | st.text("0123456789+-*/%()[]., eEpismaxqrt^_'\"{}:=!\\#", max_size=200))
def test_any_text_has_an_answer_that_json_can_say(text):
    answer = math_eval(text)
    assert answer["success"] is ("error" not in answer)
    assert json.dumps(answer, allow_nan=False)


def test_attacks_end_at_once_in_little_memory():
    """In a child process that dies at 2 s of CPU; memory is measured after the import, and each attack is timed."""
    done = subprocess.run(
        [sys.executable, str(HERE / "math_attacks.py")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert len(report["seconds"]) > 60
    assert max(report["seconds"].values()) < 1
    assert report["grown_mib"] < 50


@pytest.mark.skipif(sys.platform != "linux", reason="the limits are Linux's")
def test_of_three_evaluators_only_this_one_bounds_every_attack(capsys):
    """Each attack has a child process of its own; the table is printed with the test run."""
    kinds = ("bounded", "too slow", "too much memory", "cannot be sent", "process died")
    told = {}
    for name in ("math_eval", "simpleeval", "asteval"):
        command = [sys.executable, "-m", "tests.builtin_tools.math_peers", name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        told[name] = json.loads(done.stdout)
    head = f"{'attacks':12}" + "".join(f"{kind:>17}" for kind in kinds)
    rows = [f"{name:12}" + "".join(f"{counts.get(kind, 0):>17}" for kind in kinds) for name, counts in told.items()]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join([head, *rows]) + "\n")
    assert told["math_eval"] == {"bounded": sum(told["simpleeval"].values())}


def test_random_operator_soup_is_bounded():
    rng = random.Random(5)
    for _ in range(300):
        text = "".join(
            rng.choice(["9", "**", "(", ")", "-", "factorial(", ",", "[", "]", "%", "max(", " "]) for _ in range(300)
        )
        assert isinstance(math_eval(text)["success"], bool)
