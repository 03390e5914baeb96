"""What searching 100,000 chunks costs, beside the library alone, and choosing and composing what was found."""

import random
import tempfile
import time
from functools import cache
from itertools import accumulate
from pathlib import Path

import bm25s
import numpy as np

from jupyter_tools.builtin_tools.compose_context import compose_context
from jupyter_tools.builtin_tools.dedup_diversify import dedup_diversify
from jupyter_tools.retrieval.bm25 import Bm25
from jupyter_tools.retrieval.index import DocumentIndex
from jupyter_tools.retrieval.words import TOKEN_PATTERN, stems, stop_words
from tests.bench.measure import bench

CHUNKS = 100_000
BUILT = 20_000
QUERIES = 20
WORDS_A_CHUNK = 100


@cache
def texts(count: int = CHUNKS) -> list[str]:
    """Texts with few frequent and many rare words, half of them Russian, as in a language."""
    chance = random.Random(1)
    vocabulary = [f"{'слово' if number % 2 else 'word'}{number}" for number in range(60_000)]
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(vocabulary))))
    return [" ".join(chance.choices(vocabulary, cum_weights=weights, k=WORDS_A_CHUNK)) for _ in range(count)]


@cache
def index() -> DocumentIndex:
    made = DocumentIndex(texts(), progress=False)
    made.search("word1")
    return made


@cache
def queries() -> list[str]:
    chance = random.Random(2)
    return [" ".join(chance.sample(chance.choice(texts()).split(), 5)) for _ in range(QUERIES)]


def milliseconds(work, times: int) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000 / times


def library_query() -> float:
    library = index()._with_words()._library
    options = {
        "token_pattern": TOKEN_PATTERN,
        "stopwords": list(stop_words()),
        "stemmer": stems,
        "show_progress": False,
    }

    def work() -> None:
        for query in queries():
            tokens = bm25s.tokenize([query], return_ids=False, **options)
            library.retrieve(tokens, k=10, show_progress=False)

    return milliseconds(work, QUERIES)


def library_build() -> float:
    options = {
        "token_pattern": TOKEN_PATTERN,
        "stopwords": list(stop_words()),
        "stemmer": stems,
        "show_progress": False,
    }
    return milliseconds(
        lambda: bm25s.BM25().index(bm25s.tokenize(texts()[:BUILT], **options), show_progress=False), BUILT
    )


@bench(
    "retrieval: a bm25 query over 100,000 chunks",
    unit="ms CPU",
    floor=library_query,
    floor_name="bm25s",
    at_most=20,
    at_most_ratio=1.1,
    rounds=7,
)
def query() -> float:
    searched = index()
    return milliseconds(lambda: [searched.search(text, route="bm25") for text in queries()], QUERIES)


@bench(
    "retrieval: indexing a chunk's words (0.333 is 3,000 a second)",
    unit="ms CPU",
    floor=library_build,
    floor_name="bm25s",
    at_most=1 / 3,
    at_most_ratio=1.1,
    rounds=3,
)
def build() -> float:
    return milliseconds(lambda: Bm25.build(texts()[:BUILT]), BUILT)


@bench("retrieval: from 20,000 documents to a first search, a chunk", unit="ms CPU", at_most=1 / 3, rounds=3)
def build_all() -> float:
    return milliseconds(lambda: DocumentIndex(texts()[:BUILT], progress=False).search("word1"), BUILT)


@cache
def saved() -> tuple[tempfile.TemporaryDirectory, Path]:
    folder = tempfile.TemporaryDirectory()
    return folder, index().save(Path(folder.name) / "index")


@bench("retrieval: opening a saved index of 100,000 chunks and searching it", unit="s CPU", at_most=1, rounds=5)
def opening() -> float:
    _, folder = saved()
    return milliseconds(lambda: DocumentIndex.open(folder).search(queries()[0]), 1000)


@cache
def hits(with_vectors: bool) -> list[dict]:
    chance = np.random.default_rng(1)
    made = [{"id": n, "text": text, "score": 1 / (n + 1)} for n, text in enumerate(texts()[:1000])]
    return [{**hit, "embedding": chance.normal(size=384)} for hit in made] if with_vectors else made


@bench("retrieval: MMR of 1,000 hits with vectors to 50", unit="ms CPU", at_most=20)
def mmr_vectors() -> float:
    return milliseconds(lambda: dedup_diversify(hits(True), k=50), 1)


@bench("retrieval: MMR of 1,000 hits by their words to 50", unit="ms CPU")
def mmr_words() -> float:
    return milliseconds(lambda: dedup_diversify(hits(False), k=50), 1)


@bench("retrieval: compose_context of 200 documents", unit="ms CPU", at_most=10)
def compose() -> float:
    return milliseconds(lambda: compose_context(hits(False)[:200], 100_000), 1)
