import re

import pytest

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.providers.model_catalogue import CATALOGUE, HubSource, LocalSource, WheelSource, model_entry


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=str)
def test_every_model_says_what_it_is_and_where_it_comes_from(entry):
    assert re.fullmatch(r"[0-9a-f]{64}", entry.sha256)
    assert entry.size > 50_000_000
    assert entry.licence == "Apache-2.0"
    assert entry.file.endswith(".gguf")
    assert [type(source) for source in entry.sources] == [LocalSource, HubSource, WheelSource]


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=str)
def test_every_wheel_is_pinned(entry):
    wheels = entry.sources[-1]
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", part.requirement) for part in wheels.parts)
    assert wheels.size == sum(part.size for part in wheels.parts)


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"Did you mean 'qwen2\.5-coder-0\.5b'"):
        model_entry("qwen2.5-coder")


def test_a_mirror_of_the_hub_can_be_named(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1/")
    assert HubSource(repository="a/b", file="c.gguf").url == "http://127.0.0.1:1/a/b/resolve/main/c.gguf"
