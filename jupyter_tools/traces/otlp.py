"""Spans to a collector of OpenTelemetry: Jaeger, Phoenix, MLflow, Langfuse and others. The extra `otlp` brings it."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import MissingExtraError, TraceStoreError
from jupyter_tools.messages import AssistantMessage
from jupyter_tools.traces.columns import COLUMN_NAMES, CONTENT_NAMES
from jupyter_tools.traces.genai import (
    ATTRIBUTES,
    OF_THE_SPAN,
    OPERATIONS,
    OWN,
    PARAMETERS,
    PROVIDERS,
    attribute_of,
    messages_json,
)
from jupyter_tools.traces.records import Chunk
from jupyter_tools.traces.steps import FAILED
from jupyter_tools.traces.values import decode

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

_PATH = "/v1/traces"
_TIMEOUT_S = 10
_SPANS_A_REQUEST = 200


def send(chunks: Iterable[Chunk], address: str) -> int:
    """Send spans to a collector over HTTP; gives their number.

    Args:
        chunks: The spans.
        address: The collector: http://localhost:4318, or the whole address of its traces. Headers, such as a key, are
            taken from the environment variable OTEL_EXPORTER_OTLP_HEADERS.

    Raises:
        MissingExtraError: If the packages of OpenTelemetry are not installed.
        TraceStoreError: If the collector does not take them.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import SpanExportResult
    except ImportError:
        raise MissingExtraError("opentelemetry-exporter-otlp-proto-http", "otlp", "Sending to a collector") from None
    exporter = OTLPSpanExporter(endpoint=_endpoint(address), timeout=_TIMEOUT_S)
    sent = 0
    try:
        for batch in _batches(_readable(chunks)):
            with _heard() as reasons:
                taken = exporter.export(batch) is SpanExportResult.SUCCESS
            if not taken:
                told = f" It says: {reasons[-1]}" if reasons else ""
                raise TraceStoreError(f"The collector at {address} did not take the spans. Is it running?{told}")
            sent += len(batch)
    finally:
        exporter.shutdown()
    return sent


def _endpoint(address: str) -> str:
    return address if address.rstrip("/").endswith(_PATH) else address.rstrip("/") + _PATH


@contextlib.contextmanager
def _heard() -> Iterator[list[str]]:
    """What the exporter logs, which is where it says why it failed."""
    reasons: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            reasons.append(record.getMessage()[:300])

    logger, listener = logging.getLogger("opentelemetry"), Listener()
    before = logger.propagate
    logger.addHandler(listener)
    logger.propagate = False  # it is said once, in the exception
    try:
        yield reasons
    finally:
        logger.propagate = before
        logger.removeHandler(listener)


def _batches(spans: Iterator[ReadableSpan]) -> Iterator[list[ReadableSpan]]:
    batch: list[ReadableSpan] = []
    for span in spans:
        batch.append(span)
        if len(batch) == _SPANS_A_REQUEST:
            yield batch
            batch = []
    if batch:
        yield batch


def _readable(chunks: Iterable[Chunk]) -> Iterator[ReadableSpan]:
    for chunk in chunks:
        for cells in zip(*(chunk[name] for name in COLUMN_NAMES), strict=True):
            yield _span({name: cell for name, cell in zip(COLUMN_NAMES, cells, strict=True) if cell is not None})


def _span(row: dict[str, Any]) -> ReadableSpan:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    trace_id = _number(row.get("run_id") or row["span_id"], 16)
    places = [
        SpanContext(trace_id, _number(row[name], 8), is_remote=False, trace_flags=TraceFlags(1))
        if name in row
        else None
        for name in ("span_id", "parent_id")
    ]
    failed = row["status"] in FAILED
    return ReadableSpan(
        name=_name(row),
        context=places[0],
        parent=places[1],
        resource=Resource({"service.name": "jupyter_tools"}),
        attributes=_attributes(row),
        kind=SpanKind.CLIENT if row["kind"] == "model" else SpanKind.INTERNAL,
        status=Status(StatusCode.ERROR, row.get("error")) if failed else Status(StatusCode.UNSET),
        start_time=row["started"] * 1000,
        end_time=row.get("ended", row["started"]) * 1000,
    )


def _number(name: str, size: int) -> int:
    """An id of OpenTelemetry, made of ours."""
    with contextlib.suppress(ValueError):
        if len(name) == 2 * size and (number := int(name, 16)):
            return number
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=size).digest()) or 1


def _name(row: Mapping[str, Any]) -> str:
    operation = OPERATIONS.get(row["kind"])
    if operation is None or row["kind"] == "agent":
        return operation or row["name"]
    return f"{operation} {row['name']}"


def _attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = row["kind"]
    told: dict[str, Any] = {f"{OWN}kind": kind, f"{OWN}status": row["status"], f"{OWN}run_id": row.get("run_id")}
    told |= {"gen_ai.operation.name": OPERATIONS.get(kind)}
    told |= {attribute_of(name): row[name] for name in row if name not in OF_THE_SPAN and name not in CONTENT_NAMES}
    told |= _contents({name: row[name] for name in CONTENT_NAMES if name in row}, kind)
    if "provider" in row:
        told[ATTRIBUTES["provider"]] = PROVIDERS.get(row["provider"], row["provider"])
    if "stop_reason" in row:
        told[ATTRIBUTES["stop_reason"]] = [row["stop_reason"]]
    if "tokens_estimated" in row:
        told[f"{OWN}tokens_estimated"] = bool(row["tokens_estimated"])
    if kind == "model" and "model" in row:
        told["gen_ai.response.model"] = row["model"]
    if kind == "tool":
        told["gen_ai.tool.name"] = row["name"]
    if row["status"] in FAILED:
        told.setdefault(ATTRIBUTES["error_type"], row["status"])
    return {name: _storable(value) for name, value in told.items() if value is not None}


def _contents(contents: dict[str, str], kind: str) -> dict[str, Any]:
    told: dict[str, Any] = {f"{OWN}{name}": text for name, text in contents.items()}
    if kind == "tool":
        told |= {ATTRIBUTES[name]: told.pop(f"{OWN}{name}", None) for name in ("args", "result")}
    if kind == "model":
        told |= _conversation(told.pop(f"{OWN}messages", None), told.pop(f"{OWN}result", None))
        told |= _parameters(told.pop(f"{OWN}parameters", None))
    return told


def _conversation(messages: str | None, answer: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if messages is not None:
        told["gen_ai.input.messages"] = messages_json(decode(messages))
    said = None if answer is None else decode(answer)
    if isinstance(said, AssistantMessage):
        told["gen_ai.output.messages"] = messages_json([said])
    return told


def _parameters(text: str | None) -> dict[str, Any]:
    parameters = {} if text is None else decode(text)
    if not isinstance(parameters, dict):
        return {}
    known = {f"gen_ai.request.{name}": parameters.get(name) for name in PARAMETERS}
    return known | {f"{OWN}parameters": text}


def _storable(value: Any) -> Any:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
