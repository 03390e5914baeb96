"""What a bench is: a figure of ours beside a floor, measured in turns in the same run, so that load hits both.

A bench is a function that gives one figure; its floor is another that gives one in the same unit:

    @bench("async tools", unit="µs CPU a call", floor=bare_gather, at_most=15)
    def thousand_async_calls() -> float: ...
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Measure = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One line of the table.

    Attributes:
        name: What is measured.
        unit: Of both figures.
        ours: Measures ours once.
        floor: Measures the floor once, or None if the figure stands by itself.
        floor_name: What the floor is.
        at_most: The most that ours may be, or None.
        at_floor: What the floor took on the machine for which `at_most` was set: on a slower one ours may take more by
            as much. None if the limit is the same everywhere.
        at_most_ratio: The most that ours / floor may be, or None.
        rounds: How many times each is measured.
    """

    name: str
    unit: str
    ours: Measure
    floor: Measure | None = None
    floor_name: str = ""
    at_most: float | None = None
    at_floor: float | None = None
    at_most_ratio: float | None = None
    rounds: int = 15


@dataclass(frozen=True, kw_only=True)
class Row:
    """What came of a bench: medians, and the median of the rounds' ratios."""

    bench: Bench
    ours: float
    floor: float | None
    ratio: float | None

    @property
    def held(self) -> bool:
        """True if every limit is kept."""
        ratio_limit = self.bench.at_most_ratio
        within = self.limit is None or self.ours <= self.limit
        return within and (ratio_limit is None or (self.ratio is not None and self.ratio <= ratio_limit))

    @property
    def limit(self) -> float | None:
        """The most that ours may be on this machine."""
        at_most, at_floor = self.bench.at_most, self.bench.at_floor
        if at_most is None or at_floor is None or self.floor is None:
            return at_most
        return at_most * max(1.0, self.floor / at_floor)


benches: list[Bench] = []


def bench(
    name: str,
    *,
    unit: str,
    floor: Measure | None = None,
    floor_name: str = "",
    at_most: float | None = None,
    at_floor: float | None = None,
    at_most_ratio: float | None = None,
    rounds: int = 15,
) -> Callable[[Measure], Measure]:
    """Register the decorated function as a bench; see `Bench`."""

    def register(ours: Measure) -> Measure:
        benches.append(
            Bench(
                name=name,
                unit=unit,
                ours=ours,
                floor=floor,
                floor_name=floor_name,
                at_most=at_most,
                at_floor=at_floor,
                at_most_ratio=at_most_ratio,
                rounds=rounds,
            )
        )
        return ours

    return register


def measured(item: Bench, rounds: int | None = None) -> Row:
    """Measure a bench and its floor in turns, after one round to warm up."""
    ours: list[float] = []
    floors: list[float] = []
    for _ in range((rounds or item.rounds) + 1):
        if item.floor is not None:
            floors.append(item.floor())
        ours.append(item.ours())
    del ours[0], floors[:1]
    ratio = statistics.median(a / b for a, b in zip(ours, floors, strict=True)) if floors else None
    return Row(
        bench=item,
        ours=statistics.median(ours),
        floor=statistics.median(floors) if floors else None,
        ratio=ratio,
    )


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    head = "| what | ours | floor | ours / floor | limit | kept |\n| --- | ---: | ---: | ---: | ---: | :---: |"
    return "\n".join([head, *map(_line, rows)])


def _line(row: Row) -> str:
    item = row.bench
    limits = [] if item.at_most is None else [_figure(item.at_most)]
    if row.limit != item.at_most and row.limit is not None:
        limits = [f"{limits[0]}, {_figure(row.limit)} at this floor"]
    limits += [] if item.at_most_ratio is None else [f"{item.at_most_ratio:g} x"]
    floor = "" if row.floor is None else f"{_figure(row.floor)} ({item.floor_name})"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
    limit = " and ".join(limits)
    kept = "" if not limits else "yes" if row.held else "**no**"
    return f"| {item.name} | {_figure(row.ours)} {item.unit} | {floor} | {ratio} | {limit} | {kept} |"


def _figure(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


async def cpu_us(units: int, work: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of this process's CPU time a unit, all threads together."""
    started = time.process_time()
    await work()
    return (time.process_time() - started) / units * 1e6
