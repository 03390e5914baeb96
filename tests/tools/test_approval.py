import asyncio

import pytest

from jupyter_tools.tools.approval import (
    ApprovalAnswer,
    ApprovalRequest,
    Approvals,
    ConsoleApprover,
    ScriptedApprover,
    needs_answer,
)
from tests.tools.batches import call, execute, text_of_one, tool_of

NUMBER = {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}


async def echo(number: int) -> int:
    return number


MARKED = tool_of(echo, name="marked", requires_approval=True, parameters=NUMBER)
PLAIN = tool_of(echo, name="plain", parameters=NUMBER)


def request_for(tool, **arguments) -> ApprovalRequest:
    return ApprovalRequest(tool=tool, tool_call_id="c1", arguments=arguments)


@pytest.mark.parametrize(
    ("policy", "marked", "plain"),
    [
        ("ask", True, False),
        ("always", True, True),
        ("never", False, False),
        (lambda request: request.arguments.get("number", 0) > 5, False, False),
    ],
)
def test_the_policy_says_who_is_asked_about(policy, marked, plain):
    assert needs_answer(policy, request_for(MARKED, number=1)) is marked
    assert needs_answer(policy, request_for(PLAIN, number=1)) is plain


async def test_without_anyone_to_ask_a_marked_tool_is_denied_and_others_run():
    result, recorder = await execute([MARKED, PLAIN], call("marked", "a", number=1), call("plain", "b", number=2))
    assert recorder.statuses == ["denied", "ok"]
    assert result["tool_results"][0].text == (
        "marked was not run. The call was denied: marked needs a person's approval, and there is nobody to ask"
    )


async def test_the_person_sees_the_exact_arguments_coerced():
    approver = ScriptedApprover([ApprovalAnswer.run()])
    _, recorder = await execute([MARKED], call("marked", number="7"), approver=approver, run_id="r")
    [request] = approver.requests
    assert (request.tool.name, request.tool_call_id, request.arguments) == ("marked", "c1", {"number": 7})
    assert request.run_id == "r"
    assert recorder.statuses == ["ok"]


async def test_the_arguments_may_be_edited_and_are_validated_again():
    approver = ScriptedApprover([ApprovalAnswer.run_with({"number": "5"}), ApprovalAnswer.run_with({"number": "x"})])
    content = [call("marked", "a", number=1), call("marked", "b", number=1)]
    result, recorder = await execute([MARKED], *content, approver=approver)
    assert recorder.statuses == ["ok", "error"]
    assert result["tool_results"][0].text == "5"
    assert recorder.ends["a"].args == {"number": 5}


async def test_a_denial_tells_the_model_why():
    approver = ScriptedApprover([ApprovalAnswer.deny("it would delete the data")])
    result, recorder = await execute([MARKED], call("marked", number=1), approver=approver)
    assert recorder.statuses == ["denied"]
    assert result["tool_results"][0].text.endswith("The call was denied: it would delete the data")


async def test_always_holds_for_the_tool_and_the_rest_of_the_run():
    approver = ScriptedApprover([ApprovalAnswer.always(), ApprovalAnswer.deny()])
    other = tool_of(echo, name="other", requires_approval=True)
    content = [call("marked", "a", number=1), call("marked", "b", number=2), call("other", "c", number=3)]
    approvals = Approvals("ask", approver)
    _, first = await execute([MARKED, other], *content, approvals=approvals)
    _, second = await execute([MARKED], call("marked", number=4), approvals=approvals)
    assert first.statuses == ["ok", "ok", "denied"]
    assert second.statuses == ["ok"]
    assert [request.tool_call_id for request in approver.requests] == ["a", "c"]


async def test_calls_that_need_no_answer_run_while_a_person_thinks():
    thought = asyncio.Event()

    async def slow_person(request: ApprovalRequest) -> ApprovalAnswer:
        await thought.wait()
        return ApprovalAnswer.run()

    async def wake(number: int) -> str:
        thought.set()
        return "ran"

    content = [call("marked", "a", number=1), call("wake", "b", number=2)]
    _, recorder = await execute([MARKED, wake], *content, approver=slow_person)
    assert recorder.statuses == ["ok", "ok"]


async def test_an_abort_takes_the_question_back():
    signal, cancelled = asyncio.Event(), []

    async def absent(request: ApprovalRequest) -> ApprovalAnswer:
        signal.set()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.append(request.tool_call_id)
            raise
        return ApprovalAnswer.run()

    _, recorder = await execute([MARKED], call("marked", number=1), signal=signal, approver=absent)
    assert recorder.statuses == ["aborted"]
    assert cancelled == ["c1"]


async def test_waiting_for_a_person_does_not_count_against_the_deadline():
    async def slow_person(request: ApprovalRequest) -> ApprovalAnswer:
        await asyncio.sleep(0.05)
        return ApprovalAnswer.run()

    _, recorder = await execute([MARKED], call("marked", number=1), approver=slow_person, default_timeout_s=0.02)
    assert recorder.statuses == ["ok"]


async def test_an_approver_that_fails_lets_nothing_run():
    async def broken(request: ApprovalRequest) -> ApprovalAnswer:
        raise OSError("no terminal")

    _, recorder = await execute([MARKED], call("marked", number=1), approver=broken)
    assert recorder.statuses == ["error"]


async def test_a_policy_of_never_runs_marked_tools():
    _, recorder = await execute([MARKED], call("marked", number=1), approval="never")
    assert recorder.statuses == ["ok"]


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (["y"], ApprovalAnswer.run()),
        (["what?", "Yes"], ApprovalAnswer.run()),
        (["a"], ApprovalAnswer.always()),
        (["n", "too dear"], ApprovalAnswer.deny("too dear")),
        (["e", "{", "[1]", '{"number": 2}'], ApprovalAnswer.run_with({"number": 2})),
    ],
)
async def test_the_console_asks_until_it_understands(typed, answer):
    shown: list[str] = []
    lines = iter(typed)

    def read(prompt: str) -> str:
        shown.append(prompt)
        return next(lines)

    assert await ConsoleApprover(read)(request_for(MARKED, number=1, city="Казань")) == answer
    assert "Run marked with" in shown[0]
    assert '"city": "Казань"' in shown[0]


async def test_a_console_without_input_denies():
    def closed(prompt: str) -> str:
        raise EOFError

    answer = await ConsoleApprover(closed)(request_for(MARKED, number=1))
    assert answer == ApprovalAnswer.deny("nobody could be asked: EOFError")


async def test_a_text_of_one_denied_call_is_for_the_model():
    assert (await text_of_one(MARKED, number=1)).startswith("marked was not run.")
