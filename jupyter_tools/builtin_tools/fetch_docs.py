"""`fetch_docs`: the passages of some ids, with their neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jupyter_tools.builtin_tools.document_sources import GIST, numbered_sources
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.retriever import Retriever, retriever_in_use
from jupyter_tools.tools.context import BY_HAND, ToolContext
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample

MAX_WINDOW = 20
MAX_CHARACTERS = 40_000  # of a document; more drowns a model


@tool(
    hidden=["retriever"],
    examples=[
        ToolExample(request="Show me passage whales.md#3", arguments={"ids": ["whales.md#3"]}),
        ToolExample(
            request="Show whales.md#3 with the passages around it", arguments={"ids": ["whales.md#3"], "window": [1, 1]}
        ),
    ],
)
def fetch_docs(
    ids: list[str],
    window: list[int] | None = None,
    retriever: Retriever | None = None,
    context: ToolContext = BY_HAND,
) -> JsonObject:
    """Get passages or whole documents by their ids.

    Args:
        ids: Ids of passages such as "whales.md#3", or of documents such as "whales.md".
        window: How many passages before and after each to add, such as [1, 1].
        retriever: The documents, if not those in use.
        context: The call, whose look-up becomes a row of the traces.
    """
    documents = retriever if retriever is not None else retriever_in_use()
    before, after = _window(window)
    wanted = _ids(ids)
    with context.retrieval("fetch", wanted) as step:
        found = documents.fetch(wanted, before, after)
        step.result = list(found)
    chunks = [replace(found[id], text=found[id].text[:MAX_CHARACTERS]) for id in wanted if id in found]
    result: JsonObject = {
        "docs": [chunk.to_dict() for chunk in chunks],
        "missing": [id for id in wanted if id not in found],
        "sources": numbered_sources(chunks, length=GIST),
    }
    cut = [id for id in wanted if id in found and len(found[id].text) > MAX_CHARACTERS]
    return {**result, "note": f"Only the first {MAX_CHARACTERS:,} characters of {', '.join(cut)}."} if cut else result


def _ids(ids: Sequence[object]) -> list[str]:
    """The ids in order, each once. Numbers are ids, too."""
    listed = [ids] if isinstance(ids, str | int) else list(ids)
    for id in listed:
        if not isinstance(id, str | int) or isinstance(id, bool):
            raise ConfigurationError(f"An id is a text such as 'whales.md#3', not {type(id).__name__}.")
    return list(dict.fromkeys(str(id).strip() for id in listed))


def _window(window: Sequence[int] | int | None) -> tuple[int, int]:
    sides = [window, window] if isinstance(window, int) else list(window or (0, 0))
    if len(sides) == 1:
        sides *= 2
    if len(sides) != 2 or not all(type(side) is int and 0 <= side <= MAX_WINDOW for side in sides):
        raise ConfigurationError(f"A window is two numbers from 0 to {MAX_WINDOW}, such as [1, 1]; not {window!r}.")
    return sides[0], sides[1]
