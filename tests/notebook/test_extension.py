import subprocess
import sys

from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.notebook.extension import load, unload
from tests.notebook.shells import shell_without_history


def test_a_variable_of_the_notebook_is_not_overwritten():
    with shell_without_history(user_ns={"traces": "mine"}) as shell:
        load(shell)
        assert shell.user_ns["traces"] == "mine"
        assert callable(shell.user_ns["tool"])


def test_loading_again_keeps_the_conversation_and_unloading_takes_the_magics_away(shell: InteractiveShell, cell):
    cell("-m scripted:short")
    load(shell)
    shell.run_line_magic("agent", "-m scripted:short")
    assert dict(shell.run_line_magic("agent", "").rows)["conversation"] == "main, 2 messages"
    unload(shell)
    assert shell.find_cell_magic("agent") is None
    assert shell.find_line_magic("tool") is None


def test_a_shell_with_a_kernel_gets_the_transformer_and_loses_it_again():
    with shell_without_history() as shell:
        before = list(shell.input_transformers_cleanup)
        shell.kernel = object()
        load(shell)
        assert "await" in shell.transform_cell("%%agent\nHi.")
        unload(shell)
        assert shell.input_transformers_cleanup == before


def test_loading_imports_nothing_that_only_an_answer_or_a_drawing_needs():
    heavy = ["anywidget", "httpx", "ipywidgets", "matplotlib", "nh3", "pandas", "xml.etree.ElementTree"]
    code = f"import sys, jupyter_tools.notebook.extension; print([name for name in {heavy} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
