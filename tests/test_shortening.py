"""Long texts made short, for people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.shortening import beginning, cut, ending, one_line

COMPOSED = ["и\u0306" * 10, "👩\u200d🔬" * 10, "👍🏽" * 10, "н\u0301\u0323" * 10]


@given(st.text(max_size=60), st.integers(1, 12))
def test_a_line_has_no_needless_space_and_says_that_it_was_cut(text, limit):
    line, whole = one_line(text, limit), " ".join(text.split())
    assert len(line) <= limit
    assert line == whole or (line.endswith("…") and whole.startswith(line[:-1]))


def test_what_fits_on_a_line_is_not_touched():
    assert one_line(" Сколько\n  это? ", 12) == "Сколько это?"
    assert one_line("Сколько это?", 11) == "Сколько эт…"
    assert one_line("", 5) == ""


def test_a_line_of_a_huge_text_is_made_of_its_beginning():
    assert one_line("\n" * 1_000_000 + "x", 9) == "…"
    assert one_line("x" * 1_000_000, 9) == "xxxxxxxx…"


def test_a_cut_text_says_how_much_is_missing():
    assert cut("short", 5) == "short"
    assert cut("x" * 2_001, 1_000) == "x" * 1_000 + "\n… 1,001 more characters"


@given(st.text(max_size=40), st.integers(0, 20))
def test_a_beginning_and_an_ending_are_parts_of_the_text(text, limit):
    first, last = beginning(text, limit), ending(text, limit)
    assert text.startswith(first)
    assert text.endswith(last)
    assert len(first) <= limit
    assert len(last) <= limit


@pytest.mark.parametrize("text", COMPOSED)
def test_characters_of_several_parts_are_not_cut(text):
    character = text[: len(text) // 10]
    for limit in range(len(text) + 1):
        fitting = character * (limit // len(character))
        assert (beginning(text, limit), ending(text, limit)) == (fitting, fitting)
