"""What an answer is while it comes, and at its end."""

import pytest

from jupyter_tools.agent.growing_answer import GrowingAnswer
from jupyter_tools.events import Notice, StopDelta, TextDelta, UsageDelta
from jupyter_tools.messages import NO_USAGE, Usage, user_message
from jupyter_tools.providers.assembly import MessageAssembly


def answer_of(*parts):
    answer = GrowingAnswer(MessageAssembly("scripted", "test"))
    for part in parts:
        answer.add(part)
    return answer


@pytest.mark.parametrize(
    ("parts", "aborted", "stop_reason", "error_type"),
    [
        ([TextDelta(text="a"), StopDelta(stop_reason="length")], False, "length", None),
        ([TextDelta(text="a"), StopDelta(stop_reason="stop")], True, "stop", None),
        ([TextDelta(text="a")], True, "aborted", None),
        ([TextDelta(text="a")], False, "error", "CutOff"),
    ],
)
def test_an_answer_ends_as_the_model_says_and_one_that_says_nothing_is_cut_off_or_aborted(
    parts, aborted, stop_reason, error_type
):
    message = answer_of(*parts).message(aborted=aborted)
    assert (message.text, message.stop_reason, message.error_type) == ("a", stop_reason, error_type)


def test_an_answer_that_fails_keeps_what_there_is():
    message = answer_of(TextDelta(text="a")).failed("gone", "OSError")
    assert (message.text, message.stop_reason, message.error_message) == ("a", "error", "gone")


def test_the_first_piece_is_the_first_that_says_something():
    answer = answer_of(Notice(text="retrying"))
    assert answer.first_token_ms is None
    answer.add(TextDelta(text="a"))
    first = answer.first_token_ms
    answer.add(TextDelta(text="b"))
    assert answer.first_token_ms == first >= 0


@pytest.mark.parametrize("said", [NO_USAGE, Usage(input_tokens=7, output_tokens=1)])
def test_tokens_are_estimated_only_where_nobody_has_said_them(said):
    answer = answer_of(TextDelta(text="four words of answer"), UsageDelta(usage=said))
    answer.count([user_message("a question")])
    usage = answer.message(aborted=True).usage
    assert usage.estimated if said == NO_USAGE else usage == said
