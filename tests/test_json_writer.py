import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.json_writer import json_writer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_it_writes_what_the_standard_library_writes(value):
    assert json_writer()(value) == json.dumps(value, ensure_ascii=False)
    assert json_writer(",", ":")(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def test_letters_of_all_scripts_are_written_as_they_are():
    assert json_writer()({"город": "Тула"}) == '{"город": "Тула"}'


def test_what_json_does_not_know_is_refused_or_made_into_what_it_knows():
    assert json_writer(default=str)([1j]) == '["1j"]'
    with pytest.raises(TypeError):
        json_writer()([1j])


def test_another_python_than_cpython_writes_the_same(monkeypatch):
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert json_writer(",", ":")({"a": [1, "я"]}) == '{"a":[1,"я"]}'
