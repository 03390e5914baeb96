"""Reading and writing a recording's file.

Each session of recording is appended, so that nothing recorded is lost when a kernel dies. A run of a later session
replaces those of earlier ones that began with the same request in the same place; so does, within a session, a cell
that is run again. `close` takes the old ones out. While a session goes on its lines bear its name, for another kernel
may record into the same file.
"""

from __future__ import annotations

import io
import json
import os
import secrets
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import cast

from jupyter_tools.errors import RecordingError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.recordings.entries import AskedFrom, Entry, RecordedCall, RecordedResult
from jupyter_tools.recordings.keys import Clean
from jupyter_tools.whole_files import whole_file

VERSION = 1
HEADER: JsonObject = {"type": "recording", "version": VERSION, "made_with": "jupyter_tools"}


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """The answers and results of one run, in order."""

    entries: tuple[Entry, ...]

    @property
    def calls(self) -> tuple[RecordedCall, ...]:
        """The model's answers."""
        return tuple(entry for entry in self.entries if isinstance(entry, RecordedCall))

    @property
    def results(self) -> tuple[RecordedResult, ...]:
        """What the tools gave."""
        return tuple(entry for entry in self.entries if isinstance(entry, RecordedResult))

    @property
    def key(self) -> tuple[str, str]:
        """What the run began with, and where."""
        first = next(iter(self.calls), None)
        return (first.key, first.place) if first is not None else ("", "")

    @property
    def instead_of(self) -> set[int]:
        """The numbers of the runs whose place this one takes."""
        return {number for call in self.calls for number in call.instead_of}


