import sys

import pytest

from jupyter_tools.errors import MissingExtraError
from jupyter_tools.retrieval import words
from jupyter_tools.retrieval.words import content_stems, plain_words, stems


def test_words_are_reduced_by_the_rules_of_their_language():
    assert stems(["whales", "sleeping"]) == ["whale", "sleep"]
    assert stems(["китами", "киты"]) == ["кит", "кит"]
    assert len(set(stems(["зелёный", "зеленый"]))) == 1


def test_words_that_say_nothing_are_left_out_in_both_languages():
    assert content_stems("The whales and the bees") == ["whale", "bee"]
    assert content_stems("Как спят киты и пчёлы?") == stems(["спят", "киты", "пчелы"])


def test_plain_words_need_no_package():
    assert plain_words("Don't PANIC, Ёж!") == ["don", "t", "panic", "ёж"]


def test_without_the_extra_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "Stemmer", None)
    words._stemmers.cache_clear()
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[search\]"):
        stems(["word"])
