import asyncio

import pytest

from jupyter_tools.errors import ModelFileError
from jupyter_tools.providers import local_loading
from jupyter_tools.providers.local_loading import load
from jupyter_tools.providers.model_catalogue import DEFAULT, FALLBACK
from tests.providers.llama import llama

__all__ = ["llama"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_MODELS", str(tmp_path))
    monkeypatch.setattr(local_loading, "NEWS_EVERY_S", 0.01)
    return tmp_path


@pytest.fixture
def sources(monkeypatch, folder):
    """Which models can be had; pulling one puts its file in place."""
    available = {DEFAULT.name, FALLBACK.name}

    def pull(entry, progress):
        if entry.name not in available:
            raise ModelFileError(f"The model {entry.name} cannot be had")
        progress("the model hub", entry.size, entry.size)
        (folder / entry.file).write_bytes(b"GGUF")
        return folder / entry.file

    monkeypatch.setattr(local_loading, "pull", pull)
    return available


async def notices_of(loading):
    return [notice async for notice in loading.parts()]


async def test_the_first_use_fetches_and_loads(llama, sources):
    loading = load(DEFAULT.name, None, None)
    notices = await notices_of(loading)
    assert notices[0].text == f"fetching {DEFAULT.name} from ...: 0 of 491 MB"
    assert notices[-1].text == f"loading {DEFAULT.name}"
    assert {notice.kind for notice in notices} == {"load"}
    assert loading.engine is not None


async def test_a_loaded_model_is_there_at_once(llama, sources):
    await notices_of(load(DEFAULT.name, None, None))
    again = load(DEFAULT.name, None, None)
    assert await notices_of(again) == []
    assert again.engine is not None


async def test_the_smaller_model_stands_in_and_says_so(llama, sources):
    sources.remove(DEFAULT.name)
    loading = load(DEFAULT.name, None, None)
    notices = await notices_of(loading)
    fallback = next(notice for notice in notices if notice.kind == "fallback")
    assert f"{FALLBACK.name} answers instead" in fallback.text
    assert notices[-1].text == f"loading {FALLBACK.name}"
    assert loading.engine.path.name == FALLBACK.file


async def test_if_neither_can_be_had_the_chosen_models_failure_is_told(llama, sources):
    sources.clear()
    with pytest.raises(ModelFileError, match=DEFAULT.name):
        await notices_of(load(DEFAULT.name, None, None))


async def test_a_model_that_was_chosen_by_name_has_no_stand_in(llama, sources):
    sources.remove(FALLBACK.name)
    with pytest.raises(ModelFileError, match=FALLBACK.name):
        await notices_of(load(FALLBACK.name, None, None))


async def test_a_signal_ends_the_fetching(llama, monkeypatch):
    stopped = asyncio.Event()
    loop, signal = asyncio.get_running_loop(), asyncio.Event()

    def pull(_entry, progress):
        try:
            while True:
                progress("the model hub", 1, 100)
        finally:
            loop.call_soon_threadsafe(stopped.set)

    monkeypatch.setattr(local_loading, "pull", pull)
    loop.call_later(0.03, signal.set)
    loading = load(DEFAULT.name, None, signal)
    async with asyncio.timeout(10):
        await notices_of(loading)
        await stopped.wait()
    assert loading.engine is None
