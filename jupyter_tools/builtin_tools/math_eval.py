"""`math_eval`: a calculator for arithmetic expressions. Any input ends at once, in little memory.

The text is cut into numbers, names and operators first: what is none of these never reaches Python's parser. The tree
is then walked by hand. No number may grow beyond `MAX_DIGITS` digits, which is checked before it is computed.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, cast

from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample

Number: TypeAlias = "int | float"

MAX_LENGTH = 1000
MAX_DEPTH = 50
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
        source, notes = _source(expression)
        result = _value(_tree(source))
    except _RefusedError as refusal:
        return {"error": str(refusal), "expression": shown, "success": False}
    answer: JsonObject = {"result": result, "expression": shown, "success": True, "type": type(result).__name__}
    return {**answer, "note": " ".join(notes)} if notes else answer


class _RefusedError(ValueError):
    """Why an expression has no result. The text is for a person or a model."""


# --- from text to tokens ---
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<percent_of>%\s*of\b|%(?=\s*\*(?!\*))\s*\*)"
    r"|(?P<percent>%(?=\s*(?:[/),\]]|\*\*|$))|(?<=[0-9)])%(?=\s+[+-])|%(?=\s*[+-]\s))"
    r"|(?P<number>(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>(?:math\.)?[A-Za-z]\w*)"
    r"|(?P<operator>\*\*|//|[-+*/%(),\[\]])",
    re.ASCII,
)
_THOUSANDS = re.compile(
    r"(?<![\w.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![\w,])|(?<![\w.])[1-9][0-9]{0,2}(?: [0-9]{3})+(?!\w)"
)
_SPELLINGS = str.maketrans(
    {"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "π": " pi ", "\u00a0": " ", "\u202f": " "}
)
_UNITS = "Leave out currencies and other units."
_TEXT = "Only numbers can be calculated, not text."
_TRUTH = "What is true or false is not a number."
_HINTS = {
    "^": "Write powers with **, such as 2**3.",
    "²": "Write powers with **, such as 3**2.",
    "³": "Write powers with **, such as 3**3.",
    "√": "Write sqrt(2) for √2.",
    "!": "Write factorial(5) for 5!.",
    "=": "Only an expression can be calculated, not an equation or assignment.",
    ":": "Only an expression can be calculated, not an equation or assignment.",
    **dict.fromkeys("$€£₽", _UNITS),
    **dict.fromkeys("'\"", _TEXT),
    **dict.fromkeys("<>&|~", _TRUTH),
}
_NO_NUMBERS = {
    **dict.fromkeys(("true", "false", "and", "or", "not", "is", "in"), _TRUTH),
    **dict.fromkeys(("nan", "inf", "infinity"), "Only finite numbers can be calculated."),
    **dict.fromkeys(("i", "j"), "Complex numbers are not supported."),
}
_PERCENT = "Write a percentage as a division, such as 5/100, or as 5% of 200; the remainder as 7 % 5."


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _source(expression: str) -> tuple[str, list[str]]:
    """The expression as Python would write it, and notes on what could have been read in another way."""
    if len(expression) > MAX_LENGTH:
        raise _RefusedError(f"The expression is longer than {MAX_LENGTH:,} characters.")
    text = re.sub(r"\s*=\s*\??\s*$", "", expression.translate(_SPELLINGS)).strip()
    if not text:
        raise _RefusedError("The expression is empty.")
    text, notes = _without_thousands(text)
    tokens = list(_tokens(text))
    _check_nesting(tokens)
    _check_neighbours(tokens)
    return " ".join("@" if token.kind == "percent_of" else token.text for token in tokens), notes


def _without_thousands(text: str) -> tuple[str, list[str]]:
    """Reads 3,480 as 3480 where a comma can separate nothing: outside of a function's arguments and of lists."""
    notes: list[str] = []

    def read(match: re.Match[str]) -> str:
        number = match.group()
        if "," in number and _between_arguments(text[: match.start()]):
            notes.append(f"{number} was read as {number.count(',') + 1} numbers: {number.replace(',', ', ')}.")
            return number
        joined = number.replace(",", "").replace(" ", "")
        notes.append(f"{number} was read as {joined}.")
        return joined

    return _THOUSANDS.sub(read, text), notes


def _between_arguments(before: str) -> bool:
    """Whether the end of `before` stands inside a list or a function's arguments."""
    inside: list[bool] = []
    for position, character in enumerate(before):
        if character in "([":
            inside.append(character == "[" or before[:position].rstrip()[-1:].isalnum())
        elif character in ")]" and inside:
            inside.pop()
    return any(inside)


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _RefusedError(_bad_character(text[position]))
        kind = str(match.lastgroup)
        if kind == "percent":
            raise _RefusedError(_PERCENT)
        if kind == "name":
            yield _Token(kind, _known_name(match.group()))
        elif kind != "space":
            yield _Token(kind, match.group())
        position = match.end()


