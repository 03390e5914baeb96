"""What shows an experiment: on a page, in a terminal, and when somebody else says what does."""

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools import experiment
from jupyter_tools.notebook.experiment_view import PageView, view_in
from jupyter_tools.progress import Progress, TextView, show_with, view_of
from jupyter_tools.providers.scripted import register_script


class Noted:
    """A view that keeps what it was told."""

    def __init__(self, name: str) -> None:
        self.told = [name]

    def open(self, progress: Progress) -> None:
        self.told.append(f"open {progress.done}")
        self.expected = progress.expected

    def update(self, progress: Progress) -> None:
        """Whatever comes between."""

    def close(self, progress: Progress) -> None:
        self.told.append(f"close {progress.done}")


@pytest.fixture
def made() -> Iterator[list[Noted]]:
    views: list[Noted] = []

    def make(name: str, stop: object) -> Noted:
        del stop
        views.append(Noted(name))
        return views[-1]

    show_with(make)
    yield views
    show_with(None)


def test_a_shell_without_a_page_has_a_bar_of_text(shell: InteractiveShell) -> None:
    assert isinstance(view_in(shell, "x", lambda: None), TextView)


def test_the_function_shows_itself_as_the_notebook_says(made: list[Noted]) -> None:
    register_script("short", ["done"] * 2)
    experiment("Hi", models="scripted:short", repeats=2, name="greetings")
    assert [view.told for view in made] == [["greetings", "open 0", "close 2"]]


@pytest.mark.parametrize("yes", [False, True])
def test_what_it_will_take_is_said_when_it_begins(made: list[Noted], yes: bool) -> None:
    register_script("short", ["done"] * 2)
    experiment("Hi", models="scripted:short", repeats=2, yes=yes)
    assert made[0].expected.startswith("2 cells: about 2 calls, about 10 tokens to read")
    assert made[0].expected.endswith("; what scripted:short costs is not known.")


def test_without_progress_nothing_is_shown(made: list[Noted]) -> None:
    register_script("short", ["done"])
    experiment("Hi", models="scripted:short", progress=False)
    assert made == []


def test_without_a_notebook_it_is_a_bar_of_text() -> None:
    assert isinstance(view_of("x", lambda: None), TextView)


def test_what_stays_on_the_page_is_escaped() -> None:
    view = PageView("<b onclick=x>", lambda: None, hears=False)
    page = view._static(Progress(total=4, done=1))
    assert "<b onclick" not in page["text/html"]
    assert "1 of 4 cells" in page["text/plain"]


def test_what_it_will_take_stands_there_only_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[str] = []
    for name in ("display", "update_display"):
        monkeypatch.setattr(f"IPython.display.{name}", lambda data, **_: pages.append(data["text/html"]))
    view, progress = PageView("x", lambda: None, hears=False), Progress(total=1, expected="about 1 call")
    view.open(progress)
    view.update(progress)
    view.close(progress)
    assert ["about 1 call" in page for page in pages] == [True, True, False]
