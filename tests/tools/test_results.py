import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import ImageContent, TextContent
from jupyter_tools.tools.results import MAX_TEXT_CHARS, NOTHING, data_of, shorten, to_result

PNG = b"\x89PNG\r\n\x1a\n...."
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Drawing:
    def _repr_png_(self) -> bytes:
        return PNG


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("привет", "привет"),
        ("", ""),
        (None, NOTHING),
        (42, "42"),
        (True, "true"),
        (1.5, "1.5"),
        ([1, "два", None], '[1, "два", null]'),
        ({"город": "Казань"}, '{"город": "Казань"}'),
        (b"bytes that are text", "bytes that are text"),
        ((1, 2), "[1, 2]"),
        ([], "[]"),
    ],
)
def test_plain_values_become_text(value, text):
    result = to_result(value)
    assert result.content == (TextContent(text=text),)
    assert not result.is_error


@given(JSON)
def test_any_json_value_comes_back_as_data(value):
    result = to_result(value)
    if isinstance(value, dict) and value.get("error"):
        assert result.is_error
    assert data_of(result) == value


def test_a_finished_result_is_kept_as_it_is():
    result = AgentToolResult(content=(TextContent(text="x"),), details={"a": 1}, terminate=True)
    assert to_result(result) is result


def test_content_written_as_dicts_or_text_is_read():
    result = to_result(AgentToolResult(content=[{"type": "text", "text": "a"}, "b"], details=[1], is_error=True))
    assert result.content == (TextContent(text="a"), TextContent(text="b"))
    assert (result.details, result.is_error) == ([1], True)


def test_a_dict_of_a_results_shape_is_a_result():
    result = to_result({"content": [{"type": "image", "data": "AAAA", "mime_type": "image/png"}], "details": 5})
    assert result.content == (ImageContent(data="AAAA"),)
    assert result.details == 5


def test_a_dict_that_only_has_a_content_of_its_own_is_data():
    value = {"content": ["page 1", "page 2"], "url": "x"}
    assert to_result(value).details == value


def test_content_of_something_else_is_refused():
    with pytest.raises(TypeError, match="text and images, not int"):
        to_result(AgentToolResult(content=(5,)))


@pytest.mark.parametrize(
    ("value", "is_error"), [({"error": "no"}, True), ({"error": ""}, False), ({"error": None}, False)]
)
def test_a_dict_that_speaks_of_an_error_is_one(value, is_error):
    assert to_result(value).is_error is is_error


def test_pictures_and_text_in_a_list_stand_after_each_other():
    content = to_result(["before", Drawing(), {"n": 1}]).content
    assert [type(block) for block in content] == [TextContent, ImageContent, TextContent]
    assert content[2] == TextContent(text='{"n": 1}')


def test_long_text_is_shortened_for_the_model_and_whole_in_the_details():
    text = "начало" + "x" * MAX_TEXT_CHARS + "конец"
    result = to_result(text)
    shown = result.content[0].text
    assert len(shown) < MAX_TEXT_CHARS + 100
    assert shown.startswith("начало")
    assert shown.endswith("конец")
    assert "11 characters left out" in shown
    assert result.details == text


def test_long_json_keeps_its_value():
    value = {"numbers": list(range(50_000))}
    result = to_result(value)
    assert len(result.content[0].text) < MAX_TEXT_CHARS + 100
    assert result.details == value


@given(st.text(), st.integers(4, 50))
def test_shortening_never_touches_what_fits(text, limit):
    short = shorten(text, limit)
    assert short == text if len(text) <= limit else "left out" in short


def test_binary_that_is_no_text_says_how_long_it_is():
    result = to_result(b"\xff\x00\xfe" * 10)
    assert result.content == (TextContent(text="(30 bytes of binary data)"),)
    assert json.dumps(result.details)
