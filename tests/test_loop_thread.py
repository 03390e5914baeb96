import asyncio
import concurrent.futures
import contextvars
import os
import threading
import time

import pytest

from jupyter_tools.loop_thread import LoopThread, loop_thread

VARIABLE = contextvars.ContextVar("VARIABLE", default="unset")


async def read_variable():
    await asyncio.sleep(0)
    return VARIABLE.get()


def test_run_gives_the_result_of_the_coroutine():
    assert loop_thread().run(read_variable()) == "unset"


def test_the_coroutine_sees_the_callers_context_variables():
    token = VARIABLE.set("from the caller")
    try:
        assert loop_thread().run(read_variable()) == "from the caller"
    finally:
        VARIABLE.reset(token)


def test_run_works_while_the_callers_own_loop_is_running():
    async def main():
        return loop_thread().run(read_variable())

    assert asyncio.run(main()) == "unset"


def test_there_is_one_loop_thread_a_process():
    assert loop_thread() is loop_thread()


def test_an_exception_reaches_the_caller():
    async def fail():
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        loop_thread().run(fail())


def test_run_from_the_loops_own_thread_is_refused_instead_of_waiting_for_itself():
    thread = loop_thread()

    async def nested():
        return thread.run(read_variable())

    with pytest.raises(RuntimeError, match="await"):
        thread.run(nested())


def test_cancel_ends_the_future_only_after_the_clean_up():
    cleaned, started = [], threading.Event()

    async def work():
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.02)
            cleaned.append(True)

    future = loop_thread().submit(work())
    assert started.wait(5)
    assert future.cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        future.result(5)
    assert cleaned == [True]
    assert not future.cancel()


def test_an_interrupt_cancels_the_coroutine_and_is_raised_again():
    cleaned = []

    async def work():
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), 2)
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)

    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        loop_thread().run(work())
    assert cleaned == [True]
    assert time.monotonic() - begin < 5


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_gets_a_loop_thread_of_its_own():
    loop_thread().run(read_variable())
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        answer = loop_thread().run(read_variable()).encode()
        os.write(write, answer)
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 100) == b"unset"


def test_a_second_loop_thread_is_independent():
    other = LoopThread("other")
    assert other.loop is not loop_thread().loop
    assert other.run(read_variable()) == loop_thread().run(read_variable())
    other.close()
    assert not other.alive


@pytest.mark.parametrize("exit_with", [SystemExit(3), KeyboardInterrupt()])
def test_code_that_wants_to_end_the_process_ends_its_own_run_and_not_the_loop_of_the_others(exit_with):
    async def leave():
        raise exit_with

    thread = LoopThread("tested")
    other = thread.submit(asyncio.sleep(0.05, "other"))
    with pytest.raises(type(exit_with)):
        thread.submit(leave()).result(5)
    assert other.result(5) == "other"
    assert thread.alive
    thread.close()
