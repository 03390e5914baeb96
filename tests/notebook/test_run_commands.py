import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.providers.scripted import call, register_script


def test_stop_with_nothing_going_on_says_so(shell: InteractiveShell):
    assert shell.run_line_magic("agent", "stop") == "No run is going on."


@pytest.mark.parametrize("line", ["steer don't stop", "follow-up And then?"])
def test_something_said_while_nothing_goes_on_says_so(shell: InteractiveShell, line: str):
    assert shell.run_line_magic("agent", line) == "No run is going on."


def test_something_without_words_is_explained(shell: InteractiveShell):
    with pytest.raises(CellError, match="Write what to say"):
        shell.run_line_magic("agent", "steer ")


def test_steering_and_following_up_from_elsewhere_are_heard_in_their_turns(shell: InteractiveShell, cell):
    def talk() -> str:
        """Says something to the run from inside it."""
        shell.run_line_magic("agent", "follow-up Thanks.")
        return shell.run_line_magic("agent", "steer Don't shout.")

    shell.user_ns["talk"] = talk
    register_script("listens", [[call("talk", {})], ["I whisper."], ["Welcome."]])
    printed = cell("-m scripted:listens -t talk --new")
    assert printed.index("> Don't shout.") < printed.index("I whisper.") < printed.index("> Thanks.")
    assert printed.index("> Thanks.") < printed.index("Welcome.")
