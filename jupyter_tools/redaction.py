"""`redact`: keys and tokens out of a text, before it reaches a trace or leaves it in an export.

It reads everything that is traced, so it is built for speed: each form of secret is looked for only in texts that hold
its hint, and each expression starts with that hint, which `re` finds quickly. Hints that have something in common are
looked for only in texts that hold that. `redact_all` looks at many texts at once.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from typing import TypeAlias

REDACTED = "[redacted]"
_MIN_SECRET = 8  # a shorter value would blot out ordinary words
_SEPARATOR = "\x1e"  # white space to `re`, and never in JSON text
_CHUNK = 1 << 20

_Rule: TypeAlias = tuple[str, re.Pattern[str], "str | Callable[[re.Match[str]], str]"]


def _key_rule(prefix: str) -> _Rule:
    # A key holds a digit somewhere, which hyphenated words mostly do not.
    return prefix, re.compile(rf"{prefix}(?<!\w{prefix})(?=[\w-]*\d)[\w-]{{12,}}"), REDACTED


def _name_rule(name: str) -> _Rule:
    value = r"(?P<value>[^\s\"'\\,;&<>(){}\[\]]{8,})"
    return name, re.compile(rf"{name}(?:\\*[\"']\s*:\s*\\*[\"']|\s*[=:]\s*(?:\\*[\"'])?){value}"), _redact_named


def _redact_named(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 20) : match.start()]
    if match[0][0] not in "pPsS" and not _SECRET_BEFORE.search(before):
        return match[0]  # "token: international" is no secret, "access_token: ..." is
    return match[0][: match.start("value") - match.start()] + REDACTED


_KEY_PREFIXES = (
    *("sk-", "sk_", "rk_", "gsk_", "xai-", "hf_", "pplx-", "r8_", "nvapi-", "tvly-", "lsv2_", "AIza", "AKIA", "ASIA"),
    *("ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "npm_", "pypi-", "xoxb-", "xoxp-", "xapp-"),
)
_WORDS = ("key", "token", "secret", "password", "passwd")
_SECRET_BEFORE = re.compile(
    r"(?:api|access|auth|refresh|bearer|session|secret|private|client)[_-]?(?:access[_-]?)?$", re.IGNORECASE
)
_RULES: tuple[_Rule, ...] = (
    *(_key_rule(prefix) for prefix in _KEY_PREFIXES),
    *(_name_rule(spelling) for word in _WORDS for spelling in (word, word.title(), word.upper())),
    ("eyJ", re.compile(r"eyJ(?<!\weyJ)[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"), REDACTED),
    ("earer", re.compile(r"(earer\s+)(?=[^\s\"']*\d)[\w.~+/=-]{8,}"), rf"\1{REDACTED}"),
    (
        "uthorization",
        re.compile(r"(uthorization[\\\"']*\s*[:=]\s*[\\\"']*(?:[A-Za-z]+\s+)?)(?=[^\s\"']*\d)[\w.~+/=:-]{8,}"),
        rf"\1{REDACTED}",
    ),
    ("://", re.compile(r"(://[^\s/:@\"'\\]*:)[^\s/@\"'\\]{3,}(?=@)"), rf"\1{REDACTED}"),
    (
        "PRIVATE KEY-----",
        re.compile(rf"(PRIVATE KEY-----)[^-\"{_SEPARATOR}]+(?:-----END [A-Z ]*PRIVATE KEY-----)?"),
        rf"\1{REDACTED}",
    ),
)


def _in_common(hint: str) -> str:
    """What a text in small letters holds if the text holds the hint: rare enough, and the same for many hints."""
    return next((sign for sign in "-_" if sign in hint), hint.lower())


_GROUPS: dict[str, list[_Rule]] = {}
for _rule in _RULES:
    _GROUPS.setdefault(_in_common(_rule[0]), []).append(_rule)
_SECRET_VARIABLE = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$")
_added: list[re.Pattern[str]] = []


def add_redaction(pattern: str) -> None:
    """Also blot out what this regular expression matches, from now on.

    Raises:
        re.error: If it is not a regular expression.
    """
    _added.append(re.compile(pattern))


def redact(text: str) -> str:
    """`text` with each key, token and password replaced by "[redacted]".

    Known are the forms of the usual services' keys, bearer tokens and authorization headers, `api_key=...` and its
    like, passwords in addresses, the values of environment variables whose names end in KEY, TOKEN, SECRET or PASSWORD
    (8 characters or more), and the patterns of `add_redaction`.
    """
    for secret in _environment_secrets():
        if secret in text:
            text = text.replace(secret, REDACTED)
    small = text.lower()
    for rules in [rules for common, rules in _GROUPS.items() if common in small]:
        for hint, pattern, replacement in rules:
            if hint in text:
                text = pattern.sub(replacement, text)
    for pattern in _added:
        text = pattern.sub(REDACTED, text)
    return text


def redact_all(texts: list[str]) -> list[str]:
    """`redact` for many texts at once, which is much faster. If nothing was found, the list itself."""
    joined = _SEPARATOR.join(texts)
    if len(joined) > _CHUNK and len(texts) > 1:
        middle = len(texts) // 2
        return redact_all(texts[:middle]) + redact_all(texts[middle:])
    redacted = redact(joined)
    if redacted == joined:
        return texts
    pieces = redacted.split(_SEPARATOR)
    if len(pieces) != len(texts):  # a text held the separator, or a pattern matched across it
        return [redact(text) for text in texts]
    return pieces


def redact_json(texts: list[str]) -> list[str]:
    """`redact_all` for JSON texts; what comes back is JSON too."""
    redacted = redact_all(texts)
    if redacted is texts:
        return texts
    return [new if new == text else _as_json(new) for new, text in zip(redacted, texts, strict=True)]


def _as_json(text: str) -> str:
    """The redacted text, as a JSON string if what was blotted out was no string in it."""
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text, ensure_ascii=False)
    return text


def _environment_secrets() -> list[str]:
    named = [os.environ.get(name, "") for name in os.environ if _SECRET_VARIABLE.search(name)]
    values = {value for value in named if len(value) >= _MIN_SECRET}
    spellings = values | {json.dumps(value, ensure_ascii=False)[1:-1] for value in values}
    return sorted(spellings, key=len, reverse=True)
