"""`compose_context`: documents as one numbered text for a prompt, within a budget of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.documents import Chunk, Hit
from jupyter_tools.token_estimate import estimate_tokens
from jupyter_tools.tools.decorator import tool

FORMATS = ("footnotes", "titles", "none")
_BETWEEN = "\n\n"
_CUT = " ..."
_LEAST = 24  # characters; less of a document is not worth its number
_WORD_END = re.compile(r"\S(?=\s)|\S$")


@tool(hidden=["count_tokens"])
def compose_context(
    docs: list[dict[str, Any]],
    max_tokens_ctx: int = 1800,
    citation_format: str = "footnotes",
    count_tokens: Callable[[str], int] = estimate_tokens,
) -> JsonObject:
    """Put documents into one text for a prompt, numbered for citations, within a budget of tokens.

    Args:
        docs: Documents with "id" and "text", in the order in which they shall stand.
        max_tokens_ctx: How many tokens the text may have.
        citation_format: "footnotes" for [1], "titles" for [1] and the title, "none" for the texts alone.
        count_tokens: Counts the tokens of a text, if not by estimate.
    """
    if citation_format not in FORMATS:
        raise UnknownNameError("citation format", citation_format, FORMATS)
    if isinstance(max_tokens_ctx, bool) or not isinstance(max_tokens_ctx, int) or max_tokens_ctx < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"max_tokens_ctx is a number of tokens, 0 or more; not {max_tokens_ctx!r}.")
    rows = [row for number, doc in enumerate(docs, 1) if (row := _as_dict(doc, number))["text"].strip()]
    contexts = _fitting(rows, citation_format, max_tokens_ctx, count_tokens)
    used = rows[: len(contexts)]
    prompt = _prompt(used, contexts, citation_format)
    return {
        "prompt": prompt,
        "citations": [{"id": row.get("id"), "index": index} for index, row in enumerate(used, 1)],
        "contexts": contexts,
        "sources": [_source(row, index, text) for index, (row, text) in enumerate(zip(used, contexts, strict=True), 1)],
        "tokens": count_tokens(prompt),
        "left_out": [row.get("id") for row in rows[len(contexts) :]],
    }


def _as_dict(doc: Any, number: int) -> JsonObject:
    if isinstance(doc, str):
        return {"id": str(number), "text": doc}
    data = doc.to_dict() if isinstance(doc, Chunk | Hit) else doc
    if not isinstance(data, Mapping) or not isinstance(cast("JsonObject", data).get("text"), str):
        raise ConfigurationError(f'Document {number} is neither a text nor a dict with "id" and "text".')
    return dict(cast("JsonObject", data))


def _fitting(rows: Sequence[JsonObject], form: str, budget: int, count: Callable[[str], int]) -> list[str]:
    """The texts that fit, in order; the last one may be cut behind a word. Nothing comes after the first that is cut.

    The parts are counted one by one, and then the whole: tokens of parts need not add up to those of the whole.
    """
    texts: list[str] = []
    total = 0
    for index, row in enumerate(rows, 1):
        cost = count(_block(row, row["text"].strip(), form, index) + _BETWEEN)
        texts.append(row["text"].strip())
        total += cost
        if total > budget:
            break
    while texts and count(_prompt(rows, texts, form)) > budget:
        last = _shortened(rows, texts, form, budget, count)
        texts.pop()
        if last:
            return [*texts, last]
    return texts


def _shortened(
    rows: Sequence[JsonObject], texts: Sequence[str], form: str, budget: int, count: Callable[[str], int]
) -> str:
    """The longest beginning of the last text with which all fits; empty if too little of it would be left."""
    before, text = list(texts[:-1]), texts[-1]
    ends = [match.end() for match in _WORD_END.finditer(text)][:-1]
    low, high = 0, len(ends)  # how many words fit
    while low < high:
        middle = (low + high + 1) // 2
        candidate = [*before, text[: ends[middle - 1]] + _CUT]
        low, high = (middle, high) if count(_prompt(rows, candidate, form)) <= budget else (low, middle - 1)
    return text[: ends[low - 1]] + _CUT if low and ends[low - 1] >= _LEAST else ""


def _prompt(rows: Sequence[JsonObject], texts: Sequence[str], form: str) -> str:
    return _BETWEEN.join(
        _block(row, text, form, index) for index, (row, text) in enumerate(zip(rows, texts, strict=False), 1)
    )


def _block(row: JsonObject, text: str, form: str, index: int) -> str:
    match form:
        case "none":
            return text
        case "titles":
            return f"[{index}] {_title(row)}\n{text}"
        case _:
            return f"[{index}] {text}"


def _title(row: JsonObject) -> str:
    metadata = row.get("metadata")
    known = cast("JsonObject", metadata) if isinstance(metadata, dict) else {}
    return str(row.get("title") or known.get("title") or row.get("id") or "").strip()


def _source(row: JsonObject, index: int, text: str) -> JsonObject:
    return {"number": index, "title": _title(row) or f"Document {index}", "id": row.get("id"), "text": text[:300]}
