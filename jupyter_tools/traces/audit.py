"""Looks for secrets where none should be: in the trace store, and in notebooks. What is found is never shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.redaction import REDACTED, redact, redact_all
from jupyter_tools.traces.columns import COLUMN_NAMES, CONTENT_NAMES
from jupyter_tools.traces.query import SpanQuery
from jupyter_tools.traces.records import TEXT_NAMES, records_of_store
from jupyter_tools.traces.store import TraceStore

_BEFORE = 30
_FOUND = re.compile(rf".{{0,{_BEFORE}}}{re.escape(REDACTED)}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret that was found.

    Attributes:
        place: Where: a file, and a place in it.
        around: What stands before it; the secret itself is blotted out.
    """

    place: str
    around: str


def audit_store(store: TraceStore) -> Iterator[Finding]:
    """The secrets in a trace store: those that a pattern finds which was not known when they were recorded.

    Raises:
        TraceStoreError: If the store cannot be read.
    """
    names = (*TEXT_NAMES, *CONTENT_NAMES)
    with store.reading() as connection:
        for chunk in records_of_store(connection, *SpanQuery().sql(COLUMN_NAMES, newest_first=False)):
            for name in names:
                filled = [place for place, text in enumerate(chunk[name]) if text is not None]
                texts = [chunk[name][place] for place in filled]
                for place, before, after in zip(filled, texts, redact_all(texts), strict=True):
                    if before != after:
                        where = f"{store.path}, span {chunk['span_id'][place]}, {name}"
                        yield Finding(where, _around(before, after))


def audit_notebook(path: str | Path) -> Iterator[Finding]:
    """The secrets in a notebook: in the text of its cells and in what they gave out.

    Raises:
        TraceStoreError: If it cannot be read, or is no notebook.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        parts = [(number, *part) for number, cell in enumerate(cells, 1) for part in _parts(cell)]
    except OSError as error:
        raise TraceStoreError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TraceStoreError(f"{path} is no notebook.") from None
    for number, name, text in parts:
        if (clean := redact(text)) != text:
            yield Finding(f"{path}, cell {number}, {name}", _around(text, clean))


def _parts(cell: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "source", _joined(cell.get("source", ""))
    for output in cell.get("outputs", []):
        yield "output", _joined(output.get("text", ""))
        yield "output", "\n".join(output.get("traceback", []))
        for kind, value in output.get("data", {}).items():
            if not kind.startswith("image/"):
                yield f"output {kind}", _joined(value)


def _joined(text: Any) -> str:
    if isinstance(text, list):
        return "".join(map(str, text))
    return text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)


def _around(before: str, after: str) -> str:
    """The first secret's surroundings; one that was blotted out earlier is none."""
    known = before.count(REDACTED)
    found = _FOUND.findall(after)
    return " ".join((found[min(known, len(found) - 1)] if found else REDACTED).split())
