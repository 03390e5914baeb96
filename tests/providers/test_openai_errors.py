"""What a person reads when asking a server fails."""

import asyncio
import socket

import httpx
import pytest

from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.retry import RetryPolicy

from .asking import KEY, a_request, answering, failing, mocked
from .loopback import loopback


async def test_a_wrong_key():
    said = await failing(
        answering(401, json={"error": {"message": f"Incorrect API key: {KEY}", "code": "invalid_api_key"}})
    )
    assert "refused the API key (401 Unauthorized). Check the key" in said
    assert "Incorrect API key: <secret>" in said


async def test_a_wrong_model():
    said = await failing(answering(404, json={"error": {"message": "The model `gpt-test` does not exist"}}))
    assert "Check the model's name and the base_url. It says: The model `gpt-test` does not exist" in said


async def test_a_wrong_model_of_a_server_that_lists_its_models():
    def handler(request):
        if request.method == "GET":
            assert request.headers["authorization"] == f"Bearer {KEY}"
            return httpx.Response(200, json={"data": [{"id": "gpt-tests"}, {"id": "other"}, {}, None]})
        return httpx.Response(404, json={"error": {"message": "no"}})

    assert await failing(mocked(handler)) == "openai: There is no model 'gpt-test'. Did you mean 'gpt-tests'?"


@pytest.mark.parametrize(
    "models", ["<html>", "5", "{}", '{"data": 5}', '{"data": [{"id": "gpt-test"}]}', "[" * 100_000]
)
async def test_a_list_of_models_that_does_not_help_is_left_out(models):
    def handler(request):
        return httpx.Response(200, text=models) if request.method == "GET" else httpx.Response(404)

    assert "Check the model's name and the base_url" in await failing(mocked(handler))


async def test_a_refused_request():
    said = await failing(answering(400, json={"detail": [{"loc": ["body"], "msg": "temperature too hot"}]}))
    assert said == "openai: the server refused the request (400 Bad Request). It says: temperature too hot"


async def test_an_account_that_is_used_up_is_not_tried_again():
    said = await failing(
        answering(429, json={"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})
    )
    assert "the account is used up (429 Too Many Requests). It says: You exceeded your quota" in said


async def test_a_page_in_place_of_json():
    said = await failing(answering(200, html="<!doctype html><html>Welcome</html>"))
    assert (
        said == "openai: the base_url leads to a web page and not to a model's server. Check it; it often ends in /v1."
    )


async def test_a_redirect():
    said = await failing(answering(308, headers={"location": "https://other/v1"}))
    assert "sends its callers elsewhere (308 Permanent Redirect)" in said


async def test_a_proxys_page_is_not_quoted():
    provider = mocked(
        lambda request: httpx.Response(502, html="<html>Bad gateway, nginx</html>"), retry=RetryPolicy(attempts=1)
    )
    assert (
        await failing(provider)
        == "openai: the server, or a proxy before it, failed (502 Bad Gateway). It may work again later."
    )


async def test_no_server_at_that_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}/v1"
    said = await failing(OpenAIProvider(), a_request(url))
    assert said == f"openai: there is no server at http://127.0.0.1:{port}. Is it running, and is the base_url right?"


async def test_no_such_host():
    said = await failing(OpenAIProvider(retry=RetryPolicy(attempts=1)), a_request("http://no-such-host.invalid/v1"))
    assert said == "openai: http://no-such-host.invalid cannot be found. Check the base_url and the network."


async def test_https_where_there_is_only_http():
    async def serve(reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "does not speak https" in await failing(OpenAIProvider(), a_request(f"https://127.0.0.1:{port}/v1"))


async def test_a_connection_that_is_closed_without_a_word():
    async with loopback([]) as server:
        said = await failing(OpenAIProvider(retry=RetryPolicy(attempts=1)), a_request(server.url))
    assert "closed the connection without an answer" in said


@pytest.mark.parametrize(
    "junk",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 20_000 + b"\r\n\r\n",
        b"\x00" * 100,
    ],
)
async def test_a_server_that_does_not_speak_http(junk):
    async with loopback([junk]) as server:
        assert "does not answer in HTTP" in await failing(OpenAIProvider(), a_request(server.url))


@pytest.mark.parametrize(
    "junk",
    [
        b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"content-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello",
        b"content-length: 500\r\n\r\n: short\n\n",
    ],
)
async def test_a_body_that_cannot_be_read_is_a_cut_stream(junk):
    async with loopback([b"HTTP/1.1 200 OK\r\n" + junk]) as server:
        said = await failing(OpenAIProvider(retry=RetryPolicy(attempts=1)), a_request(server.url))
    assert "was cut" in said or "not answer in HTTP" in said


@pytest.mark.parametrize("host", ["[::1", "a:b", "a:99999", "a" * 300, "xn--", "\u00e9..b"])
async def test_a_host_that_none_can_be(host):
    assert "is no address of a server" in await failing(OpenAIProvider(), a_request(f"http://{host}/v1"))


async def test_a_server_that_takes_too_long():
    def handler(request):
        raise httpx.ReadTimeout("too long")

    assert "did not answer in time" in await failing(mocked(handler, retry=RetryPolicy(attempts=1)))
