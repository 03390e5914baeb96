"""Bytes from a URL into a file, such that an interrupted download goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit
from urllib.request import url2pathname

if TYPE_CHECKING:
    import httpx

Advance: TypeAlias = Callable[[int], None]
"""Called with the number of bytes that came. May raise to stop; what has come is kept."""

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
RESUMES = 8  # a connection may be cut this often without bringing a single byte
_BLOCK = 1 << 20
_CA_VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


class SourceError(Exception):
    """A source does not give the file: it cannot be reached, refuses, or gives something else."""


def new_client() -> httpx.Client:
    """A client that trusts what this machine trusts: certifi's list, the system's, and a company's own authority."""
    import httpx

    context = httpx.create_ssl_context()
    context.load_default_certs()
    for variable in _CA_VARIABLES:
        _trust(context, os.environ.get(variable, ""))
    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    return httpx.Client(verify=context, timeout=timeout, follow_redirects=True)


def _trust(context: ssl.SSLContext, path: str) -> None:
    if path and Path(path).is_file():
        context.load_verify_locations(cafile=path)


def fetch(client: httpx.Client, url: str, part: Path, advance: Advance) -> Path:
    """Bring `url` into the file `part`, going on from what is there.

    Args:
        client: From `new_client`.
        url: `http`, `https` or `file`.
        part: Where the bytes go. Kept whatever happens, so that the next call goes on.
        advance: Told how many bytes came, those that were there already included.

    Returns:
        The file with the bytes: `part`, or the file that a `file` URL names.

    Raises:
        SourceError: If the bytes cannot be had.
        OSError: If they cannot be written.
    """
    address = urlsplit(url)
    if address.scheme == "file":
        return _local_file(Path(url2pathname(address.path)), advance)
    if part.exists():
        advance(part.stat().st_size)
    for attempt in range(RESUMES):
        before = _size(part)
        if _fetch_rest(client, url, part, advance):
            return part
        if _size(part) == before:
            time.sleep(0.1 * 2**attempt)
    raise SourceError(f"the connection to {address.hostname} was cut again and again")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _local_file(path: Path, advance: Advance) -> Path:
    if not path.is_file():
        raise SourceError(f"there is no file {path}")
    advance(path.stat().st_size)
    return path


def _fetch_rest(client: httpx.Client, url: str, part: Path, advance: Advance) -> bool:
    """One request for what is missing. False if the connection was cut."""
    import httpx

    start = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        with client.stream("GET", url, headers=headers) as response:
            return _receive(response, part, start, advance)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise SourceError(f"{urlsplit(url).hostname or url} cannot be reached ({error})") from error
    except httpx.TransportError:
        return False


def _receive(response: httpx.Response, part: Path, start: int, advance: Advance) -> bool:
    if response.status_code == 416 and response.headers.get("Content-Range") == f"bytes */{start}":
        return True  # all of it was there
    if response.status_code == 416 or (response.status_code == 200 and start):
        part.unlink(missing_ok=True)
        advance(-start)  # the server begins again
        start = 0
    if response.status_code == 416:
        return False
    if response.status_code not in (200, 206):
        raise SourceError(f"{response.url.host} answered {response.status_code} {response.reason_phrase}")
    with part.open("ab") as file:
        for block in response.iter_raw():  # unbuffered: what came before a cut is kept
            file.write(block)
            advance(len(block))
    return True


# --- hashes ---
def blocks_of(path: Path) -> Iterator[bytes]:
    """The file's bytes, a block at a time."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hexadecimal."""
    digest = hashlib.sha256()
    for block in blocks_of(path):
        digest.update(block)
    return digest.hexdigest()


def put_in_place(part: Path, target: Path, sha256: str) -> None:
    """Give a finished file its name, once its hash is right. A wrong file is deleted.

    Raises:
        SourceError: If the hash is wrong.
    """
    if sha256_of(part) != sha256:
        part.unlink()
        raise SourceError("what came is not the file that was asked for (its SHA-256 differs)")
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
