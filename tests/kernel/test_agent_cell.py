"""The whole path in real kernels: Run All, interrupts, stops, mistakes, on three releases of ipykernel."""

import json
import time
from typing import Any

import pytest

from tests.kernel.driver import WIDGET_VIEW, Cell, Kernel, begin

pytestmark = pytest.mark.kernel
SLOW = "%%agent -m scripted:slow --new\nTalk."
SHORT = "%%agent -m scripted:short\nHi."


def test_run_all_loses_no_cell(kernel: Kernel):
    codes = [f"%%agent -m scripted:short -o r{number}\nHello {number}" for number in range(5)]
    cells = kernel.run_all([*codes, "print([r0.text, r1.text, r2.text, r3.text, r4.text])"])
    assert [cell.status for cell in cells] == ["ok"] * 6
    assert all("Hello." in cell.text for cell in cells[:5])
    assert cells[5].text.strip() == str(["Hello."] * 5)


def test_the_answer_stays_as_html_markdown_and_text_without_a_widget(kernel: Kernel):
    cell = kernel.run(SHORT, cell_id="cell-7")
    [output] = cell.outputs
    assert set(output["data"]) == {"text/html", "text/markdown", "text/plain"}
    assert "Hello." in output["data"]["text/html"]
    assert output["metadata"]["jupyter_tools"]["model"] == "short"
    assert output["metadata"]["jupyter_tools"]["run_id"]


def test_an_interrupt_ends_the_cell_at_once_keeps_the_text_and_the_next_cell_works(kernel: Kernel):
    cell, queued = begin(kernel, SLOW), kernel.send("print('must not run')")
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    elapsed = time.monotonic() - pressed
    kernel.wait([queued])
    assert elapsed < 0.5
    assert cell.status == "error"
    assert cell.error.startswith("Interrupted.")
    assert "\n" not in cell.error
    assert "word3" in cell.text
    assert "stopped" in cell.text
    assert WIDGET_VIEW not in json.dumps(cell.outputs)
    assert queued.status == "aborted"
    assert kernel.run(SHORT).status == "ok"
    assert "word3" in kernel.ok("%agent history").text


def test_an_interrupt_does_not_wait_for_a_tool_that_hangs(kernel: Kernel):
    cell = begin(kernel, "%%agent -m scripted:hangs --tools hang --new\nGo.")
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    assert time.monotonic() - pressed < 0.5
    assert "hang(seconds=5) -> stopped" in cell.text
    assert kernel.run(SHORT).status == "ok"
    assert kernel.ok("%agent history").text.count("tool_result") == 1


def test_a_call_in_a_loop_blocks_and_can_be_interrupted(kernel: Kernel):
    code = "for n in range(3):\n    get_ipython().run_cell_magic('agent', '-m scripted:slow --new', f'Talk {n}.')"
    cell = begin(kernel, code)
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    assert time.monotonic() - pressed < 0.5
    assert cell.error.startswith("Interrupted.")
    assert "word3" in cell.text
    assert kernel.run(SHORT).status == "ok"


def test_a_blocking_call_below_an_awaiting_cell_can_be_interrupted(kernel: Kernel):
    code = "import asyncio\nawait asyncio.sleep(0)\nget_ipython().run_cell_magic('agent', '-m scripted:slow', 'Talk.')"
    cell = begin(kernel, code)
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    assert time.monotonic() - pressed < 0.5
    assert "word3" in cell.text


@pytest.mark.parametrize("magic", ["%%time", "%%capture captured"])
def test_an_agent_cell_inside_another_magic_blocks_and_works(kernel: Kernel, magic: str):
    cell = kernel.run(f"{magic}\n%%agent -m scripted:short -o result\nHi.")
    assert cell.status == "ok", cell.error
    assert kernel.ok("print(result.text)").text.strip() == "Hello."


def test_a_function_and_a_loop_take_the_blocking_path(kernel: Kernel):
    kernel.ok("def ask(q):\n    get_ipython().run_cell_magic('agent', '-m scripted:short -o r', q)\n    return r.text")
    assert kernel.ok("print([ask('a'), ask('b')])").text.splitlines()[0] == "['Hello.', 'Hello.']"


