"""Spans at a collector: a small server of this test that reads what comes with OpenTelemetry's own messages."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from jupyter_tools.errors import MissingExtraError, TraceStoreError
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_end

SECRET = "sk-" + "abcdefgh12345678"


class Collector:
    """What came in.

    Attributes:
        address: Where it listens.
        spans: The spans, as OpenTelemetry's protobuf messages.
        status: What it answers.
    """

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.paths: set[str] = set()
        self.status = 200
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.take(self.path, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
                self.send_response(collector.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, path: str, body: bytes) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        self.paths.add(path)
        request = ExportTraceServiceRequest.FromString(body)
        self.spans += [
            span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans
        ]

    def attributes(self, name: str) -> dict[str, Any]:
        [span] = [span for span in self.spans if span.name == name][:1]
        return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes}


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


def test_a_run_arrives_as_a_tree_of_spans_with_the_conventions_names(two_runs: Traces, collector: Collector) -> None:
    assert two_runs.export(collector.address) == 12
    assert collector.paths == {"/v1/traces"}
    assert len({span.trace_id for span in collector.spans}) == 2
    ids = {span.span_id for span in collector.spans}
    assert [span.name for span in collector.spans if span.parent_span_id not in ids] == ["invoke_agent"] * 2
    assert {span.name for span in collector.spans} == {
        "invoke_agent",
        "turn 1",
        "turn 2",
        "chat demo",
        "execute_tool math_eval",
    }


def test_a_model_call_has_its_tokens_messages_and_options(two_runs: Traces, collector: Collector) -> None:
    two_runs.export(collector.address, kind="model")
    told = collector.attributes("chat demo")
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.provider.name"] == "scripted"
    assert told["gen_ai.request.model"] == "demo"
    assert told["gen_ai.usage.input_tokens"] == 10
    assert told["gen_ai.request.temperature"] == 0
    assert json.loads(told["gen_ai.input.messages"]) == [
        {"role": "user", "parts": [{"type": "text", "content": "Сколько будет 0+2?"}]}
    ]
    [answer] = json.loads(told["gen_ai.output.messages"])
    assert [part["type"] for part in answer["parts"]] == ["text", "tool_call"]
    assert answer["finish_reason"] == "tool_calls"


def test_a_tool_call_has_its_arguments_and_result(two_runs: Traces, collector: Collector) -> None:
    two_runs.export(collector.address, kind="tool", last=1)
    told = collector.attributes("execute_tool math_eval")
    assert json.loads(told["gen_ai.tool.call.arguments"]) == {"expression": "2+2"}
    assert json.loads(told["gen_ai.tool.call.result"]) == "4"
    assert told["gen_ai.tool.name"] == "math_eval"


def test_times_and_failures_are_the_spans_own(memory_store: TraceStore, traces: Traces, collector: Collector) -> None:
    TraceRecorder(memory_store).record(tool_end(result=text_result("too slow", is_error=True), status="timeout"))
    traces.export(collector.address)
    [span] = collector.spans
    assert span.status.message == "too slow"
    assert span.status.code == 2
    assert (span.end_time_unix_nano - span.start_time_unix_nano) == 1_500_000
    assert collector.attributes("execute_tool math_eval")["error.type"] == "Timeout"


def test_no_secret_is_sent(memory_store: TraceStore, traces: Traces, collector: Collector) -> None:
    recorder = TraceRecorder(memory_store)
    for event in run(prompt="hello"):
        recorder.record(event)
    frame = traces()
    frame["error"] = f"bad key {SECRET}"
    frame.agent.export(collector.address)
    assert SECRET not in str(collector.spans)


def test_many_spans_go_in_several_requests(memory_store: TraceStore, traces: Traces, collector: Collector) -> None:
    recorder = TraceRecorder(memory_store)
    for number in range(450):
        recorder.record(tool_end(f"call_{number}"))
    assert traces.export(f"{collector.address}/v1/traces") == 450
    assert len({span.span_id for span in collector.spans}) == 450


def test_a_collector_that_refuses_or_is_not_there_is_an_error_in_a_sentence(
    two_runs: Traces, collector: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status = 400
    with pytest.raises(TraceStoreError, match=f"The collector at {collector.address} did not take the spans"):
        two_runs.export(collector.address)
    assert not caplog.records


def test_without_the_packages_it_says_what_to_install(two_runs: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[otlp\]"):
        two_runs.export("http://127.0.0.1:9")
