import json

import pytest

from jupyter_tools.builtin_tools.offline_search import OfflineSearch
from jupyter_tools.builtin_tools.web_sources import SearchResult
from jupyter_tools.errors import ConfigurationError

DOCUMENTS = [
    "Whales are mammals and mammals breathe air.",
    {"url": "https://a.example/bees", "title": "Bees", "text": "They dance."},
    SearchResult(url="https://a.example/кит", title="Кит", text="Кит — млекопитающее."),
]


async def test_documents_that_share_words_are_found_best_first():
    found = await OfflineSearch(DOCUMENTS).search("do whales BREATHE air?", 5)
    assert [result.url for result in found] == ["document:1"]
    assert found[0].snippet.startswith("Whales")
    assert [result.title for result in await OfflineSearch(DOCUMENTS).search("bees", 5)] == ["Bees"]
    assert [result.title for result in await OfflineSearch(DOCUMENTS).search("млекопитающее", 5)] == ["Кит"]


async def test_no_more_than_asked_for_and_always_the_same():
    search = OfflineSearch([f"word {number}" for number in range(10)])
    assert [result.url for result in await search.search("word", 2)] == ["document:1", "document:2"]
    assert await search.search("other", 2) == []
    assert await OfflineSearch([]).search("word", 2) == []


async def test_a_rare_word_counts_more_than_a_common_one():
    search = OfflineSearch(["common common", "common", "common rare"])
    assert (await search.search("common rare", 1))[0].url == "document:3"


async def test_documents_come_from_a_file(tmp_path):
    listed, lines = tmp_path / "a.json", tmp_path / "a.jsonl"
    listed.write_text(json.dumps(["Кит", {"text": "bee"}]), encoding="utf-8")
    lines.write_text('"Кит"\n\n{"text": "bee"}\n', encoding="utf-8")
    for path in (listed, lines):
        assert [r.text for r in await OfflineSearch.from_file(path).search("кит", 5)] == ["Кит"]


@pytest.mark.parametrize("content", ["", "5", "{", '[{"title": "no text"}]', "[5]", "[null]"])
def test_a_file_that_holds_no_documents_is_an_error(tmp_path, content):
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(ConfigurationError):
        OfflineSearch.from_file(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        OfflineSearch.from_file(tmp_path / "absent.json")
