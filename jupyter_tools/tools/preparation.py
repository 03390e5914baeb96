"""Before a tool runs: is there such a tool, may it be called once more, do its arguments fit, does a person agree?

Each step gives the arguments to run with, or `Refused`: why the call does not run, in words a model can act on.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.approval import ApprovalAnswer, ApprovalRequest, Approvals
from jupyter_tools.tools.attempt import error_result, failure_result
from jupyter_tools.tools.history import CallHistory
from jupyter_tools.tools.options import BeforeHook, ExecutionOptions
from jupyter_tools.tools.steps import Tell, step
from jupyter_tools.tools.tool import AgentTool
from jupyter_tools.tools.validation import validate_tool_arguments

Toolbox: TypeAlias = Mapping[str, AgentTool]


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that does not run, and what it is answered with."""

    result: AgentToolResult
    status: Literal["ok", "error", "denied"] = "error"


def check(call: ToolCallContent, tools: Toolbox, history: CallHistory | None) -> JsonObject | Refused:
    """The arguments to run with, validated and coerced: what can be said without asking anybody."""
    tool = tools.get(call.name)
    if tool is None:
        return Refused(error_result(_unknown(call.name, tools), error="UnknownNameError"))
    if tool.execute is None and tool.function is None:
        return Refused(error_result(f"{call.name} is only declared and cannot be run here.", error="NotExecutable"))
    refusal = history.refuse(call.name, call.arguments) if history is not None else None
    if refusal is not None:
        return Refused(error_result(refusal, error="RepeatedCall"))
    return _validated(tool, call)


def _unknown(name: str, tools: Toolbox) -> str:
    """Unlike the text for people, this names every tool: the model chooses again."""
    nearest = difflib.get_close_matches(name, tools, n=1, cutoff=0.5)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    known = f" Known tools: {', '.join(tools)}." if tools else " No tools are available."
    return f"There is no tool {name!r}.{hint}{known}"


def _validated(tool: AgentTool, call: ToolCallContent) -> JsonObject | Refused:
    try:
        return validate_tool_arguments(tool, call)
    except JupyterToolsError as error:
        return Refused(failure_result(error))


def asks(tool: AgentTool, options: ExecutionOptions) -> bool:
    """False if neither a hook nor a person has a say: the usual case, and a cheap question."""
    match options.approval:
        case "ask":
            return tool.requires_approval or options.before is not None
        case "never":
            return options.before is not None
        case _:
            return True


async def consult(
    tool: AgentTool, call: ToolCallContent, options: ExecutionOptions, approvals: Approvals, tell: Tell
) -> JsonObject | Refused:
    """Ask the hook, then the person, about a call with validated arguments. What either changes is validated again."""
    if options.before is not None:
        arguments = await _after_hook(tool, call, options.before)
        if isinstance(arguments, Refused):
            return arguments
        call = replace(call, arguments=arguments)
    request = ApprovalRequest(tool=tool, tool_call_id=call.id, arguments=call.arguments, run_id=options.run_id)
    if not approvals.needed(request):
        return call.arguments
    with step(tell, "approval", tool.name, call.id, call.arguments) as asking:
        answer = await approvals.answer(request)
        asking.result, asking.error = answer.decision, answer.reason or None
        asking.status = "denied" if answer.decision == "deny" else "ok"
    return _decided(tool, call, answer)


async def _after_hook(tool: AgentTool, call: ToolCallContent, before: BeforeHook) -> JsonObject | Refused:
    answer: Any = before(tool, call)
    if hasattr(answer, "__await__"):
        answer = await answer
    match answer:
        case None:
            return call.arguments
        case AgentToolResult():
            return Refused(answer, "denied" if answer.is_error else "ok")
        case dict():
            return _validated(tool, replace(call, arguments=cast("JsonObject", answer)))
        case _:
            kind = type(answer).__name__
            raise TypeError(f"the hook before {tool.name} returned {kind}: None, a dict or an AgentToolResult is meant")


def _decided(tool: AgentTool, call: ToolCallContent, answer: ApprovalAnswer) -> JsonObject | Refused:
    if answer.decision == "deny":
        reason = f": {answer.reason}" if answer.reason else "."
        return Refused(error_result(f"{tool.name} was not run. The call was denied{reason}", error="Denied"), "denied")
    if answer.arguments is None:
        return call.arguments
    return _validated(tool, replace(call, arguments=answer.arguments))
