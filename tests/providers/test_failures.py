import errno
import json

import pytest

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ProviderError
from jupyter_tools.providers.failures import (
    failure_of_answer,
    failure_of_connection,
    failure_of_error_object,
    failure_of_malformed,
    without_secrets,
)
from jupyter_tools.providers.retry import may_be_retried

URL = "http://localhost:8080/v1/chat/completions"


def of_answer(status, body=b"", headers=None):
    return failure_of_answer("openai", URL, status, headers or {}, body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "no", "type": "t", "code": None}}, "no"),
        ({"error": {"message": "no", "code": 404}}, "no"),
        ({"error": "no"}, "no"),
        ({"message": "no"}, "no"),
        ({"detail": "no"}, "no"),
        ({"detail": [{"loc": ["body", "x"], "msg": "no", "type": "t"}]}, "no"),
        ({"errors": [{"message": "no"}]}, "no"),
        ([{"error": {"message": "no"}}], "no"),
        ({"error": {}, "message": "no"}, "no"),
    ],
)
def test_the_servers_own_words_are_quoted_in_whatever_shape_they_come(body, said):
    assert str(of_answer(400, json.dumps(body).encode())).endswith(f"It says: {said}")


@pytest.mark.parametrize("body", [b"", b"  ", b"{}", b"[]", b"null", b"5", b"<html>hello</html>", b'{"error": null}'])
def test_a_body_that_says_nothing_is_not_quoted(body):
    assert "It says" not in str(of_answer(500, body))


def test_plain_words_are_quoted_on_one_line_and_not_at_length():
    said = str(of_answer(500, b"one\n\ntwo " + b"x" * 5000))
    assert "It says: one two xxx" in said
    assert len(said) < 600


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (301, "Moved Permanently"),
        (401, "Check the key"),
        (403, "Check what the key is for"),
        (404, URL),
        (405, f"nothing at {URL} answers questions (405 Method Not Allowed). Check the base_url."),
        (413, "Start a new one"),
        (418, "refused the request (418 I'm a Teapot)"),
        (429, "too many requests"),
        (500, "It may work again later"),
        (501, "answers questions (501 Not Implemented). Check the base_url."),
        (529, "(529)"),
    ],
)
def test_each_status_says_what_to_do(status, words):
    assert words in str(of_answer(status))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("API key not valid. Please pass a valid API key.", "refused the API key (400 Bad Request). Check the key"),
        ("prompt is too long: 210000 tokens > 200000 maximum", "too long for the server (400 Bad Request)"),
        ("This model's maximum context length is 8192 tokens.", "Start a new one, or shorten it."),
        ("temperature must be <= 2", "the server refused the request (400 Bad Request). It says: temperature"),
    ],
)
def test_servers_that_say_all_with_one_status_are_understood_by_their_words(said, words):
    failure = of_answer(400, json.dumps({"error": {"message": said}}).encode())
    assert words in str(failure)
    assert str(failure).endswith(f"It says: {said}")
    assert failure.status == 400


def test_where_a_server_sends_its_callers_is_told():
    failure = of_answer(301, headers={"location": "https://other.example/v1/chat/completions"})
    assert str(failure).endswith("as base_url. That is https://other.example/v1/chat/completions")


def test_a_place_that_a_server_does_not_know_is_told_at_once_whatever_its_status():
    said = "Unexpected endpoint or method. (POST /chat/completions)"
    failure = failure_of_error_object("openai", {"error": said})
    assert f"it often ends in /v1. It says: {said}" in str(failure)
    assert not may_be_retried(failure)


def test_braces_in_an_address_are_no_trouble():
    assert "{x}" in str(failure_of_answer("openai", "http://a/{x}", 404, {}, b""))


def test_status_and_wait_are_fields():
    failure = of_answer(429, headers={"retry-after": "3"})
    assert (failure.status, failure.retry_after_s, failure.retryable) == (429, 3.0, None)


@pytest.mark.parametrize("code", ["insufficient_quota", "context_length_exceeded", "invalid_request_error"])
def test_some_failures_never_pass(code):
    assert of_answer(429, json.dumps({"error": {"message": "m", "code": code}}).encode()).retryable is False
    assert failure_of_error_object("openai", {"error": {"message": "m", "code": code}}).retryable is False


def test_an_error_object_may_carry_a_status():
    assert failure_of_error_object("openai", {"error": {"message": "m", "code": 503}}).status == 503
    assert failure_of_error_object("openai", {"error": {"message": "m", "code": "503"}}).status == 503
    assert failure_of_error_object("openai", {"error": {"message": "m", "code": 7}}).status is None


def test_an_error_object_without_words_is_still_a_sentence():
    assert str(failure_of_error_object("openai", {"error": {"code": 500}})).endswith("it does not say which.")


def test_malformed_data_is_quoted_and_may_be_tried_again():
    failure = failure_of_malformed("openai", "{broken" * 1000)
    assert "cannot be read: {broken" in str(failure)
    assert len(str(failure)) < 500
    assert may_be_retried(failure)


def test_an_unknown_trouble_is_told_as_what_it_looks_like():
    import httpx

    disconnected = httpx.RemoteProtocolError("Server disconnected without sending a response.")
    assert "closed the connection" in str(failure_of_connection("openai", URL, disconnected))
    assert "not answer in HTTP" in str(failure_of_connection("openai", URL, httpx.RemoteProtocolError("junk")))
    refused = httpx.ConnectError("x")
    refused.__cause__ = ConnectionRefusedError(errno.ECONNREFUSED, "x")
    assert failure_of_connection("openai", URL, refused).retryable is False
    assert failure_of_connection("openai", "http://far.example/v1", refused).retryable is True
    assert "is no address" in str(failure_of_connection("openai", "http://a:b/", httpx.InvalidURL("x")))


def test_keys_that_a_server_quotes_are_taken_out():
    error = ProviderError(
        "openai", "bad key sk-abcdef, Bearer sk-abcdef!", status=401, retry_after_s=2.0, retryable=False
    )
    clean = without_secrets(error, [Secret("Bearer sk-abcdef")])
    assert str(clean) == "openai: bad key <secret>, <secret> <secret>!"
    assert (clean.status, clean.retry_after_s, clean.retryable) == (401, 2.0, False)
