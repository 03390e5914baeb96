"""A recording answers in place of a model."""

import asyncio
import time

import pytest

from jupyter_tools.errors import RecordingError
from jupyter_tools.events import Notice, StopDelta, TextDelta, UsageDelta
from jupyter_tools.messages import Usage, user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.replay import AnswerBook, ReplayProvider
from jupyter_tools.recordings.entries import RecordedCall
from jupyter_tools.recordings.file import RecordingFile
from jupyter_tools.recordings.keys import conversation_key, latest_key

MODEL = Model(provider="openai", name="m")
REPLAYED = Notice(text="answering from a.jsonl", kind="replay")


def recorded(prompt, answer, *, run=1, model="openai:m", ms=1.0, before=()):
    messages = [*before, user_message(prompt)]
    return RecordedCall(
        run=run,
        key=conversation_key(messages),
        latest=latest_key(messages),
        model=model,
        prompt=prompt,
        parts=((ms, TextDelta(text=answer)),),
        usage=Usage(input_tokens=7, output_tokens=2),
    )


@pytest.fixture
def book_of(tmp_path):
    def write(*calls):
        file = RecordingFile(tmp_path / "a.jsonl", lambda text: text)
        for call in calls:
            file.add(call)
        return AnswerBook(tmp_path / "a.jsonl")

    return write


async def ask(book, prompt="Hi", *, model=MODEL, before=(), signal=None, fast=True):
    provider = ReplayProvider(book, "openai", fast=fast)
    request = Request(model=model, messages=(*before, user_message(prompt)), signal=signal)
    return [part async for part in provider.stream(request)]


def text(parts):
    return "".join(part.text for part in parts if isinstance(part, TextDelta))


async def test_the_answer_comes_with_its_tokens_and_its_reason_to_stop(book_of):
    parts = await ask(book_of(recorded("Hi", "Hallo")))
    usage = UsageDelta(usage=Usage(input_tokens=7, output_tokens=2))
    assert parts == [REPLAYED, TextDelta(text="Hallo"), usage, StopDelta(stop_reason="stop")]


async def test_repeats_are_played_in_turn_and_then_from_the_beginning(book_of):
    book = book_of(recorded("Hi", "one"), recorded("Hi", "two", run=2))
    assert [text(await ask(book)) for _ in range(4)] == ["one", "two", "one", "two"]
    assert (book.answers, book.played) == (2, 2)


async def test_the_whole_conversation_is_looked_for_before_the_last_words(book_of):
    before = (user_message("My name is Анна."),)
    book = book_of(recorded("Hi", "who?"), recorded("Hi", "Hallo Анна", run=2, before=before))
    assert text(await ask(book, before=before)) == "Hallo Анна"
    assert text(await ask(book, before=[user_message("something else")])) == "who?"


async def test_of_several_models_the_same_one_answers_and_another_one_says_who_it_is(book_of):
    book = book_of(recorded("Hi", "other", model="ollama:x"), recorded("Hi", "own", run=2))
    assert text(await ask(book)) == "own"
    parts = await ask(book_of(recorded("Hi", "other", model="ollama:x")), model=Model(provider="local", name="y"))
    notice = Notice(text="ollama:x answers, from the recording", kind="fallback", provider="ollama", model="x")
    assert parts[:2] == [REPLAYED, notice]


async def test_a_prompt_that_is_not_there_shows_the_nearest_one(book_of):
    book = book_of(recorded("What is the capital of France?", "Paris"), recorded("Zähle bis drei", "1 2 3", run=2))
    with pytest.raises(RecordingError, match=r"no answer to .*Italy.*nearest recorded one is .*France"):
        await ask(book, "What is the capital of Italy?")


async def test_a_turn_that_is_not_there_is_told_apart_from_a_prompt_that_is_not(book_of):
    book = book_of(recorded("Hi", "Hallo"))
    provider = ReplayProvider(book, "openai", fast=True)
    request = Request(model=MODEL, messages=(user_message("Hi"), *_an_answer_and_a_result()))
    with pytest.raises(RecordingError, match="not with this turn"):
        await anext(provider.stream(request))


def _an_answer_and_a_result():
    from jupyter_tools.messages import AssistantMessage, TextContent

    return [AssistantMessage(content=(TextContent(text="Hallo"),))]


async def test_an_empty_recording_says_that_it_holds_nothing(book_of):
    with pytest.raises(RecordingError, match="holds no answers"):
        await ask(book_of())


async def test_the_times_of_the_recording_are_kept_unless_told_otherwise(book_of):
    book = book_of(recorded("Hi", "Hallo", ms=80.0))
    started = time.monotonic()
    await ask(book)
    quick, started = time.monotonic() - started, time.monotonic()
    await ask(book, fast=False)
    assert quick < 0.08 <= time.monotonic() - started


async def test_a_wait_ends_when_the_run_is_stopped(book_of):
    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, signal.set)
    parts = await asyncio.wait_for(ask(book_of(recorded("Hi", "Hallo", ms=60_000.0)), signal=signal, fast=False), 5)
    assert parts == [REPLAYED, StopDelta(stop_reason="aborted")]
