"""Answers of servers that nobody here wrote, kept byte for byte: whole, cut anywhere, and broken on purpose.

`python -m tests.servers.record` makes them again.
"""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_tools.events import StreamPart
from jupyter_tools.messages import AssistantMessage
from jupyter_tools.providers.anthropic_stream import AnthropicDecoder
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.ollama_stream import OllamaDecoder
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder
from jupyter_tools.providers.responses_stream import ResponsesDecoder

DECODERS = {
    "openai": ChatCompletionDecoder,
    "responses": ResponsesDecoder,
    "anthropic": AnthropicDecoder,
    "ollama": OllamaDecoder,
}
FOLDER = Path(__file__).parent / "recordings"
RECORDINGS = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.bytes"))}
CALLS = [("weather", {"city": "Омск"}), ("weather", {"city": "Tokyo"})]
MEANT = {  # what was recorded: text, reasoning, calls, why it stopped
    "aimock.hello": ("Hi there, мир! 🤔", "", [], "stop"),
    "aimock.think": ("So it is.", "Let me see.", [], "stop"),
    "aimock.weather": ("I look.", "", CALLS, "tool_calls"),
    "aimock.think.whole": ("So it is.", "Let me see.", [], "stop"),
    "aimock.weather.whole": ("I look.", "", CALLS, "tool_calls"),
    "llmock.none": ("One two three four five six.", "", [], "stop"),
}
BROKEN = ("cut-off", "truncate", "malformed", "disconnect")
GOOD = [name for name in RECORDINGS if not name.endswith(BROKEN)]


def read(name: str, *chunks: bytes) -> tuple[AssistantMessage, str | None]:
    """The message, and what went wrong."""
    decoder = DECODERS[name.partition(".")[0]]("server")
    assembly = MessageAssembly("server", "m")
    parts: list[StreamPart] = []
    for chunk in chunks:
        parts += decoder.decode(chunk)
    for part in parts + decoder.flush():
        assembly.add(part)
    return assembly.message(), decoder.failure and str(decoder.failure)


def meaning(message: AssistantMessage) -> tuple[object, ...]:
    calls = [(call.name, call.arguments) for call in message.tool_calls]
    return message.text, message.thinking, calls, message.stop_reason


def test_every_wire_is_recorded_from_every_server_that_speaks_it():
    assert {".".join(name.split(".")[:2]) for name in RECORDINGS} == {
        *(f"{wire}.aimock" for wire in DECODERS),
        *("openai.llmock", "anthropic.llmock"),
        *("openai.llama", "anthropic.llama", "responses.llama"),
    }


def test_every_wire_is_recorded_streamed_and_in_one_piece():
    whole = {name.partition(".")[0] for name in RECORDINGS if name.endswith("whole")}
    assert whole == {name.partition(".")[0] for name in RECORDINGS if not name.endswith("whole")} == set(DECODERS)


@pytest.mark.parametrize("name", [name for name in GOOD if ".llama." not in name])
def test_a_recorded_answer_means_what_the_server_was_told_to_say(name):
    message, failure = read(name, RECORDINGS[name])
    assert failure is None
    assert meaning(message) == MEANT[name.partition(".")[2]]
    assert len({call.id for call in message.tool_calls}) == len(message.tool_calls)


@pytest.mark.parametrize("name", [name for name in GOOD if ".llama." in name])
def test_what_llama_cpp_says_is_read_with_its_usage(name):
    message, failure = read(name, RECORDINGS[name])
    assert failure is None
    assert "Привет" in message.text
    assert message.stop_reason in ("stop", "length")
    assert message.usage.input_tokens > 10
    assert message.usage.output_tokens > 2


@pytest.mark.parametrize("name", [name for name in RECORDINGS if name not in GOOD])
def test_a_broken_answer_is_an_error_that_keeps_what_was_said(name):
    message, failure = read(name, RECORDINGS[name])
    assert failure is not None
    assert message.text
    assert ("This will not be said to its end." if "aimock" in name else MEANT["llmock.none"][0]).startswith(
        message.text
    )


@pytest.mark.parametrize("name", RECORDINGS)
@settings(max_examples=40)
@given(data=st.data())
def test_however_it_is_cut_a_recording_means_the_same(name, data):
    whole = RECORDINGS[name]
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=30).map(sorted))
    chunks = [whole[start:end] for start, end in pairwise([0, *cuts, len(whole)])]
    (cut, problem), (message, failure) = read(name, *chunks), read(name, whole)
    assert (meaning(cut), cut.usage, problem) == (meaning(message), message.usage, failure)


@pytest.mark.parametrize("name", GOOD)
def test_byte_by_byte_a_recording_means_the_same(name):
    whole = RECORDINGS[name]
    single = [whole[at : at + 1] for at in range(len(whole))]
    assert meaning(read(name, *single)[0]) == meaning(read(name, whole)[0])


@pytest.mark.parametrize("name", [name for name in GOOD if not name.endswith("whole")])
@settings(max_examples=25)
@given(data=st.data())
def test_a_recording_that_ends_too_soon_is_an_error_or_had_said_all(name, data):
    whole = RECORDINGS[name]
    end = data.draw(st.integers(0, len(whole)))
    message, failure = read(name, whole[:end])
    complete, _ = read(name, whole)
    assert complete.text.startswith(message.text)
    assert failure is not None or meaning(message) == meaning(complete)
