"""`PageApprover`: a tool waits in the loop's thread while a person answers on the page, in whatever thread that is."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.approval import ApprovalAnswer, ApprovalRequest


class PageApprover:
    """Asks with a card on the page. One question at a time, as runs ask them.

    Attributes:
        question: What the page should ask now, or None. Safe to read in any thread.
    """

    def __init__(self) -> None:
        self.question: JsonObject | None = None
        self._answer: asyncio.Future[ApprovalAnswer] | None = None

    async def __call__(self, request: ApprovalRequest) -> ApprovalAnswer:
        """Wait for the person. A run that is stopped meanwhile takes the question back."""
        self._answer = asyncio.get_running_loop().create_future()
        self.question = {"id": request.tool_call_id, "tool": request.tool.name, "arguments": request.arguments}
        try:
            return await self._answer
        finally:
            self.question = self._answer = None

    def answer(self, content: dict[str, Any]) -> None:
        """What the page said, from any thread. An answer to another question, or one we do not understand, is none."""
        question, waiting, answer = self.question, self._answer, _understood(content)
        if question is None or waiting is None or answer is None or content.get("id") != question["id"]:
            return
        waiting.get_loop().call_soon_threadsafe(_settle, waiting, answer)


def _settle(waiting: asyncio.Future[ApprovalAnswer], answer: ApprovalAnswer) -> None:
    if not waiting.done():  # people press twice
        waiting.set_result(answer)


def _understood(content: dict[str, Any]) -> ApprovalAnswer | None:
    match content:
        case {"decision": "deny"}:
            return ApprovalAnswer.deny()
        case {"decision": "run" | "always" as decision, "arguments": dict() as arguments}:
            return ApprovalAnswer(decision=decision, arguments=cast("JsonObject", arguments))
        case _:
            return None
