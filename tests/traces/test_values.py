import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.messages import AssistantMessage, TextContent, Usage, user_message
from jupyter_tools.traces.values import StoredObject, decode, encode, is_utf8, snapshot
from tests.traces.run_events import answer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_json_values_come_back_whole(value: Any) -> None:
    assert decode(encode(value)) == value


@given(st.dictionaries(st.sampled_from(["$bytes", "$dict", "$object", "$x", "a"]), JSON, max_size=2))
def test_a_value_that_looks_like_a_tag_comes_back_as_it_was(value: dict[str, Any]) -> None:
    assert decode(encode(value)) == value


@given(st.dictionaries(st.integers() | st.text() | st.booleans(), st.integers()))
def test_dicts_keep_the_types_of_their_keys(value: dict[Any, int]) -> None:
    assert decode(encode(value)) == value


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_is_storable_and_comes_back_whole(text: str) -> None:
    stored = encode(text)
    assert is_utf8(stored)
    assert decode(stored) == text


def test_text_is_stored_readable() -> None:
    assert encode({"город": "Москва"}) == '{"город": "Москва"}'


def test_the_text_is_strict_json() -> None:
    stored = encode([math.nan, math.inf, -math.inf])
    json.loads(stored, parse_constant=pytest.fail)
    nan, plus, minus = decode(stored)
    assert math.isnan(nan)
    assert (plus, minus) == (math.inf, -math.inf)


def test_messages_come_back_as_messages() -> None:
    conversation = [user_message("сколько?"), answer("4")]
    assert decode(encode(conversation)) == conversation


class Resistant:
    def __repr__(self) -> str:
        raise RuntimeError


class Named:
    def __repr__(self) -> str:
        return "Named()" + "x" * 10_000


def test_an_object_is_described_in_a_bounded_text() -> None:
    stored = decode(encode({"object": Named()}))["object"]
    assert isinstance(stored, StoredObject)
    assert stored.type.endswith("Named")
    assert repr(stored).startswith("Named()")
    assert len(stored.text) <= 2000


def test_an_object_whose_repr_raises_is_described_too() -> None:
    assert "Resistant" in decode(encode(Resistant())).text


def test_a_value_that_contains_itself_is_cut_off() -> None:
    value: list[Any] = [1]
    value.append(value)
    assert decode(encode(value))[0] == 1


def test_a_value_a_thousand_levels_deep_is_cut_off() -> None:
    value: Any = "bottom"
    for _ in range(1000):
        value = {"deeper": value}
    assert "deeper" in decode(encode(value))
    assert "deeper" in snapshot(value)


def test_a_stored_value_that_is_damaged_does_not_spoil_the_others() -> None:
    good, bad = decode('["good", {"$datetime": "yesterday"}]')
    assert good == "good"
    assert isinstance(bad, StoredObject)


def test_a_tag_of_a_later_version_is_left_as_it_is() -> None:
    assert decode('{"$quaternion": [1, 2, 3, 4]}') == {"$quaternion": [1, 2, 3, 4]}


def test_a_snapshot_does_not_follow_later_changes() -> None:
    value = {"rows": [1, 2], "more": {"n": 1}}
    copy = snapshot(value)
    value["rows"].append(3)
    value["more"]["n"] = 2
    assert copy == {"rows": [1, 2], "more": {"n": 1}}


@pytest.mark.parametrize("cost", [math.nan, math.inf, object()])
def test_a_message_with_something_else_in_a_field_is_stored_all_the_same(cost: Any) -> None:
    message = AssistantMessage(content=(TextContent(text="да"),), usage=Usage(cost=cost))
    text = encode(message)
    json.loads(text, parse_constant=pytest.fail)
    assert decode(text).content == message.content
