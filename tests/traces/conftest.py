"""Stores that are let go of at the end of their test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.store import TraceStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TraceStore]:
    store = TraceStore(tmp_path / "spans.db")
    yield store
    store.close()


@pytest.fixture
def memory_store() -> Iterator[TraceStore]:
    store = TraceStore(":memory:")
    yield store
    store.close()


@pytest.fixture
def traces(memory_store: TraceStore) -> Traces:
    return Traces(lambda: memory_store)
