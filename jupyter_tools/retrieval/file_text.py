"""The text of a file: plain text, Markdown, tables as text, JSON, notebooks, HTML, and PDF (extra `pdf`).

Pages of a PDF are separated by form feeds, headings of HTML are marked as in Markdown: chunking follows both.
"""

from __future__ import annotations

import codecs
import io
import json
import logging
from collections.abc import Callable
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError, MissingExtraError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.retrieval.html_text import html_to_text

PLAIN_ENDINGS = (".txt", ".md", ".markdown", ".rst", ".csv", ".tsv", ".json", ".jsonl", ".log", ".py")
KNOWN_ENDINGS = (*PLAIN_ENDINGS, ".ipynb", ".html", ".htm", ".pdf")
_MAX_OUTPUT = 2000  # characters of a cell's output

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def file_text(name: str, data: bytes) -> str:
    """The text in a file.

    Args:
        name: The file's name; its ending says what it is.
        data: Its content.

    Raises:
        ConfigurationError: If it is of another kind, or damaged, or holds no text.
        MissingExtraError: If a package that reads this kind is not installed.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in KNOWN_ENDINGS:
        raise ConfigurationError(f"The file {name!r} cannot be read as text. These can: {', '.join(KNOWN_ENDINGS)}.")
    return _READERS.get(ending, _plain_text)(name, data)


def decoded(data: bytes) -> str:
    """Text out of bytes: UTF-8, or UTF-16 with its mark. What is neither becomes the replacement character."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    return data.decode(encoding, errors="replace")


def _plain_text(name: str, data: bytes) -> str:
    text = decoded(data)
    if "\0" in text:
        raise ConfigurationError(f"The file {name!r} holds binary data, not text.")
    return text


def _html_text(_name: str, data: bytes) -> str:
    title, text = html_to_text(data, mark_headings=True)
    return f"# {title}\n\n{text}" if title and f"# {title}" not in text else text


# --- PDF ---
def _pdf_text(name: str, data: bytes) -> str:
    try:
        pypdf: Any = import_module("pypdf")
    except ImportError as error:
        raise MissingExtraError("pypdf", "pdf", "Reading PDF files") from error
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it tells of every oddity that it gets over
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        pages = [str(page.extract_text()).strip() for page in reader.pages]
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        raise ConfigurationError(f"The file {name!r} is no PDF that can be read: {error}") from error
    if not any(pages):
        raise ConfigurationError(f"The PDF {name!r} holds no text, perhaps only scanned pages.")
    return "\f".join(pages).replace("\0", "")


# --- notebooks ---
def _notebook_text(name: str, data: bytes) -> str:
    try:
        cells: object = json.loads(_plain_text(name, data))["cells"]
        if not isinstance(cells, list):
            raise TypeError
        return "\n\n".join(_cell_text(cell) for cell in cast("list[JsonObject]", cells))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ConfigurationError(f"The file {name!r} is no notebook of format 4, or damaged.") from error


def _cell_text(cell: JsonObject) -> str:
    source = _joined(cell.get("source"))
    if cell.get("cell_type") != "code":
        return source
    outputs = "".join(map(_output_text, cell.get("outputs") or ()))
    shown = f"\n```\n{outputs[:_MAX_OUTPUT].rstrip()}\n```" if outputs.strip() else ""
    return f"```python\n{source}\n```{shown}"


def _output_text(output: JsonObject) -> str:
    data: Any = output.get("data") or {}
    return _joined(output.get("text") or data.get("text/plain") or output.get("evalue"))


def _joined(lines: JsonValue) -> str:
    return "".join(cast("list[str]", lines)) if isinstance(lines, list) else str(lines or "")


_READERS: dict[str, Callable[[str, bytes], str]] = {
    ".htm": _html_text,
    ".html": _html_text,
    ".ipynb": _notebook_text,
    ".pdf": _pdf_text,
}
