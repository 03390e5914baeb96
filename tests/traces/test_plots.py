import matplotlib as mpl
import pytest
from matplotlib import pyplot

from jupyter_tools.errors import MissingExtraError, UnknownNameError
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.plots import plot_of

mpl.use("Agg")
KINDS = ["durations", "tokens", "failures", "cost"]


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


@pytest.mark.parametrize("what", KINDS)
def test_each_plot_is_drawn_also_of_nothing(two_runs: Traces, what: str) -> None:
    for frame in (two_runs(), two_runs(last=0)):
        ax = plot_of(frame, what)
        ax.figure.canvas.draw()
        assert ax.get_xlabel()


def test_tools_and_models_stand_at_the_side(two_runs: Traces) -> None:
    assert [label.get_text() for label in plot_of(two_runs(), "durations").get_yticklabels()] == ["demo", "math_eval"]


def test_a_plot_goes_where_it_is_told(two_runs: Traces) -> None:
    ax = pyplot.subplots()[1]
    assert plot_of(two_runs(), "tokens", ax) is ax


def test_mistakes_are_explained(two_runs: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'durations'"):
        plot_of(two_runs(), "duration")
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[plots\]"):
        plot_of(two_runs(), "tokens")