class RecordingFile:
    """One session of recording into a file. Its methods may be called from any thread.

    Args:
        path: The file; its folder is made. What is in it stays in front of what comes.
        clean: Takes keys and the like out of a text.

    Attributes:
        path: The file.
        clean: Takes keys and the like out of a text.

    Raises:
        RecordingError: If the file is there and is no recording, or cannot be written.
    """

    def __init__(self, path: Path, clean: Clean) -> None:
        self.path = path
        self.clean = clean
        self._lock = threading.Lock()
        self._session = secrets.token_hex(4)
        self._runs = 0
        self._asked: dict[tuple[str, str], tuple[str, list[int]]] = {}
        if path.exists():
            read_runs(path)  # it is not written to if it cannot be read
            with _written(path):
                _take_out_half_a_line(path)
        self._append([HEADER])

    def new_run(self) -> int:
        """The number of one more run."""
        with self._lock:
            self._runs += 1
            return self._runs

    def replaced_by(self, run: int, key: str, asked_from: AskedFrom) -> tuple[int, ...]:
        """The runs whose place this one takes, which begins with `key`: those of earlier occasions at its place."""
        if not asked_from.place:
            return ()
        with self._lock:
            occasion, runs = self._asked.get((key, asked_from.place), (asked_from.occasion, []))
            if occasion == asked_from.occasion:
                self._asked[key, asked_from.place] = occasion, [*runs, run]
                return ()
            self._asked[key, asked_from.place] = asked_from.occasion, [run]
            return tuple(runs)

    def add(self, entry: Entry) -> None:
        """Write one entry."""
        self._append(entry.lines())

    def _append(self, objects: Iterable[JsonObject]) -> None:
        lines = [_cleaned(_line({**each, "session": self._session}), self.clean) for each in objects]
        with self._lock, _written(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab", buffering=0) as file:
                _write_all(file, _encoded(lines))

    def close(self) -> None:
        """Take out what was recorded again since. Numbers the runs anew, in the file's order."""
        with self._lock, _written(self.path), self.path.open("rb") as before:
            lines = [HEADER, *(line for entry in _numbered(_runs_in(self.path, before)) for line in entry.lines())]
            with whole_file(self.path) as fresh:
                fresh.write_bytes(_encoded(map(_line, lines)))
            with self.path.open("ab", buffering=0) as file:  # what another kernel has recorded meanwhile
                _write_all(file, before.read())


def _write_all(file: io.FileIO, data: bytes) -> None:
    """Append the data in one piece, which other writers do not come between, or none of it."""
    end = file.seek(0, os.SEEK_END)
    try:
        while data:
            data = data[file.write(data) :]
    except OSError:
        file.truncate(end)
        raise


def _take_out_half_a_line(path: Path) -> None:
    """What a kernel that died had begun to write: the next line must not go on in it."""
    with path.open("rb+") as file:
        text = file.read()
        file.truncate(text.rfind(b"\n") + 1)


@contextmanager
def _written(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise RecordingError(f"The recording {str(path)!r} cannot be written: {error.strerror or error}.") from error


def read_runs(path: Path) -> list[RecordedRun]:
    """The runs of a file, without those that were recorded again.

    Raises:
        RecordingError: If it cannot be read, or is no recording, or one of a later version.
    """
    try:
        with path.open("rb") as file:
            return _runs_in(path, file)
    except FileNotFoundError:
        raise RecordingError(f"There is no recording {str(path)!r}. Make it with:  %agent record {path}") from None
    except OSError as error:
        raise RecordingError(f"The recording {str(path)!r} cannot be read: {error}") from error


def _runs_in(path: Path, file: io.BufferedReader) -> list[RecordedRun]:
    try:
        text = file.read().decode()
    except UnicodeDecodeError as error:
        raise RecordingError(f"The recording {str(path)!r} cannot be read: {error}") from error
    return _latest(_sessions(path, text.split("\n")))  # and not at the other ends of lines, which stand in texts


def _sessions(path: Path, lines: list[str]) -> list[list[RecordedRun]]:
    told = [(number, text) for number, text in enumerate(lines, 1) if text.strip()]
    reader = _SessionReader(path)
    for number, text in told:
        try:
            reader.read(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if number == told[-1][0] and reader.sessions:
                break  # a kernel died while it wrote
            problem = f"line {number} is not of a recording ({error})"
            raise RecordingError(f"{str(path)!r} cannot be read: {problem}. Write recordings to a new file.") from error
    return [_last_of_each_place(_runs(session.entries)) for session in reader.sessions]


class _SessionReader:
    """Tells the lines of sessions apart that went on at once."""

    def __init__(self, path: Path) -> None:
        self.sessions: list[_Reader] = []
        self._path = path
        self._named: dict[str, _Reader] = {}

    def read(self, line: JsonObject) -> None:
        name, begins = line.get("session", ""), line["type"] == "recording"
        if begins:
            _check_version(self._path, line)
        elif not self.sessions:
            raise ValueError("it does not begin as a recording does")
        if begins or name not in self._named:  # another kernel has closed the file, and the session goes on
            self._named[name] = _Reader()
            self.sessions.append(self._named[name])
        if not begins:
            self._named[name].read(line)


def _check_version(path: Path, line: JsonObject) -> None:
    if line["version"] > VERSION:
        raise RecordingError(f"{str(path)!r} was made by a later version of jupyter_tools. Please upgrade.")


class _Reader:
    """Puts the lines of an answer together."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._begin: JsonObject | None = None
        self._blocks: list[JsonObject] = []

    def read(self, line: JsonObject) -> None:
        match line["type"]:
            case "model_call":
                self._begin, self._blocks = line, []
            case "end" if self._begin is not None:
                self.entries.append(RecordedCall.from_lines(self._begin, self._blocks, line))
                self._begin = None
            case "tool_result":
                self.entries.append(RecordedResult.from_line(line))
            case _:
                self._blocks.append(line)


def _runs(entries: list[Entry]) -> Iterator[RecordedRun]:
    ordered = sorted(entries, key=lambda entry: entry.run)  # runs that went on at once are told apart
    for _, run in groupby(ordered, key=lambda entry: entry.run):
        yield RecordedRun(tuple(run))


def _last_of_each_place(runs: Iterable[RecordedRun]) -> list[RecordedRun]:
    """The runs of a session, without those whose place others have taken."""
    session = list(runs)
    gone = {number for run in session for number in run.instead_of}
    return [run for run in session if run.entries[0].run not in gone]


def _latest(sessions: list[list[RecordedRun]]) -> list[RecordedRun]:
    """All runs; those that begin as runs of a later session do are replaced by these, where they were."""
    runs: list[RecordedRun] = []
    for session in sessions:
        again: dict[tuple[str, str], list[RecordedRun]] = {}
        for run in session:
            again.setdefault(run.key, []).append(run)
        runs = _replaced(runs, again)
        runs += [run for group in again.values() for run in group]
    return runs


def _replaced(runs: list[RecordedRun], again: dict[tuple[str, str], list[RecordedRun]]) -> list[RecordedRun]:
    """The runs, with newer ones where the first of their kind stood. Those are taken out of `again`."""
    kept: list[RecordedRun] = []
    done: set[tuple[str, str]] = set()
    for run in runs:
        if run.key in again:
            done.add(run.key)
            kept += again.pop(run.key)
        elif run.key not in done:
            kept.append(run)
    return kept


def _numbered(runs: list[RecordedRun]) -> Iterator[Entry]:
    for number, run in enumerate(runs, 1):
        for entry in run.entries:
            yield _alone(replace(entry, run=number))


def _alone(entry: Entry) -> Entry:
    """The entry without the numbers of runs that are gone."""
    return replace(entry, instead_of=()) if isinstance(entry, RecordedCall) else entry


def _cleaned(line: str, clean: Clean) -> str:
    """The line without secrets, and still JSON."""
    cleaned = clean(line)
    try:
        json.loads(cleaned)
    except ValueError:  # a secret was more than a part of one text
        return _line(_each_cleaned(json.loads(line), clean))
    return cleaned


def _each_cleaned(value: JsonValue, clean: Clean) -> JsonValue:
    match value:
        case str():
            return clean(value)
        case list():
            return [_each_cleaned(item, clean) for item in cast("list[JsonValue]", value)]
        case dict():
            return {name: _each_cleaned(item, clean) for name, item in cast("JsonObject", value).items()}
        case _:
            return value


def _line(each: JsonObject) -> str:
    return json.dumps(each, ensure_ascii=False, default=str)


def _encoded(lines: Iterable[str]) -> bytes:
    """The lines as they stand in the file; half a surrogate pair is written as JSON says it."""
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
