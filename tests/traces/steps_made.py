"""Steps made by hand, for the views of them."""

from typing import Any

from jupyter_tools.traces.steps import Step


def step(span_id: str = "a", parent_id: str | None = None, **fields: Any) -> Step:
    given = {
        "run_id": "r",
        "kind": "tool",
        "name": "search",
        "status": "ok",
        "turn": 1,
        "started": 0,
        "duration_ms": 1.0,
        "input": None,
        "output": None,
        "error": None,
    }
    return Step(span_id=span_id, parent_id=parent_id, **(given | fields))


def many_steps(count: int, *, length_ms: float = 5.0) -> list[Step]:
    """Tools one after the other, a hundred times three at once, every tenth of them failed."""
    return [
        step(
            f"s{number}",
            name=f"tool_{number % 5}",
            started=(number // 3) * 6000,
            duration_ms=length_ms,
            status="error" if number % 10 == 9 else "ok",
        )
        for number in range(count)
    ]
