import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.tools.json_copy import MAX_CHARACTERS, MAX_DEPTH, TooLargeError, copy_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


@given(JSON)
def test_a_copy_equals_its_original(value):
    assert copy_json(value)[0] == value


def test_a_copy_shares_nothing_that_could_change():
    value = {"a": [{"b": 1}]}
    copy, _ = copy_json(value)
    copy["a"][0]["b"] = 2
    assert value == {"a": [{"b": 1}]}
    flat = {"a": 1}
    assert copy_json(flat)[0] is not flat


@pytest.mark.parametrize(
    ("value", "whole"), [({"a": 1.5}, False), ({"a": 5.0}, True), ({"a": [{"b": 5.0}]}, True), ({"a": 5}, False)]
)
def test_floats_that_are_whole_numbers_are_noticed(value, whole):
    assert copy_json(value)[1] is whole


def test_the_depth_is_bounded():
    assert copy_json(nested(MAX_DEPTH))[0] == nested(MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 1000, 100_000):
        with pytest.raises(TooLargeError, match="levels deep"):
            copy_json(nested(depth))


@pytest.mark.parametrize(
    "value",
    [
        {"a": "я" * (MAX_CHARACTERS + 1)},
        {"я" * (MAX_CHARACTERS + 1): 1},
        {"a": ["x" * (MAX_CHARACTERS // 2)] * 3},
        [[1] * (MAX_CHARACTERS // 2 + 1)],
    ],
)
def test_the_size_is_bounded(value):
    with pytest.raises(TooLargeError, match="10,000,000 characters"):
        copy_json(value)


def test_a_small_value_repeated_without_end_is_bounded():
    value = ["x" * 100]
    for _ in range(40):
        value = [value, value]
    with pytest.raises(TooLargeError):
        copy_json(value)


def test_a_key_that_is_no_text_is_an_error():
    with pytest.raises(ValueError, match="the key 5 is no text"):
        copy_json({5: [1]})
