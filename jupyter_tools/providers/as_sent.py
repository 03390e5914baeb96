"""A request as JSON: what a provider sends, for people who want to see it. Keys are in the headers and not shown."""

from __future__ import annotations

import json
from typing import Protocol, cast, runtime_checkable

from jupyter_tools.json_types import JsonObject
from jupyter_tools.providers.base import Provider, Request
from jupyter_tools.providers.openai_messages import EncodedOnce, request_body


@runtime_checkable
class ShowsRequests(Protocol):
    """A provider that says what it sends."""

    def as_sent(self, request: Request) -> JsonObject:
        """The request's body."""
        ...


def as_sent(provider: Provider, request: Request) -> JsonObject:
    """What `provider` sends for `request`; if it does not say, the same in the shape of OpenAI's chat completions."""
    if isinstance(provider, ShowsRequests):
        return provider.as_sent(request)
    return cast("JsonObject", json.loads(request_body(request, EncodedOnce())))
