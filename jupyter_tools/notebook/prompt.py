"""`{{ expression }}` in a prompt, filled from the notebook's variables. Plain braces are left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jupyter_tools.builtin_tools.bucket_markers import without_markers
from jupyter_tools.errors import ConfigurationError, UnknownNameError

_EXPRESSION = re.compile(r"\{\{(?P<expression>.*?)\}\}", re.DOTALL)


def fill_prompt(text: str, namespace: Mapping[str, Any]) -> str:
    """The prompt with each `{{ expression }}` replaced by its value as text.

    A value is inserted as it is: braces in it are not looked at again, and it cannot name a file to be read.

    Raises:
        ConfigurationError: If there is no prompt, or an expression cannot be evaluated.
        UnknownNameError: If an expression uses a name that the notebook does not know.
    """
    if not text.strip():
        raise ConfigurationError("There is no prompt. Write it on the lines below %%agent.")
    return _EXPRESSION.sub(lambda found: _filled(found["expression"].strip(), namespace), text).strip()


def _filled(expression: str, namespace: Mapping[str, Any]) -> str:
    return without_markers(str(value_of(expression, namespace)))


def value_of(expression: str, namespace: Mapping[str, Any], written: str = "{{{{ {} }}}} in the prompt") -> Any:
    """The value of a person's expression.

    Args:
        expression: The expression.
        namespace: The notebook's variables.
        written: How it stands where it was written, for errors.

    Raises:
        ConfigurationError: If it cannot be evaluated.
        UnknownNameError: If it uses a name that the notebook does not know.
    """
    if not expression:
        raise ConfigurationError("There is nothing between {{ and }} in the prompt. Write an expression there.")
    with _Explained(expression, namespace, written.format(expression)):
        return eval(expression, dict(namespace))  # the user's own code, in the user's own notebook
    raise AssertionError("unreachable")


class _Explained:
    """Turns whatever an expression raises into one sentence that names the expression."""

    def __init__(self, expression: str, namespace: Mapping[str, Any], written: str) -> None:
        self._expression = expression
        self._written = written
        self._namespace = namespace

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        written = self._written
        match error:
            case NameError():
                known = (name for name in self._namespace if not name.startswith("_"))
                raise UnknownNameError("variable", error.name or self._expression, known) from None
            case SyntaxError():
                raise ConfigurationError(f"{written} is not a Python expression: {error.msg}.") from None
            case Exception():
                raise ConfigurationError(f"{written} failed with {type(error).__name__}: {error}") from error
            case _:  # no error, or an interrupt, which is not ours to explain
                pass
