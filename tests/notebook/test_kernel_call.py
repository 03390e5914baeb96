import threading

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.notebook.kernel_call import in_main_thread, shell_for, variable, variable_names


def test_a_call_is_made_in_the_main_thread_and_its_value_given():
    assert loop_thread().run(in_main_thread(threading.current_thread)) is threading.main_thread()


def test_what_a_call_raises_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        loop_thread().run(in_main_thread(lambda: 1 / 0))


def test_without_a_notebook_it_is_said_which_tool_needs_one():
    with pytest.raises(ConfigurationError, match="run_python works in a notebook"):
        shell_for("run_python")


def test_variables_are_those_that_the_person_has_made(notebook: InteractiveShell):
    notebook.push({"mine": 1, "_hidden": 2})
    assert "mine" in variable_names(notebook)
    assert "_hidden" not in variable_names(notebook)
    assert variable(notebook, " mine ") == 1
    with pytest.raises(UnknownNameError, match="mine"):
        variable(notebook, "mime")
