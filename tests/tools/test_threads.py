import asyncio
import contextvars
import os
import threading
import time

import pytest

from jupyter_tools.tools import threads
from jupyter_tools.tools.threads import Job, Mailbox, ThreadPool, run_in_thread
from tests.tools.batches import until

COLOUR: contextvars.ContextVar[str] = contextvars.ContextVar("COLOUR", default="none")


def names_of_tool_threads() -> list[int]:
    return [thread.ident or 0 for thread in threading.enumerate() if thread.name == "jupyter_tools-tool"]


async def test_a_call_in_a_thread_sees_the_callers_context_variables():
    COLOUR.set("red")
    assert await run_in_thread(COLOUR.get) == "red"


async def test_short_jobs_need_few_threads():
    pool = ThreadPool()
    done: list[int] = []
    for number in range(200):
        pool.submit(Job(lambda number=number: number, done.append))
    await until(lambda: len(done) == 200)
    assert sorted(done) == list(range(200))


async def test_jobs_that_wait_have_a_thread_each_up_to_the_limit():
    pool, gate = ThreadPool(limit=5), threading.Event()
    running, done = [], []

    def wait() -> None:
        running.append(threading.get_ident())
        gate.wait(10)

    for _ in range(8):
        pool.submit(Job(wait, done.append))
    await until(lambda: len(running) == 5)
    await asyncio.sleep(0.02)
    assert len(set(running)) == len(running) == 5
    gate.set()
    await until(lambda: len(done) == 8)


async def test_where_the_system_gives_no_more_threads_the_others_do_the_jobs(monkeypatch):
    def no_more(_thread):
        raise RuntimeError("can't start new thread")

    pool, gate = ThreadPool(), threading.Event()
    done: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_more)
        with pytest.raises(RuntimeError, match="new thread"):
            pool.submit(Job(gate.wait, done.append))  # there is nobody at all
    pool.submit(Job(gate.wait, done.append))
    await until(lambda: pool._threads == 2 and not pool._one_is_coming)  # for the first job as well
    monkeypatch.setattr(threading.Thread, "start", no_more)
    for _ in range(20):
        pool.submit(Job(gate.wait, done.append))
    gate.set()
    await until(lambda: len(done) == 22)


async def test_an_abandoned_thread_makes_room_and_ends_with_its_job():
    pool, gate = ThreadPool(limit=1), threading.Event()
    done: list[object] = []
    hung: list[threading.Thread] = []

    def hang() -> str:
        hung.append(threading.current_thread())
        gate.wait(10)
        return "hung"

    job = Job(hang, done.append)
    pool.submit(job)
    await until(lambda: hung)
    pool.submit(Job(lambda: "next", done.append))
    pool.abandon(job)
    await until(lambda: done == ["next"])
    gate.set()
    await until(lambda: not hung[0].is_alive())


async def test_a_job_that_is_abandoned_before_it_began_never_runs():
    pool, gate = ThreadPool(limit=1), threading.Event()
    done: list[object] = []
    first, second = Job(lambda: gate.wait(10), done.append), Job(lambda: "second", done.append)
    pool.submit(first)
    pool.submit(second)
    pool.abandon(second)
    gate.set()
    pool.submit(Job(lambda: "third", done.append))
    await until(lambda: len(done) == 2)
    assert done == [True, "third"]


async def test_cancelling_abandons_the_thread():
    gate, jobs = threading.Event(), []
    task = asyncio.ensure_future(run_in_thread(lambda: gate.wait(10), on_job=jobs.append))
    await until(lambda: jobs and jobs[0].started)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert jobs[0].draw() is None
    gate.set()


async def test_idle_threads_are_used_again():
    await run_in_thread(lambda: None)
    before = set(names_of_tool_threads())
    for _ in range(20):
        await run_in_thread(lambda: None)
    assert set(names_of_tool_threads()) == before


async def test_letters_are_delivered_in_the_order_they_were_posted():
    mailbox, got = Mailbox(asyncio.get_running_loop()), []

    def post() -> None:
        for number in range(1000):
            mailbox.post(got.append, number)

    await asyncio.gather(asyncio.to_thread(post), asyncio.sleep(0.001))
    await until(lambda: len(got) == 1000)
    assert got == list(range(1000))


async def test_a_letter_that_cannot_be_delivered_holds_no_other_up():
    loop, got, problems = asyncio.get_running_loop(), [], []
    loop.set_exception_handler(lambda _loop, context: problems.append(context["exception"]))
    mailbox = Mailbox(loop)

    def post() -> None:
        mailbox.post(lambda: 1 / 0)
        mailbox.post(got.append, 1)

    poster = threading.Thread(target=post)
    poster.start()
    poster.join()
    await until(lambda: got == [1])
    assert [type(problem) for problem in problems] == [ZeroDivisionError]


def test_a_letter_to_a_closed_loop_is_lost_quietly():
    async def make() -> Mailbox:
        return Mailbox(asyncio.get_running_loop())

    mailbox, got = asyncio.run(make()), []
    poster = threading.Thread(target=mailbox.post, args=(got.append, 1))
    poster.start()
    poster.join()
    assert got == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform cannot fork")
@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own():
    done: list[int] = []
    threads.thread_pool().submit(Job(lambda: 1, done.append))
    deadline = time.monotonic() + 5
    while not done and time.monotonic() < deadline:
        time.sleep(0.001)
    child = os.fork()
    if child == 0:
        answered = threading.Event()
        threads.thread_pool().submit(Job(lambda: 1, lambda _: answered.set()))
        os._exit(0 if answered.wait(5) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
