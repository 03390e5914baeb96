import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.json_types import encodable, encodable_json, json_reader, read_json

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)


@given(any_text)
def test_whatever_a_text_holds_it_can_be_encoded_and_nothing_else_changes(text):
    clean = encodable(text)
    clean.encode()
    halves = "".join(map(chr, range(0xD800, 0xE000)))
    assert clean == text or any(half in text for half in halves)


def test_halves_that_stand_together_are_one_character():
    assert encodable("a\ud83e\udd14b \ud83e") == "a🤔b \ufffd"
    whole = "мир 🤔"
    assert encodable(whole) is whole


def test_texts_and_names_deep_in_a_value_are_looked_at():
    assert encodable_json({"\ud83d": [1, None, {"a": "x\udc80"}]}) == {"\ufffd": [1, None, {"a": "x\ufffd"}]}


def test_what_json_does_not_know_is_read_as_text() -> None:
    assert read_json('{"a": [NaN, -Infinity, 1.5, "NaN"]}') == {"a": ["NaN", "-Infinity", 1.5, "NaN"]}
    with pytest.raises(ValueError, match="Expecting value"):
        read_json("nothing")


@given(st.from_regex(r"[ \t\r\n]*(\{\}|\[1, 2\]|\"a\"|nul|1)[ \t\r\n\xa0\x0b]*1?", fullmatch=True))
def test_a_text_is_json_where_it_is_json_for_the_standard_library(text):
    try:
        value = json.loads(text)
    except ValueError as error:
        with pytest.raises(ValueError, match=error.args[0].partition(":")[0]):
            json_reader()(text)
    else:
        assert json_reader()(text) == value
