import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces import location
from jupyter_tools.traces.location import default_store


@pytest.fixture(autouse=True)
def no_store_yet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(location, "_default", None)
    yield
    if location._default is not None:
        location._default[1].close()


def test_traces_are_kept_beside_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_TOOLS_TRACES")
    monkeypatch.chdir(tmp_path)
    assert default_store().path == str(tmp_path / ".jupyter_tools" / "traces.db")
    monkeypatch.chdir("/")
    assert default_store().path == str(tmp_path / ".jupyter_tools" / "traces.db")


def test_the_setting_names_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", str(tmp_path / "here.db"))
    first = default_store()
    assert first is default_store()
    assert first.path == str(tmp_path / "here.db")
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", ":memory:")
    assert default_store().path == ":memory:"


@pytest.mark.parametrize(("setting", "content"), [("0", False), (" Off ", False), ("1", True), ("", True)])
def test_contents_can_be_left_out(monkeypatch: pytest.MonkeyPatch, setting: str, content: bool) -> None:
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", ":memory:")
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES_CONTENT", setting)
    assert default_store().content is content


def test_where_nothing_can_be_written_traces_stay_in_memory_with_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", "/proc/traces.db")
    with pytest.warns(UserWarning, match="kept in memory"):
        assert default_store().path == ":memory:"
    with warnings.catch_warnings(action="error"):
        default_store()


def test_in_a_folder_that_was_deleted_traces_stay_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_TOOLS_TRACES")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.warns(UserWarning, match="cannot be written to .*: No such file or directory. They are kept in memory"):
        assert default_store().path == ":memory:"


def test_the_home_of_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", "~nobody-of-that-name/traces.db")
    with pytest.warns(UserWarning, match="there is no such home folder"):
        assert default_store().path == ":memory:"


def test_a_damaged_file_is_reported_and_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "traces.db"
    damaged.write_text("no database " * 100)
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", str(damaged))
    with pytest.raises(TraceStoreError, match="JUPYTER_TOOLS_TRACES"):
        default_store()
    assert damaged.read_text() == "no database " * 100
