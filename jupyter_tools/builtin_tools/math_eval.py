"""`math_eval`: a calculator for arithmetic expressions. Any input ends at once, in little memory.

`math_notation` lets only numbers, names and operators reach Python's parser, and the tree is walked by hand. No number
may grow beyond `MAX_DIGITS` digits: where one could grow fast, that is checked before it is computed.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from jupyter_tools.builtin_tools.math_notation import MAX_DEPTH, MAX_LENGTH, RefusedError, python_source
from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample

Number: TypeAlias = "int | float"

MAX_DIGITS = 1000
_MAX_BITS = int(MAX_DIGITS * math.log2(10))
_MAX_FACTORIAL = 449  # 450! has more than MAX_DIGITS digits


@tool(
    examples=[
        ToolExample(request="What is 12.5 % of 3,480?", arguments={"expression": "3480 * 12.5 / 100"}),
        ToolExample(
            request="What is the square root of 2 to the power of 10?", arguments={"expression": "sqrt(2**10)"}
        ),
    ]
)
def math_eval(expression: str) -> JsonObject:
    """Calculate an arithmetic expression.

    Args:
        expression: Such as "2 * (3 + 4) ** 2". Operators + - * / // % **, functions sqrt sin cos tan log exp abs round
            max min sum, constants pi e.
    """
    shown = expression.strip()
    if len(shown) > MAX_LENGTH:
        shown = f"{shown[:100]}..."
    try:
        source, notes = python_source(expression, _FUNCTIONS, _CONSTANTS)
        result = _value(_tree(source))
    except RefusedError as refusal:
        return {"error": str(refusal), "expression": shown, "success": False}
    answer: JsonObject = {"result": result, "expression": shown, "success": True, "type": type(result).__name__}
    return {**answer, "note": " ".join(notes)} if notes else answer


def _tree(source: str) -> ast.expr:
    try:
        return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise RefusedError(f"This is not a complete expression: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise RefusedError("The expression is too large to be read.") from error


def _checked(value: object) -> Number:
    """A result that is a finite real number of bearable size."""
    if isinstance(value, complex):
        raise RefusedError("The result is a complex number, which is not supported.")
    if isinstance(value, float) and not math.isfinite(value):
        raise RefusedError("The result is not a finite number.")
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise RefusedError(_TOO_LARGE)
    return cast("Number", value)


def _power(base: Number, exponent: Number) -> object:
    if isinstance(base, int) and isinstance(exponent, int) and (base.bit_length() - 1) * exponent > _MAX_BITS:
        raise RefusedError(_TOO_LARGE)
    return base**exponent


def _percent_of(percent: Number, whole: Number) -> Number:
    return percent * whole / 100


def _factorial(number: Number) -> int:
    if not isinstance(number, int) or number < 0:
        raise RefusedError("factorial takes a whole number that is not negative.")
    if number > _MAX_FACTORIAL:
        raise RefusedError(_TOO_LARGE)
    return math.factorial(number)


def _round(number: Number, digits: Number = 0) -> Number:
    if not isinstance(digits, int) or abs(digits) > MAX_DIGITS:
        raise RefusedError("round takes a whole number of digits, such as round(2.567, 2).")
    return round(number, digits) if digits else round(number)


def _sum(*numbers: Number) -> Number:
    return sum(numbers)


_TOO_LARGE = f"The result would have more than {MAX_DIGITS:,} digits."
_MANY = 10**6
_OPERATORS: dict[type[ast.operator], Callable[[Number, Number], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.MatMult: _percent_of,  # how `python_source` writes "5% of 200"
}
_CONSTANTS = {"pi": math.pi, "e": math.e}
# name -> function, least and most arguments
_FUNCTIONS: dict[str, tuple[Callable[..., object], int, int]] = {
    "sqrt": (math.sqrt, 1, 1),
    "sin": (math.sin, 1, 1),
    "cos": (math.cos, 1, 1),
    "tan": (math.tan, 1, 1),
    "asin": (math.asin, 1, 1),
    "acos": (math.acos, 1, 1),
    "atan": (math.atan, 1, 1),
    "degrees": (math.degrees, 1, 1),
    "radians": (math.radians, 1, 1),
    "log": (math.log, 1, 2),
    "ln": (math.log, 1, 1),
    "log2": (math.log2, 1, 1),
    "log10": (math.log10, 1, 1),
    "exp": (math.exp, 1, 1),
    "abs": (abs, 1, 1),
    "round": (_round, 1, 2),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "factorial": (_factorial, 1, 1),
    "pow": (_power, 2, 2),
    "max": (max, 1, _MANY),
    "min": (min, 1, _MANY),
    "sum": (_sum, 1, _MANY),
}
_OF_LISTS = {"max", "min", "sum"}


def _value(node: ast.expr, depth: int = 0) -> Number:
    if depth > MAX_DEPTH:
        raise RefusedError(f"The expression is nested more than {MAX_DEPTH} levels deep.")
    match node:
        case ast.Constant(value=int() | float() as number):
            return _checked(number)
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, depth + 1)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, depth + 1)
        case ast.BinOp():
            return _chain(node, depth)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return _call(name, arguments, depth)
        case _:
            raise RefusedError(_why_not(node))


def _chain(node: ast.BinOp, depth: int) -> Number:
    """1 + 2 + 3 ... nests to the left, as deep as it is long: a loop takes it."""
    steps: list[ast.BinOp] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp):
        steps.append(left)
        left = left.left
    value = _value(left, depth + 1)
    for step in reversed(steps):
        value = _computed("", _OPERATORS[type(step.op)], (value, _value(step.right, depth + 1)))
    return value


def _call(name: str, arguments: list[ast.expr], depth: int) -> Number:
    function, least, most = _FUNCTIONS[name]
    if name in _OF_LISTS and len(arguments) == 1 and isinstance(arguments[0], ast.List):
        arguments = arguments[0].elts
    if not least <= len(arguments) <= most:
        raise RefusedError(_wrong_count(name, len(arguments)))
    values = [_value(argument, depth + 1) for argument in arguments]
    if name in {"max", "min"} and len(values) == 1:
        return values[0]
    return _computed(name, function, values)


def _wrong_count(name: str, count: int) -> str:
    _, least, most = _FUNCTIONS[name]
    numbers = (
        "one number" if most == 1 else f"{least} or more numbers" if most == _MANY else f"{least} to {most} numbers"
    )
    hint = " Write 3480 for 3,480." if count > most else ""
    return f"{name} takes {numbers}, not {count}.{hint}"


def _computed(name: str, function: Callable[..., object], values: Sequence[Number]) -> Number:
    try:
        return _checked(function(*values))
    except ZeroDivisionError as error:
        raise RefusedError("Division by zero.") from error
    except OverflowError as error:
        raise RefusedError("A number is too large for this operation.") from error
    except RefusedError:
        raise
    except ValueError as error:
        shown = ", ".join(str(value)[:20] for value in values)
        raise RefusedError(f"{name}({shown}) has no real value.") from error


def _why_not(node: ast.expr) -> str:
    match node:
        case ast.Tuple():
            return "A comma only separates a function's arguments. Write decimals with a point: 3.5 for 3,5."
        case ast.List():
            return f"A list is not a number. Lists are for {', '.join(sorted(_OF_LISTS))}, such as sum([1, 2, 3])."
        case ast.Name():
            return f"{node.id} is a function. Write {node.id}(...)."
        case _:
            return "Only numbers, + - * / // % **, parentheses and the known functions can be calculated."
