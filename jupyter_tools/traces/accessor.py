"""`df.agent`: what a frame of `traces()` can be asked. Registered with pandas when the first frame is made."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_tools.traces.conversation import Conversation, conversation_of
from jupyter_tools.traces.diff import diff_of
from jupyter_tools.traces.plots import plot_of
from jupyter_tools.traces.run_choice import chosen_run
from jupyter_tools.traces.steps import Frame, steps_of
from jupyter_tools.traces.summary import cost_of, summary_of
from jupyter_tools.traces.timeline_svg import Timeline
from jupyter_tools.traces.tree import Tree

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class AgentAccessor:
    """What a frame of `traces()` can be asked, also one that was filtered or read from a file.

    df.agent.summary()               calls, failures, durations, tokens and cost of each model and tool
    df.agent.timeline(run=-1)        when the turns, model calls and tools of the last run were
    df.agent.tree(run=-1)            what was part of what
    df.agent.messages(-1)            what the model saw in the last run
    df.agent.diff(-2, -1)            two runs side by side
    df.agent.cost()                  tokens and cost of each run
    df.agent.plot("durations")       a plot: durations, tokens, failures or cost
    df.agent.export("spans.jsonl")   these spans as a file
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame: Frame = frame

    def timeline(self, run: str | int | None = None) -> Timeline:
        """When the turns, the model calls and the tools were, and what ran at the same time.

        Args:
            run: Only this run: its id, or -1 for the last one in the frame.
        """
        return Timeline(steps_of(self._of(run), "timeline()"))

    def tree(self, run: str | int | None = None) -> Tree:
        """What was part of what: runs, their turns, their model and tool calls.

        Args:
            run: Only this run: its id, or -1 for the last one in the frame.
        """
        return Tree(steps_of(self._of(run), "tree()"))

    def summary(self) -> pd.DataFrame:
        """For each model and tool: calls, failures, median and 95th percentile of the duration, tokens, cost."""
        return summary_of(self._frame)

    def diff(self, run_a: str | int, run_b: str | int, *, changes_only: bool = False) -> pd.DataFrame:
        """Two runs side by side, turn by turn: prompt, calls, arguments, results, answers.

        Args:
            run_a: One run: its id, or -1 for the last one in the frame, -2 for the one before.
            run_b: The other.
            changes_only: Leave out what is the same.
        """
        return diff_of(self._frame, run_a, run_b, changes_only=changes_only)

    def messages(self, run: str | int = -1, turn: int | None = None) -> Conversation:
        """What the model saw in a run, and its answer.

        Args:
            run: The run's id, or -1 for the last one in the frame.
            turn: Only what it saw in this turn, from 1.
        """
        return conversation_of(self._frame, run, turn)

    def cost(self, prices: Mapping[str, Sequence[float]] | None = None) -> pd.DataFrame:
        """Tokens and cost of each run, the dearest first.

        Args:
            prices: What a million tokens of input and of output cost, such as {"gpt-4o-mini": (0.15, 0.60)}. Without
                it, the costs are those that were recorded.
        """
        return cost_of(self._frame, prices)

    def plot(self, what: str = "durations", ax: Axes | None = None) -> Axes:
        """A plot; needs the extra `plots`.

        Args:
            what: "durations", "tokens", "failures" or "cost".
            ax: Where to draw; None makes a figure.
        """
        return plot_of(self._frame, what, ax)

    def export(self, path: str | Path) -> int:
        """Write these spans to a file, or send them to a collector; secrets are blotted out. Gives their number.

        Args:
            path: A name that ends in .jsonl, .csv or .parquet, or the address of a collector (http://localhost:4318).
        """
        from jupyter_tools.traces.export import export
        from jupyter_tools.traces.records import records_of_frame

        return export(records_of_frame(self._frame), path)

    def _of(self, run: str | int | None) -> Frame:
        if run is None:
            return self._frame
        return self._frame[self._frame["run_id"] == chosen_run(self._frame, run)]


@functools.cache
def register_accessor() -> None:
    """Make `df.agent` known to pandas."""
    import pandas as pd  # heavy, and there already: a frame is being made

    pd.api.extensions.register_dataframe_accessor("agent")(AgentAccessor)
