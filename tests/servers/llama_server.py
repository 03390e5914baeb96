"""Starts the embedded model's own HTTP server, which is llama.cpp's, on loopback. Nobody here wrote what it says."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_tools.providers import local_llama

NAME = "small-model"


@dataclass(frozen=True)
class LlamaServer:
    """A running server.

    Attributes:
        url: Its address.
        key: The key it wants.
    """

    url: str
    key: str


@contextmanager
def llama_server(weights: Path) -> Iterator[LlamaServer]:
    """A server for the model in the file `weights`, with tool calls of its own."""
    import xllamacpp

    params: Any = local_llama._parameters(xllamacpp.CommonParams(), weights, local_llama.EngineOptions(n_ctx=4096))
    key = secrets.token_urlsafe(16)
    params.api_keys, params.use_jinja, params.model_alias, params.n_threads_http = [key], True, {NAME}, 2
    server = xllamacpp.Server(params)
    yield LlamaServer(server.listening_address, key)
    del server
