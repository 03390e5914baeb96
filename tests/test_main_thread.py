import asyncio
import signal
import threading
import time

import pytest

from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.main_thread import Errand, InterruptedInMainThreadError, MainThread, main_thread


def here() -> bool:
    return threading.current_thread() is threading.main_thread()


def wait_or_be_interrupted(seconds: float = 10.0) -> str:
    try:
        time.sleep(seconds)
    except KeyboardInterrupt:
        return "interrupted"
    return "slept"


def test_a_call_from_the_loops_thread_is_made_in_the_main_thread_while_that_waits():
    async def ask():
        assert not here()
        return await main_thread().run(here)

    assert loop_thread().run(ask())


def test_many_calls_are_made_in_their_order():
    made = []

    async def ask():
        return await asyncio.gather(*(main_thread().run(lambda n=n: made.append(n)) for n in range(20)))

    loop_thread().run(ask())
    assert made == list(range(20))


async def test_a_call_from_the_main_thread_is_made_at_once():
    assert await MainThread().run(here)


async def test_the_main_threads_own_loop_serves_where_it_listens():
    desk = MainThread()
    desk.listens_in(asyncio.get_running_loop())
    assert await asyncio.wrap_future(loop_thread().submit(desk.run(here)))


def test_cancelling_interrupts_the_call_even_while_it_sleeps():
    async def ask():
        task = asyncio.ensure_future(main_thread().run(wait_or_be_interrupted))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    started = time.monotonic()
    assert loop_thread().run(ask())
    assert time.monotonic() - started < 5


def test_an_errand_that_was_stopped_before_it_began_does_not_begin():
    errand = Errand(lambda: pytest.fail("it ran"))
    errand.stop()
    errand.do()
    with pytest.raises(InterruptedInMainThreadError):
        errand.outcome.result()


def test_an_errand_that_was_cancelled_while_it_waited_is_not_done():
    errand = Errand(lambda: pytest.fail("it ran"))
    assert errand.outcome.cancel()
    errand.do()


def test_a_persons_interrupt_ends_the_call_and_then_reaches_whom_it_was_meant_for():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    try:
        errand = Errand(lambda: (signal.raise_signal(signal.SIGINT), time.sleep(5)))
        errand.do()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [True]
    with pytest.raises(InterruptedInMainThreadError):
        errand.outcome.result()


def test_a_call_that_handles_its_interrupt_keeps_its_value():
    async def ask():
        outcome = asyncio.get_running_loop().create_future()

        def call():
            value = wait_or_be_interrupted()
            outcome.get_loop().call_soon_threadsafe(outcome.set_result, value)

        task = asyncio.ensure_future(main_thread().run(call))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])
        return await asyncio.wait_for(outcome, 5)

    assert loop_thread().run(ask()) == "interrupted"


def test_the_handler_of_interrupts_is_given_back():
    before = signal.getsignal(signal.SIGINT)
    Errand(here).do()
    assert signal.getsignal(signal.SIGINT) is before


def test_waiting_in_another_thread_does_no_errands():
    async def soon():
        await asyncio.sleep(0.05)
        return 1

    future, done = loop_thread().submit(soon()), []
    thread = threading.Thread(target=lambda: done.append(MainThread().wait(future, 5)))
    thread.start()
    thread.join()
    assert done == [True]
