import json
import sys
import traceback
from types import ModuleType, SimpleNamespace

import pytest

from jupyter_tools.builtin_tools import search_services
from jupyter_tools.builtin_tools.search_services import DDGS, Brave, SearXNG, Tavily
from jupyter_tools.errors import ConfigurationError, MissingExtraError, MissingKeyError, WebError
from tests.builtin_tools.web_server import answer, site

KEY = "very-secret-key"
FOUND = [{"url": "https://a.example/", "title": "A"}, {"url": "https://b.example/", "title": None}, {"url": 5}, "x"]


def json_answer(data):
    return answer(json.dumps(data).encode(), content_type="application/json")


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)


async def test_searxng_is_asked_for_json():
    async with site({"/search": json_answer({"results": [{**item, "content": "c"} for item in FOUND[:2]]})}) as served:
        found = await SearXNG(served.url("/", host="127.0.0.1")).search("whales & bees", 1)
        assert [(result.title, result.snippet) for result in found] == [("A", "c")]
        assert served.requests[0][0].startswith("GET /search?q=whales+%26+bees&format=json ")


async def test_brave_is_asked_with_its_key(monkeypatch):
    monkeypatch.setenv("BRAVE_API_KEY", KEY)
    async with site({"/web/search": json_answer({"web": {"results": FOUND}})}) as served:
        found = await Brave(base_url=served.url("", host="127.0.0.1")).search("whales", 5)
        assert [result.url for result in found] == ["https://a.example/", "https://b.example/"]
        assert f"x-subscription-token: {KEY}" in served.requests[0][0].lower()


async def test_tavily_is_asked_with_its_key():
    async with site({"/search": json_answer({"results": [{**FOUND[0], "content": "c"}]})}) as served:
        found = await Tavily(KEY, base_url=served.url("", host="127.0.0.1")).search("whales", 1)
        assert found[0].snippet == "c"
        head, body = served.requests[0]
        assert f"authorization: bearer {KEY}" in head.lower()
        assert json.loads(body) == {"query": "whales", "max_results": 1}


@pytest.mark.parametrize("service", [Brave, Tavily])
async def test_without_a_key_the_sentence_names_the_variable(service):
    with pytest.raises(MissingKeyError, match="_API_KEY"):
        await service().search("whales", 1)


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (answer(status="403 Forbidden"), "is the API key right"),
        (answer(status="429 Too Many Requests"), "asked too often"),
        (answer(status="500 Oops"), "status 500"),
        (answer(b"<html>", content_type="text/html"), "is no JSON"),
        (answer(b"[]", content_type="application/json"), "is no JSON"),
        ([b"nonsense"], "cannot be reached"),
    ],
)
async def test_an_answer_that_is_none_is_a_sentence_without_the_key(page, problem):
    async with site({"/search": page}) as served:
        with pytest.raises(WebError, match=problem) as caught:
            await Tavily(KEY, base_url=served.url("", host="127.0.0.1")).search("whales", 1)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert KEY not in "".join(shown.format())


async def test_a_searxng_that_allows_no_json_is_explained():
    async with site({"/search": answer(status="403 Forbidden")}) as served:
        with pytest.raises(WebError, match="allow the format json"):
            await SearXNG(served.url("", host="127.0.0.1")).search("whales", 1)


async def test_without_a_network_the_sentence_says_so():
    with pytest.raises(WebError, match="Is there a network"):
        await SearXNG("http://127.0.0.1:9").search("whales", 1)


def test_an_address_that_is_none_is_refused():
    with pytest.raises(ConfigurationError, match="searxng:https://HOST"):
        SearXNG("searx.example")


class DDGSException(Exception):  # noqa: N818  # the package's own name
    pass


def fake_ddgs(monkeypatch, outcome):
    class Engine:
        def __init__(self, timeout):
            pass

        def text(self, query, max_results, backend):
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

    package = ModuleType("ddgs")
    package.DDGS = Engine
    monkeypatch.setitem(sys.modules, "ddgs", package)
    monkeypatch.setitem(sys.modules, "ddgs.exceptions", SimpleNamespace(DDGSException=DDGSException))


async def test_ddgs_is_asked_if_it_is_installed(monkeypatch):
    fake_ddgs(monkeypatch, [{"href": "https://a.example/", "title": "A", "body": "b"}])
    (found,) = await DDGS().search("whales", 1)
    assert (found.url, found.title, found.snippet) == ("https://a.example/", "A", "b")
    fake_ddgs(monkeypatch, DDGSException("No results found."))
    assert await DDGS().search("whales", 1) == []
    fake_ddgs(monkeypatch, DDGSException("rate limit"))
    with pytest.raises(WebError, match="rate limit"):
        await DDGS().search("whales", 1)
    monkeypatch.setitem(sys.modules, "ddgs", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[search\]"):
        await DDGS().search("whales", 1)


def test_searches_do_not_wait_for_ever():
    assert 1 < search_services.TIMEOUT_S < 60
