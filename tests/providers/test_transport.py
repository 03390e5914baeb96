import asyncio
import sys

import httpx
import pytest

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ProviderError
from jupyter_tools.providers import shared_client as shared_client_module
from jupyter_tools.providers.own_client import OwnClient, tls_context
from jupyter_tools.providers.shared_client import close_shared_client, shared_client
from jupyter_tools.providers.transport import Call, exchange

from .loopback import loopback, whole

KEY = "sk-very-secret-0123456789"


def a_call(url="http://test/x"):
    return Call(provider="test", url=url, body=b"{}", headers={"x-a": "b"}, secrets={"x-api-key": Secret(KEY)})


def answering(*responses):
    remaining = iter(responses)
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda request: next(remaining)))


async def read(client, call):
    async with exchange(client, call, None) as answer:
        return b"".join([chunk async for chunk in answer])


async def test_an_exchange_gives_the_body():
    assert await read(answering(httpx.Response(200, content=b"abc")), a_call()) == b"abc"


async def test_a_body_that_is_packed_is_unpacked():
    import gzip

    packed = httpx.Response(200, content=gzip.compress(b"abc"), headers={"content-encoding": "gzip"})
    assert await read(answering(packed), a_call()) == b"abc"


async def test_a_bad_status_is_a_provider_error_without_the_key():
    with pytest.raises(ProviderError, match="bad key <secret>") as caught:
        await read(answering(httpx.Response(401, json={"error": f"bad key {KEY}"})), a_call())
    assert caught.value.status == 401
    assert caught.value.__cause__ is None


async def test_an_error_raised_while_reading_loses_the_key_as_well():
    with pytest.raises(ProviderError, match="you said <secret>"):
        async with exchange(answering(httpx.Response(200)), a_call(), None):
            raise ProviderError("test", f"you said {KEY}")


async def test_a_huge_error_is_not_read_to_its_end():
    read_so_far = 0

    async def endless():
        nonlocal read_so_far
        while True:
            read_so_far += 1000
            yield b"x" * 1000

    with pytest.raises(ProviderError):
        await read(answering(httpx.Response(500, content=endless())), a_call())
    assert read_so_far < 200_000


def test_a_call_does_not_show_its_body_or_its_secrets():
    assert KEY not in repr(a_call())
    assert "b'{}'" not in repr(a_call())


async def test_one_client_serves_a_loop_until_it_is_closed():
    first = await shared_client()
    assert await shared_client() is first
    await close_shared_client()
    assert first.is_closed
    second = await shared_client()
    assert second is not first
    await close_shared_client()
    await close_shared_client()


def test_clients_of_ended_loops_are_forgotten():
    async def use():
        await shared_client()

    for _ in range(3):
        asyncio.run(use())
    assert not [loop for loop in shared_client_module._clients if loop.is_closed()]


ENDS_WITH_A_CLIENT_IN_ANOTHER_THREAD = """
import sys
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.providers.shared_client import shared_client

async def use(url):
    client = await shared_client()
    return (await client.get(url)).text

print(loop_thread().run(use(sys.argv[1])))
"""


async def test_a_process_ends_without_complaints_about_open_connections():
    async with loopback(whole("200 OK", b"hello")) as server:
        command = [sys.executable, "-W", "error", "-c", ENDS_WITH_A_CLIENT_IN_ANOTHER_THREAD, server.url]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        said, complaints = await process.communicate()
    assert (said.split(), complaints) == ([b"hello"], b"")


async def test_all_clients_share_one_tls_context():
    assert tls_context() is tls_context()


async def test_redirects_are_not_followed_for_they_would_take_the_key_along():
    elsewhere = whole("302 Found", b"", "location: http://127.0.0.1:9/")
    async with loopback(elsewhere) as server:
        client = OwnClient()
        async with client:
            with pytest.raises(ProviderError, match="sends its callers elsewhere"):
                await read(client, a_call(server.url))


async def test_no_cookie_of_a_server_is_kept_or_sent_back():
    answer = whole("200 OK", b"hello", "set-cookie: who=you; Path=/")
    async with loopback(answer, answer) as server:
        for _ in range(2):
            await read(await shared_client(), a_call(server.url))
        assert len(server.requests) == 2
        assert all(b"cookie" not in head.lower() for head, _ in server.requests)


async def test_a_client_of_ours_asks_without_httpx_unless_there_is_a_proxy(monkeypatch):
    async with OwnClient() as client:
        assert client.direct is not None
        assert client.direct is client.direct
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with OwnClient() as client:
        assert client.direct is None


async def test_a_proxy_of_the_environment_is_asked(monkeypatch):
    async with loopback(whole("200 OK", b"by the proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        async with OwnClient() as client:
            assert await read(client, a_call("http://models.example/v1")) == b"by the proxy"
    head, _body = proxy.requests[0]
    assert head.startswith(b"POST http://models.example/v1 HTTP/1.1")


async def test_a_packed_body_is_unpacked_by_a_client_of_ours():
    import gzip

    packed = whole("200 OK", gzip.compress(b"abc"), "content-encoding: gzip")
    async with loopback(packed) as server, OwnClient() as client:
        assert await read(client, a_call(server.url)) == b"abc"