def _bad_character(character: str) -> str:
    shown = ascii(character) if ord(character) < 128 else f"{unicodedata.name(character, ascii(character))}"
    return f"The character {shown} cannot be used. {_HINTS.get(character, '')}".strip()


def _known_name(written: str) -> str:
    name = written.removeprefix("math.").lower()
    if name in _FUNCTIONS or name in _CONSTANTS:
        return name
    reason = _NO_NUMBERS.get(name)
    if reason is None:
        nearest = difflib.get_close_matches(name[:40], [*_FUNCTIONS, *_CONSTANTS], n=1)
        known = ", ".join([*_FUNCTIONS, *_CONSTANTS])
        reason = f"Did you mean {nearest[0]}?" if nearest else f"Known: {known}."
    raise _RefusedError(f"There is no {written[:40]!r}. {reason}")


def _check_nesting(tokens: list[_Token]) -> None:
    """Before Python's parser sees it, which recurses."""
    depth = signs = 0
    for token in tokens:
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        signs = signs + 1 if token.text in {"+", "-"} else 0
        if depth > MAX_DEPTH or signs > MAX_DEPTH:
            raise _RefusedError(f"The expression is nested more than {MAX_DEPTH} levels deep.")


def _check_neighbours(tokens: list[_Token]) -> None:
    for index, (left, right) in enumerate(pairwise(tokens)):
        called = right.text == "(" and left.text in _FUNCTIONS
        if _ends_value(left) and _starts_value(right) and not called:
            raise _RefusedError(f"Write an operator between {left.text!r} and {right.text!r}, such as *.")
        if right.kind == "percent_of":
            before = tokens[index - 1].text if index else ""
            if left.kind != "number" or before in {"/", "//", "%", "**"}:
                raise _RefusedError(_PERCENT)


def _ends_value(token: _Token) -> bool:
    return token.kind in {"number", "name"} or token.text in {")", "]"}


def _starts_value(token: _Token) -> bool:
    return token.kind in {"number", "name"} or token.text in {"(", "["}


def _tree(source: str) -> ast.expr:
    try:
        return ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise _RefusedError(f"This is not a complete expression: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise _RefusedError("The expression is too large to be read.") from error


# --- from the tree to a number ---
def _checked(value: object) -> Number:
    """A result that is a finite real number of bearable size."""
    if isinstance(value, complex):
        raise _RefusedError("The result is a complex number, which is not supported.")
    if isinstance(value, float) and not math.isfinite(value):
        raise _RefusedError("The result is not a finite number.")
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        raise _RefusedError(_TOO_LARGE)
    return cast("Number", value)


def _power(base: Number, exponent: Number) -> object:
    if isinstance(base, int) and isinstance(exponent, int) and (base.bit_length() - 1) * exponent > _MAX_BITS:
        raise _RefusedError(_TOO_LARGE)
    return base**exponent


def _percent_of(percent: Number, whole: Number) -> Number:
    return percent * whole / 100


def _factorial(number: Number) -> int:
    if not isinstance(number, int) or number < 0:
        raise _RefusedError("factorial takes a whole number that is not negative.")
    if number > _MAX_FACTORIAL:
        raise _RefusedError(_TOO_LARGE)
    return math.factorial(number)


def _round(number: Number, digits: Number = 0) -> Number:
    if not isinstance(digits, int) or abs(digits) > MAX_DIGITS:
        raise _RefusedError("round takes a whole number of digits, such as round(2.567, 2).")
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
    ast.MatMult: _percent_of,  # how `_source` writes "5% of 200"
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
        raise _RefusedError(f"The expression is nested more than {MAX_DEPTH} levels deep.")
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
            raise _RefusedError(_why_not(node))


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
        wanted = f"{least}" if least == most else f"{least} or more" if most == _MANY else f"{least} or {most}"
        hint = " Write 3480 for 3,480." if arguments else ""
        raise _RefusedError(f"{name} takes {wanted} arguments, not {len(arguments)}.{hint}")
    values = [_value(argument, depth + 1) for argument in arguments]
    if name in {"max", "min"} and len(values) == 1:
        return values[0]
    return _computed(name, function, values)


def _computed(name: str, function: Callable[..., object], values: Sequence[Number]) -> Number:
    try:
        return _checked(function(*values))
    except ZeroDivisionError as error:
        raise _RefusedError("Division by zero.") from error
    except OverflowError as error:
        raise _RefusedError("A number is too large for this operation.") from error
    except _RefusedError:
        raise
    except ValueError as error:
        shown = ", ".join(str(value)[:20] for value in values)
        raise _RefusedError(f"{name}({shown}) has no real value.") from error


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
