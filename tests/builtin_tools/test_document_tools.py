import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.agent.agent import Agent
from jupyter_tools.builtin_tools.compose_context import compose_context
from jupyter_tools.builtin_tools.dedup_diversify import dedup_diversify
from jupyter_tools.builtin_tools.document_sources import numbered_sources
from jupyter_tools.builtin_tools.document_tools import document_tools
from jupyter_tools.builtin_tools.fetch_docs import fetch_docs
from jupyter_tools.builtin_tools.router_select import router_select
from jupyter_tools.builtin_tools.search_docs import search_docs
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.messages import ToolResultMessage
from jupyter_tools.providers.script_parts import call
from jupyter_tools.providers.scripted import ScriptedProvider
from jupyter_tools.retrieval import retriever
from jupyter_tools.retrieval.index import DocumentIndex
from jupyter_tools.token_estimate import estimate_tokens
from jupyter_tools.tools.registry import default_registry

LONG = " ".join(f"Sentence number {n} stands here." for n in range(40))
NAMES = ["search_docs", "fetch_docs", "verify", "router_select", "dedup_diversify", "compose_context"]
DOCS = st.lists(
    st.builds(
        lambda id, text: {"id": id, "text": text}, st.integers(0, 30), st.text("абв abc.\n", max_size=200) | st.text()
    ),
    max_size=12,
)
HITS = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 20), "text": st.text("abc ", max_size=12)},
        optional={
            "score": st.floats(-3, 3),
            "distance": st.floats(0, 3),
            "embedding": st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=3),
        },
    ),
    max_size=10,
)


@pytest.fixture
def index(monkeypatch):
    monkeypatch.setattr(retriever, "_in_use", None)
    documents = [
        {"id": "w", "title": "Whales", "text": "Whales sleep upright.", "url": "https://a.example/w"},
        {"id": "b", "text": "Bees dance to tell of flowers."},
        {"id": "long", "text": LONG},
    ]
    return DocumentIndex(documents, chunk_size=200, overlap=60).use()


# --- all of them ---
def test_all_are_offered_by_name_and_described():
    for name in NAMES:
        tool = default_registry().get(name)
        assert tool.description
        assert all(schema.get("description") for schema in tool.parameters["properties"].values())
        assert not {"retriever", "count_tokens"} & tool.parameters["properties"].keys()


def test_tools_can_be_bound_to_documents_of_their_own(index):
    other = DocumentIndex(["Zebras have stripes."])
    bound = {tool.name: tool for tool in document_tools(other, count_tokens=len)}
    assert sorted(bound) == sorted(NAMES)
    assert [found["id"] for found in bound["search_docs"]("zebra")["results"]] == ["1#1"]
    assert bound["fetch_docs"](["w#1"])["missing"] == ["w#1"]
    assert bound["verify"]("", "Zebras have stripes.")["verified"]
    assert bound["compose_context"](["a text"])["tokens"] == len("[1] a text")


async def test_an_agent_calls_them_and_its_sources_travel_in_the_details(index):
    provider = ScriptedProvider([[call("search_docs", {"query": "whales"})], ["They sleep upright [1]."]])
    agent = Agent("scripted:test", ["search_docs"], provider=provider, trace=False)
    result = await agent.run("How do whales sleep?")
    [answer] = [message for message in result.messages if isinstance(message, ToolResultMessage)]
    [source] = answer.details["results"]
    assert source == {
        "number": 1,
        "title": "Whales",
        "id": "w#1",
        "url": "https://a.example/w",
        "text": "Whales sleep upright.",
    }
    assert result.text == "They sleep upright [1]."


async def test_a_search_inside_a_call_is_told_as_a_step(index):
    provider = ScriptedProvider([[call("search_docs", {"query": "whales"})], ["Done."]])
    agent = Agent("scripted:test", ["search_docs"], provider=provider, trace=False)
    events = [event async for event in agent.stream("How do whales sleep?")]
    [start] = [event for event in events if event.type == "step_start"]
    [end] = [event for event in events if event.type == "step_end"]
    assert (start.kind, start.name, start.args) == ("retrieval", "bm25", "whales")
    assert (end.status, end.result) == ("ok", ["w#1"])


