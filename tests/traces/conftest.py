"""Stores that are let go of at the end of their test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import recorded_runs


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


@pytest.fixture
def two_runs(memory_store: TraceStore, traces: Traces) -> Traces:
    """The traces of run-0 and run-1, each of two turns with a tool call."""
    recorded_runs(TraceRecorder(memory_store))
    return traces
