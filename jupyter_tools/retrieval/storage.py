"""An index as a folder of files. The large ones are mapped into memory, so that opening reads none of them.

    index.json            what it is, its version, and which files belong to it; written last, at once
    documents-GEN.json    ids, titles, metadata and where the chunks are
    texts-GEN.bin         all texts, in UTF-8
    bm25-GEN/             the words, by bm25s
    vectors-GEN.npy       the embeddings, if there are any

GEN is another one each time, so a crash while saving leaves the old index as it was, and processes that save one index
at once do not meet: the last one counts.
"""

from __future__ import annotations

import gc
import json
import mmap
import secrets
import shutil
import time
import zlib
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.bm25 import Bm25
from jupyter_tools.retrieval.chunking import Chunking, Piece
from jupyter_tools.retrieval.corpus import Corpus, Entry
from jupyter_tools.retrieval.vectors import Vectors
from jupyter_tools.whole_files import whole_file

VERSION = 1
_FORMAT = "jupyter_tools document index"
_MANIFEST = "index.json"
_FILES = ("documents-", "texts-", "bm25-", "vectors-", f".{_MANIFEST}.")
_LONG_AGO_S = 3600.0  # nobody is writing any more what was left behind so long ago
_DAMAGE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a folder holds.

    Attributes:
        corpus: The documents.
        bm25: The words.
        vectors: The embeddings, or None.
        embedder: The name of what made them, or None.
    """

    corpus: Corpus
    bm25: Bm25
    vectors: Vectors | None
    embedder: str | None


def save(folder: str | Path, stored: Stored) -> Path:
    """Write an index, in place of one that is there.

    Raises:
        ConfigurationError: If the folder holds something else, or cannot be written.
    """
    root = Path(folder).expanduser()
    if root.exists() and (not root.is_dir() or (any(root.iterdir()) and not (root / _MANIFEST).is_file())):
        raise ConfigurationError(f"{str(folder)!r} holds something that is no index. Name an empty or a new folder.")
    try:
        root.mkdir(parents=True, exist_ok=True)
        manifest, written = _written(root, stored, secrets.token_hex(4))
        replaced = _generation(root)  # as late as can be: another process may have saved one meanwhile
        with whole_file(root / _MANIFEST) as draft:
            draft.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"The index cannot be saved in {str(folder)!r}: {error.strerror}.") from error
    _remove_others(root, written, replaced)
    return root


def _generation(root: Path) -> str | None:
    """The generation of the index that is there, if it can be read."""
    try:
        return json.loads((root / _MANIFEST).read_text(encoding="utf-8"))["generation"]
    except _DAMAGE:
        return None


def _written(root: Path, stored: Stored, generation: str) -> tuple[JsonObject, set[str]]:
    """Write all files but the last, and give that one's content and the names of what belongs to the index then."""
    documents, texts = root / f"documents-{generation}.json", root / f"texts-{generation}.bin"
    with texts.open("wb") as file:
        documents.write_text(json.dumps(list(_rows(stored.corpus, file)), ensure_ascii=False), encoding="utf-8")
    words = root / f"bm25-{generation}"
    stored.bm25.save(words)
    written = [documents, texts, *sorted(words.iterdir())]
    if stored.vectors is not None:
        import numpy as np

        written.append(root / f"vectors-{generation}.npy")
        np.save(written[-1], stored.vectors.matrix)
    manifest = {
        "format": _FORMAT,
        "version": VERSION,
        "generation": generation,
        "chunking": asdict(stored.corpus.chunking),
        "embedder": stored.embedder if stored.vectors is not None else None,
        "chunks": len(stored.corpus),
        "documents_crc32": zlib.crc32(documents.read_bytes()),
        "files": {path.relative_to(root).as_posix(): path.stat().st_size for path in written},
    }
    return manifest, {_MANIFEST, words.name, *(path.name for path in written)}


