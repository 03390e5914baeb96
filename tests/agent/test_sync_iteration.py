import asyncio
import itertools
import threading

import pytest

from jupyter_tools.agent.sync_iteration import iterate
from jupyter_tools.loop_thread import loop_thread


class Counter:
    def __init__(self, stop=None):
        self.closed = threading.Event()
        self.made = 0
        self.stop = stop
        self.tasks = set()

    async def items(self):
        try:
            for number in itertools.count():
                if number == self.stop:
                    return
                self.tasks.add(asyncio.current_task())
                self.made += 1
                yield number
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)
            self.closed.set()


def test_all_items_come_in_order_out_of_one_task():
    counter = Counter(stop=200)
    assert list(iterate(counter.items())) == list(range(200))
    assert len(counter.tasks) == 1
    assert counter.closed.is_set()


def test_leaving_early_closes_the_generator_before_going_on():
    counter = Counter()
    items = iterate(counter.items())
    assert [next(items), next(items)] == [0, 1]
    items.close()
    assert counter.closed.is_set()


def test_a_slow_reader_is_not_run_away_from():
    counter = Counter()
    items = iterate(counter.items())
    next(items)
    loop_thread().run(asyncio.sleep(0.05))
    assert counter.made < 100
    items.close()


def test_a_failure_comes_after_what_was_said_before_it():
    async def failing():
        yield 1
        raise LookupError("no luck")

    items = iterate(failing())
    assert next(items) == 1
    with pytest.raises(LookupError, match="no luck"):
        next(items)


async def test_it_works_inside_of_a_running_loop():
    assert list(iterate(Counter(stop=3).items())) == [0, 1, 2]


def test_it_works_in_a_thread():
    found = []
    thread = threading.Thread(target=lambda: found.extend(iterate(Counter(stop=3).items())))
    thread.start()
    thread.join(timeout=10)
    assert found == [0, 1, 2]


def test_the_loops_own_thread_is_told_to_await_instead():
    async def inside():
        with pytest.raises(RuntimeError, match="asynchronous door"):
            next(iterate(Counter().items()))

    loop_thread().run(inside())