def test_without_documents_they_say_how_to_get_some(monkeypatch):
    monkeypatch.setattr(retriever, "_in_use", None)
    for ask in (lambda: search_docs("a"), lambda: fetch_docs(["a"])):
        with pytest.raises(ConfigurationError, match="No documents are in use"):
            ask()


# --- search_docs, router_select ---
def test_a_search_tells_its_route_and_why(index):
    found = search_docs("Why do whales sleep upright?")
    assert found["route"] == "bm25"
    assert found["reasons"][-1] == "but dense cannot be searched here, so bm25 is"
    assert "[1]" in found["note"]


def test_a_search_that_finds_nothing_says_so(index):
    assert search_docs("zebra") == {
        "query": "zebra",
        "route": "bm25",
        "reasons": ["it is short (1 word)"],
        "results": [],
        "note": "Nothing was found. Try other words.",
    }


def test_the_same_text_is_found_once(index):
    index.add([{"id": "w2", "text": "whales  sleep upright."}, {"id": "w3", "text": "Whales SLEEP upright."}])
    assert len(search_docs("whales sleep")["results"]) == 1


@pytest.mark.parametrize("arguments", [{"query": ""}, {"query": "a", "k": 0}, {"query": "a", "route": "dens"}])
def test_a_search_that_cannot_be_is_refused(index, arguments):
    with pytest.raises(ConfigurationError):
        search_docs(**arguments)


def test_a_route_is_chosen_with_real_reasons():
    assert router_select("E1042") == {
        "route": "bm25",
        "reasons": ["it holds a name of code", "it is short (1 word)"],
    }
    with pytest.raises(ConfigurationError, match="not int"):
        router_select(5)


# --- fetch_docs ---
def test_documents_come_in_the_order_of_their_ids_each_once_and_missing_ones_are_named(index):
    found = fetch_docs(["b#1", "zz", "w", "b#1"])
    assert [doc["id"] for doc in found["docs"]] == ["b#1", "w"]
    assert found["docs"][1]["text"] == "Whales sleep upright."
    assert found["missing"] == ["zz"]
    assert [source["number"] for source in found["sources"]] == [1, 2]


def test_a_window_adds_neighbours_on_each_side(index):
    alone, around = fetch_docs(["long#3"])["docs"][0], fetch_docs(["long#3"], [1, 1])["docs"][0]
    assert alone["text"] in around["text"]
    assert around["text"] in LONG
    assert fetch_docs(["long#3"], 1)["docs"] == fetch_docs(["long#3"], [1])["docs"] == [around]


@pytest.mark.parametrize("window", [[-1, 0], [1, 2, 3], [99, 0], "ab", [1.5, 1]])
def test_a_window_that_is_none_is_refused(index, window):
    with pytest.raises(ConfigurationError, match="A window is two numbers"):
        fetch_docs(["w"], window)


@pytest.mark.parametrize("ids", [[None], [["w"]], [True]])
def test_ids_that_are_none_are_refused(index, ids):
    with pytest.raises(ConfigurationError, match="An id is a text"):
        fetch_docs(ids)


def test_numbers_are_ids_too(index):
    index.add([{"id": 7, "text": "Seven."}])
    assert fetch_docs([7])["docs"][0]["text"] == "Seven."


def test_a_source_may_be_cut(index):
    [source] = numbered_sources([replace(index.fetch(["w"])["w"], text="a" * 50)], length=10)
    assert source["text"] == "aaaaaaaaaa ..."


# --- compose_context ---
@given(
    DOCS, st.integers(0, 120), st.sampled_from(["footnotes", "titles", "none"]), st.sampled_from([len, estimate_tokens])
)
def test_the_budget_holds_and_numbers_have_no_gaps(docs, budget, form, count):
    result = compose_context(docs, budget, form, count)
    assert count(result["prompt"]) == result["tokens"] <= budget
    used = len(result["contexts"])
    assert [item["index"] for item in result["citations"]] == list(range(1, used + 1))
    with_text = [doc["id"] for doc in docs if doc["text"].strip()]
    assert [item["id"] for item in result["citations"]] + result["left_out"] == with_text


