"""What went wrong with a model's server, in a sentence or two that say what to do."""

from __future__ import annotations

import errno
import json
import re
import socket
import ssl
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import cast

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ProviderError
from jupyter_tools.json_types import JsonValue
from jupyter_tools.providers.retry import asked_wait_s
from jupyter_tools.shortening import one_line

OFTEN = "it often ends in /v1"  # what to look for in a base_url that is wrong

_LONGEST_QUOTE = 300
_LOOPBACK = re.compile(r"//(localhost|127\.|\[::1\])")
_NOBODY_THERE = {errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH}
_SHORTEST_KEY = 6  # what is shorter stands in ordinary words
_NEVER_PASSES = {
    *("insufficient_quota", "billing_hard_limit_reached", "invalid_api_key", "context_length_exceeded"),
    "invalid_request_error",
}
_NO_SUCH_PLACE = re.compile(r"unexpected endpoint", re.I)  # LM Studio's, with a status that says all is well
# What a refused request may be about, whatever its status: the status that others give for it.
_MEANT = (
    (re.compile(r"api[ _-]?key", re.I), 401),  # Gemini's and xAI's
    (re.compile(r"context[ _-](?:length|window|size)|prompt is too long", re.I), 413),
)


def failure_of_answer(provider: str, url: str, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """The error that an HTTP answer with a bad status stands for."""
    said, code = _what_it_says(body)
    wait_s = asked_wait_s(headers)
    problem = f"{_meaning_of(status, said, url)}{_place_said(headers)}{said}"
    retryable = False if code in _NEVER_PASSES else None
    return ProviderError(provider, problem, status=status, retry_after_s=wait_s, retryable=retryable)


def failure_of_error_object(provider: str, error: JsonValue) -> ProviderError:
    """The error that an error object inside a good answer stands for."""
    try:
        message, code = _message_and_code(error)
    except RecursionError:
        return failure_of_malformed(provider, "an error that is nested without end")
    if _NO_SUCH_PLACE.search(message) or not (message or isinstance(error, dict)):
        return failure_of_other_answer(provider, message or json.dumps(error, ensure_ascii=False))
    status = int(code) if re.fullmatch("[45][0-9]{2}", code) else None
    problem = f"the server broke off with an error: {one_line(message, _LONGEST_QUOTE) or 'it does not say which.'}"
    return ProviderError(provider, problem, status=status, retryable=False if code in _NEVER_PASSES else None)


def failure_of_malformed(provider: str, data: str) -> ProviderError:
    """The error that a piece of an answer stands for which is no JSON, or says other things than it should."""
    return ProviderError(provider, f"the server sent something that cannot be read: {one_line(data, _LONGEST_QUOTE)}")


def failure_of_page(provider: str, hint: str = OFTEN) -> ProviderError:
    """The error that a web page in place of an answer stands for."""
    problem = f"the base_url leads to a web page and not to a model's server. Check it; {hint}."
    return ProviderError(provider, problem, retryable=False)


def failure_of_other_answer(provider: str, said: str, hint: str = OFTEN) -> ProviderError:
    """The error that a good answer stands for which no model's server would give: asking again changes nothing."""
    problem = f"what is at the base_url does not answer as a model's server does. Check it; {hint}."
    return ProviderError(provider, f"{problem} It says: {one_line(said, _LONGEST_QUOTE)}", retryable=False)


def failure_of_connection(provider: str, url: str, error: Exception) -> ProviderError:
    """The error that no connection, or one that brought no answer, stands for."""
    host = re.sub(r"^(\w+://[^/]+).*", r"\1", url)
    problem, retryable = _why_no_connection(host, error)
    return ProviderError(provider, problem, retryable=retryable)


def failure_of_cut(provider: str) -> ProviderError:
    """The error that an answer without its end stands for."""
    return ProviderError(provider, "the stream was cut before the answer was complete.")


def failure_of_endless(provider: str) -> ProviderError:
    """The error that bytes without end stand for, of which no answer comes."""
    return ProviderError(provider, "the server sends more and more, and no piece of an answer.", retryable=False)


def without_secrets(error: ProviderError, secrets: Iterable[Secret]) -> ProviderError:
    """The same error, with the keys taken out that a server quoted back at us."""
    text = str(error).removeprefix(f"{error.provider}: ")
    for word in {word for secret in secrets for word in secret.reveal().split()}:
        if len(word) >= _SHORTEST_KEY:
            text = text.replace(word, repr(Secret(word)))
    return ProviderError(
        error.provider,
        text,
        status=error.status,
        retry_after_s=error.retry_after_s,
        retryable=error.retryable,
    )


_MEANINGS: Mapping[int, str] = {
    401: "the server refused the API key ({named}). Check the key, and that it is the one of this server.",
    403: "the server does not allow this ({named}). Check what the key is for, the model's name and the base_url.",
    404: "there is no such model, or nothing at {url} ({named}). Check the model's name and the base_url.",
    405: "nothing at {url} answers questions ({named}). Check the base_url.",
    413: "the conversation is too long for the server ({named}). Start a new one, or shorten it.",
    429: "the server has had too many requests, or the account is used up ({named}).",
    501: "nothing at {url} answers questions ({named}). Check the base_url.",
}


def _meaning_of(status: int, said: str, url: str) -> str:
    kind = next((kind for words, kind in _MEANT if status == 400 and words.search(said)), status)
    if status < 400:
        meaning = "{url} sends its callers elsewhere ({named}). Give the address it sends them to as base_url."
    elif status >= 500 and status not in _MEANINGS:
        meaning = "the server, or a proxy before it, failed ({named}). It may work again later."
    else:
        meaning = _MEANINGS.get(kind, "the server refused the request ({named}).")
    return meaning.format(named=f"{status} {_phrase(status)}".strip(), url=url)


def _place_said(headers: Mapping[str, str]) -> str:
    """Where a server sends its callers."""
    place = headers.get("location", "")
    return f" That is {one_line(place, _LONGEST_QUOTE)}" if place else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _what_it_says(body: bytes) -> tuple[str, str]:
    """The server's own words, quoted, and its code for them."""
    text = body.decode("utf-8", "replace").strip()
    try:
        message, code = _message_and_code(json.loads(text))
    except (ValueError, RecursionError):
        message, code = text, ""
    if message.lstrip()[:1] == "<":  # a proxy's page says nothing that the status does not
        return "", code
    return (f" It says: {one_line(message, _LONGEST_QUOTE)}" if message.strip() else ""), code


def _message_and_code(data: JsonValue) -> tuple[str, str]:
    """The message and the code of an error object, in any of the shapes that servers give it."""
    if isinstance(data, str):
        return data, ""
    if isinstance(data, list):  # Gemini's endpoint puts the object in a list
        return _message_and_code(cast("list[JsonValue]", data)[0]) if data else ("", "")
    if not isinstance(data, dict):
        return "", ""
    found = cast("dict[str, JsonValue]", data)
    inner = next((found[name] for name in ("error", "detail", "errors") if found.get(name)), None)
    if inner is not None:
        message, code = _message_and_code(inner)
        return message or str(found.get("message") or ""), code or str(found.get("code") or "")
    message = found.get("message") or found.get("msg") or ""
    return str(message), str(found.get("code") or found.get("type") or "")


def _why_no_connection(host: str, error: Exception) -> tuple[str, bool]:
    """The problem, and whether it may pass."""
    import aiohttp
    import httpx

    causes = tuple(_causes_of(error))  # the transport names nearly all of them ConnectTimeout
    if any(isinstance(cause, ssl.SSLError | ssl.CertificateError) for cause in causes):
        return f"{host} has no certificate that this machine trusts, or does not speak https.", False
    if unknown := [cause for cause in causes if isinstance(cause, socket.gaierror)]:
        passes = any(cause.errno == socket.EAI_AGAIN for cause in unknown)
        return f"{host} cannot be found. Check the base_url and the network.", passes
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | aiohttp.InvalidURL | UnicodeError):
        return f"{host} is no address of a server. A base_url looks like http://localhost:8080/v1.", False
    if any(getattr(cause, "errno", None) in _NOBODY_THERE for cause in causes):
        nearby = _LOOPBACK.search(host) is not None  # a person has to start it, and that takes longer than we wait
        return f"there is no server at {host}. Is it running, and is the base_url right?", not nearby
    return _why_no_answer(host, error, causes)


def _why_no_answer(host: str, error: Exception, causes: tuple[BaseException, ...]) -> tuple[str, bool]:
    import httpx

    if any(isinstance(cause, TimeoutError) for cause in causes) or isinstance(error, httpx.ReadTimeout):
        return f"{host} did not answer in time.", True
    if "disconnect" in str(error).lower() or any(isinstance(cause, ConnectionError) for cause in causes):
        return f"{host} closed the connection without an answer.", True
    return f"{host} does not answer in HTTP. Check the base_url, its port above all.", False


def _causes_of(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        inner = getattr(error, "os_error", None)  # where aiohttp keeps the system's own error
        if isinstance(inner, BaseException):
            yield inner
        error = error.__cause__ or error.__context__
