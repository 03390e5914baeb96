import numpy as np
import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval.vectors import Vectors, embedded, query_vector, unit_vectors
from tests.retrieval.embedding import LetterCounter


def test_the_nearest_come_first_with_their_similarity():
    vectors = Vectors([("a", 3)], np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    assert vectors.search(np.array([0, 1], dtype=np.float32), 2) == [(1, 1.0), (2, pytest.approx(0.8))]


def test_only_what_is_not_known_is_embedded():
    embedder = LetterCounter()
    first = embedded(embedder, [("a", ["bee", "bees"]), ("b", ["whale"])], {}, progress=False)
    embedder.seen.clear()
    second = embedded(
        embedder, [("b", ["whale"]), ("c", ["cat"]), ("a", ["bee", "bees"])], first.blocks(), progress=False
    )
    assert embedder.seen == ["cat"]
    assert np.array_equal(second.matrix[0], first.matrix[2])
    assert np.array_equal(second.matrix[2:], first.matrix[:2])


def test_nothing_to_embed_is_searched_in_vain():
    empty = embedded(LetterCounter(), [("a", [])], {}, progress=False)
    assert empty.search(np.ones(4), 3) == []


@pytest.mark.parametrize(
    "values", ["text", [["a"]], [[1, 2], [3]], [1.0, 2.0], [[1.0], [2.0]], [[float("nan"), 1.0]], [[]], None]
)
def test_what_is_no_vector_a_text_is_refused(values):
    with pytest.raises(ConfigurationError, match="The embedder gave"):
        unit_vectors(values, 1)


def test_a_vector_of_zeros_does_no_harm():
    assert unit_vectors([[0.0, 0.0]], 1).tolist() == [[0.0, 0.0]]


def test_queries_may_be_embedded_in_another_way():
    class Two:
        def __call__(self, texts):
            return [[1.0, 0.0] for _ in texts]

        def embed_query(self, text):
            return [0.0, 1.0]

    assert query_vector(Two(), "q").tolist() == [0.0, 1.0]


def test_a_query_of_other_dimensions_is_refused():
    vectors = Vectors([("a", 1)], np.ones((1, 3), dtype=np.float32))
    with pytest.raises(ConfigurationError, match="2 dimensions and the index 3"):
        vectors.search(np.ones(2, dtype=np.float32), 1)
