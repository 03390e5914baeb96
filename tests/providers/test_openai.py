import asyncio
import gc
import json
import logging
import time

import httpx
import pytest

from jupyter_tools.errors import ConfigurationError, MissingKeyError
from jupyter_tools.events import StopDelta, TextDelta
from jupyter_tools.providers.base import Provider
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.registry import parse_model, provider_for
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.providers.shared_client import shared_client

from .asking import FAST, GOOD, KEY, a_request, ask, mocked
from .loopback import SSE_HEAD, chunked, loopback, whole
from .wire import DONE, STOP, sse, text


# --- what is sent ---
async def test_a_request_is_one_post_with_the_key_and_the_options():
    seen = []

    def handler(request):
        seen.append(request)
        return httpx.Response(200, content=b"".join(GOOD))

    message, _ = await ask(mocked(handler), a_request(temperature=0, seed=7, stream_options=None))
    assert message.text == "Hello there"
    assert str(seen[0].url) == "https://api.openai.com/v1/chat/completions"
    assert seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(seen[0].content) == {
        "model": "gpt-test",
        "stream": True,
        "temperature": 0,
        "seed": 7,
        "messages": [{"role": "user", "content": "hi"}],
    }


def test_the_registry_knows_it():
    provider = provider_for(parse_model("openai:gpt-4o-mini"))
    assert isinstance(provider, OpenAIProvider)
    assert isinstance(provider, Provider)


def test_openai_itself_needs_a_key():
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        OpenAIProvider().stream(a_request())


async def test_another_server_needs_none_and_is_not_given_a_stored_one(tmp_path):
    (tmp_path / "api_key_openai.json").write_text(json.dumps({"api_key": KEY}))
    async with loopback(chunked(*GOOD)) as server:
        message, _ = await ask(OpenAIProvider(), a_request(server.url))
    assert message.text == "Hello there"
    assert b"authorization" not in server.requests[0][0].lower()


async def test_the_environment_names_server_and_key(monkeypatch):
    async with loopback(chunked(*GOOD)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url + "/")
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        await ask(OpenAIProvider(), a_request())
    head = server.requests[0][0]
    assert head.startswith(b"POST /v1/chat/completions ")
    assert f"Bearer {KEY}".encode() in head


@pytest.mark.parametrize("base_url", ["http://me:secret@host/v1", "https://host/v1?key=secret"])
def test_an_address_with_a_password_is_refused_and_not_shown(base_url):
    with pytest.raises(ConfigurationError, match="An address with a password or a key") as caught:
        OpenAIProvider().stream(a_request(base_url))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("base_url", ["localhost:8080/v1", "ftp://x", "http://", "http:///v1", "http://a b/v1"])
def test_what_is_no_address_is_an_error_before_anything_is_sent(base_url):
    with pytest.raises(ConfigurationError, match="http://localhost:8080/v1"):
        OpenAIProvider().stream(a_request(base_url))


async def test_a_server_says_which_models_it_has():
    listed = b'{"data": [{"id": "b"}, {"id": "a"}]}'
    async with loopback(whole("200 OK", listed), whole("404 Not Found", b"")) as server:
        assert await OpenAIProvider().model_names(server.url) == ("a", "b")
        assert await OpenAIProvider().model_names(server.url) == ()
    assert server.requests[0][0].startswith(b"GET /v1/models ")


# --- what comes back ---
async def test_a_stream_is_given_piece_by_piece():
    async with loopback(chunked(*GOOD)) as server:
        parts = [part async for part in OpenAIProvider().stream(a_request(server.url))]
    assert parts == [TextDelta(text="Hello "), TextDelta(text="there"), StopDelta(stop_reason="stop")]


