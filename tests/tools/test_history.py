import pytest

from jupyter_tools.tools.history import CallHistory


def test_the_same_call_may_be_made_twice_and_not_a_third_time():
    history = CallHistory()
    assert [history.refuse("search", {"q": "oil"}) for _ in range(2)] == [None, None]
    refusal = history.refuse("search", {"q": "oil"})
    assert refusal == history.refusal
    assert refusal.startswith("search was called with these arguments 2 times already")


@pytest.mark.parametrize(
    "other",
    [{"q": "gas"}, {"q": "oil", "n": 1}, {}, {"n": "1"}, {"deep": [{"a": 1}]}, {"deep": [{"a": 2}]}],
)
def test_other_arguments_are_another_call(other):
    history = CallHistory(max_same_calls=1)
    for arguments in ({"q": "oil"}, {"n": 1}, {"deep": [1]}):
        history.refuse("search", arguments)
    assert history.refuse("search", other) is None


def test_the_order_of_arguments_does_not_make_another_call():
    history = CallHistory(max_same_calls=1)
    assert history.refuse("t", {"a": [1], "b": 2}) is None
    assert history.refuse("t", {"b": 2, "a": [1]}) is not None


def test_more_calls_than_a_run_may_make_are_refused_by_name():
    history = CallHistory(max_calls=3)
    assert [history.refuse("t", {"n": n}) for n in range(3)] == [None] * 3
    assert history.refuse("fetch", {"n": 3}).startswith("fetch is not run: the run has made its 3 tool calls.")


def test_once_is_said_as_once():
    history = CallHistory(max_same_calls=1)
    history.refuse("t", {})
    assert " once already" in history.refuse("t", {})
