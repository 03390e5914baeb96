import pytest

from jupyter_tools.retrieval.polarity import is_opposed


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Whales breathe in sleep.", "Whales do not breathe in sleep."),
        ("The drug isn't safe.", "The drug is safe."),
        ("Profit rose.", "Revenue rose, while profit fell."),
        ("Пингвины летают.", "Пингвины не летают."),
        ("Выручка выросла.", "Выручка упала."),
    ],
)
def test_texts_that_say_the_opposite_are_opposed_both_ways(claim, evidence):
    assert is_opposed(claim, evidence)
    assert is_opposed(evidence, claim)


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Revenue rose.", "Revenue rose, while profit fell."),
        ("The drug reduced glucose.", "The drug reduced glucose, but it did not reduce weight."),
        ("Whales do not breathe in sleep.", "In sleep, whales do not breathe."),
        ("Киты спят.", "Киты спят, но не дышат."),
        ("", "Not a word."),
        ("Bees dance.", "Whales do not sing."),
    ],
)
def test_texts_that_agree_or_speak_of_other_things_are_not(claim, evidence):
    assert not is_opposed(claim, evidence)


def test_a_negation_of_the_opposite_is_no_contradiction():
    assert not is_opposed("Profit did not fall.", "Profit rose.")
