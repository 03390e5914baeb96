import pytest

from jupyter_tools.builtin_tools.offline_search import OfflineSearch
from jupyter_tools.builtin_tools.search_backend import SearchBackend, parse_backend, search_backend, use_search_backend
from jupyter_tools.builtin_tools.search_services import DDGS, Brave, SearXNG, Tavily
from jupyter_tools.errors import ConfigurationError, UnknownNameError


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch):
    monkeypatch.delenv("JUPYTER_TOOLS_SEARCH", raising=False)
    use_search_backend(None)
    yield
    use_search_backend(None)


def test_without_an_engine_the_sentence_says_how_to_choose_one():
    with pytest.raises(ConfigurationError, match="Set JUPYTER_TOOLS_SEARCH to searxng:https://HOST, brave"):
        search_backend()


@pytest.mark.parametrize(("text", "kind"), [("brave", Brave), (" Tavily ", Tavily), ("ddgs", DDGS)])
def test_an_engine_is_chosen_by_name(monkeypatch, text, kind):
    monkeypatch.setenv("JUPYTER_TOOLS_SEARCH", text)
    assert isinstance(search_backend(), kind)
    assert isinstance(search_backend(), SearchBackend)


def test_an_engine_that_is_somewhere_needs_its_place(tmp_path):
    path = tmp_path / "documents.json"
    path.write_text('["a"]')
    server = parse_backend("searxng:https://searx.example:8080/")
    assert isinstance(server, SearXNG)
    assert server.base_url == "https://searx.example:8080"
    assert isinstance(parse_backend(f"offline:{path}"), OfflineSearch)
    for text in ("searxng", "searxng: ", "offline:"):
        with pytest.raises(ConfigurationError, match="does not say where"):
            parse_backend(text)


def test_an_unknown_engine_names_the_nearest():
    with pytest.raises(UnknownNameError, match="Did you mean 'brave'"):
        parse_backend("brav")


def test_one_that_is_chosen_in_the_program_wins(monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_SEARCH", "brave")
    mine = OfflineSearch([])
    use_search_backend(mine)
    assert search_backend() is mine
    use_search_backend("tavily")
    assert isinstance(search_backend(), Tavily)
