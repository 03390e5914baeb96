"""`Answer`: what `_` is after an `%%agent` cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_tools.agent.result import AgentResult
    from jupyter_tools.messages import Message, Usage


class Answer(str):
    """The text of an answer, with its run attached.

    A string like any other: the page has shown it, so the cell gives it to `_` and `Out` without showing it again.

    Attributes:
        result: How the run ended.
    """

    __slots__ = ("result",)

    result: AgentResult

    def __new__(cls, result: AgentResult) -> Answer:
        """The answer of a run."""
        answer = super().__new__(cls, result.text)
        answer.result = result
        return answer

    def __reduce__(self) -> tuple[type[Answer], tuple[AgentResult]]:
        return type(self), (self.result,)

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the run added to the conversation."""
        return self.result.messages

    @property
    def usage(self) -> Usage:
        """The tokens of all its model calls."""
        return self.result.usage

    @property
    def run_id(self) -> str:
        """Joins with the traces."""
        return self.result.run_id
