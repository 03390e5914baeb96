import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import MissingExtraError
from jupyter_tools.retrieval.html_text import html_to_text

PAGE = """<!doctype html><html><head><title> A  page </title><style>p {}</style></head><body>
<nav>Menu</nav><h1>Head</h1><p>First <b>bold</b>.</p><ul><li>one</li><li>two</li></ul>
<table><tr><td>a</td><td>b</td></tr></table><script>alert(1)</script><footer>Imprint</footer></body></html>"""


def test_a_page_becomes_its_title_and_what_a_reader_would_read():
    title, text = html_to_text(PAGE)
    assert title == "A page"
    assert "First bold." in text
    assert "* one" in text
    for left_out in ("Menu", "Imprint", "alert", "p {}"):
        assert left_out not in text


def test_the_main_part_is_preferred_if_it_is_most_of_the_page():
    body = "<p>" + "word " * 100 + "</p>"
    assert "Aside" not in html_to_text(f"<div>Aside</div><main>{body}</main>")[1]
    assert "Aside" in html_to_text(f"<div>Aside {body}</div><article>small</article>")[1]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r"])
def test_bytes_are_read_as_the_server_says(encoding):
    assert html_to_text("<p>Привет</p>".encode(encoding), encoding)[1] == "Привет"


def test_bytes_are_read_as_the_page_says_where_the_server_is_silent():
    page = '<html><head><meta charset="windows-1251"></head><body>Привет</body></html>'
    assert html_to_text(page.encode("windows-1251"))[1] == "Привет"


@pytest.mark.parametrize("page", ["", "  ", "<!-- -->", "<html></html>", b"", b"\xff\xfe", "<", "\0"])
def test_a_page_with_nothing_in_it_has_no_text(page):
    assert html_to_text(page)[0] == ""


def test_deep_nesting_does_not_overflow():
    assert isinstance(html_to_text("<div>" * 50_000 + "deep")[1], str)


@given(st.text(alphabet=st.sampled_from("<>/ab div='\"!-&;#0\n"), max_size=60))
def test_any_text_can_be_read(page):
    title, text = html_to_text(page)
    assert isinstance(title, str)
    assert text == text.strip()


def test_without_the_extra_the_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "inscriptis.html_engine", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[search\]"):
        html_to_text(PAGE)
