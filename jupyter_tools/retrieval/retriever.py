"""What the tools need of a collection of documents, and which one they search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.retrieval.documents import ROUTES, Chunk, Hit


@runtime_checkable
class Retriever(Protocol):
    """A collection of documents that can be searched. Whoever plugs in a database writes no more than this."""

    @property
    def routes(self) -> Sequence[str]:
        """The routes that can be searched now: "bm25", "dense", "hybrid". The first stands in for what is missing."""
        ...

    def search(self, query: str, k: int = 10, *, route: str = "auto") -> list[Hit]:
        """The passages that fit a query, best first, at most `k`.

        Raises:
            UnknownNameError: If there is no such route.
            ConfigurationError: If the route cannot be searched here.
        """
        ...

    def fetch(self, ids: Sequence[str], before: int = 0, after: int = 0) -> Mapping[str, Chunk]:
        """The passages of some ids, those that there are, each with that many neighbours before and after it."""
        ...


_in_use: Retriever | None = None


def use_retriever(retriever: Retriever | None) -> None:
    """Say which documents the tools of this process search; None for none.

    Raises:
        ConfigurationError: If it is no retriever.
    """
    global _in_use  # noqa: PLW0603  # one per process is the point
    if retriever is not None and not isinstance(retriever, Retriever):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"{type(retriever).__name__} is no retriever: it needs routes, search and fetch.")
    _in_use = retriever


def retriever_in_use() -> Retriever:
    """The documents that the tools search.

    Raises:
        ConfigurationError: If nobody has said which. It says how to.
    """
    if _in_use is None:
        how = 'DocumentIndex.from_folder("papers").use()'
        raise ConfigurationError(f"No documents are in use. Index some and say so:  {how}")
    return _in_use


def checked_search(query: str, k: int, route: str) -> None:
    """Check what a search is asked for.

    Raises:
        UnknownNameError: If there is no such route.
        ConfigurationError: If it is no query, or asks for less than one result.
    """
    if not isinstance(query, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # typed by hand in a notebook
        raise ConfigurationError(f"A query is a text, not {type(query).__name__}.")
    if k < 1:
        raise ConfigurationError(f"k is how many passages to find, at least 1; {k} was given.")
    if route not in ROUTES:
        raise UnknownNameError("route", route, ROUTES)
