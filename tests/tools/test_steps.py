import asyncio

import pytest

from jupyter_tools.events import StepEndEvent, StepStartEvent, ToolExecutionEndEvent, ToolExecutionStartEvent
from jupyter_tools.tools.approval import ApprovalAnswer, ScriptedApprover
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.steps import step
from tests.tools.batches import Recorder, call, message_of, tool_of


def look_up(query: str, context: ToolContext) -> str:
    with context.retrieval("papers", query) as found:
        found.result = ["one", "two"]
    return "found"


async def write(path: str) -> str:
    return path


def order_of(recorder: Recorder) -> list[type]:
    kinds = (ToolExecutionStartEvent, StepStartEvent, StepEndEvent, ToolExecutionEndEvent)
    return [type(event) for event in recorder.events if isinstance(event, kinds)]


async def run(tool, tool_call, **options) -> Recorder:
    recorder = Recorder()
    await execute_tool_calls([tool], message_of(tool_call), None, recorder, None, ExecutionOptions(**options))
    return recorder


def test_a_step_tells_its_start_its_end_and_what_came_of_it():
    told = []
    with step(told.append, "retrieval", "papers", "c1", "quantum") as going:
        going.result = 3
    start, end = told
    assert (start.kind, start.name, start.tool_call_id, start.args) == ("retrieval", "papers", "c1", "quantum")
    assert (end.step_id, end.status, end.result) == (start.step_id, "ok", 3)
    assert end.duration_ms >= 0


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("no index"), "error"), (asyncio.CancelledError(), "aborted")]
)
def test_what_a_step_raises_goes_on_and_is_told(error, status):
    told = []

    def fail():
        with step(told.append, "retrieval", "papers", "c1", None):
            raise error

    with pytest.raises(type(error)):
        fail()
    assert told[-1].status == status
    assert told[-1].error


async def test_a_retrieval_in_a_thread_is_told_between_the_calls_start_and_end():
    tool = tool_of(look_up, context_parameter="context")
    recorder = await run(tool, call("look_up", query="quantum"))
    assert order_of(recorder) == [ToolExecutionStartEvent, StepStartEvent, StepEndEvent, ToolExecutionEndEvent]
    assert recorder.of(StepEndEvent)[0].result == ["one", "two"]


@pytest.mark.parametrize(
    ("answer", "status", "result"),
    [
        (ApprovalAnswer.run(), "ok", "run"),
        (ApprovalAnswer.always(), "ok", "always"),
        (ApprovalAnswer.deny("not there"), "denied", "deny"),
    ],
)
async def test_an_approval_is_a_step_of_its_call(answer, status, result):
    approver = ScriptedApprover([answer])
    recorder = await run(tool_of(write, requires_approval=True), call("write", path="a"), approver=approver)
    (start,), (end,) = recorder.of(StepStartEvent), recorder.of(StepEndEvent)
    assert (start.kind, start.name, start.args) == ("approval", "write", {"path": "a"})
    assert (end.status, end.result, end.error) == (status, result, answer.reason or None)


async def test_nothing_is_told_of_a_call_that_is_over():
    context = None

    async def leaky(context_: ToolContext) -> str:
        nonlocal context
        context = context_
        return "over"

    recorder = await run(tool_of(leaky, context_parameter="context_"), call("leaky"))
    assert context is not None
    with context.retrieval("papers", "late"):
        pass
    assert recorder.of(StepStartEvent) == []


async def test_a_call_without_a_say_has_no_step():
    assert (await run(tool_of(write), call("write", path="a"))).of(StepStartEvent) == []
