"""Spans out of here - to a file or a collector - and into here from a file. Whatever goes out is redacted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from jupyter_tools.errors import ConfigurationError, TraceStoreError, UnknownNameError
from jupyter_tools.traces.json_lines import read_json_lines, write_json_lines
from jupyter_tools.traces.records import Chunk, redacted
from jupyter_tools.traces.tabular import read_csv, read_parquet, write_csv, write_parquet
from jupyter_tools.whole_files import whole_file

_SUFFIXES = (".jsonl", ".ndjson", ".csv", ".parquet")


def export(chunks: Iterable[Chunk], target: str | Path) -> int:
    """Write spans to a file, or send them to a collector of OpenTelemetry.

    Args:
        chunks: The spans.
        target: A name that ends in .jsonl, .csv or .parquet, or a collector's address: http://localhost:4318.

    Returns:
        How many spans they were.

    Raises:
        ConfigurationError: If the name ends in something else, or an extra is missing.
        TraceStoreError: If the file cannot be written, or the collector does not take them.
    """
    clean = redacted(chunks)
    if str(target).startswith(("http://", "https://")):
        from jupyter_tools.traces.otlp import send

        return send(clean, str(target))
    path = Path(target).expanduser()
    kind = _kind(path)
    try:
        with whole_file(path) as unfinished:
            if kind == ".parquet":
                return write_parquet(clean, unfinished)
            write = write_csv if kind == ".csv" else write_json_lines
            with unfinished.open("w", encoding="utf-8", newline="") as file:
                return write(clean, file)
    except OSError as error:
        raise TraceStoreError(f"{path} cannot be written: {error.strerror or error}.") from error


def read_spans(source: str | Path) -> Iterator[Chunk]:
    """The spans of a file that `export` wrote.

    Raises:
        ConfigurationError: If the name ends in something else, or an extra is missing.
        TraceStoreError: If the file cannot be read, or is not of spans.
    """
    path = Path(source).expanduser()
    kind = _kind(path)
    try:
        if kind == ".parquet":
            path.stat()
            yield from _named(path, read_parquet(path))
            return
        read: Callable[[Any], Iterator[Chunk]] = read_csv if kind == ".csv" else read_json_lines
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _named(path, read(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise TraceStoreError(f"{path} cannot be read: {reason}.") from error


def _named(path: Path, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    try:
        yield from chunks
    except TraceStoreError as error:
        raise TraceStoreError(f"{path} cannot be imported. {error}") from None


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in _SUFFIXES:
        if not kind:
            raise ConfigurationError(f"Say by the name's end what {str(path)!r} is: one of {', '.join(_SUFFIXES)}.")
        raise UnknownNameError("kind of file for traces", kind, _SUFFIXES)
    return kind
