"""Buckets: files that a person adds, and that messages refer to by an id: `{"bucket_id": "paper-1f0c23ab"}`."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from jupyter_tools.builtin_tools.bucket_text import MAX_FILE_BYTES, BucketText, texts_of
from jupyter_tools.builtin_tools.folder import content_here
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.own_folder import own_folder

BUCKET_FOLDER_VARIABLE = "JUPYTER_TOOLS_BUCKETS"
MAX_CHARACTERS = 200_000  # of a bucket in a message

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Bucket:
    r"""Files by id. Each id is a folder under one root; nothing outside of the root is ever read.

        bucket = Bucket()
        paper = bucket.add("paper.md")                       # an id, such as "paper-1f0c23ab"
        bucket.add(b"a,b\n1,2\n", id=paper, name="table.csv")  # more files under the same id
        bucket.text(paper)

    Args:
        root: The folder that holds the buckets; by default the one that JUPYTER_TOOLS_BUCKETS names, or one in the
            person's data folder.
    """

    def __init__(self, root: str | Path | None = None) -> None:
        self._root = root

    @cached_property
    def root(self) -> Path:
        """The folder that holds the buckets, looked for when one is used: who has no home has none."""
        return Path(self._root) if self._root is not None else default_root()

    def add(self, file: str | Path | bytes, id: str | None = None, *, name: str = "text.txt") -> str:
        """Copy a file into a bucket. A file of the same name in it is replaced.

        Args:
            file: The file's path, or its content.
            id: The bucket; left out, it is made of the file's name and content.
            name: The name for content that comes without one. Its ending says what it is.

        Returns:
            The bucket's id.

        Raises:
            ConfigurationError: If the file cannot be read or is of a kind that cannot be, or the id is none.
        """
        data, name = (file, name) if isinstance(file, bytes) else (_content(Path(file)), Path(file).name)
        texts_of(name, data)  # a file that cannot be read is refused now, not in the middle of a conversation
        bucket = id if id is not None else _id_for(name, data)
        folder = self._folder(bucket)
        if folder is None:
            raise ConfigurationError(
                f"{bucket[:120]!r} is no bucket id. Use letters, digits, '.', '_' and '-', up to 100."
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / _file_name(name)
        target.unlink(missing_ok=True)  # a link in its place is replaced, not followed
        target.write_bytes(data)
        return bucket

    def remove(self, id: str) -> None:
        """Forget a bucket and its files. One that does not exist is no mistake."""
        folder = self._folder(id)
        if folder is not None and folder.is_dir():
            shutil.rmtree(folder)

    def ids(self) -> list[str]:
        """The ids of all buckets, sorted."""
        names = [path.name for path in self.root.iterdir()] if self.root.is_dir() else []
        return sorted(name for name in names if name in self)

    def __contains__(self, id: object) -> bool:
        folder = self._folder(id) if isinstance(id, str) else None
        return folder is not None and folder.is_dir()

    def text(self, id: str, *, max_characters: int = MAX_CHARACTERS) -> str | None:
        """The texts of a bucket's files, each after a line that names its source; None if there is no such bucket."""
        folder = self._folder(id)
        if folder is None or not folder.is_dir():
            return None
        text = "".join(f"\nSource: {part.source}\n{part.text}\n" for part in self._texts(folder))
        if len(text) <= max_characters:
            return text
        return f"{text[:max_characters]}\n[Cut: {max_characters:,} of {len(text):,} characters are shown.]\n"

    def _folder(self, id: str) -> Path | None:
        """The bucket's folder, whether it exists or not; None if the id is none, or its folder lies elsewhere."""
        if not _ID.fullmatch(id):
            return None
        root = self.root.resolve()
        folder = root / id
        return folder if folder.resolve() == folder else None

    def _texts(self, folder: Path) -> Iterable[BucketText]:
        for path in sorted(folder.iterdir()):
            try:
                yield from texts_of(path.name, content_here(path, MAX_FILE_BYTES))
            except ConfigurationError as error:
                yield BucketText(source=path.name, text=f"[Left out: {error}]")


def default_root() -> Path:
    """The folder of the buckets: the one that JUPYTER_TOOLS_BUCKETS names, or one in the person's data folder."""
    return own_folder(BUCKET_FOLDER_VARIABLE, _default_folder)


def _default_folder() -> str:
    import platformdirs

    return str(Path(platformdirs.user_data_dir("jupyter_tools")) / "buckets")


def _content(path: Path) -> bytes:
    try:
        path = path.expanduser()
        if not path.is_file():
            raise ConfigurationError(f"There is no file {str(path)!r} to add to a bucket.")
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"The file {str(path)!r} cannot be read: {error.strerror or error}.") from error


def _id_for(name: str, data: bytes) -> str:
    stem = re.sub(r"[^A-Za-z0-9]+", "-", Path(name).stem).strip("-")[:60]
    return f"{stem or 'file'}-{hashlib.sha256(data).hexdigest()[:8]}"


def _file_name(name: str) -> str:
    """A name for a file in a bucket's folder: any letters, but nothing a path is made of."""
    safe = re.sub(r"[^\w.()\[\] -]+", "_", Path(name).name).rstrip(". ")[-120:]
    return f"file{safe}" if safe.startswith((".", " ")) or not safe else safe
