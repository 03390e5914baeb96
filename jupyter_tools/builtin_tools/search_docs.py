"""`search_docs`: search the documents that are in use, and number what is found, so that an answer can cite it."""

from __future__ import annotations

from typing import Literal

from jupyter_tools.builtin_tools.document_sources import HOW_TO_CITE, numbered_sources
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.diversity import diversified
from jupyter_tools.retrieval.documents import Hit
from jupyter_tools.retrieval.retriever import Retriever, checked_search, retriever_in_use
from jupyter_tools.retrieval.routing import possible_route
from jupyter_tools.tools.context import BY_HAND, ToolContext
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample

MAX_RESULTS = 20


@tool(
    timeout_s=600,  # the first search by meaning embeds all that is there
    hidden=["retriever"],
    examples=[
        ToolExample(request="What do my papers say about sleep?", arguments={"query": "sleep"}),
        ToolExample(request="Find one passage on error E1042", arguments={"query": "error E1042", "k": 1}),
    ],
)
def search_docs(
    query: str,
    k: int = 5,
    route: Literal["auto", "bm25", "dense", "hybrid"] = "auto",
    retriever: Retriever | None = None,
    context: ToolContext = BY_HAND,
) -> JsonObject:
    """Search the user's documents.

    Args:
        query: Words, or a question.
        k: How many passages, 1 to 20.
        route: "bm25" by words, "dense" by meaning, "hybrid" by both, "auto" to leave it to the query.
        retriever: The documents, if not those in use.
        context: The call, whose searches become rows of the traces.
    """
    documents = retriever if retriever is not None else retriever_in_use()
    checked_search(query, k, route)
    if not query.strip():
        raise ConfigurationError("There is nothing to search for: the query is empty.")
    chosen, reasons = possible_route(query, documents.routes) if route == "auto" else (route, ["it was asked for"])
    wanted = min(k, MAX_RESULTS)
    with context.retrieval(chosen, query) as step:
        hits = _each_once(documents.search(query, 2 * wanted, route=chosen), wanted)
        step.result = [hit.id for hit in hits]
    found = numbered_sources(hit.chunk for hit in hits)
    note = HOW_TO_CITE if found else "Nothing was found. Try other words."
    return {"query": query, "route": chosen, "reasons": reasons, "results": found, "note": note}


def _each_once(hits: list[Hit], k: int) -> list[Hit]:
    import numpy as np

    relevance = -np.arange(len(hits), dtype=float)
    texts = [hit.text for hit in hits]
    return [hits[place] for place in diversified(texts, relevance, [None] * len(hits), lambda_=1, k=k)]
