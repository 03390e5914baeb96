"""How a call that is written as text may begin, and when text can no longer be the beginning of one.

Each function looks at the start of a text that may go on. `None` says that more of it is needed to tell.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, TypeAlias

from jupyter_tools.providers.prompted_json import CALL_KEYS, NAME_KEYS

Verdict: TypeAlias = Literal["call", "foreign", "prose"]
Label: TypeAlias = Literal["Thought", "Action", "Action Input", "Observation", "Final Answer", "FinalAnswer"]

_LABELS: tuple[Label, ...] = ("Thought", "Action", "Action Input", "Observation", "Final Answer", "FinalAnswer")
_WRITTEN: dict[str, Label] = {
    form: label for label in _LABELS for form in (f"{label}:", f"**{label}:**", f"**{label}**:")
}
_ANY_LABEL = "|".join(map(re.escape, sorted(_WRITTEN, key=len, reverse=True)))
_LABEL = re.compile(rf"[ \t]{{0,20}}({_ANY_LABEL})[ \t]*")
END_OF_INPUT = re.compile(rf"\n[ \t]{{0,20}}(?:{_ANY_LABEL})|\n[ \t]{{0,20}}\n")  # of arguments that are plain text

_WRAPPERS = tuple(f"<{name}{s}>" for name in ("tool_call", "function_call") for s in ("", "s"))
_OPENERS = (*_WRAPPERS, "<|tool_call|>", "<|python_tag|>", "[TOOL_CALLS]")
_CLOSERS = (*(f"</{wrapper[1:]}" for wrapper in _WRAPPERS), "<|/tool_call|>", "<|tool_call_end|>", "[/TOOL_CALLS]")

_BLANKS = r"\s{0,200}"  # more is not a way to write JSON
_HEAD = re.compile(rf"""\[?{_BLANKS}\{{{_BLANKS}(?:(["'])(\w*)(\1)?)?""")
_LIST_HEAD = re.compile(rf"\[{_BLANKS}")
_NAME_HEAD = re.compile(rf"""{_BLANKS}:{_BLANKS}(?:(["'])([^"'\\]*)(\1)?)?""")
MAX_WAIT = 1000  # characters of a line that may still become a call


def judge_json(text: str, names: Collection[str], *, final: bool) -> Verdict | None:
    """What a text that begins with a bracket is: perhaps a call, other JSON, or a bracket in prose."""
    head = _HEAD.match(text)
    if head is None:
        opened = _LIST_HEAD.match(text)
        waits = opened is not None and opened.end() == len(text) and not final
        return None if waits else "prose"
    quote, key, closed = head.groups()
    waits = head.end() == len(text) and not final
    if quote is None:
        return None if waits else "prose"
    if closed is None:
        return None if waits and any(known.startswith(key) for known in CALL_KEYS) else "foreign"
    if key not in CALL_KEYS:
        return "foreign"
    return _judge_name(text[head.end() :], names, final=final) if key in NAME_KEYS else "call"


def _judge_name(text: str, names: Collection[str], *, final: bool) -> Verdict | None:
    head = _NAME_HEAD.match(text)
    if head is None:
        return None if not text.strip() and len(text) < MAX_WAIT and not final else "foreign"
    quote, name, closed = head.groups()
    waits = head.end() == len(text) and not final
    if quote is None:
        return None if waits else "foreign"
    if closed is None:
        return None if waits and any(known.startswith(name) for known in names) else "foreign"
    return "call" if name in names else "foreign"


def label_of(text: str, *, final: bool) -> tuple[Label, int] | Literal["no"] | None:
    """The ReAct label at the start of a line, and where what it labels begins."""
    found = _LABEL.match(text)
    if found is not None:
        if found.end() == len(text) and not final:
            return None
        return _WRITTEN[found[1]], found.end()
    start = text.lstrip(" \t")
    waits = not final and len(text) - len(start) <= 20 and any(form.startswith(start) for form in _WRITTEN)
    return None if waits else "no"


def opener_of(text: str, *, final: bool) -> str | None:
    """The wrapper that opens here, such as `<tool_call>`; "" if none does."""
    return _one_of(_OPENERS, text, final=final)


def closer_of(text: str, *, final: bool) -> str | None:
    """The wrapper that closes here, such as `</tool_call>`; "" if none does."""
    return _one_of(_CLOSERS, text, final=final)


def _one_of(marks: Collection[str], text: str, *, final: bool) -> str | None:
    for mark in marks:
        if text.startswith(mark):
            return mark
    return None if not final and any(mark.startswith(text) for mark in marks) else ""


def action_of(text: str, names: Collection[str], *, final: bool) -> tuple[str, int] | Literal["no"] | None:
    """The known tool that follows `Action:`, and where its input begins; "no" if there is none."""
    line, newline, rest = text.partition("\n")
    name = line.strip(" \t`*\"'[]()")
    if not newline and not final:
        return None if len(line) < MAX_WAIT and any(known.startswith(name) for known in names) else "no"
    if name not in names:
        return "no"
    start = rest.lstrip()
    label = label_of(start, final=final) if start or not final else ("Observation", 0)
    if label is None:
        return None if len(rest) < MAX_WAIT else "no"
    at = len(text) - len(start)
    match label:
        case ("Action Input", end):
            return name, at + end
        case ("Observation", _):
            return name, at
        case _:
            return "no"
