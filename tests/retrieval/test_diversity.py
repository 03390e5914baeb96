import numpy as np

from jupyter_tools.retrieval.diversity import diversified

TEXTS = ["whales sleep upright", "Whales  sleep upright", "bees dance for flowers", "whales sleep near the surface"]


def test_texts_that_differ_only_in_space_and_case_are_one():
    assert 1 not in diversified(TEXTS, np.array([4.0, 3, 2, 1]) / 4, [None] * 4, lambda_=1, k=4)


def test_the_more_difference_counts_the_sooner_another_subject_comes():
    relevance = np.array([1.0, 0.9, 0.1, 0.8])
    assert diversified(TEXTS, relevance, [None] * 4, lambda_=1, k=3) == [0, 3, 2]
    assert diversified(TEXTS, relevance, [None] * 4, lambda_=0.2, k=3) == [0, 2, 3]


def test_vectors_are_compared_where_both_have_one_else_words():
    vectors = [np.array([1.0, 0]), None, np.array([0, 1.0]), np.array([1.0, 0])]
    texts = ["one", "two", "three", "four"]
    assert diversified(texts, np.ones(4), vectors, lambda_=0.5, k=4) == [0, 1, 2]
