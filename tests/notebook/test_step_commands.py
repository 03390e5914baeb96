"""`%%agent --step` and `%agent step`."""

from contextlib import suppress

import pytest
from IPython.utils.capture import capture_output

from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.notebook.stepping import StepOutcome
from jupyter_tools.providers.scripted import call, register_script


@pytest.fixture
def begin(shell):
    register_script(
        "adds",
        [
            [call("math_eval", {"expression": "2+2"}), call("math_eval", {"expression": "3+3"})],
            lambda request: [f"I read {[m.text for m in request.messages if m.role == 'tool_result']}."],
        ],
    )

    def run(line="-m scripted:adds --tools math_eval", prompt="2+2 and 3+3?"):
        return shell.run_cell_magic("agent", f"{line} --step", prompt)

    yield run
    with suppress(CellError):  # a run that still waits would be taken apart with the process
        shell.run_line_magic("agent", "step stop")


@pytest.fixture
def step(shell):
    return lambda text="": shell.run_line_magic("agent", f"step {text}")


def history(shell):
    return repr(shell.run_line_magic("agent", "history"))


def test_a_run_goes_on_over_several_cells(shell, begin, step):
    first = begin()
    assert isinstance(first, StepOutcome)
    assert first.request["messages"][-1]["content"] == "2+2 and 3+3?"
    assert "Turn 1 would send this" in repr(first)
    second = step()
    assert [message["role"] for message in second.request["messages"]] == ["user", "assistant", "tool", "tool"]
    assert "math_eval" in repr(second)
    assert "2+2 and 3+3?" not in history(shell)
    third = step()
    assert third.request is None
    assert "I read" in repr(third)
    assert "The run is over." in repr(third)
    assert "I read" in history(shell)


def test_a_result_and_the_prompt_are_changed_and_shown(begin, step):
    begin()
    assert step("prompt And now 5+5?").request["messages"][-1]["content"] == "And now 5+5?"
    step()
    assert step("result 2 семь").request["messages"][-1]["content"] == "семь"
    assert step("show").request["messages"][-1]["content"] == "семь"
    assert "'семь'" in repr(step())


def test_a_fork_goes_on_from_an_earlier_turn(shell, begin, step):
    begin()
    step("end")
    forked = step("fork 2")
    assert len(forked.request["messages"]) == 4
    assert forked.step.turn == 2
    step("result 1 8")
    assert "'8'" in repr(step())
    assert history(shell).count("2+2 and 3+3?") == 2
    assert len(step("fork 1").request["messages"]) == 1
    step("stop")


def test_it_goes_to_the_end_or_stops(shell, begin, step):
    begin()
    assert "I read" in repr(step("end"))
    begin()
    assert "stopped" in repr(step("stop"))


def test_a_run_that_waits_gives_way_to_the_next_one(begin, step):
    begin()
    begin("-m scripted:short", "Hi")
    assert "there" in repr(step())


def test_the_page_folds_the_request_and_shows_its_text_literally(begin):
    html = begin(prompt="<script>alert(1)</script>")._repr_html_()
    assert "<summary><code>messages</code></summary>" in html
    assert "<script" not in html.replace("&lt;script", "")
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["step"], "No run goes on step by step. Begin one in a cell with  %%agent --step"),
        (["begin", "step shwo"], "There is no command of %agent step 'shwo'. Did you mean 'show'?"),
        (["begin", "step result 7"], "No tool has run in the last turn."),
        (["begin", "step result"], "Write what the model is to read"),
        (["begin", "step", "step result 7"], "The last turn had 2 results: say which one, 1 to 2."),
        (["begin", "step fork x"], "takes the number of a turn: 1."),
        (["begin", "step fork 5"], "The run has no turn 5 to fork from. Turns: 1."),
        (["begin", "step end", "step"], "This run is over. Fork it from one of its turns, or begin another."),
        (["begin", "step end", "step show"], "The run does not wait before a turn"),
    ],
)
def test_a_mistake_is_explained(shell, begin, lines, sentence):
    *before, last = lines
    for line in before:
        begin() if line == "begin" else shell.run_line_magic("agent", line)
    with pytest.raises(CellError) as caught, capture_output():
        shell.run_line_magic("agent", last)
    assert sentence in str(caught.value)
