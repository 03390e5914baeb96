import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.messages import ImageContent, ToolCallContent, user_message
from jupyter_tools.traces.value_shapes import shape_of
from tests.traces.run_events import answer


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (None, None),
        ("привет", "str of 6"),
        (b"abc", "bytes of 3"),
        (12.5, "float"),
        (True, "bool"),
        ({"city": "Tokyo", "days": [1, 2]}, {"city": "str of 5", "days": ["list of 2", "int"]}),
        ([], ["list of 0"]),
        (np.zeros((3, 4)), "ndarray of 3x4"),
        (user_message("hello"), {"role": "user", "content": ["text of 5"]}),
        (ImageContent(data="AAAA"), "image/png of 3"),
        (
            answer("Well", ToolCallContent(id="1", name="t", arguments={"q": "x"})),
            {"role": "assistant", "content": ["text of 4", {"tool_call": "t", "arguments": {"q": "str of 1"}}]},
        ),
    ],
)
def test_a_shape_tells_types_lengths_and_names(value: Any, shape: Any) -> None:
    assert shape_of(value) == shape


JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(JSON)
def test_any_value_has_a_shape_that_is_json(value: Any) -> None:
    json.dumps(shape_of(value))


@given(st.text("абвгд", min_size=4))
def test_no_text_is_in_a_shape(text: str) -> None:
    assert text not in json.dumps(shape_of({"a": [text], "b": user_message(text)}), ensure_ascii=False)


def test_a_bottomless_value_has_a_shape() -> None:
    value: list[Any] = []
    value.append(value)
    assert json.dumps(shape_of(value))
