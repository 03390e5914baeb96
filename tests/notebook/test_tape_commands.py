"""`%agent record` and `%agent replay`, and `%%agent --record`."""

import pytest
from IPython.utils.capture import capture_output

from jupyter_tools.agent.tape import current_tape, eject
from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.notebook.tables import Table
from jupyter_tools.providers.scripted import register_script


@pytest.fixture(autouse=True)
def _no_tape_is_left():
    yield
    while (tape := current_tape()) is not None:
        eject(tape)


@pytest.fixture
def agent_line(shell):
    return lambda line: shell.run_line_magic("agent", line)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "my demo.jsonl"


def test_a_notebook_is_recorded_and_answered_from_its_file(agent_line, cell, path):
    assert "Recording into" in agent_line(f"record '{path}'")
    assert agent_line("record") == f"Recording into {path}."
    cell("-m scripted:short")
    cell("-m scripted:asks --new --tools math_eval", "2+2?")
    assert agent_line("record off") == f"Recorded: {path}."
    register_script("short", [["Something else."]])
    agent_line("new")
    assert "3 answers" in agent_line(f"replay '{path}' --fast")
    assert cell("-m scripted:short").startswith("Hello **there**.")
    assert "It is 4." in cell("-m scripted:asks --new --tools math_eval", "2+2?")
    state = agent_line("replay")
    assert isinstance(state, Table)
    assert ("answers", "3 of 3 were played") in state.rows
    assert agent_line("replay off") == "A model answers again."
    assert cell("-m scripted:short").startswith("Something else.")


def test_a_prompt_that_was_not_recorded_shows_the_nearest_one(agent_line, cell, path):
    agent_line(f"record '{path}'")
    cell("-m scripted:short", "What is the time in Tokyo?")
    agent_line(f"replay '{path}'")
    with pytest.raises(CellError, match=r"my demo.jsonl has no answer .*nearest recorded one is .*Tokyo"):
        cell("-m scripted:short --new", "What is the time in Токио?")


def test_one_cell_is_recorded(agent_line, cell, path):
    cell(f"-m scripted:short --record '{path}'")
    cell(f"-m scripted:short --record '{path}'", "More.")
    assert current_tape() is None
    assert "2 answers" in agent_line(f"replay '{path}'")


def test_what_tools_gave_differently_is_shown(agent_line, cell, path, shell):
    shell.run_cell("from jupyter_tools import tool\n@tool\ndef dice() -> int:\n    'Roll.'\n    return 3")
    from jupyter_tools.providers.scripted import call

    register_script("rolls", [[call("dice")], ["Rolled."]])
    agent_line(f"record '{path}'")
    cell("-m scripted:rolls --tools dice")
    shell.run_cell("@tool\ndef dice() -> int:\n    'Roll.'\n    return 5")
    agent_line(f"replay '{path}' --fast --live")
    cell("-m scripted:rolls --tools dice --new")
    rows = agent_line("replay").rows
    assert rows[-1] == ("drift", "dice gives '5' now; recorded was '3'")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("replay nothing.jsonl", "There is no recording 'nothing.jsonl'. Make it with:  %agent record nothing.jsonl"),
        (r"replay C:\nothing.jsonl", r"Make it with:  %agent record C:\nothing.jsonl"),
        ("replay a.jsonl --fsat", "There is no option of %agent replay '--fsat'. Did you mean '--fast'?"),
        ("replay --fast", "Which file? Write  %agent replay demo.jsonl --fast"),
        ("record a b.jsonl", 'takes one file; put quotes around a name with spaces: "a b.jsonl"'),
        ("record 'a", "A quotation mark is not closed"),
        ("record a.jsonl --fast", "%agent record takes the name of a file, and not --fast."),
    ],
)
def test_a_mistake_is_explained(agent_line, line, sentence):
    with pytest.raises(CellError) as caught, capture_output():
        agent_line(line)
    assert sentence in str(caught.value)
    assert current_tape() is None


def test_without_a_tape_it_says_so(agent_line):
    assert "No recording is going on" in agent_line("record")
    assert agent_line("replay off") == "No recording is going on, and none is being played."
