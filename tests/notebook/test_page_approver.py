import asyncio
import threading

import pytest

from jupyter_tools.notebook.page_approver import PageApprover
from jupyter_tools.tools.approval import ApprovalAnswer, ApprovalRequest
from jupyter_tools.tools.decorator import as_tool


def erase(path: str) -> str:
    """Erase a file."""
    return path


REQUEST = ApprovalRequest(tool=as_tool(erase), tool_call_id="c1", arguments={"path": "a"})


async def asked() -> tuple[PageApprover, asyncio.Task[ApprovalAnswer]]:
    approver = PageApprover()

    async def ask() -> ApprovalAnswer:
        return await approver(REQUEST)

    task = asyncio.create_task(ask())
    await asyncio.sleep(0)
    return approver, task


async def test_the_page_answers_from_a_thread_of_its_own():
    approver, task = await asked()
    assert approver.question == {"id": "c1", "tool": "erase", "arguments": {"path": "a"}}
    said = {"id": "c1", "decision": "run", "arguments": {"path": "b"}}
    threading.Thread(target=approver.answer, args=(said,)).start()
    assert await task == ApprovalAnswer.run_with({"path": "b"})
    assert approver.question is None


async def test_only_the_first_press_counts():
    approver, task = await asked()
    approver.answer({"id": "c1", "decision": "deny"})
    approver.answer({"id": "c1", "decision": "always", "arguments": {}})
    assert await task == ApprovalAnswer.deny()


@pytest.mark.parametrize(
    "content",
    [
        {"id": "c0", "decision": "deny"},
        {"id": "c1"},
        {"id": "c1", "decision": "run", "arguments": [1]},
        {"id": "c1", "decision": "x"},
    ],
)
async def test_what_is_no_answer_to_the_question_is_ignored(content: dict):
    approver, task = await asked()
    approver.answer(content)
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()


async def test_a_run_that_is_stopped_takes_the_question_back():
    approver, task = await asked()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert approver.question is None
    approver.answer({"id": "c1", "decision": "deny"})