def test_a_cell_run_again_replaces_its_turn(kernel: Kernel):
    kernel.ok("%agent new")
    for cell_id in ("a", "b", "b", "c", "b"):
        assert kernel.run(f"%%agent -m scripted:short\nThis is {cell_id}.", cell_id=cell_id).status == "ok"
    history = kernel.ok("%agent history").text
    assert [history.count(f"This is {cell_id}.") for cell_id in "abc"] == [1, 1, 0]


def test_a_failed_run_keeps_its_text_says_why_in_one_sentence_and_stops_the_queue(kernel: Kernel):
    cell, queued = kernel.run_all(["%%agent -m scripted:broken\nTalk.", "print(1)"])
    assert cell.error == "scripted: the server fell over."
    assert "Half of" in cell.text
    assert queued.status == "aborted"
    assert kernel.run(SHORT).status == "ok"


def test_stop_from_the_page_ends_the_run_well_and_the_queue_goes_on(kernel: Kernel):
    if kernel.subshell is None:
        pytest.skip("before ipykernel 7 a page's messages wait until the cell is over")
    cell, queued = begin(kernel, SLOW), kernel.send("print('goes on')")
    view = cell.outputs[0]["data"][WIDGET_VIEW]["model_id"]
    pressed = time.monotonic()
    kernel.say(view, {"kind": "stop"})
    kernel.until(lambda: cell.done)
    assert time.monotonic() - pressed < 0.5
    kernel.wait([queued])
    assert (cell.status, queued.status) == ("ok", "ok")
    assert "word3" in cell.text
    assert "stopped" in cell.text


ASKS = "%%agent -m scripted:asks -t erase --new\nErase it."


def asking(kernel: Kernel) -> tuple[Cell, str, dict[str, Any]]:
    """A cell that asks on its page whether a tool may run, its widget, and the question."""
    if kernel.subshell is None:
        pytest.skip("before ipykernel 7 a page's messages wait until the cell is over")
    kernel.said.clear()
    cell = kernel.send(ASKS, person=True)
    kernel.until(lambda: any(message.get("question") for message in kernel.said))
    [question] = [message["question"] for message in kernel.said if message.get("question")]
    return cell, cell.outputs[0]["data"][WIDGET_VIEW]["model_id"], question


def test_a_tool_runs_with_the_arguments_that_the_person_approved(kernel: Kernel):
    cell, view, question = asking(kernel)
    kernel.say(view, {"kind": "answer", "id": question["id"], "decision": "run", "arguments": {"path": "b.txt"}})
    kernel.wait([cell])
    assert cell.status == "ok"
    assert "erased b.txt" in cell.text


def test_a_denied_tool_does_not_run(kernel: Kernel):
    cell, view, question = asking(kernel)
    kernel.say(view, {"kind": "answer", "id": question["id"], "decision": "deny"})
    kernel.wait([cell])
    assert "denied" in cell.text
    assert "erased" not in cell.text


def test_an_interrupt_while_a_question_waits_ends_the_cell_at_once(kernel: Kernel):
    cell, _, _ = asking(kernel)
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    assert time.monotonic() - pressed < 0.5
    assert cell.error.startswith("Interrupted.")
    assert "erased" not in cell.text
    assert kernel.run(SHORT).status == "ok"


def test_where_nobody_can_answer_a_tool_that_needs_approval_is_denied(kernel: Kernel):
    assert "denied" in kernel.run(ASKS).text


def test_no_approval_is_asked_for_where_the_person_said_never(kernel: Kernel):
    assert "erased a.txt" in kernel.run(ASKS.replace("--new", "--new --approve never")).text


def test_what_is_said_on_the_page_is_heard_after_the_turn(kernel: Kernel):
    if kernel.subshell is None:
        pytest.skip("before ipykernel 7 a page's messages wait until the cell is over")
    cell = kernel.send("%%agent -m scripted:turns -t nap --new\nGo.")
    kernel.until(lambda: cell.outputs)
    kernel.say(cell.outputs[0]["data"][WIDGET_VIEW]["model_id"], {"kind": "steer", "text": "Shorter, please."})
    kernel.wait([cell])
    assert cell.text.index("One.") < cell.text.index("> Shorter, please.") < cell.text.index("Two.")


