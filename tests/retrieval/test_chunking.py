import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval.chunking import Chunking

LINES = st.sampled_from(
    [
        "# Head",
        "## Part",
        "Some words. And more! Слова, ещё слова.",
        "",
        "```",
        "x = 1  # no heading",
        "\f",
        "a" * 70,
        "  ",
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(LINES, max_size=30).map("\n".join))


def chunks(text, **options):
    return [text[piece.start : piece.end] for piece in Chunking(**options).pieces(text)]


@given(TEXTS, st.integers(20, 90), st.integers(0, 10))
@example("Some words. And more! Слова, ещё слова.\n\n  \nSome words. And more! Слова, ещё слова.", 20, 10)
def test_chunks_keep_their_size_their_order_and_all_of_the_text(text, size, overlap):
    pieces = Chunking(size=size, overlap=overlap).pieces(text)
    assert all(0 < piece.end - piece.start <= size for piece in pieces)
    assert [piece.start for piece in pieces] == sorted({piece.start for piece in pieces})
    assert [piece.end for piece in pieces] == sorted({piece.end for piece in pieces})
    covered = {place for piece in pieces for place in range(piece.start, piece.end)}
    assert all(place in covered or char.isspace() for place, char in enumerate(text))


@given(TEXTS, st.integers(20, 90), st.integers(0, 10))
def test_neighbours_overlap_by_no_more_than_is_allowed(text, size, overlap):
    pieces = Chunking(size=size, overlap=overlap).pieces(text)
    assert all(first.end - second.start <= overlap for first, second in itertools.pairwise(pieces))


def test_a_short_text_is_one_chunk_and_an_empty_one_none():
    assert chunks(" Whales sleep. \n") == ["Whales sleep."]
    assert chunks(" \n ") == []


def test_a_chunk_ends_at_a_paragraph_if_it_can_else_at_a_sentence_else_at_a_word():
    assert chunks("One two three four.\n\nFive six seven eight nine.", size=30, overlap=0)[0] == "One two three four."
    assert chunks("One two three four. Five six seven eight nine.", size=30, overlap=0)[0] == "One two three four."
    assert chunks("one two three four five six seven eight", size=20, overlap=0)[0] == "one two three four"


def test_headings_begin_chunks_and_name_them():
    text = f"# Whales\n\n{'Big. ' * 40}\n## Sleep\n\n{'Upright. ' * 40}\n# Bees\n\n{'Small. ' * 40}"
    sections = [piece.section for piece in Chunking().pieces(text)]
    assert sections == ["Whales", "Whales › Sleep", "Bees"]


def test_a_comment_in_a_block_of_code_is_no_heading():
    text = f"# Code\n\n```python\n# a comment\n{'x = 1' * 60}\n```\n"
    assert {piece.section for piece in Chunking().pieces(text)} == {"Code"}


def test_pages_name_chunks():
    text = "\f".join(f"{word} " * 60 for word in ("one", "two", "three"))
    assert [piece.section for piece in Chunking().pieces(text)] == ["page 1", "page 2", "page 3"]


def test_an_overlap_begins_at_a_word():
    first, second, *_ = chunks("alpha beta gamma delta epsilon zeta eta theta", size=24, overlap=10)
    assert second.split()[0] in first.split()


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (19, 0), (100, 51), (100, -1)])
def test_sizes_that_cannot_be_are_refused(size, overlap):
    with pytest.raises(ConfigurationError, match="give"):
        Chunking(size=size, overlap=overlap)
