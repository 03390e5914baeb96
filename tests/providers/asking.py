"""Asking an OpenAI-compatible server, real or mocked, for tests."""

import httpx

from jupyter_tools.events import Notice
from jupyter_tools.messages import AssistantMessage, user_message
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.retry import RetryPolicy

from .wire import DONE, STOP, sse, text

KEY = "sk-very-secret-0123456789"
FAST = RetryPolicy(first_wait_s=0.0)
GOOD = [sse(text("Hello "), text("there")), sse(STOP, DONE)]


def a_request(base_url=None, *, signal=None, **options):
    model = Model(provider="openai", name="gpt-test", base_url=base_url, options=options)
    return Request(model=model, messages=(user_message("hi"),), signal=signal)


async def ask(provider, request) -> tuple[AssistantMessage, list[Notice]]:
    assembly = MessageAssembly(provider="openai", model="gpt-test")
    notices = []
    async for part in provider.stream(request):
        assembly.add(part)
        if isinstance(part, Notice):
            notices.append(part)
    return assembly.message(), notices


def mocked(handler, **options) -> OpenAIProvider:
    options = {"api_key": KEY, "retry": FAST, **options}
    return OpenAIProvider(client=httpx.AsyncClient(transport=httpx.MockTransport(handler)), **options)


def answering(status, **content):
    return mocked(lambda request: httpx.Response(status, **content))


async def failing(provider, request=None) -> str:
    message, notices = await ask(provider, request or a_request())
    assert message.stop_reason == "error"
    assert notices == []
    return message.error_message
