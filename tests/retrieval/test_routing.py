import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.retrieval.routing import choose_route, fused, possible_route


@pytest.mark.parametrize(
    ("query", "route"),
    [
        ("Danube", "bm25"),
        ("ISO 8601", "bm25"),
        ("E1042", "bm25"),
        ("отчёт 12.03.2024", "bm25"),
        ("курс евро", "bm25"),
        ("why do whales sleep upright", "dense"),
        ("Why?", "dense"),
        ("почему киты спят стоя", "dense"),
        ("почему вырос курс нефти в 2023?", "hybrid"),
        ("what does read_csv return", "hybrid"),
        ("glacier loss in the alps", "hybrid"),
        ("somewhat strange howling creatures", "hybrid"),
    ],
)
def test_the_route_fits_the_query(query, route):
    assert choose_route(query)[0] == route


def test_words_count_only_as_whole_words():
    assert choose_route("whatever")[0] == "bm25"
    assert choose_route("показатель")[0] == "bm25"


@pytest.mark.parametrize("query", ["", "  ", "?!", "\n"])
def test_an_empty_query_has_a_route_and_a_reason(query):
    assert choose_route(query) == ("bm25", ["the query is empty"])


@given(st.text(max_size=80))
def test_every_query_has_one_route_and_reasons(query):
    route, reasons = choose_route(query)
    assert route in {"bm25", "dense", "hybrid"}
    assert reasons
    assert all(reasons)


def test_a_route_that_is_missing_is_replaced_and_that_is_told():
    route, reasons = possible_route("why do whales sleep", ["bm25"])
    assert route == "bm25"
    assert reasons[-1] == "but dense cannot be searched here, so bm25 is"


def test_what_both_rankings_have_comes_first():
    assert [number for number, _ in fused([[1, 2, 3], [4, 3, 5]], 3)] == [3, 1, 4]


@given(st.lists(st.lists(st.integers(0, 9), unique=True), max_size=3), st.integers(0, 12))
def test_fusion_gives_each_once_in_falling_order(rankings, k):
    found = fused(rankings, k)
    assert len({number for number, _ in found}) == len(found) <= k
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
