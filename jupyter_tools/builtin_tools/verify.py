"""`verify`: whether the documents in use say what is claimed. It tells what it measured."""

from __future__ import annotations

from typing import NamedTuple

from jupyter_tools.builtin_tools.document_sources import numbered_sources
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.claims import SUPPORTED, Support, support_of
from jupyter_tools.retrieval.documents import Chunk
from jupyter_tools.retrieval.retriever import Retriever, retriever_in_use
from jupyter_tools.tools.context import BY_HAND, ToolContext
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample

MAX_DOCUMENTS = 20
_WORTH_SHOWING = 0.3  # the part of the claim's words that a passage must have to be evidence for anything


class _Found(NamedTuple):
    chunk: Chunk
    support: Support

    @property
    def text(self) -> str:
        return self.chunk.text[self.support.start : self.support.end].strip()


@tool(
    timeout_s=600,  # as search_docs
    hidden=["retriever"],
    examples=[
        ToolExample(
            request="How long is the Danube? Check that it is 2850 km.",
            arguments={"query": "How long is the Danube?", "claim": "The Danube is 2850 km long."},
        )
    ],
)
def verify(
    query: str, claim: str, top_k: int = 3, retriever: Retriever | None = None, context: ToolContext = BY_HAND
) -> JsonObject:
    """Check whether the user's documents support a claim.

    Args:
        query: The question that the claim answers.
        claim: One statement to check, in the words of the documents where that is possible.
        top_k: How many passages to look at.
        retriever: The documents, if not those in use.
        context: The call, whose search becomes a row of the traces.
    """
    if not isinstance(claim, str) or not claim.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError("There is no claim to verify. Give a statement, such as: The Danube is 2850 km long.")
    if isinstance(top_k, bool) or not isinstance(top_k, int) or top_k < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"top_k is how many passages to look at, at least 1; not {top_k!r}.")
    documents = retriever if retriever is not None else retriever_in_use()
    with context.retrieval("verify", claim) as step:
        chunks = _passages(documents, query or "", claim, min(top_k, MAX_DOCUMENTS))
        step.result = [chunk.id for chunk in chunks]
    measured = [_Found(chunk, support_of(claim, chunk.text, query or "")) for chunk in chunks]
    measured.sort(key=lambda found: found.support.weight, reverse=True)
    return _told(claim, measured)


def _passages(documents: Retriever, query: str, claim: str, top_k: int) -> list[Chunk]:
    """What is found for the claim, and for the claim with its question: a claim that says "it" needs that."""
    route = "hybrid" if "hybrid" in documents.routes else documents.routes[0]
    asked = [claim, f"{query} {claim}"] if query.strip() else [claim]
    hits = [hit for text in asked for hit in documents.search(text, top_k, route=route)]
    return list({hit.id: hit.chunk for hit in hits}.values())


def _told(claim: str, measured: list[_Found]) -> JsonObject:
    shown = [found for found in measured if found.support.lexical >= _WORTH_SHOWING]
    best = measured[0].support if measured else None
    confidence = best.support if best else 0.0
    return {
        "verified": confidence >= SUPPORTED,
        "verdict": best.verdict if best else "unrelated",
        "confidence": confidence,
        "threshold": SUPPORTED,
        "claim": claim,
        "signals": {
            "lexical": best.lexical if best else 0.0,
            "numeric": best.numeric if best else None,
            "negation": best.negation if best else 1.0,
        },
        "evidence": [found.text for found in shown],
        "evidence_places": [_place(found) for found in shown],
        "documents_found": len(measured),
        "sources": numbered_sources(found.chunk for found in shown),
    }


def _place(found: _Found) -> JsonObject:
    start = found.chunk.start + found.support.start
    return {
        "id": found.chunk.id,
        "document": found.chunk.document_id,
        "start": start,
        "end": start + found.support.end - found.support.start,
        "verdict": found.support.verdict,
        "support": found.support.support,
    }
