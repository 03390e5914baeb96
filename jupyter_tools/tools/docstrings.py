"""What a docstring says of a function and its parameters: the same words for people and for models."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Documentation:
    """What a docstring says.

    Attributes:
        description: The text before the sections.
        parameters: For each described parameter or attribute: its description, on one line.
    """

    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict[str, str])


def documentation_of(item: Callable[..., Any] | type) -> Documentation:
    """The documentation of a function or class, whose docstring is in Google, NumPy or Sphinx style."""
    return read_docstring(inspect.getdoc(item) or "")


def read_docstring(text: str) -> Documentation:
    """The description and the parameters of a docstring. What no style can read is description as a whole."""
    import docstring_parser  # only functions that become tools need it

    try:
        parsed = docstring_parser.parse(text)
    except docstring_parser.ParseError:
        return Documentation(text.strip())
    parameters = {
        name.strip().lstrip("*"): " ".join(parameter.description.split())
        for parameter in parsed.params
        for name in parameter.arg_name.split(",")
        if parameter.description
    }
    return Documentation((parsed.description or "").strip(), parameters)