def test_traces_and_tool_are_in_the_notebook_after_loading(kernel: Kernel):
    kernel.run(SHORT, cell_id="cell-8")
    frame = kernel.ok("frame = traces()\nprint(sorted(frame[frame['cell_id'] == 'cell-8']['kind']))")
    assert frame.text.strip() == "['agent', 'model', 'turn']"
    assert kernel.ok("print(callable(tool))").text.strip() == "True"


def test_loading_takes_nothing_heavy_even_in_the_background_and_a_variable_of_the_notebook_stays(fresh_kernel: Kernel):
    fresh_kernel.ok("tool = 'mine'\n%load_ext jupyter_tools")
    heavy = "[name for name in ('pandas', 'matplotlib', 'xllamacpp', 'dask') if name in sys.modules]"
    assert fresh_kernel.ok(f"import sys; print({heavy}, tool)").text.strip() == "[] mine"


def test_help_explains_every_option(kernel: Kernel):
    reply = kernel.ok("%%agent?").reply
    assert reply is not None
    text = json.dumps(reply["payload"])
    for option in (
        "--model",
        "--tools",
        "--no-tools",
        "--system",
        "--max-turns",
        "--new",
        "--base-url",
        "--temperature",
    ):
        assert option in text


def test_a_terminal_in_front_of_a_kernel_gets_text_that_streams(kernel: Kernel):
    cell = kernel.send("%%agent -m scripted:turns -t nap --new\nTalk.", person=True, page=False)
    kernel.until(lambda: "One." in cell.text)
    assert not cell.done
    kernel.wait([cell])
    assert all("text" in output for output in cell.outputs)
    assert "Two." in cell.text


def test_run_all_leaves_what_running_the_cells_by_hand_leaves_whatever_ran_before(kernel: Kernel):
    lines = ["--new", "", "--background", ""]
    cells = {f"cell {n}": f"%%agent -m scripted:short {line}\nThis is {n}." for n, line in enumerate(lines)}

    def history() -> str:
        return kernel.ok("%agent wait\n%agent history").text.replace("No run is going on.", "")

    def run_all() -> str:
        sent = [kernel.send(code, cell_id) for cell_id, code in cells.items()]
        kernel.wait(sent)
        return history()

    for cell_id, code in cells.items():
        kernel.run(code, cell_id)
        kernel.ok("%agent wait")
    by_hand = history()
    assert [by_hand.count(f"This is {n}.") for n in range(4)] == [1] * 4
    assert run_all() == by_hand
    for cell_id in ("cell 2", "cell 0", "cell 3", "cell 1"):
        kernel.run(cells[cell_id], cell_id)
    assert run_all() == by_hand


def test_a_cell_that_was_run_again_while_it_was_recorded_is_replayed_as_the_last_time(kernel: Kernel):
    kernel.ok(
        "from itertools import count\nnumbers = count(1)\nfrom jupyter_tools.providers.scripted import register_script"
    )
    kernel.ok("register_script('counts', [lambda request: [f'Answer {next(numbers)}.']])")
    kernel.ok("%agent record demo.jsonl")
    question = "%%agent -m scripted:counts --new\nWell?"
    for _ in range(3):
        assert "Answer" in kernel.run(question, cell_id="question").text
    kernel.ok("%agent record off")
    assert "1 answer." in kernel.ok("%agent replay demo.jsonl --fast").text
    assert "Answer 3." in kernel.run(question, cell_id="question").text
    assert "Answer 3." in kernel.run(question, cell_id="a copy").text
    kernel.ok("%agent replay off")


def test_what_a_person_says_on_a_line_may_be_a_question(kernel: Kernel):
    kernel.ok("%%agent -m scripted:short --new --step\nHi.")
    assert "Any in Riga?" in kernel.ok("%agent step prompt Any in Riga?").text
    kernel.ok("%agent step stop")
