"""What a callable takes, also where its annotations name what is not there."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any


def signature_of(function: Callable[..., Any]) -> inspect.Signature:
    """The signature of `function`; its annotations are text if they cannot be evaluated.

    From Python 3.14 on an annotation is evaluated when somebody looks at it, and it may name what only a type checker
    imports.

    Raises:
        ValueError: If it has none.
        TypeError: If it is nothing that can be called.
    """
    try:
        return inspect.signature(function)
    except (NameError, AttributeError):
        if sys.version_info < (3, 14):
            raise
        from annotationlib import Format

        return inspect.signature(function, annotation_format=Format.STRING)