async def test_dirty_bytes_over_a_real_connection():
    stream = b"\xef\xbb\xbf: hi\r\n\r\n" + sse(text("Привет 🤔 "), text("мир"), STOP, DONE).replace(b"\n", b"\r\n")
    pieces = [stream[i : i + 7] for i in range(0, len(stream), 7)]
    async with loopback(chunked(*pieces)) as server:
        message, _ = await ask(OpenAIProvider(), a_request(server.url))
    assert (message.text, message.stop_reason) == ("Привет 🤔 мир", "stop")


async def test_a_server_that_does_not_stream_is_read_as_well():
    body = b'{"choices": [{"message": {"content": "whole"}, "finish_reason": "stop"}]}'
    async with loopback(whole("200 OK", body)) as server:
        message, _ = await ask(OpenAIProvider(), a_request(server.url, stream=False))
    assert (message.text, message.stop_reason) == ("whole", "stop")
    assert json.loads(server.requests[0][1])["stream"] is False


async def test_connections_are_used_again():
    async with loopback(chunked(*GOOD), chunked(*GOOD), chunked(*GOOD)) as server:
        for _ in range(3):
            await ask(OpenAIProvider(), a_request(server.url))
    assert server.connections == 1


async def test_a_connection_that_stays_open_after_the_answer_does_not_hold_it_up():
    async with loopback([*chunked(*GOOD, end=b"")[:-1], None]) as server:
        async with asyncio.timeout(5):
            message, _ = await ask(OpenAIProvider(), a_request(server.url))
    assert message.stop_reason == "stop"


CUTS = [
    pytest.param(chunked(GOOD[0], end=b""), id="chunks without their end"),
    pytest.param(chunked(GOOD[0]), id="ended properly, but without a finish"),
    pytest.param([SSE_HEAD, GOOD[0]], id="closed"),
    pytest.param(chunked(GOOD[0], GOOD[1][:30], end=b""), id="in the middle of an event"),
]


@pytest.mark.parametrize("answer", CUTS)
async def test_a_stream_that_is_cut_keeps_its_text_and_is_not_tried_again(answer):
    async with loopback(answer) as server:
        message, notices = await ask(OpenAIProvider(retry=FAST), a_request(server.url))
    assert (message.text, message.stop_reason, notices) == ("Hello there", "error", [])
    assert message.error_message == "openai: the stream was cut before the answer was complete."


async def test_a_connection_that_breaks_after_the_finish_breaks_nothing():
    async with loopback(chunked(GOOD[0], sse(STOP), end=b"")) as server:
        message, _ = await ask(OpenAIProvider(), a_request(server.url))
    assert (message.stop_reason, message.error_message) == ("stop", None)


# --- trying again ---
async def test_too_many_requests_are_tried_again_and_told():
    busy = whole("429 Too Many Requests", b'{"error": {"message": "slow down"}}', "retry-after: 0")
    async with loopback(busy, busy, chunked(*GOOD)) as server:
        message, notices = await ask(OpenAIProvider(), a_request(server.url))
    assert (message.text, message.stop_reason) == ("Hello there", "stop")
    assert [notice.kind for notice in notices] == ["retry", "retry"]
    assert notices[1].text.startswith("retrying in 0 s (3 of 5): openai: the server has had too many requests")


@pytest.mark.parametrize(
    "first", [[], [b""], whole("503 Service Unavailable", b""), chunked(sse({"choices": []}), end=b"")]
)
async def test_no_answer_is_tried_again(first):
    async with loopback(first, chunked(*GOOD)) as server:
        message, notices = await ask(OpenAIProvider(retry=FAST), a_request(server.url))
    assert message.text == "Hello there"
    assert len(notices) == 1


async def test_an_error_object_in_a_good_answer_is_tried_again_before_the_first_text():
    overloaded = chunked(sse({"error": {"message": "overloaded", "code": 503}}))
    async with loopback(overloaded, chunked(*GOOD)) as server:
        message, notices = await ask(OpenAIProvider(retry=FAST), a_request(server.url))
    assert message.text == "Hello there"
    assert "overloaded" in notices[0].text


