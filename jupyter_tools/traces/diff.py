"""Two runs side by side, turn by turn: prompt, tool calls, arguments, results, answers."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_tools.traces.run_choice import chosen_run
from jupyter_tools.traces.steps import Frame, require
from jupyter_tools.traces.values import encode

_NEEDED = ("kind", "name", "run_id", "turn", "status", "error", "args", "result", "output")


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    args: Any
    result: Any
    status: str


@dataclass(frozen=True, slots=True)
class _Turn:
    answer: str | None
    calls: list[_Call]


@dataclass(frozen=True, slots=True)
class _Run:
    prompt: Any
    model: str | None
    turns: dict[int, _Turn]
    status: str | None
    error: str | None


def diff_of(frame: Frame, run_a: str | int, run_b: str | int, *, changes_only: bool = False) -> Frame:
    """What two runs did, side by side.

    Calls of a turn are paired by their tools' names, in order, so that one that was left out moves no other.

    Args:
        frame: Spans of both runs, oldest first.
        run_a: One run: its id, or -1 for the last.
        run_b: The other.
        changes_only: Leave out what is the same.

    Raises:
        ConfigurationError: If there is no such run.
    """
    import pandas as pd  # heavy

    require(frame, _NEEDED, "diff()")
    first, second = (_read(frame, chosen_run(frame, run)) for run in (run_a, run_b))
    lines = [(turn, part, a, b, encode(a) == encode(b)) for turn, part, a, b in _compared(first, second)]
    table = pd.DataFrame(lines, columns=["turn", "part", "a", "b", "same"])
    table = table.astype({"turn": "Int64", "part": "string", "a": "object", "b": "object", "same": "boolean"})
    return table[~table["same"]].reset_index(drop=True) if changes_only else table


def _read(frame: Frame, run_id: str) -> _Run:
    spans = frame[frame["run_id"] == run_id]
    runs = spans[spans["kind"] == "agent"]
    inside = spans[spans["turn"].notna()]
    turns = {int(number): _turn(rows) for number, rows in inside.groupby("turn")}
    if runs.empty:  # the frame was filtered: what there is can be compared all the same
        return _Run(None, None, turns, None, None)
    run = runs.iloc[-1]
    return _Run(run["args"], _cell(run.get("model")), turns, _cell(run["status"]), _cell(run["error"]))


def _turn(rows: Frame) -> _Turn:
    said = rows.loc[rows["kind"] == "model", "result"].tolist()
    answer = getattr(said[-1], "text", None) if said else None
    tools = rows[rows["kind"] == "tool"]
    cells = zip(tools["name"], tools["args"], tools["result"], tools["status"], strict=True)
    return _Turn(answer, [_Call(*call) for call in cells])


def _cell(value: Any) -> Any:
    return value if isinstance(value, str) else None


def _compared(a: _Run, b: _Run) -> Iterator[tuple[int | None, str, Any, Any]]:
    yield None, "model", a.model, b.model
    yield None, "prompt", a.prompt, b.prompt
    for number in sorted({*a.turns, *b.turns}):
        first, second = (run.turns.get(number, _Turn(None, [])) for run in (a, b))
        for part, one, other in _compared_calls(first.calls, second.calls):
            yield number, part, one, other
        yield number, "answer", first.answer, second.answer
    yield None, "status", a.status, b.status
    yield None, "error", a.error, b.error


def _compared_calls(a: list[_Call], b: list[_Call]) -> Iterator[tuple[str, Any, Any]]:
    for one, other in _paired(a, b):
        name = (one or other).name  # pyright: ignore[reportOptionalMemberAccess]  # one of them is there
        yield "call", one and one.name, other and other.name
        for part in ("args", "result", "status"):
            yield f"{name} {part}", getattr(one, part, None), getattr(other, part, None)


def _paired(a: list[_Call], b: list[_Call]) -> Iterator[tuple[_Call | None, _Call | None]]:
    """Calls that are alike side by side; between them, those of the same tool."""
    for some, others in _aligned(a, b, lambda call: encode([call.name, call.args, call.result])):
        for ones, twos in _aligned(some, others, lambda call: call.name):
            names = {call.name for call in (*ones, *twos)}
            yield from (
                zip(ones, twos, strict=True) if len(names) == 1 and len(ones) == len(twos) else _apart(ones, twos)
            )


def _aligned(a: list[_Call], b: list[_Call], key: Callable[[_Call], str]) -> Iterator[tuple[list[_Call], list[_Call]]]:
    """Pairs of calls with the same key, and between them what is left of both."""
    keys = [[key(call) for call in calls] for calls in (a, b)]
    for tag, a_from, a_to, b_from, b_to in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (([one], [other]) for one, other in zip(a[a_from:a_to], b[b_from:b_to], strict=True))
        else:
            yield a[a_from:a_to], b[b_from:b_to]


def _apart(a: list[_Call], b: list[_Call]) -> Iterator[tuple[_Call | None, _Call | None]]:
    yield from ((call, None) for call in a)
    yield from ((None, call) for call in b)
