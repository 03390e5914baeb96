import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.agent.agent import Agent
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import Notice, StopDelta, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.messages import Usage, text_of
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.continuing import ContinuingProvider

MODEL = Model(provider="fake", name="m")


class Fake:
    """Gives prepared streams, one a request."""

    name = "fake"

    def __init__(self, *streams):
        self.streams = list(streams)
        self.requests = []

    async def stream(self, request):
        self.requests.append(request)
        for part in self.streams.pop(0):
            yield part

    async def aclose(self):
        self.closed = True


def cut(*texts: str, usage: int = 1):
    return [*(TextDelta(text=text) for text in texts), UsageDelta(usage=Usage(output_tokens=usage)), LENGTH]


def whole(*texts: str, usage: int = 1):
    return [*(TextDelta(text=text) for text in texts), UsageDelta(usage=Usage(output_tokens=usage)), STOP]


LENGTH, STOP = StopDelta(stop_reason="length"), StopDelta(stop_reason="stop")


async def parts_of(fake: Fake, times: int = 3):
    return [part async for part in ContinuingProvider(fake, times).stream(Request(model=MODEL, messages=()))]


def text_in(parts) -> str:
    return "".join(part.text for part in parts if isinstance(part, TextDelta))


async def test_an_answer_cut_for_length_is_carried_on_without_a_seam():
    fake = Fake(cut("The cat ", "sat on "), whole("The cat sat on ", "the mat."))
    parts = await parts_of(fake)
    assert text_in(parts) == "The cat sat on the mat."
    assert parts[-1] == STOP
    assert sum(isinstance(part, StopDelta) for part in parts) == 1


async def test_the_model_sees_what_it_said_and_the_line_to_carry_on_from():
    fake = Fake(cut("One.\nTwo and"), whole(" three."))
    assert text_in(await parts_of(fake)) == "One.\nTwo and three."
    said, asked = fake.requests[1].messages
    assert said.text == "One.\nTwo and"
    assert text_of(asked.content) == "Carry on from this point:\nTwo and"


async def test_it_is_asked_so_often_and_no_more():
    fake = Fake(*(cut(f"part {number} ") for number in range(9)))
    parts = await parts_of(fake, times=2)
    assert text_in(parts) == "part 0 part 1 part 2 "
    assert parts[-1] == LENGTH
    assert len(fake.requests) == 3


async def test_tokens_of_all_answers_are_added():
    parts = await parts_of(Fake(cut("a ", usage=5), cut("b ", usage=7), whole("c", usage=2)))
    assert [part.usage.output_tokens for part in parts if isinstance(part, UsageDelta)] == [5, 12, 14]


async def test_a_notice_says_that_it_is_asked_again():
    parts = await parts_of(Fake(cut("a"), whole("b")))
    assert [part.text for part in parts if isinstance(part, Notice)] == [
        "the answer was cut; asking for the rest (1 of 3)"
    ]


@pytest.mark.parametrize(
    "stream",
    [
        whole("All."),
        [TextDelta(text="a"), ToolCallDelta(index=0, id="c", name="f", arguments='{"x'), LENGTH],
        [ThinkingDelta(text="Hm"), LENGTH],
        [TextDelta(text=" \n"), LENGTH],
        [TextDelta(text="a"), StopDelta(stop_reason="error", error_message="fell over")],
        [TextDelta(text="it broke off")],
    ],
)
async def test_other_answers_stay_as_they_are(stream):
    fake = Fake(stream)
    parts = await parts_of(fake)
    assert text_in(parts) == text_in(stream)
    assert parts[-1] == stream[-1]
    assert len(fake.requests) == 1


async def test_thoughts_before_the_continuation_do_not_stand_in_the_text():
    fake = Fake(
        [ThinkingDelta(text="Hm."), *cut("The cat sat")], [ThinkingDelta(text="Go on."), *whole("The cat sat down")]
    )
    parts = await parts_of(fake)
    assert text_in(parts) == "The cat sat down"
    assert [part.text for part in parts if isinstance(part, ThinkingDelta)] == ["Hm."]


async def test_a_continuation_may_call_a_tool():
    call = ToolCallDelta(index=0, id="c", name="f", arguments="{}")
    parts = await parts_of(Fake(cut("I look"), [TextDelta(text=" it up. "), call, StopDelta(stop_reason="tool_calls")]))
    assert text_in(parts) == "I look it up. "
    assert parts[-2] == call


words = st.lists(st.text("abcЖ .\n", min_size=1, max_size=6), max_size=6)


@given(st.lists(words, min_size=1, max_size=4))
async def test_nothing_that_was_said_is_lost_and_the_end_is_the_last_ones(streams):
    fake = Fake(*(cut(*texts) for texts in streams[:-1]), whole(*streams[-1]))
    parts = await parts_of(fake, times=5)
    assert text_in(parts).startswith("".join(streams[0]).rstrip())
    assert sum(isinstance(part, StopDelta) for part in parts) == 1


async def test_an_agent_keeps_one_message():
    agent = Agent(provider=Fake(cut("The cat sat on"), whole("The cat sat on the mat.")), trace=False, continuations=1)
    result = await agent.run("Tell me.")
    assert result.text == "The cat sat on the mat."
    assert len(result.messages) == 2
    assert result.stop_reason == "stop"


def test_less_than_none_is_refused():
    with pytest.raises(ConfigurationError, match="write 0 or more"):
        Agent(provider=Fake(), continuations=-1)
