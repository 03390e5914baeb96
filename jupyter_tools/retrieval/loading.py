"""Documents out of what people have: folders, lists, DataFrames."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.documents import Document
from jupyter_tools.retrieval.file_text import file_text

Documents: TypeAlias = Iterable["Document | Mapping[str, Any] | str"]

FOLDER_ENDINGS = (".txt", ".md", ".markdown", ".rst", ".ipynb", ".html", ".htm", ".pdf")
_MAX_FILE_BYTES = 100_000_000
_OWN_KEYS = ("id", "text", "title", "source", "url")


def documents_of(items: Documents, first: int = 1) -> Iterator[Document]:
    """Documents of texts, of dicts with `text` and perhaps `id`, `title`, `source` or `url`, and of documents.

    Args:
        items: The documents. Other keys of a dict become metadata.
        first: The number that makes the id of the first document that has none.

    Raises:
        ConfigurationError: If one is none of these.
    """
    if isinstance(items, str | Mapping):
        raise ConfigurationError("Give a list of documents, such as [text, text], even for a single one.")
    for number, item in enumerate(items, 1):
        yield _document(item, number, str(first + number - 1))


def _document(item: Any, number: int, free_id: str) -> Document:
    if isinstance(item, Document):
        return item
    data = cast("Mapping[str, Any]", {"text": item} if isinstance(item, str) else item)
    if not isinstance(data, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]  # typed by hand in a notebook
        raise ConfigurationError(f"Document {number} is neither a text nor a dict, but {type(item).__name__}.")
    if not isinstance(data.get("text"), str):
        raise ConfigurationError(
            f'Document {number} has no "text"; its keys are: {", ".join(map(str, data)) or "none"}.'
        )
    given = data.get("id")
    return Document(
        id=free_id if given is None or given == "" else str(given),
        text=data["text"],
        title=str(data.get("title") or ""),
        source=str(data.get("source") or data.get("url") or ""),
        metadata=_as_json({str(key): value for key, value in data.items() if key not in _OWN_KEYS}),
    )


def _as_json(data: Mapping[str, Any]) -> JsonObject:
    """Metadata as it can be saved: dates, numbers of NumPy and the like as text."""
    return json.loads(json.dumps(data, default=_plain))


def _plain(value: Any) -> Any:
    item = getattr(value, "item", None)  # what a number of NumPy is
    return item() if callable(item) and getattr(value, "ndim", None) == 0 else str(value)


def documents_of_frame(frame: Any, text: str, id: str | None, title: str | None) -> Iterator[Document]:
    """One document a row; the columns that are neither text, id nor title become metadata.

    Raises:
        ConfigurationError: If it is no DataFrame.
        UnknownNameError: If there is no such column.
    """
    if not hasattr(frame, "columns") or not hasattr(frame, "to_dict"):
        raise ConfigurationError(f"A DataFrame is needed, not {type(frame).__name__}. Lists go to DocumentIndex(...).")
    columns = [str(column) for column in frame.columns]
    for column in (text, id, title):
        if column is not None and column not in columns:
            raise UnknownNameError("column", column, columns)
    ids = frame[id] if id is not None else frame.index
    texts, rest = frame[text], frame.drop(columns=[name for name in (text, id, title) if name is not None])
    titles = frame[title].fillna("") if title is not None else [""] * len(frame)
    # pandas 2.2 has no records of no columns
    records: list[dict[Any, Any]] = rest.to_dict(orient="records") or [{}] * len(frame)
    rows = zip(ids, texts, titles, records, strict=True)
    for key, content, name, others in rows:
        if not isinstance(content, str):
            continue  # a row without a text, such as a paper without an abstract
        metadata = {str(column): value for column, value in others.items() if value == value}  # noqa: PLR0124  # no NaN
        yield Document(id=str(key), text=content, title=str(name), metadata=_as_json(metadata))


def files_of(folder: str | Path, endings: Sequence[str]) -> list[Path]:
    """The files below a folder that have one of some endings, sorted. Hidden ones and links are left out.

    Raises:
        ConfigurationError: If there is no such folder, or no such file in it.
    """
    root = Path(folder).expanduser()
    if not root.is_dir():
        why = " It is a file." if root.is_file() else ""
        raise ConfigurationError(f"There is no folder {str(folder)!r}.{why}")
    wanted = {ending.lower() if ending.startswith(".") else f".{ending.lower()}" for ending in endings}
    found = [path for path in sorted(root.rglob("*")) if path.suffix.lower() in wanted and _is_taken(path, root)]
    if not found:
        raise ConfigurationError(f"The folder {str(folder)!r} holds no files that end in {', '.join(sorted(wanted))}.")
    return found


def _is_taken(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return not hidden and not path.is_symlink() and path.is_file() and path.resolve().is_relative_to(root.resolve())


def document_of_file(path: Path, root: Path) -> Document:
    """A file as a document: its id is its path below `root`, its title its first heading or its name.

    Raises:
        ConfigurationError: If it cannot be read. It says why.
    """
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ConfigurationError(f"The file {path.name!r} has more than {_MAX_FILE_BYTES / 1e6:.0f} MB.")
        data = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"The file {path.name!r} cannot be read: {error.strerror}.") from error
    text = file_text(path.name, data)
    if not text.strip():
        raise ConfigurationError(f"The file {path.name!r} is empty.")
    return Document(
        id=path.relative_to(root).as_posix(), text=text, title=_heading(text) or path.name, source=str(path)
    )


def _heading(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return first.lstrip("#").strip() if first.startswith("# ") else ""
