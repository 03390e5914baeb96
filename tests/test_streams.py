import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.streams import EventStream


async def drain(stream):
    return [event async for event in stream]


async def test_events_come_in_order_and_the_result_after_them():
    stream = EventStream()
    for event in "abc":
        stream.push(event)
    stream.end("result")
    assert await drain(stream) == ["a", "b", "c"]
    assert await stream == "result"


async def test_a_consumer_wakes_for_events_pushed_later():
    async def producer(stream):
        for event in range(3):
            await asyncio.sleep(0)
            stream.push(event)
        return "done"

    stream = EventStream.produced_by(producer)
    assert await drain(stream) == [0, 1, 2]
    assert await stream == "done"


async def test_awaiting_needs_nobody_to_read_the_events():
    async def producer(stream):
        stream.push("unread")
        return 7

    assert await EventStream.produced_by(producer) == 7


async def test_a_dead_producer_ends_the_consumer_with_its_exception_after_what_it_had_pushed():
    async def producer(stream):
        stream.push("last words")
        raise LookupError("dead")

    stream = EventStream.produced_by(producer)
    assert await anext(stream) == "last words"
    with pytest.raises(LookupError, match="dead"):
        await anext(stream)
    with pytest.raises(LookupError, match="dead"):
        await stream


async def test_closing_cancels_the_producer_and_waits_for_its_clean_up():
    cleaned = []

    async def producer(stream):
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    stream = EventStream.produced_by(producer)
    await asyncio.sleep(0)
    await stream.aclose()
    assert cleaned == [True]
    assert stream.ended
    with pytest.raises(asyncio.CancelledError):
        await anext(stream)


async def test_what_is_pushed_after_the_end_is_dropped_and_only_the_first_end_counts():
    stream = EventStream()
    stream.end(1)
    stream.push("late")
    stream.end(2)
    stream.fail(LookupError())
    assert await drain(stream) == []
    assert await stream == 1


@given(events=st.lists(st.integers()))
def test_listeners_see_every_event_before_the_iterator_does(events):
    async def main():
        stream, heard = EventStream(), []
        stream.listen(heard.append)
        for event in events:
            stream.push(event)
            assert heard[-1] == event
        stream.end(None)
        assert heard == await drain(stream) == events

    asyncio.run(main())


async def test_several_tasks_can_wait_for_the_result():
    stream = EventStream()
    waiting = [asyncio.ensure_future(drain(stream)), asyncio.ensure_future(stream._outcome())]
    await asyncio.sleep(0)
    stream.end("both")
    assert await asyncio.gather(*waiting) == [[], "both"]


async def test_a_stream_that_keeps_nothing_tells_listeners_and_gives_its_result():
    stream, heard = EventStream(kept=False), []
    stream.listen(heard.append)
    stream.push(1)
    stream.end("done")
    assert (heard, [event async for event in stream], await stream) == ([1], [], "done")


async def test_who_waits_for_the_result_is_woken_once_and_not_by_each_event():
    stream, woken = EventStream(), []
    outcome = stream._outcome()
    waiting = asyncio.get_running_loop().create_task(_counted(outcome, woken))
    for event in range(5):
        stream.push(event)
        await asyncio.sleep(0)
    stream.end("over")
    assert await waiting == "over"
    assert len(woken) == 1


async def _counted(coroutine, woken):
    """The coroutine's result; `woken` gets an entry for each time it had to wait."""

    class Counting:
        def __await__(self):
            while True:
                try:
                    future = coroutine.send(None)
                except StopIteration as stop:
                    return stop.value
                woken.append(future)
                yield future

    return await Counting()


async def test_a_producer_that_is_closed_before_it_began_ends_its_stream():
    async def producer(stream):
        raise AssertionError("never begun")

    over = []
    stream = EventStream.produced_by(producer)
    stream.when_over(lambda: over.append(True))
    await stream.aclose()
    assert (stream.ended, over) == (True, [True])
    with pytest.raises(asyncio.CancelledError):
        await stream


def test_a_stream_is_heard_where_events_are_kept_or_listened_to():
    assert EventStream[int, None]().heard
    stream = EventStream[int, None](kept=False)
    assert not stream.heard
    stream.listen(lambda _: None)
    assert stream.heard
