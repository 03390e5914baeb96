import threading

from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.loop_thread import loop_thread
from tests.tools.batches import call, execute, tool_of


def test_the_tool_line_lists_what_runs_and_what_was_abandoned(shell: InteractiveShell):
    release = threading.Event()

    def hung(number: int) -> None:
        release.wait(10)

    loop_thread().run(execute([tool_of(hung, timeout_s=0.02)], call("hung", number=1), run_id="run-7"))
    try:
        [row] = [row for row in shell.run_line_magic("tool", "--running").rows if row[0] == "hung"]
    finally:
        release.set()
    assert (row[1], *row[3:]) == ("thread", "abandoned", "run-7")
