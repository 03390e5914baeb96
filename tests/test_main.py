import pytest

from jupyter_tools import __main__, __version__
from jupyter_tools.__main__ import main
from jupyter_tools.errors import ModelFileError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_MODELS", str(tmp_path))
    return tmp_path


def test_list_shows_the_models_and_their_folder(capsys, folder):
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert "local:qwen2.5-coder-0.5b" in out
    assert "not fetched" in out
    assert str(folder) in out


def test_pull_fetches_the_default_and_says_where_it_is(capsys, folder, monkeypatch):
    def pull(entry, progress):
        progress("the model hub", entry.size // 2, entry.size)
        return folder / entry.file

    monkeypatch.setattr(__main__, "pull", pull)
    assert main(["pull"]) == 0
    captured = capsys.readouterr()
    assert "qwen2.5-coder-0.5b is here, checked" in captured.out
    assert "qwen2.5-coder-0.5b from the model hub:  50%" in captured.err


def test_pull_of_what_is_there_says_so(capsys, monkeypatch):
    monkeypatch.setattr(__main__, "is_pulled", lambda _entry: True)
    assert main(["pull", "smollm2-135m"]) == 0
    assert "smollm2-135m is here" in capsys.readouterr().out


def test_an_unknown_model_is_one_sentence_and_a_failure(capsys):
    assert main(["pull", "smollm2"]) == 1
    assert capsys.readouterr().err.strip() == "There is no embedded model 'smollm2'. Did you mean 'smollm2-135m'?"


def test_a_model_that_cannot_be_had_is_told_without_traceback(capsys, monkeypatch):
    def refuse(_entry, _progress):
        raise ModelFileError("cannot be had")

    monkeypatch.setattr(__main__, "pull", refuse)
    assert main(["pull"]) == 1
    assert capsys.readouterr().err.endswith("cannot be had\n")


def test_control_c_says_how_to_go_on(capsys, monkeypatch):
    def stop(_entry, _progress):
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "pull", stop)
    assert main(["pull"]) == 130
    assert "goes on where this one stopped" in capsys.readouterr().err


def test_the_help_names_the_commands(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert "pull" in out
    assert "list" in out


def test_the_version_is_shown(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == f"jupyter_tools {__version__}"
