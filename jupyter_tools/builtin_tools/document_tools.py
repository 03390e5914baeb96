"""The tools that search documents, bound to some: for agents that search others than those in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, update_wrapper

from jupyter_tools.builtin_tools.compose_context import compose_context
from jupyter_tools.builtin_tools.dedup_diversify import dedup_diversify
from jupyter_tools.builtin_tools.fetch_docs import fetch_docs
from jupyter_tools.builtin_tools.router_select import router_select
from jupyter_tools.builtin_tools.search_docs import search_docs
from jupyter_tools.builtin_tools.verify import verify
from jupyter_tools.retrieval.retriever import Retriever
from jupyter_tools.token_estimate import estimate_tokens
from jupyter_tools.tools.tool import AgentTool


def document_tools(retriever: Retriever, *, count_tokens: Callable[[str], int] = estimate_tokens) -> list[AgentTool]:
    """The tools that search `retriever`, for an agent: `Agent(tools=document_tools(index))`.

    Args:
        retriever: The documents.
        count_tokens: Counts tokens for `compose_context`, if not by estimate.
    """
    searching = [_bound(tool, retriever=retriever) for tool in (search_docs, fetch_docs, verify)]
    return [*searching, router_select, dedup_diversify, _bound(compose_context, count_tokens=count_tokens)]


def _bound(tool: AgentTool, **given: object) -> AgentTool:
    assert tool.function is not None
    return replace(tool, function=update_wrapper(partial(tool.function, **given), tool.function))