# --- abort ---
async def abort_after(server, answered: bool):
    signal = asyncio.Event()
    provider = OpenAIProvider()
    parts, begun = [], time.monotonic()
    if not answered:
        asyncio.get_running_loop().call_later(0.05, signal.set)
    async for part in provider.stream(a_request(server.url, signal=signal)):
        parts.append(part)
        asyncio.get_running_loop().call_later(0.05, signal.set)
    async with asyncio.timeout(5):
        await server.client_gone.wait()
    return parts, time.monotonic() - begun


async def test_an_abort_closes_the_connection_in_the_middle_of_the_answer():
    async with loopback([*chunked(GOOD[0], end=b"")[:-1], None]) as server:
        parts, seconds = await abort_after(server, answered=True)
    assert parts == [TextDelta(text="Hello "), TextDelta(text="there"), StopDelta(stop_reason="aborted")]
    assert seconds < 2


async def test_an_abort_closes_the_connection_before_the_answer():
    async with loopback([None]) as server:
        parts, seconds = await abort_after(server, answered=False)
    assert parts == [StopDelta(stop_reason="aborted")]
    assert seconds < 2


async def test_a_signal_that_is_set_before_sends_nothing():
    signal = asyncio.Event()
    signal.set()
    async with loopback(chunked(*GOOD)) as server:
        parts = [part async for part in OpenAIProvider().stream(a_request(server.url, signal=signal))]
    assert (parts, server.requests) == ([StopDelta(stop_reason="aborted")], [])


async def test_an_abort_ends_the_wait_for_another_attempt():
    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.05, signal.set)
    provider = mocked(lambda request: httpx.Response(429, headers={"retry-after": "60"}))
    async with asyncio.timeout(5):
        message, notices = await ask(provider, a_request(signal=signal))
    assert message.stop_reason == "aborted"
    assert notices[0].text.startswith("retrying in 6") or notices[0].text.startswith("retrying in 7")


async def test_leaving_early_closes_the_connection():
    async with loopback([*chunked(GOOD[0], end=b"")[:-1], None]) as server:
        stream = OpenAIProvider().stream(a_request(server.url))
        assert await anext(stream) == TextDelta(text="Hello ")
        await stream.aclose()
        async with asyncio.timeout(5):
            await server.client_gone.wait()


async def test_cancelling_the_task_closes_the_connection_and_propagates():
    async with loopback([None]) as server:
        task = asyncio.ensure_future(ask(OpenAIProvider(), a_request(server.url, signal=asyncio.Event())))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await server.client_gone.wait()


# --- the client and the key ---
def test_a_loop_closes_its_client_when_it_ends():
    clients = []

    async def use():
        clients.append(await shared_client())
        assert await shared_client() is clients[-1]
        async with loopback(chunked(*GOOD)) as server:
            await ask(OpenAIProvider(), a_request(server.url))

    asyncio.run(use())
    asyncio.run(use())
    gc.collect()
    assert clients[0] is not clients[1]
    assert all(client.is_closed for client in clients)


async def test_the_key_shows_nowhere(caplog):
    refusal = whole("401 Unauthorized", json.dumps({"error": f"bad key {KEY}"}).encode())
    async with loopback(refusal, chunked(sse({"error": f"bad key {KEY}"})), [], chunked(*GOOD)) as server:
        provider = OpenAIProvider(api_key=KEY, retry=RetryPolicy(attempts=1))
        shown = [repr(vars(provider))]
        with caplog.at_level(logging.DEBUG):
            for _ in range(4):
                request = a_request(server.url)
                call = provider.call(request)
                shown += [repr(call), repr(request), *[repr(part) async for part in provider.stream(request)]]
    assert all(f"Bearer {KEY}".encode() in head for head, _ in server.requests)
    assert len(server.requests) == 4
    assert KEY not in "".join(shown) + caplog.text
