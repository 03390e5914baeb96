"""A stand-in for xllamacpp, in the place of its engine: it says what it is told to, chunk by chunk."""

import json
import sys
import threading
from types import SimpleNamespace

import pytest

from jupyter_tools.providers import local_engine


class FakeParams(SimpleNamespace):
    def __init__(self):
        super().__init__(model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace())


class FakeServer:
    """`answers` is a list of texts, of lists of pieces, of dicts (an error) or of exceptions, one for each request."""

    answers: list
    requests: list
    loaded: list
    may_go_on: threading.Event

    def __init__(self, params):
        if "broken" in params.model.path:
            raise RuntimeError("Failed to init server")
        self.loaded.append(params)

    def handle_chat_completions(self, body, callback):
        request = json.loads(body)
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else ""
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            callback(json.dumps({"error": answer}))
            return
        pieces = [answer] if isinstance(answer, str) else answer
        progress = {"choices": [{"finish_reason": None, "delta": {"role": "assistant", "content": None}}]}
        for chunk in [progress, *map(_chunk, pieces), _last(len(pieces))]:
            self.may_go_on.wait(10)
            if callback(json.dumps(chunk)):
                return


def _chunk(piece):
    delta = piece if isinstance(piece, dict) else {"content": piece}
    return {"choices": [{"finish_reason": None, "delta": delta}]}


def _last(count):
    timings = {"cache_n": 100, "prompt_n": 20, "predicted_n": count}
    return {"choices": [{"finish_reason": "stop", "delta": {}}], "timings": timings}


@pytest.fixture
def llama(monkeypatch):
    """The stand-in, in place of the package, with no engine loaded before or after."""
    server = type(
        "Server", (FakeServer,), {"answers": [], "requests": [], "loaded": [], "may_go_on": threading.Event()}
    )
    server.may_go_on.set()
    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(Server=server, CommonParams=FakeParams))
    monkeypatch.setattr(local_engine, "_engines", {})
    yield server
    server.may_go_on.set()
    local_engine.close_engines()
