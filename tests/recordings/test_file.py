"""A recording's file: what is written is read, what was recorded again replaces what was."""

import io
import json

import pytest

from jupyter_tools.errors import RecordingError
from jupyter_tools.events import AgentToolResult, StopDelta, TextDelta
from jupyter_tools.messages import TextContent, Usage
from jupyter_tools.recordings import file as recording_file
from jupyter_tools.recordings.entries import RecordedCall, RecordedResult
from jupyter_tools.recordings.file import RecordingFile, read_runs


def as_it_is(text):
    return text


def answer(text, *, run=1, key="k", heard=()):
    return RecordedCall(
        run=run,
        key=key,
        latest=f"latest {key}",
        model="openai:m",
        prompt="Frage?",
        heard=heard,
        parts=((1.5, TextDelta(text=text)),),
        stop=StopDelta(stop_reason="stop"),
        usage=Usage(input_tokens=3, output_tokens=1),
        duration_ms=2.5,
    )


def result(text="5", *, run=1):
    given = AgentToolResult(content=(TextContent(text=text),), details={"value": 5}, is_error=False)
    return RecordedResult(run=run, name="add", arguments={"a": 2, "b": 3}, result=given, duration_ms=1.0)


def session(path, *entries, close=False):
    file = RecordingFile(path, as_it_is)
    for _ in {entry.run for entry in entries}:
        file.new_run()
    for entry in entries:
        file.add(entry)
    if close:
        file.close()


def texts(path):
    return [["".join(part.text for _, part in call.parts) for call in run.calls] for run in read_runs(path)]


def test_what_is_written_is_read(tmp_path):
    entries = [answer("eins", heard=("Halt!",)), result(), answer("zwei", key="k2")]
    session(tmp_path / "a.jsonl", *entries)
    (run,) = read_runs(tmp_path / "a.jsonl")
    assert list(run.entries) == entries
    assert run.results == (entries[1],)


def test_runs_that_went_on_at_once_are_told_apart(tmp_path):
    session(tmp_path / "a.jsonl", answer("a1"), answer("b1", run=2, key="q"), answer("a2"), answer("b2", run=2))
    assert texts(tmp_path / "a.jsonl") == [["a1", "a2"], ["b1", "b2"]]


def test_repeats_of_one_session_are_all_kept(tmp_path):
    session(tmp_path / "a.jsonl", answer("first"), answer("second", run=2))
    assert texts(tmp_path / "a.jsonl") == [["first"], ["second"]]


@pytest.mark.parametrize("close", [False, True])
def test_a_run_that_is_recorded_again_takes_the_place_of_the_old_one(tmp_path, close):
    path = tmp_path / "a.jsonl"
    session(path, answer("old"), answer("more", key="k1"), answer("other", run=2, key="other"), close=close)
    session(path, answer("new"), answer("added", run=2, key="added"), close=close)
    assert texts(path) == [["new"], ["other"], ["added"]]


def test_closing_leaves_one_session_with_its_runs_in_order(tmp_path):
    path = tmp_path / "a.jsonl"
    session(path, answer("old"), answer("other", run=2, key="other"))
    session(path, answer("new"), close=True)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["type"] for line in lines].count("recording") == 1
    assert [line["run"] for line in lines if line["type"] == "model_call"] == [1, 2]


def test_the_same_words_are_the_same_lines_whatever_the_times(tmp_path):
    slow = RecordedCall(run=1, key="k", latest="l", model="m:m", prompt="p", parts=((900.0, TextDelta(text="Да")),))
    quick = RecordedCall(run=1, key="k", latest="l", model="m:m", prompt="p", parts=((1.0, TextDelta(text="Да")),))
    one, other = list(slow.lines()), list(quick.lines())
    assert one[:-1] == other[:-1]
    assert one[1] == {"type": "text", "text": "Да"}


def test_lines_are_cleaned_before_they_are_written(tmp_path):
    path = tmp_path / "a.jsonl"
    file = RecordingFile(path, lambda text: text.replace("geheim", "***"))
    file.add(answer("geheim"))
    assert "geheim" not in path.read_text()
    file.close()
    assert texts(path) == [["***"]]


