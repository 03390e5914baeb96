"""Before a tool runs: is there such a tool, may it be called once more, do its arguments fit, does a person agree?

Each step answers with the call as it may go on, or with `Refused`: why it does not run, in words a model can act on.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from jupyter_tools.errors import ToolArgumentsError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.approval import ApprovalRequest, Approvals
from jupyter_tools.tools.attempt import error_result, failure_result
from jupyter_tools.tools.options import BeforeHook, ExecutionOptions
from jupyter_tools.tools.tool import AgentTool
from jupyter_tools.tools.validation import validate_tool_arguments

Toolbox: TypeAlias = Mapping[str, AgentTool]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call that may go on. The call's arguments are validated and coerced."""

    tool: AgentTool
    call: ToolCallContent


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that does not run, and what it is answered with."""

    result: AgentToolResult
    status: Literal["ok", "error", "denied"] = "error"


def check(call: ToolCallContent, tools: Toolbox, options: ExecutionOptions) -> Prepared | Refused:
    """What can be said without asking anybody."""
    tool = tools.get(call.name)
    if tool is None:
        return Refused(error_result(_unknown(call.name, tools), error="UnknownNameError"))
    if tool.execute is None and tool.function is None:
        return Refused(error_result(f"{call.name} is only declared and cannot be run here.", error="NotExecutable"))
    if call.problem is not None:
        return Refused(error_result(f"{call.name} was not run: {call.problem}", error="ToolArgumentsError"))
    refusal = options.history.refuse(call.name, call.arguments) if options.history is not None else None
    if refusal is not None:
        return Refused(error_result(refusal, error="RepeatedCall"))
    return _validated(tool, call)


def _unknown(name: str, tools: Toolbox) -> str:
    """Unlike the text for people, this names every tool: the model chooses again."""
    nearest = difflib.get_close_matches(name, tools, n=1, cutoff=0.5)
    hint = f" Did you mean {nearest[0]!r}?" if nearest else ""
    known = f" Known tools: {', '.join(tools)}." if tools else " No tools are available."
    return f"There is no tool {name!r}.{hint}{known}"


def _validated(tool: AgentTool, call: ToolCallContent) -> Prepared | Refused:
    try:
        arguments = validate_tool_arguments(tool, call)
    except ToolArgumentsError as error:
        return Refused(failure_result(error))
    return Prepared(tool, ToolCallContent(id=call.id, name=call.name, arguments=arguments))


async def consult(prepared: Prepared, options: ExecutionOptions, approvals: Approvals) -> Prepared | Refused:
    """Ask the hook, then the person. What either changes is validated again."""
    if options.before is not None:
        changed = await _asked_hook(prepared, options.before)
        if isinstance(changed, Refused):
            return changed
        prepared = changed
    request = ApprovalRequest(
        tool=prepared.tool,
        tool_call_id=prepared.call.id,
        arguments=prepared.call.arguments,
        run_id=options.run_id,
    )
    return await _approved(prepared, request, approvals) if approvals.needed(request) else prepared


async def _asked_hook(prepared: Prepared, before: BeforeHook) -> Prepared | Refused:
    answer: Any = before(prepared.tool, prepared.call)
    if hasattr(answer, "__await__"):
        answer = await answer
    match answer:
        case None:
            return prepared
        case AgentToolResult():
            return Refused(answer, "denied" if answer.is_error else "ok")
        case dict():
            return _with(prepared, cast("JsonObject", answer))
        case _:
            kind = type(answer).__name__
            raise TypeError(f"the hook before {prepared.tool.name} returned {kind}: None, a dict or an AgentToolResult")


def _with(prepared: Prepared, arguments: JsonObject) -> Prepared | Refused:
    return _validated(prepared.tool, replace(prepared.call, arguments=arguments))


async def _approved(prepared: Prepared, request: ApprovalRequest, approvals: Approvals) -> Prepared | Refused:
    answer = await approvals.answer(request)
    if answer.decision == "deny":
        reason = f": {answer.reason}" if answer.reason else "."
        text = f"{prepared.tool.name} was not run. The call was denied{reason}"
        return Refused(error_result(text, error="Denied"), "denied")
    return prepared if answer.arguments is None else _with(prepared, answer.arguments)
