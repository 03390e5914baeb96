"""`dedup_diversify`: results without duplicates, chosen to fit the query and to differ (maximal marginal relevance)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.diversity import diversified
from jupyter_tools.retrieval.documents import Hit
from jupyter_tools.tools.decorator import tool

_SCORES = ("score", "similarity", "relevance")


@tool
def dedup_diversify(hits: list[dict[str, Any]], lambda_: float = 0.7, k: int = 10) -> JsonObject:
    """Take duplicates out of search results, and order the rest so that they are relevant and differ.

    Args:
        hits: Results with "id" and "text", "score" (or "distance"), and "embedding" if there is one.
        lambda_: 1 for relevance alone, 0 for difference alone.
        k: How many to keep.
    """
    import numpy as np

    if isinstance(k, bool) or not isinstance(k, int) or k < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"k is how many results to keep, 0 or more; not {k!r}.")
    if isinstance(lambda_, str) or not 0 <= lambda_ <= 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"lambda_ lies between 0 (difference alone) and 1 (relevance alone); not {lambda_!r}.")
    rows = [_as_dict(hit, number) for number, hit in enumerate(hits, 1)]
    kept = _each_id_once(rows)
    texts = [str(row.get("text") or "") for row in kept]
    relevance = np.array(_relevance(kept), dtype=float)
    order = diversified(texts, relevance, _embeddings(kept), lambda_=lambda_, k=k)
    return {"hits": [kept[place] for place in order]}


def _as_dict(hit: Any, number: int) -> JsonObject:
    if isinstance(hit, Hit):
        return hit.to_dict()
    if not isinstance(hit, Mapping):
        raise ConfigurationError(f'Result {number} is no dict with "id" and "text", but {type(hit).__name__}.')
    return dict(cast("Mapping[str, Any]", hit))


def _each_id_once(rows: Sequence[JsonObject]) -> list[JsonObject]:
    kept: dict[str, JsonObject] = {}
    for place, row in enumerate(rows):
        kept.setdefault(f"place {place}" if row.get("id") is None else repr(row["id"]), row)
    return list(kept.values())


def _relevance(rows: Sequence[JsonObject]) -> list[float]:
    """How relevant each is, 1 for the best: by its score, else its distance, else its place.

    What the best one has is the measure, as it always stays: choosing again from what was chosen changes nothing.
    """
    values = [_score(row) for row in rows]
    given = [value for value in values if value is not None]
    if not given:
        return [1 / rank for rank in range(1, len(rows) + 1)]
    top = max(given)
    scale = top if top > 0 else 1.0
    return [0.0 if value is None else (value / scale if top > 0 else 1 / (1 + top - value)) for value in values]


def _score(row: JsonObject) -> float | None:
    for name in _SCORES:
        if (value := _number(row.get(name))) is not None:
            return value
    distance = _number(row.get("distance"))
    return None if distance is None else 1 / (1 + max(distance, 0.0))


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if -1e300 < number < 1e300 else None


def _embeddings(rows: Sequence[JsonObject]) -> list[Any | None]:
    """The unit vectors, None for what has none or one of another length than most."""
    found = [_unit_vector(row.get("embedding", row.get("vector"))) for row in rows]
    lengths = Counter(len(vector) for vector in found if vector is not None)
    usual = lengths.most_common(1)[0][0] if lengths else 0
    return [vector if vector is not None and len(vector) == usual else None for vector in found]


def _unit_vector(value: Any) -> Any | None:
    import numpy as np

    if value is None or isinstance(value, str):
        return None
    try:
        vector = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return None
    if vector.ndim != 1:
        return None
    length = math.sqrt(vector @ vector)
    return vector / length if 1e-12 < length < math.inf else None