def test_a_line_whose_secret_is_more_than_a_text_is_still_read(tmp_path):
    file = RecordingFile(tmp_path / "a.jsonl", lambda text: text.replace('"name": "add"', "***").replace("geheim", ""))
    file.add(answer("ist geheim"))
    file.add(result())
    (run,) = read_runs(tmp_path / "a.jsonl")
    assert run.entries == (answer("ist "), result())


def test_a_line_that_a_dying_kernel_left_half_is_left_out(tmp_path):
    path = tmp_path / "a.jsonl"
    session(path, answer("whole"), answer("lost", run=2))
    path.write_text(path.read_text()[:-30])
    assert texts(path) == [["whole"]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("hello\n", "line 1 is not of a recording"),
        ('{"cells": []}\n{"a": 1}\n', "line 1 is not of a recording"),
        ('{"type": "text", "text": "x"}\n', "it does not begin as a recording does"),
        ('[1]\n', "line 1"),
        ('{"type": "recording", "version": 99}\n', "later version"),
        ('{"type": "recording", "version": 1}\n{"type": "tool_result"}\n\n{"type": "end"}\n', "line 2"),
    ],
)  # fmt: skip
def test_another_file_is_neither_read_nor_written_to(tmp_path, text, problem):
    path = tmp_path / "notes.jsonl"
    path.write_text(text)
    with pytest.raises(RecordingError, match=problem):
        read_runs(path)
    with pytest.raises(RecordingError):
        RecordingFile(path, as_it_is)
    assert path.read_text() == text


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(RecordingError, match=r"There is no recording .*%agent record"):
        read_runs(tmp_path / "none.jsonl")


def test_a_place_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot be written"):
        RecordingFile(tmp_path / "file" / "a.jsonl", as_it_is)


@pytest.mark.parametrize("text", ["one\u2028two\u2029three\x85four", "half \ud83d of a pair"])
@pytest.mark.parametrize("close", [False, True])
def test_a_text_may_hold_whatever_a_model_can_say(tmp_path, text, close):
    session(tmp_path / "a.jsonl", answer(text), close=close)
    assert texts(tmp_path / "a.jsonl") == [[text]]


@pytest.mark.parametrize("close", [False, True])
def test_a_session_after_one_that_died_amid_a_line_begins_a_line_of_its_own(tmp_path, close):
    path = tmp_path / "a.jsonl"
    session(path, answer("whole"))
    with path.open("a") as file:
        file.write('{"type": "model_call", "run": 2, "ke')
    session(path, answer("after", key="k1"), close=close)
    assert texts(path) == [["whole"], ["after"]]


def test_two_kernels_that_record_into_one_file_at_once_keep_their_runs_apart(tmp_path):
    here, there = (RecordingFile(tmp_path / "a.jsonl", as_it_is) for _ in range(2))
    here.add(answer("h1", key="h1"))
    there.add(answer("t1", key="t1"))
    here.add(answer("h2", run=2, key="h2"))
    assert sorted(texts(tmp_path / "a.jsonl")) == [["h1"], ["h2"], ["t1"]]
    here.close()
    there.add(answer("t2", run=2, key="t2"))
    assert sorted(texts(tmp_path / "a.jsonl")) == [["h1"], ["h2"], ["t1"], ["t2"]]


def test_what_is_recorded_while_another_kernel_closes_the_file_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    here, there = RecordingFile(path, as_it_is), RecordingFile(path, as_it_is)
    here.add(answer("here", key="h"))

    def numbered_meanwhile(runs):
        there.add(answer("there", key="t"))
        return numbered(runs)

    numbered = recording_file._numbered
    monkeypatch.setattr(recording_file, "_numbered", numbered_meanwhile)
    here.close()
    assert sorted(texts(path)) == [["here"], ["there"]]


def test_what_a_full_disk_took_half_of_is_taken_back(tmp_path):
    class Full(io.FileIO):
        def write(self, data):
            if super().seek(0, io.SEEK_CUR) > 10:
                raise OSError(28, "No space left on device")
            return super().write(data[:8])

    path = tmp_path / "a.jsonl"
    path.write_bytes(b"whole\n")
    with Full(path, "a") as file, pytest.raises(OSError, match="No space"):
        recording_file._write_all(file, b"half of this is written\n")
    assert path.read_bytes() == b"whole\n"
