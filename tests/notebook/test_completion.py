import pytest
from IPython.core.completer import CompletionContext
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.notebook.completion import matcher
from jupyter_tools.notebook.known_models import KnownModels


@pytest.fixture(autouse=True)
def nobody_is_asked_for_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search of this machine's servers would go on behind the tests that follow."""
    monkeypatch.setattr(KnownModels, "look", lambda self: None)


def offered(shell: InteractiveShell, code: str) -> list[str]:
    *lines, last = code.split("\n")
    context = CompletionContext(
        token=last.split(" ")[-1], full_text=code, cursor_position=len(last), cursor_line=len(lines), limit=None
    )
    return [completion.text for completion in matcher(shell)(context)["completions"]]


@pytest.mark.parametrize(
    "code",
    [
        "x = fra",
        "print(5 % agent)",
        "# %agent --mo and more",
        "%time agent --mo",
        "%matplotlib inl",
        "%%agent\nThe price is fra",
        "%%agent\n{{ frame }} fra",
        "{{ fra",
        "%agent -o na",
        "%agent -s 'Be br",
        "%agent history nobody",
        "%tool nothing x",
        '%tool math_eval {"expr',
    ],
)
def test_where_nothing_is_known_nothing_is_offered(shell: InteractiveShell, code: str):
    shell.user_ns["frame"] = 1
    assert offered(shell, code) == []


def test_names_of_the_notebook_are_offered_inside_braces(shell: InteractiveShell):
    shell.user_ns["frame_of_mass"] = "text"
    assert offered(shell, "%%agent\nIt is\n{{ frame_o") == ["frame_of_mass"]
    assert offered(shell, "%%agent\n{{ 2 * frame_of_mass.upp") == ["frame_of_mass.upper"]


def test_running_runs_are_offered_where_a_command_takes_one(shell: InteractiveShell):
    assert offered(shell, "%agent stop ") == ["all"]
    assert offered(shell, "%agent replay --f") == ["--fast"]
