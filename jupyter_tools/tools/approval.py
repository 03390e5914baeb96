"""Approval: whether a person is asked before a tool runs, and who asks.

A policy says which calls need an answer; an approver is awaited for it:

    "ask"      tools marked `requires_approval` (the default)
    "always"   every call
    "never"    none: marked tools run, too
    callable   `policy(request) -> bool`, True to ask

If an answer is needed and there is nobody to ask, the call is denied.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.attempt import attempt_in_thread
from jupyter_tools.tools.threads import run_in_thread
from jupyter_tools.tools.tool import AgentTool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """A call that waits for an answer.

    Attributes:
        tool: The tool that would run.
        tool_call_id: The call's id.
        arguments: The exact arguments it would run with.
        run_id: The run it belongs to.
    """

    tool: AgentTool
    tool_call_id: str
    arguments: JsonObject
    run_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAnswer:
    """What a person decided. Made with `run()`, `run_with(arguments)`, `deny(reason)` and `always()`.

    Attributes:
        decision: "run", "deny", or "always": run this call and every later one of the tool in this run.
        arguments: What to run with instead, or None to leave the arguments as they are.
        reason: Why it was denied; the model is told.
    """

    decision: Literal["run", "deny", "always"]
    arguments: JsonObject | None = None
    reason: str = ""

    @classmethod
    def run(cls) -> ApprovalAnswer:
        """Run it as it is."""
        return cls(decision="run")

    @classmethod
    def run_with(cls, arguments: JsonObject) -> ApprovalAnswer:
        """Run it with other arguments."""
        return cls(decision="run", arguments=arguments)

    @classmethod
    def deny(cls, reason: str = "") -> ApprovalAnswer:
        """Do not run it."""
        return cls(decision="deny", reason=reason)

    @classmethod
    def always(cls) -> ApprovalAnswer:
        """Run it, and do not ask for this tool again in this run."""
        return cls(decision="always")


class Approver(Protocol):
    """Whoever asks the person. Cancelled if the run is aborted meanwhile."""

    def __call__(self, request: ApprovalRequest) -> Awaitable[ApprovalAnswer]:
        """The person's answer."""
        ...


ApprovalPolicy: TypeAlias = Literal["never", "always", "ask"] | Callable[[ApprovalRequest], bool]


def needs_answer(policy: ApprovalPolicy, request: ApprovalRequest) -> bool:
    """True if `policy` wants a person to be asked."""
    if callable(policy):
        return policy(request)
    return policy == "always" or (policy == "ask" and request.tool.requires_approval)


class Approvals:
    """What was answered in one run. One question at a time, so that an "always" is heard before the next.

    Args:
        policy: Which calls need an answer.
        approver: Who asks, or None if there is nobody.
    """

    def __init__(self, policy: ApprovalPolicy = "ask", approver: Approver | None = None) -> None:
        self._policy: ApprovalPolicy = policy
        self._approver = approver
        self._always: set[str] = set()
        self._turn = asyncio.Lock()

    def needed(self, request: ApprovalRequest) -> bool:
        """True if the call must wait for an answer."""
        return request.tool.name not in self._always and needs_answer(self._policy, request)

    async def answer(self, request: ApprovalRequest) -> ApprovalAnswer:
        """The answer to `request`, from the person or from what they said before."""
        if self._approver is None:
            return ApprovalAnswer.deny(f"{request.tool.name} needs a person's approval, and there is nobody to ask")
        async with self._turn:
            if not self.needed(request):
                return ApprovalAnswer.run()
            answer = await self._approver(request)
        if answer.decision == "always":
            self._always.add(request.tool.name)
        return answer


class ConsoleApprover:
    """Asks in the terminal: y runs, a runs always, e edits the arguments, n denies (with a reason, if one is typed).

    Args:
        read: Shows a text and returns the line that was typed; `input` unless told otherwise.
    """

    def __init__(self, read: Callable[[str], str] = input) -> None:
        self._read = read

    async def __call__(self, request: ApprovalRequest) -> ApprovalAnswer:
        """Ask in a thread, so that other tools go on meanwhile."""
        answer, error = await run_in_thread(lambda: attempt_in_thread(lambda: self._ask(request)))
        return answer or ApprovalAnswer.deny(f"nobody could be asked: {type(error).__name__}")

    def _ask(self, request: ApprovalRequest) -> ApprovalAnswer:
        shown = json.dumps(request.arguments, ensure_ascii=False, indent=2, default=str)
        question = f"Run {request.tool.name} with {shown}?\n[y]es, [n]o, [e]dit, [a]lways: "
        while True:
            match self._read(question).strip().lower()[:1]:
                case "y":
                    return ApprovalAnswer.run()
                case "a":
                    return ApprovalAnswer.always()
                case "e":
                    return self._edited(request)
                case "n":
                    return ApprovalAnswer.deny(self._read("Why not? (the model is told) ").strip())
                case _:
                    question = "Please type y, n, e or a: "

    def _edited(self, request: ApprovalRequest) -> ApprovalAnswer:
        prompt = f"Arguments for {request.tool.name}, as JSON: "
        while True:
            try:
                arguments: object = json.loads(self._read(prompt))
            except ValueError as error:
                prompt = f"That is not JSON ({error}). Once more: "
                continue
            if isinstance(arguments, dict):
                return ApprovalAnswer.run_with(arguments)  # pyright: ignore[reportUnknownArgumentType]
            prompt = 'A JSON object is needed, such as {"x": 1}. Once more: '


class ScriptedApprover:
    """Gives prepared answers, one a request, the last one for good: for tests and for runs without a person.

    Attributes:
        requests: What was asked, in order.
    """

    def __init__(self, answers: Iterable[ApprovalAnswer]) -> None:
        self._answers = list(answers) or [ApprovalAnswer.deny("no answer was prepared")]
        self.requests: list[ApprovalRequest] = []

    async def __call__(self, request: ApprovalRequest) -> ApprovalAnswer:
        """The next prepared answer."""
        self.requests.append(request)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
