import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.conversation import conversation_of
from jupyter_tools.traces.frame import Traces


def test_the_last_run_has_what_its_model_saw_and_the_answer(two_runs: Traces) -> None:
    conversation = conversation_of(two_runs(), -1)
    assert [message.role for message in conversation] == ["user", "assistant", "tool_result", "assistant"]
    assert repr(conversation).splitlines() == [
        "user: Сколько будет 1+2?",
        "assistant: Let me see.",
        '  -> math_eval({"expression": "2+2"})',
        "math_eval: 4",
        "assistant: It is 4.",
    ]


def test_a_turn_has_what_it_saw(two_runs: Traces) -> None:
    assert [message.role for message in conversation_of(two_runs(), "run-0", turn=1)] == ["user", "assistant"]


def test_a_turn_that_was_not_is_refused(two_runs: Traces) -> None:
    with pytest.raises(ConfigurationError, match="no model call in turn 7"):
        conversation_of(two_runs(), -1, turn=7)
