import sys

import pytest

from jupyter_tools.errors import MissingExtraError, ModelFileError
from jupyter_tools.providers import local_llama
from jupyter_tools.providers.local_llama import EngineOptions, load_server, usable_cpus
from tests.providers.llama import llama

__all__ = ["llama"]


@pytest.fixture
def path(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    return tmp_path / "model.gguf"


def test_the_engines_own_server_is_for_nobody_else(llama, path):
    load_server(path, EngineOptions())
    params = llama.loaded[0]
    assert params.hostnames == ["127.0.0.1"]
    assert params.port == 0
    assert [len(key) > 40 for key in params.api_keys] == [True]
    assert not params.ui
    assert params.no_extra_bufts


def test_a_missing_file_is_told(llama, tmp_path):
    with pytest.raises(ModelFileError, match="no model file"):
        load_server(tmp_path / "model.gguf", EngineOptions())


def test_a_file_that_is_no_model_is_told(llama, tmp_path):
    (tmp_path / "broken.gguf").write_bytes(b"")
    with pytest.raises(ModelFileError, match="cannot load"):
        load_server(tmp_path / "broken.gguf", EngineOptions())


def test_the_missing_package_is_named(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtraError, match=r'pip install "jupyter_tools\[local\]"'):
        load_server(path, EngineOptions())


def test_as_many_threads_as_a_container_may_use(tmp_path, monkeypatch):
    monkeypatch.setattr(local_llama, "CPU_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr(local_llama.os, "sched_getaffinity", lambda _pid: set(range(64)), raising=False)
    assert usable_cpus() == local_llama.MAX_THREADS
    (tmp_path / "cpu.max").write_text("200000 100000\n")
    assert usable_cpus() == 2
    (tmp_path / "cpu.max").write_text("50000 100000\n")
    assert usable_cpus() == 1
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert usable_cpus() == local_llama.MAX_THREADS