def _rows(corpus: Corpus, file: Any) -> Iterable[JsonObject]:
    for entry in corpus.entries:
        start = file.tell()
        length = file.write(corpus.text(entry).encode(errors="replace"))
        row = {"id": entry.id, "title": entry.title, "source": entry.source, "metadata": dict(entry.metadata)}
        yield {**row, "digest": entry.digest, "at": [start, length], "pieces": entry.pieces}


def _remove_others(root: Path, kept: set[str], replaced: str | None) -> None:
    """Remove what was replaced, and what a crash has left; not what another process may be writing just now."""
    for path in root.iterdir():
        if path.name in kept or not path.name.startswith(_FILES):
            continue
        with suppress(OSError):  # another process was quicker
            if f"-{replaced}" in path.name or time.time() - path.stat().st_mtime > _LONG_AGO_S:
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def load(folder: str | Path) -> Stored:
    """Open an index.

    Raises:
        ConfigurationError: If there is none, or it is damaged, or of a newer version.
    """
    root = Path(folder).expanduser()
    manifest = _manifest(root, str(folder))
    try:
        for name, size in manifest["files"].items():
            if (root / name).stat().st_size != size:
                raise ValueError(f"{name} has another size than was written")
        return _loaded(root, manifest)
    except _DAMAGE as error:
        if _generation(root) != manifest["generation"]:  # it was saved anew meanwhile
            return load(folder)
        raise ConfigurationError(f"The index in {str(folder)!r} is damaged: {error}. Build it again.") from error


def _manifest(root: Path, shown: str) -> JsonObject:
    path = root / _MANIFEST
    if not path.is_file():
        raise ConfigurationError(f"There is no index in {shown!r}. Build one with from_folder, and save it.")
    try:
        manifest: Any = json.loads(path.read_text(encoding="utf-8"))
        if manifest["format"] != _FORMAT or not isinstance(manifest["version"], int):
            raise ValueError("its index.json is another one")
    except _DAMAGE as error:
        raise ConfigurationError(f"The index in {shown!r} is damaged: {error}. Build it again.") from error
    if manifest["version"] > VERSION:
        problem = f"The index in {shown!r} has version {manifest['version']}; this jupyter_tools reads up to {VERSION}"
        raise ConfigurationError(f"{problem}. Update jupyter_tools, or build the index again.")
    return manifest


def _loaded(root: Path, manifest: JsonObject) -> Stored:
    generation = manifest["generation"]
    data = (root / f"documents-{generation}.json").read_bytes()
    if zlib.crc32(data) != manifest["documents_crc32"]:
        raise ValueError("the list of documents is not as it was written")
    with _without_collecting():
        entries = {row["id"]: _entry(row) for row in json.loads(data)}
    corpus = Corpus(Chunking(**manifest["chunking"]), entries, _mapped(root / f"texts-{generation}.bin"))
    if len(corpus) != manifest["chunks"]:
        raise ValueError("it has another number of chunks than was written")
    bm25 = Bm25.load(root / f"bm25-{generation}")
    vectors = _vectors(root / f"vectors-{generation}.npy", corpus) if manifest["embedder"] else None
    return Stored(corpus=corpus, bm25=bm25, vectors=vectors, embedder=manifest["embedder"])


@contextmanager
def _without_collecting() -> Generator[None]:
    """No garbage is looked for while many objects are made that all stay: that takes two thirds of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _entry(row: Mapping[str, Any]) -> Entry:
    start, length = row["at"]
    return Entry(
        id=row["id"],
        title=row["title"],
        source=row["source"],
        metadata=row["metadata"],
        digest=row["digest"],
        pieces=tuple(Piece(*piece) for piece in row["pieces"]),
        text=(start, length),
    )


def _mapped(path: Path) -> mmap.mmap | bytes:
    if not path.stat().st_size:  # nothing to map
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _vectors(path: Path, corpus: Corpus) -> Vectors:
    import numpy as np

    matrix = np.load(path, mmap_mode="r", allow_pickle=False)
    if len(matrix) != len(corpus):
        raise ValueError("it has another number of vectors than of chunks")
    return Vectors([(entry.digest, len(entry.pieces)) for entry in corpus.entries], matrix)
