"""What the turns of a run took: tokens, money, time. The status line and the table under a saved answer say it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from jupyter_tools.durations import duration_text
from jupyter_tools.messages import NO_USAGE, Usage

_SHORTEST_S = 0.05  # what came in less time than this came at once, and has no speed
_FIRST_PACE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnUsage:
    """One model call.

    Attributes:
        turn: Its turn, from 1.
        model: Who answered.
        usage: Its tokens.
        duration_ms: From the request to the last piece, or None.
        first_token_ms: From the request to the first piece, or None.
    """

    turn: int
    model: str = ""
    usage: Usage = NO_USAGE
    duration_ms: float | None = None
    first_token_ms: float | None = None

    @property
    def speaking_s(self) -> float:
        """How long pieces came, in seconds; 0 if that is unknown or too short to tell a speed from."""
        if self.duration_ms is None or self.first_token_ms is None:
            return 0.0
        speaking = (self.duration_ms - self.first_token_ms) / 1000
        return speaking if speaking >= _SHORTEST_S else 0.0


def pace(turns: Iterable[TurnUsage]) -> float:
    """Tokens a second while the model spoke; 0 if unknown."""
    timed = [turn for turn in turns if turn.speaking_s]
    spoken = sum(turn.usage.output_tokens for turn in timed)
    return spoken / sum(turn.speaking_s for turn in timed) if spoken else 0.0


@dataclass(slots=True)
class LivePace:
    """How fast pieces come while a message is not whole yet: about as fast as tokens."""

    pieces: int = 0
    first_ms: float | None = None
    last_ms: float | None = None

    def add(self, at_ms: float | None) -> None:
        """Another piece came."""
        self.pieces += 1
        self.last_ms = at_ms
        if self.first_ms is None:
            self.first_ms = at_ms

    @property
    def per_second(self) -> float:
        """Pieces a second; 0 while it is too early to say."""
        if self.first_ms is None or self.last_ms is None or self.last_ms - self.first_ms < _FIRST_PACE_S * 1000:
            return 0.0
        return self.pieces / (self.last_ms - self.first_ms) * 1000


def tokens_words(usage: Usage) -> str:
    """The tokens as a person reads them; "" if there are none."""
    about = "about " if usage.estimated else ""
    return f"{about}{usage.total_tokens:,} tokens" if usage.total_tokens else ""


def cost_words(usage: Usage) -> str:
    """The cost as a person reads it; "" if it is not known."""
    if usage.cost is None:
        return ""
    return f"${usage.cost:.2f}" if usage.cost >= 1 or not usage.cost else f"${usage.cost:.4f}"


def pace_words(per_second: float, about: str = "") -> str:
    """A speed as a person reads it; "" if it is not known."""
    return f"{about}{per_second:.{0 if per_second >= 10 else 1}f} tokens/s" if per_second else ""


@dataclass(frozen=True, slots=True)
class UsageTable:
    """A table of text: what each turn took, and the run.

    Attributes:
        columns: The names; those of columns in which nothing stands are left out.
        rows: One for each turn, and the sum if there are several.
    """

    columns: Sequence[str] = field(default_factory=list[str])
    rows: Sequence[Sequence[str]] = field(default_factory=list[Sequence[str]])


_COLUMNS = ("turn", "model", "tokens in", "of them cached", "tokens out", "of them reasoning", "cost", "time", "speed")


def usage_table(turns: Sequence[TurnUsage]) -> UsageTable:
    """The table of these turns; empty if none of them has tokens."""
    if not any(turn.usage.total_tokens for turn in turns):
        return UsageTable()
    rows = [_row(str(turn.turn), turn.model, turn.usage, turn.duration_ms, pace([turn])) for turn in turns]
    if len(turns) > 1:
        total = reduce(Usage.__add__, (turn.usage for turn in turns))
        times = [turn.duration_ms for turn in turns if turn.duration_ms is not None]
        rows.append(_row("all", "", total, sum(times) if times else None, pace(turns)))
    used = [place for place in range(len(_COLUMNS)) if any(row[place] for row in rows)]
    return UsageTable([_COLUMNS[place] for place in used], [[row[place] for place in used] for row in rows])


def _row(turn: str, model: str, usage: Usage, duration_ms: float | None, speed: float) -> list[str]:
    about = "about " if usage.estimated else ""
    counts = (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens)
    tokens = [f"{about if count else ''}{count:,}" if count else "" for count in counts]
    time = "" if duration_ms is None else duration_text(duration_ms)
    return [turn, model, *tokens, cost_words(usage), time, pace_words(speed)]
