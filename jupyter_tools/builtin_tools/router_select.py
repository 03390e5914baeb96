"""`router_select`: which way of searching fits a query."""

from __future__ import annotations

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.routing import choose_route
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample


@tool(
    examples=[
        ToolExample(
            request="How should I search for the error code E1042?", arguments={"query": "the error code E1042"}
        )
    ]
)
def router_select(query: str) -> JsonObject:
    """Choose how to search for something: "bm25" by its words, "dense" by its meaning, "hybrid" by both.

    Args:
        query: What is searched for.
    """
    if not isinstance(query, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # typed by hand in a notebook
        raise ConfigurationError(f"A query is a text, not {type(query).__name__}.")
    route, reasons = choose_route(query)
    return {"route": route, "reasons": reasons}
