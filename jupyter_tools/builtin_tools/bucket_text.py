"""The text of the files that a bucket takes: text, Markdown, tables as text, JSON, notebooks, and zips of those.

Nothing is ever unpacked onto the disk.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval.file_text import KNOWN_ENDINGS as FILE_ENDINGS
from jupyter_tools.retrieval.file_text import file_text

KNOWN_ENDINGS = (*FILE_ENDINGS, ".zip")
MAX_FILE_BYTES = 20_000_000
_MAX_MEMBERS = 200
_MAX_MEMBER_BYTES = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketText:
    """One text of a bucket.

    Attributes:
        source: The file it comes from, and behind a slash the member of an archive.
        text: The text.
    """

    source: str
    text: str


def texts_of(name: str, data: bytes) -> list[BucketText]:
    """The texts in a file.

    Args:
        name: The file's name; its ending says what it is.
        data: Its content.

    Raises:
        ConfigurationError: If it is of another kind, too large, or damaged.
    """
    if len(data) > MAX_FILE_BYTES:
        size, limit = f"{len(data) / 1e6:.1f}", f"{MAX_FILE_BYTES / 1e6:.0f}"
        raise ConfigurationError(f"The file {name!r} has {size} MB; a bucket takes up to {limit} MB.")
    if _ending(name) == ".zip":
        return list(_texts_of_zip(name, data))
    text = _text(name, data)
    return _pages(name, text) if _ending(name) == ".pdf" else [BucketText(source=name, text=text)]


def _pages(name: str, text: str) -> list[BucketText]:
    """The pages of a PDF, each a source that opens there."""
    pages = enumerate(text.split("\f"), 1)
    return [BucketText(source=f"{name}#page={number}", text=page) for number, page in pages if page.strip()]


def _ending(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _text(name: str, data: bytes) -> str:
    if _ending(name) not in KNOWN_ENDINGS or _ending(name) == ".zip":
        raise ConfigurationError(f"A bucket cannot read {name!r}. It takes {', '.join(KNOWN_ENDINGS)}.")
    return file_text(name, data)


# --- archives ---
def _texts_of_zip(name: str, data: bytes) -> Iterator[BucketText]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members[:_MAX_MEMBERS]:
                yield BucketText(source=f"{name}/{member.filename}", text=_text_of_member(archive, member))
            if len(members) > _MAX_MEMBERS:
                yield BucketText(source=name, text=f"[{len(members) - _MAX_MEMBERS} more files are left out.]")
    except zipfile.BadZipFile as error:
        raise ConfigurationError(f"The file {name!r} is no zip archive, or damaged: {error}") from error


def _text_of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """The member's text, or why it is left out: one bad file does not spoil the others."""
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return "[Left out: its name points outside of the archive.]"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "[Left out: it is a link.]"
    try:
        with archive.open(member) as file:
            data = file.read(_MAX_MEMBER_BYTES + 1)  # what the archive says of its sizes need not be true
        if len(data) > _MAX_MEMBER_BYTES:
            return f"[Left out: it is larger than {_MAX_MEMBER_BYTES / 1e6:.0f} MB.]"
        return _text(path.name, data)
    except ConfigurationError as error:
        return f"[Left out: {error}]"
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        return f"[Left out: it cannot be unpacked: {error}]"
