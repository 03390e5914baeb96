import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.retrieval.claims import numbers, support_of

ANY = st.text(max_size=80) | st.lists(st.sampled_from(["whales", "not", "5,4", "sleep.", "Киты", "не", "3 530"])).map(
    " ".join
)


@given(ANY, ANY, ANY)
def test_any_texts_give_signals_between_0_and_1_and_a_place_in_the_passage(claim, passage, query):
    found = support_of(claim, passage, query)
    assert all(0 <= value <= 1 for value in (found.support, found.lexical, found.numeric or 0, found.negation))
    assert 0 <= found.start <= found.end <= len(passage)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3,530 km", {3530}),
        ("3 530 км", {3530}),
        ("5,4 to 6.1", {5.4, 6.1}),
        ("1,234,567.5", {1234567.5}),
        ("18 % in 2022", {18, 2022}),
        ("no numbers, A4", {4}),
    ],
)
def test_numbers_are_read_as_they_are_meant(text, found):
    assert numbers(text) == found


def test_a_number_of_which_the_passage_says_nothing_weighs_less_than_one_that_differs():
    other = support_of("Whales sleep 10 minutes.", "Whales sleep 15 minutes.")
    silent = support_of("Whales sleep 10 minutes.", "Whales sleep minutes.")
    assert other.support < silent.support < 0.6
    assert (other.verdict, silent.verdict) == ("contradicted", "unrelated")
