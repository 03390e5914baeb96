import sys

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.own_folder import own_folder
from tests.isolation import without_home


def default() -> str:
    return "~/things"


def test_the_variable_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("THINGS", " ~/мои вещи ")
    assert own_folder("THINGS", default) == tmp_path / "мои вещи"


@pytest.mark.parametrize("empty", ["", "  "])
def test_without_it_the_folder_is_the_default_one(tmp_path, monkeypatch, empty):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("THINGS", empty)
    assert own_folder("THINGS", default) == tmp_path / "things"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows looks for a home elsewhere")
def test_who_has_no_home_is_told_which_variable_to_set(monkeypatch):
    without_home(monkeypatch)
    with pytest.raises(ConfigurationError, match="Set HOME, or THINGS to a folder"):
        own_folder("THINGS", default)
