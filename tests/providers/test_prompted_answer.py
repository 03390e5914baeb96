import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_tools.events import TextDelta
from jupyter_tools.providers.prompted_answer import AnswerDecoder
from jupyter_tools.providers.prompted_calls import PromptedCallDecoder

from .test_prompted_calls import ADD, CALL, joined


def decoded(*pieces: str) -> list[object]:
    decoder = AnswerDecoder(PromptedCallDecoder(["add"]))
    return joined([part for piece in pieces for part in decoder.decode(piece)] + decoder.flush())


@given(st.text(), st.booleans(), st.sampled_from([None, 2]))
def test_an_answer_is_unwrapped_however_it_is_cut(answer: str, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps({"answer": answer}, ensure_ascii=ascii_only, indent=indent)
    assert decoded(text) == ([answer] if answer else [])
    assert decoded(*text) == decoded(text)


@given(st.text(alphabet='\\"ud83de0{}n_x', max_size=30), st.integers(min_value=0))
@example("\\ud83d\\ude00", 4)
@example("\\_ and \\ud83d alone", 3)
def test_even_broken_escapes_come_out_the_same_however_they_are_cut(inside: str, place: int) -> None:
    text = f'{{"answer": "{inside}'
    place %= len(text) + 1
    assert decoded(text[:place], text[place:]) == decoded(text) == decoded(*text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{{"tool_calls": [{ADD}]}}', [CALL]),
        (ADD, [CALL]),
        ("Plain text.", ["Plain text."]),
        ('{"answer": 42}', ['{"answer": 42}']),
        ('{"answer": "never closed', ["never closed"]),
        ('{"answer": "yes"}\n', ["yes"]),
        ('{"answer": "yes"} and more', ["yes and more"]),
        ('{"ans', ['{"ans']),
    ],
)
def test_what_is_no_answer_goes_to_the_calls(text: str, expected: list[object]) -> None:
    assert decoded(text) == expected
    assert decoded(*text) == expected


def test_an_answer_streams() -> None:
    decoder = AnswerDecoder(PromptedCallDecoder(["add"]))
    assert decoder.decode('{"answer": "It is') == [TextDelta(text="It is")]


def test_json_inside_an_answer_is_no_call() -> None:
    assert decoded(json.dumps({"answer": f"Write {ADD}"})) == [f"Write {ADD}"]
