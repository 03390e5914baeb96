import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jupyter_tools.seams import SeamDecoder, carry_on, join_continuation


def test_the_last_line_is_what_is_carried_on_from():
    assert carry_on("One.\nTwo and ") == "Carry on from this point:\nTwo and"
    assert carry_on(" \n ") == ""


@pytest.mark.parametrize(
    ("answer", "more", "joined"),
    [
        ("The cat sat on", "The cat sat on the mat.", "The cat sat on the mat."),  # said again
        ("The cat sat on", " the mat.", "The cat sat on the mat."),  # just carried on
        ("A list:\n- one\n- tw", "- two\n- three", "A list:\n- one\n- two\n- three"),
        ("x = 1\ny ", "y = 2", "x = 1\ny = 2"),
        ("Long ago, in a far country, ", "in a far country, there was", "Long ago, in a far country, there was"),
        ("banan", "a", "banana"),
        ("banan", "na split", "bananna split"),  # one letter is the same by chance
        ("", "all", "all"),
        ("all", "", "all"),
        ("Жили-были старик", "\nЖили-были старик и старуха", "Жили-были старик и старуха"),
    ],
)
def test_what_both_texts_share_is_kept_once(answer, more, joined):
    assert join_continuation(answer, more) == joined


words = st.lists(st.text("abcdefghij", min_size=1, max_size=7), min_size=4, max_size=30).map(" ".join)


@given(words, words, st.integers(8, 60))
def test_a_repeated_end_leaves_no_seam(answer, more, length):
    repeated = answer[-length:]
    whole = answer + more
    assume(len(repeated) >= 8 and not repeated[0].isspace())
    assume(whole.count(repeated) == 1)
    assert join_continuation(answer, repeated + more) == whole


@given(st.text(), st.text())
def test_nothing_of_the_answer_is_lost(answer, more):
    joined = join_continuation(answer, more)
    assert joined.startswith(answer.rstrip())
    assert joined.endswith(more[-1:]) or not more.strip()
    assert len(joined) <= len(answer) + len(more)


texts = st.text("ab \nЖ", max_size=40) | words


@given(texts, texts, st.lists(st.integers(0, 60), max_size=8), st.integers(0, 40))
def test_however_the_continuation_is_cut_the_joined_text_is_the_same(answer, more, cuts, repeated):
    more = answer[len(answer) - repeated :] + more if repeated <= len(answer) else more
    places = sorted({0, len(more), *(cut for cut in cuts if cut < len(more))})
    decoder = SeamDecoder(answer)
    pieces = [piece for a, b in itertools.pairwise(places) for piece in decoder.decode(more[a:b])]
    assert answer.rstrip() + "".join([*pieces, *decoder.flush()]) == join_continuation(answer, more)


def test_what_is_certain_is_not_held_back():
    decoder = SeamDecoder("The cat sat on")
    assert decoder.decode("The cat") == []
    assert decoder.decode(" sat on the") == [" the"]
    assert decoder.decode(" mat") == [" mat"]
    assert decoder.flush() == []
