import gzip
import zlib

import pytest

from jupyter_tools.builtin_tools.web_page import PageFetcher, _request_to
from jupyter_tools.errors import WebError
from tests.builtin_tools.web_server import answer, fetcher, html, site


async def test_a_page_is_fetched_as_text_from_the_checked_address():
    async with site({"/a": html("<p>Привет</p>")}) as served:
        page = await fetcher().fetch(served.url("/a?q=1#part"))
        assert (page.title, page.text, page.cut) == ("T", "Привет", False)
        assert f"host: site.example:{served.port}" in served.requests[0][0].lower()


@pytest.mark.parametrize(
    ("kind", "text"),
    [("text/plain", "<p>kept</p>"), ("application/json", '{"a": 1}'), ("text/plain; charset=nonsense", "ok")],
)
async def test_plain_text_stays_as_it_is(kind, text):
    async with site({"/a": answer(text.encode(), content_type=kind)}) as served:
        assert (await fetcher().fetch(served.url("/a"))).text == text


@pytest.mark.parametrize("kind", ["image/png", "application/pdf", "application/octet-stream", ""])
async def test_what_is_no_text_is_not_read(kind):
    async with site({"/a": answer(b"\x89PNG", content_type=kind)}) as served:
        with pytest.raises(WebError, match="not a text"):
            await fetcher().fetch(served.url("/a"))


async def test_this_machine_is_refused_by_default():
    async with site({"/a": html("secret")}) as served:
        with pytest.raises(WebError, match="not on the public internet"):
            await PageFetcher().fetch(served.url("/a", host="127.0.0.1"))
        assert served.requests == []


async def test_redirects_are_followed_and_each_host_is_checked():
    async with site(
        {
            "/a": answer(status="302 Found", location="/b"),
            "/b": html("here"),
            "/sly": answer(status="301 Moved Permanently", location="http://inside.example/secret"),
        }
    ) as served:
        page = await fetcher().fetch(served.url("/a"))
        assert (page.text, page.url) == ("here", served.url("/b"))
        with pytest.raises(WebError, match=r"'inside\.example' is not fetched"):
            await fetcher({"inside.example": ["10.0.0.1"]}).fetch(served.url("/sly"))


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://site.example/", "http://a:b@site.example/"])
async def test_a_redirect_to_something_else_is_refused(location):
    async with site({"/a": answer(status="302 Found", location=location)}) as served:
        with pytest.raises(WebError):
            await fetcher().fetch(served.url("/a"))


async def test_redirects_have_a_limit():
    async with site({"/a": answer(status="302 Found", location="/a")}) as served:
        with pytest.raises(WebError, match="more than 2 redirects"):
            await fetcher(max_redirects=2).fetch(served.url("/a"))
        assert len(served.requests) == 3


async def test_a_name_that_changes_its_address_is_not_asked_again():
    asked = []

    async def rebinding(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    async with site({"/a": html("first")}) as served:
        page = await PageFetcher(resolve=rebinding, allowed=lambda address: str(address) == "127.0.0.1").fetch(
            served.url("/a")
        )
    assert page.text == "first"
    assert asked == ["site.example"]


async def test_the_next_address_is_tried_if_the_first_is_not_there():
    async with site({"/a": html("here")}) as served:
        page = await fetcher({"two.example": ["127.0.0.99", "127.0.0.1"]}).fetch(served.url("/a", host="two.example"))
    assert page.text == "here"


async def test_a_long_page_is_cut():
    async with site({"/a": answer(b"a" * 5000, content_type="text/plain")}) as served:
        page = await fetcher(max_bytes=100).fetch(served.url("/a"))
    assert (page.text, page.cut) == ("a" * 100, True)


@pytest.mark.parametrize(("packing", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_packed_page_is_unpacked_within_the_limit(packing, pack):
    bomb = pack(b"a" * 1_000_000)
    async with site(
        {
            "/a": answer(pack("Привет".encode()), content_type="text/plain", content_encoding=packing),
            "/bomb": answer(bomb, content_type="text/plain", content_encoding=packing),
        }
    ) as served:
        assert (await fetcher().fetch(served.url("/a"))).text == "Привет"
        page = await fetcher(max_bytes=10_000).fetch(served.url("/bomb"))
    assert (len(page.text), page.cut) == (10_000, True)


async def test_a_page_packed_in_another_way_or_broken_is_an_error():
    async with site(
        {
            "/br": answer(b"x", content_type="text/plain", content_encoding="br"),
            "/bad": answer(b"no gzip", content_type="text/plain", content_encoding="gzip"),
        }
    ) as served:
        with pytest.raises(WebError, match="packed as 'br'"):
            await fetcher().fetch(served.url("/br"))
        with pytest.raises(WebError, match="cannot be unpacked"):
            await fetcher().fetch(served.url("/bad"))


async def test_a_page_that_takes_too_long_is_given_up():
    async with site({"/a": [b"HTTP/1.1 200 OK\r\n", None]}) as served:
        with pytest.raises(WebError, match=r"took longer than 0\.1 s"):
            await fetcher(timeout_s=0.1).fetch(served.url("/a"))


@pytest.mark.parametrize(
    "page", [answer(status="404 Not Found"), answer(status="503 Busy"), [b"nonsense\r\n\r\n"], [b""]]
)
async def test_a_page_that_is_not_there_is_a_sentence(page):
    async with site({"/a": page}) as served:
        with pytest.raises(WebError, match="cannot be fetched"):
            await fetcher().fetch(served.url("/a"))


@pytest.mark.parametrize(
    "url", ["", "site.example", "file:///etc/passwd", "http://", "http://[::1", "http://\0/", "javascript:1"]
)
async def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(WebError):
        await fetcher().fetch(url)


def test_the_certificate_is_checked_against_the_hosts_name():
    import httpx

    request = _request_to(httpx.AsyncClient(), httpx.URL("https://bücher.example/x"), "93.184.216.34")
    assert request.url == "https://93.184.216.34/x"
    assert request.extensions["sni_hostname"] == "xn--bcher-kva.example"
    assert request.headers["host"] == "xn--bcher-kva.example"