def test_documents_stand_in_order_with_their_numbers():
    docs = [{"id": "a", "text": "Текст документа."}, {"id": "b", "text": "Другой документ."}]
    result = compose_context(docs)
    assert result["prompt"] == "[1] Текст документа.\n\n[2] Другой документ."
    assert result["citations"] == [{"id": "a", "index": 1}, {"id": "b", "index": 2}]
    assert result["contexts"] == ["Текст документа.", "Другой документ."]


def test_the_format_of_citations_is_obeyed():
    docs = [{"id": "a", "text": "One.", "metadata": {"title": "A"}}]
    assert compose_context(docs, citation_format="titles")["prompt"] == "[1] A\nOne."
    assert compose_context(docs, citation_format="none")["prompt"] == "One."
    with pytest.raises(UnknownNameError, match="Did you mean 'footnotes'"):
        compose_context(docs, citation_format="footnote")


@given(st.integers(1, 60))
def test_no_word_is_cut(budget):
    [*_, last] = compose_context([{"id": 1, "text": LONG}], budget)["contexts"] or [""]
    kept = last.removesuffix(" ...").split()
    assert kept == LONG.split()[: len(kept)]


@pytest.mark.parametrize("docs", [[5], [{"id": 1}], [{"text": None}]])
def test_what_is_no_document_is_refused(docs):
    with pytest.raises(ConfigurationError, match="Document 1 is neither"):
        compose_context(docs)


@pytest.mark.parametrize("budget", [-1, 1.5, True, "9"])
def test_a_budget_that_is_none_is_refused(budget):
    with pytest.raises(ConfigurationError, match="a number of tokens"):
        compose_context([], budget)


# --- dedup_diversify ---
@given(HITS, st.floats(0, 1), st.integers(0, 12))
def test_choosing_again_from_what_was_chosen_changes_nothing(hits, lambda_, k):
    chosen = dedup_diversify(hits, lambda_, k)["hits"]
    assert len(chosen) <= k
    assert all(hit in hits for hit in chosen)
    assert len({hit["id"] for hit in chosen}) == len(chosen)
    if not any("embedding" in hit for hit in hits) and (all("score" in hit for hit in hits)):
        assert dedup_diversify(chosen, lambda_, k)["hits"] == chosen


def test_the_best_comes_first_by_score_or_by_distance():
    scored = [{"id": 1, "text": "bees", "score": 0.2}, {"id": 2, "text": "whales", "score": 0.9}]
    assert [hit["id"] for hit in dedup_diversify(scored)["hits"]] == [2, 1]
    distant = [{"id": 1, "text": "bees", "distance": 0.9}, {"id": 2, "text": "whales", "distance": 0.1}]
    assert [hit["id"] for hit in dedup_diversify(distant)["hits"]] == [2, 1]


def test_embeddings_of_every_kind_are_taken():
    near, far = [1.0, 0.0, 0.1], np.array([0, 1, 0])
    hits = [
        {"id": "a", "text": "one", "score": 0.9, "embedding": near},
        {"id": "b", "text": "two", "score": 0.8, "embedding": [1.0, 0.3, 0.1]},
        {"id": "c", "text": "three", "score": 0.5, "embedding": far},
        {"id": "d", "text": "four", "score": 0.1, "embedding": None},
        {"id": "e", "text": "five", "score": 0.1, "embedding": [1, 2]},
        {"id": "f", "text": "six", "score": 0.1, "embedding": "text"},
    ]
    assert [hit["id"] for hit in dedup_diversify(hits, 0.4, 2)["hits"]] == ["a", "c"]
    assert len(dedup_diversify(hits)["hits"]) == 6


def test_hits_of_a_search_can_be_given(index):
    kept = dedup_diversify(index.search("whales bees"))["hits"]
    assert {hit["id"] for hit in kept} == {"w#1", "b#1"}
    assert json.dumps(kept)


@pytest.mark.parametrize("options", [{"k": -1}, {"k": 1.5}, {"lambda_": 1.1}, {"lambda_": -0.1}, {"lambda_": "0.5"}])
def test_a_choice_that_cannot_be_is_refused(options):
    with pytest.raises(ConfigurationError):
        dedup_diversify([], **options)
    with pytest.raises(ConfigurationError, match="Result 1 is no dict"):
        dedup_diversify(["text"])
