import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import MissingExtraError
from jupyter_tools.retrieval.bm25 import Bm25, best

TEXTS = ["Whales sleep upright.", "Bees dance to tell of flowers.", "Киты спят стоя.", "The whale sang; whales sing."]


def test_texts_that_share_rare_words_are_found_best_first():
    found = Bm25.build(TEXTS).search("sleeping whale", 4)
    assert [number for number, _ in found] == [0, 3]
    assert found[0][1] > found[1][1] > 0


def test_russian_is_found_in_every_form():
    assert [number for number, _ in Bm25.build(TEXTS).search("о китах", 4)] == [2]


@pytest.mark.parametrize("query", ["", "the and of", "zebra", "?!", "и"])
def test_a_query_without_known_words_finds_nothing(query):
    assert Bm25.build(TEXTS).search(query, 4) == []


@pytest.mark.parametrize("texts", [[], ["", "the"], ["?"]])
def test_texts_without_words_can_be_indexed_saved_and_searched(texts, tmp_path):
    index = Bm25.build(texts)
    index.save(tmp_path)
    assert index.search("whale", 3) == Bm25.load(tmp_path).search("whale", 3) == []


def test_what_was_saved_finds_the_same(tmp_path):
    index = Bm25.build(TEXTS)
    index.save(tmp_path)
    assert Bm25.load(tmp_path).search("whales dance", 3) == index.search("whales dance", 3)


@given(st.lists(st.integers(-5, 5), max_size=20), st.integers(0, 30))
def test_the_best_are_the_highest_in_order(values, k):
    scores = np.array(values, dtype=float)
    found = best(scores, k)
    assert [score for _, score in found] == sorted(values, reverse=True)[:k]
    assert all(values[place] == score for place, score in found)


def test_without_the_extra_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[search\]"):
        Bm25.build(TEXTS)
