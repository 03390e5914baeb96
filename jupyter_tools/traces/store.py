"""`TraceStore`: spans on disk before they are needed.

A run's thread only appends to a queue. The store's own thread folds, redacts and writes what is queued, in batches,
0.05 s after the first event of a batch; a run that has just begun may end first, or 0.1 s later. Who wants to read does
the same at once: `flush` is the writer's work, done here and now, with all. One lock guards the connection and the
folds; nothing else is shared.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import logging
import os
import secrets
import sqlite3
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from sys import is_finalizing
from typing import Any

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.database import MEMORY, open_database, transaction, whole_path
from jupyter_tools.traces.insertion import Inserter, PrunedError
from jupyter_tools.traces.rows import Batch, RowMaker
from jupyter_tools.traces.sessions import close_session, interrupt_dead_sessions, open_session
from jupyter_tools.traces.span import Span, SpanContext

BATCH_S = 0.05  # how long the first event of a batch waits for more
QUEUE_LIMIT = 20_000  # beyond it, the run's thread writes itself: back-pressure instead of loss
_RETRY_S = 1.0
_YOUNG_S = 0.1  # a run is not written in its first moments, unless somebody wants to read

_log = logging.getLogger(__name__)
_stores: weakref.WeakSet[TraceStore] = weakref.WeakSet()
_parents_connections: list[sqlite3.Connection] = []  # a forked child must neither use nor close them


class TraceStore:
    """The spans of this and other kernels, in one SQLite file. All methods may be called from any thread.

    Args:
        path: The file, made if needed; ":memory:" keeps the spans in memory.
        content: Whether to keep what people, models and tools said. Without it only the shapes of it are kept (types,
            lengths, the names of arguments), and all figures.

    Raises:
        TraceStoreError: If the file cannot be used. It is never overwritten.
    """

    def __init__(self, path: str | Path, *, content: bool = True) -> None:
        self.content = content
        self.path = MEMORY if str(path) == MEMORY else whole_path(path)
        self._start_over()
        with self._lock:
            self._connection()
        _stores.add(self)

    def _start_over(self) -> None:
        """Nothing queued, no thread, no connection: at the beginning, and in a forked child."""
        number = secrets.randbits(31)  # and not 32: SQLite's numbers have a sign
        self.session_id = f"{number:08x}"
        self._ids = itertools.count((number << 32) + 1)
        self._queue: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._unwritten: dict[Span, None] = {}
        self._lock = threading.RLock()
        self._wake, self._asleep = threading.Event(), True
        self._writer: threading.Thread | None = None
        self._open: sqlite3.Connection | None = None
        self._rows = RowMaker(content=self.content)

    def new_span_id(self) -> int:
        """A span id nobody else has."""
        return next(self._ids)

    def changed(self, span: Span) -> None:
        """The span is new, or different: to be written. For those whom `put` made the store call."""
        self._unwritten[span] = None

    def put(self, change: Callable[..., None], *arguments: Any) -> None:
        """Queue `change(*arguments)`, which tells `changed` what it changes; called later, in the queue's order."""
        self._queue.append((change, arguments))
        if self._asleep:
            self._wake_writer()
        elif len(self._queue) > QUEUE_LIMIT:
            with contextlib.suppress(TraceStoreError):  # the writer tells
                self.flush()

    def flush(self, *, spared_s: float = 0.0) -> None:
        """Write what is queued, now.

        Args:
            spared_s: Leave out runs that have not gone on for so long: most are over soon, and are written once then.

        Raises:
            TraceStoreError: If it cannot be written. It stays queued in memory.
        """
        with self._lock:
            while self._queue:
                change, arguments = self._queue.popleft()
                change(*arguments)
            spared = _runs_begun_after(time.monotonic() - spared_s, self._unwritten) if spared_s else set()
            spans = [span for span in self._unwritten if span.context not in spared]
            if not spans:
                return
            try:
                self._write(spans)
            except sqlite3.Error as error:
                raise self._failure("written", error) from error
            except TraceStoreError:  # the file was taken away, and no new one can be made now
                raise
            except Exception:
                self._unwritten.clear()  # what cannot be told must not keep all that follows from the disk
                raise
            self._unwritten = {span: None for span in self._unwritten if span.context in spared} if spared else {}

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection in a transaction of its own: all or nothing is written. What is queued is written by itself.

        Raises:
            TraceStoreError: If the file cannot be written.
        """
        with self._connected("written") as connection, transaction(connection):
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, with everything recorded so far in it; for reading, and in this thread only.

        Raises:
            TraceStoreError: If the file cannot be read.
        """
        self.flush()
        with self._connected("read") as connection:
            interrupt_dead_sessions(connection)
            yield connection

    @contextlib.contextmanager
    def _connected(self, purpose: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection()
            except sqlite3.Error as error:
                raise self._failure(purpose, error) from error

    def _failure(self, purpose: str, error: sqlite3.Error) -> TraceStoreError:
        return TraceStoreError(f"The traces in {self.path} cannot be {purpose} now ({error}).")

    def close(self) -> None:
        """Write what is queued and let go of the file. An event that still comes opens it again."""
        with self._lock:
            wake, self._wake, self._writer = self._wake, threading.Event(), None
            self._asleep = True
            wake.set()  # the writer sees that this is no longer its alarm, and ends
            try:
                self.flush()
            except TraceStoreError as error:
                _log.error("%s What was not written is lost.", error)
            if self._open is not None:
                with contextlib.suppress(sqlite3.Error):
                    close_session(self._open, self.session_id)
                self._open.close()
                self._open = None

    def _connection(self) -> sqlite3.Connection:
        if self._open is not None and self._file_id() != self._opened_file:
            self._open.close()  # the file was moved away or deleted under us: begin a new one
            self._open = None
        if self._open is None:
            self._open = open_database(self.path)
            self._opened_file = self._file_id()
            interrupt_dead_sessions(self._open)
            open_session(self._open, self.session_id)
            self._inserter = Inserter(self._open, self.session_id)
            self._rows.forget()
        return self._open

    def _file_id(self) -> int | None:
        try:
            return None if self.path == MEMORY else Path(self.path).stat().st_ino
        except OSError:
            return None

    def _write(self, spans: Sequence[Span]) -> None:
        self._connection()
        try:
            self._insert(spans)
        except PrunedError:
            self._insert(spans)

    def _insert(self, spans: Sequence[Span]) -> None:
        batch = self._rows.batch(spans)
        try:
            self._insert_storable(batch)
        except BaseException:
            self._rows.forget()  # what it takes for stored from now on is not
            raise

    def _insert_storable(self, batch: Batch) -> None:
        try:
            self._inserter.insert(batch)
        except (UnicodeEncodeError, OverflowError, sqlite3.InterfaceError, sqlite3.ProgrammingError):
            self._inserter.insert(batch.storable())

    def _wake_writer(self) -> None:
        if is_finalizing():
            return  # a run that nobody ended is taken apart: a thread would never start, and the process never end
        self._asleep = False
        self._wake.set()
        if self._writer is None or not self._writer.is_alive():
            self._writer = threading.Thread(
                target=self._work, args=(self._wake,), name="jupyter_tools traces", daemon=True
            )
            self._writer.start()

    def _work(self, wake: threading.Event) -> None:
        told = False
        while wake is self._wake:
            wake.wait()
            time.sleep(BATCH_S)
            wake.clear()
            if wake is self._wake:
                self._asleep = True  # what is queued from here on wakes it again, or is in the flush below
            try:
                self.flush(spared_s=_YOUNG_S)
                if self._unwritten:
                    wake.set()
                told = False
            except TraceStoreError as error:
                if not told:
                    _log.warning("%s They are kept in memory and written as soon as possible.", error)
                told = True
                time.sleep(_RETRY_S)
                wake.set()


def _runs_begun_after(at_s: float, spans: Iterable[Span]) -> set[SpanContext]:
    return {span.context for span in spans if span.kind == "agent" and span.status == "running" and span.began_s > at_s}


@atexit.register
def _close_all() -> None:
    for store in list(_stores):
        store.close()


def _in_forked_child() -> None:
    for store in _stores:
        if store._open is not None:
            _parents_connections.append(store._open)
        store._start_over()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)
