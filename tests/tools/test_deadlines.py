import asyncio

from jupyter_tools.tools.deadlines import Deadlines
from tests.tools.batches import until


class Thing:
    def __init__(self, late: list[str], name: str, later_s: float | None = None) -> None:
        self._late, self._name, self._later_s = late, name, later_s

    def overdue(self, now: float) -> float | None:
        self._late.append(self._name)
        later_s, self._later_s = self._later_s, None
        return None if later_s is None else now + later_s


async def test_things_are_overdue_in_the_order_of_their_deadlines():
    loop, late = asyncio.get_running_loop(), []
    deadlines = Deadlines(loop)
    for name, delay_s in (("c", 0.03), ("a", 0.01), ("b", 0.02), ("a2", 0.01)):
        deadlines.add(loop.time() + delay_s, Thing(late, name))
    await until(lambda: len(late) == 4)
    assert late == ["a", "a2", "b", "c"]


async def test_a_thing_may_ask_for_more_time():
    loop, late = asyncio.get_running_loop(), []
    Deadlines(loop).add(loop.time(), Thing(late, "patient", later_s=0.01))
    await until(lambda: late == ["patient", "patient"])


async def test_nothing_is_overdue_after_closing():
    loop, late = asyncio.get_running_loop(), []
    deadlines = Deadlines(loop)
    deadlines.add(loop.time() + 0.005, Thing(late, "a"))
    deadlines.close()
    await asyncio.sleep(0.02)
    assert late == []
