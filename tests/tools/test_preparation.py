import pytest

from jupyter_tools.tools.approval import ApprovalAnswer, Approvals, ScriptedApprover
from jupyter_tools.tools.history import CallHistory
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.tools.preparation import Refused, asks, check, consult
from jupyter_tools.tools.tool import AgentTool
from tests.tools.batches import call, tool_of


async def echo(number: int) -> int:
    return number


ECHO = tool_of(echo, parameters={"type": "object", "properties": {"number": {"type": "integer"}}})
TOOLS = {"echo": ECHO, "declared": AgentTool(name="declared")}


def refusal_of(*arguments) -> str:
    refused = check(*arguments)
    assert isinstance(refused, Refused)
    assert refused.status == "error"
    assert refused.result.is_error
    return refused.result.content[0].text


def test_a_good_call_gives_a_coerced_copy_of_its_arguments():
    given = call("echo", number="5")
    assert check(given, TOOLS, None) == {"number": 5}
    assert given.arguments == {"number": "5"}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (call("ecoh"), "There is no tool 'ecoh'. Did you mean 'echo'? Known tools: echo, declared."),
        (call("zzz"), "There is no tool 'zzz'. Known tools: echo, declared."),
        (call("declared"), "declared is only declared and cannot be run here."),
    ],
)
def test_a_call_that_cannot_run_is_refused_in_words_a_model_can_act_on(given, text):
    assert refusal_of(given, TOOLS, None) == text


def test_a_schema_that_cannot_be_used_is_an_error_result_and_no_crash():
    broken = tool_of(echo, parameters={"type": "object", "properties": {"number": {"type": "no such type"}}})
    assert "echo" in refusal_of(call("echo", number=1), {"echo": broken}, None)


def test_a_repeated_call_is_refused_before_its_arguments_are_looked_at():
    history = CallHistory(max_same_calls=1)
    check(call("echo", number="x"), TOOLS, history)
    assert "was called with these arguments once already" in refusal_of(call("echo", number="x"), TOOLS, history)


@pytest.mark.parametrize(
    ("options", "marked", "plain"),
    [
        (ExecutionOptions(), True, False),
        (ExecutionOptions(approval="never"), False, False),
        (ExecutionOptions(approval="always"), True, True),
        (ExecutionOptions(approval=lambda request: False), True, True),
        (ExecutionOptions(before=lambda tool, tool_call: None), True, True),
    ],
)
def test_only_calls_that_somebody_has_a_say_in_are_held_up(options, marked, plain):
    assert asks(tool_of(echo, requires_approval=True), options) is marked
    assert asks(ECHO, options) is plain


async def test_the_hook_comes_before_the_person_who_sees_what_it_changed():
    approver = ScriptedApprover([ApprovalAnswer.run()])
    options = ExecutionOptions(before=lambda tool, tool_call: {"number": 2}, approval="always")
    arguments = await consult(ECHO, call("echo", number=1), options, Approvals("always", approver), id)
    assert arguments == {"number": 2}
    assert approver.requests[0].arguments == {"number": 2}
