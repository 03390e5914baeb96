"""What people and models write for arithmetic, brought to Python's notation: 3,480 and 12.5% of 200, × and π.

The text is cut into numbers, names and operators: what is none of these never reaches Python's parser.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

MAX_LENGTH = 1000
MAX_DEPTH = 50


class RefusedError(ValueError):
    """Why an expression has no result. The text is for a person or a model."""


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


def python_source(expression: str, functions: Collection[str], constants: Collection[str]) -> tuple[str, list[str]]:
    """The expression as Python would write it, and notes on what could have been read in another way.

    "5% of 200" becomes "5 @ 200": an operator that Python parses as it does * and / and that has no other use here.

    Args:
        expression: What a person or a model has written.
        functions: The names that may stand before parentheses.
        constants: The other names that may be used.

    Raises:
        RefusedError: If it is no arithmetic. The text says what to write instead.
    """
    if len(expression) > MAX_LENGTH:
        raise RefusedError(f"The expression is longer than {MAX_LENGTH:,} characters.")
    text = re.sub(r"\s*=\s*\??\s*$", "", expression.translate(_SPELLINGS)).strip()
    if not text:
        raise RefusedError("The expression is empty.")
    text, notes = _without_thousands(text)
    tokens = list(_tokens(text, [*functions, *constants]))
    _check_nesting(tokens)
    _check_neighbours(tokens, functions)
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


def _tokens(text: str, names: list[str]) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise RefusedError(_bad_character(text[position]))
        kind = str(match.lastgroup)
        if kind == "percent":
            raise RefusedError(_PERCENT)
        if kind == "name":
            yield _Token(kind, _known_name(match.group(), names))
        elif kind != "space":
            yield _Token(kind, match.group())
        position = match.end()


def _bad_character(character: str) -> str:
    shown = ascii(character) if ord(character) < 128 else f"{unicodedata.name(character, ascii(character))}"
    return f"The character {shown} cannot be used. {_HINTS.get(character, '')}".strip()


def _known_name(written: str, names: list[str]) -> str:
    name = written.removeprefix("math.").lower()
    if name in names:
        return name
    reason = _NO_NUMBERS.get(name)
    if reason is None:
        nearest = difflib.get_close_matches(name[:40], names, n=1)
        reason = f"Did you mean {nearest[0]}?" if nearest else f"Known: {', '.join(names)}."
    raise RefusedError(f"There is no {written[:40]!r}. {reason}")


def _check_nesting(tokens: list[_Token]) -> None:
    """Before Python's parser sees it, which recurses."""
    depth = signs = 0
    for token in tokens:
        depth += (token.text in {"(", "["}) - (token.text in {")", "]"})
        signs = signs + 1 if token.text in {"+", "-"} else 0
        if depth > MAX_DEPTH or signs > MAX_DEPTH:
            raise RefusedError(f"The expression is nested more than {MAX_DEPTH} levels deep.")


def _check_neighbours(tokens: list[_Token], functions: Collection[str]) -> None:
    for index, (left, right) in enumerate(pairwise(tokens)):
        called = right.text == "(" and left.text in functions
        if _ends_value(left) and _starts_value(right) and not called:
            raise RefusedError(f"Write an operator between {left.text!r} and {right.text!r}, such as *.")
        if right.kind == "percent_of":
            before = tokens[index - 1].text if index else ""
            if left.kind != "number" or before in {"/", "//", "%", "**"}:
                raise RefusedError(_PERCENT)


def _ends_value(token: _Token) -> bool:
    return token.kind in {"number", "name"} or token.text in {")", "]"}


def _starts_value(token: _Token) -> bool:
    return token.kind in {"number", "name"} or token.text in {"(", "["}
