import asyncio
import threading

import pytest

from jupyter_tools.errors import ToolArgumentsError
from jupyter_tools.tools.attempt import attempt, attempt_in_thread, error_result, failure_result


class UnspeakableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as caught:
        return caught


async def test_values_and_awaitables_are_converted():
    async def later() -> int:
        return 5

    assert await attempt(lambda: 4, str) == ("4", None)
    assert await attempt(later, str) == ("5", None)


async def test_what_the_conversion_raises_counts_as_well():
    value, error = await attempt(lambda: "x", int)
    assert value is None
    assert isinstance(error, ValueError)


async def test_ctrl_c_in_the_main_thread_is_the_users_and_goes_on():
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await attempt(interrupted, str)


def test_a_keyboard_interrupt_in_a_thread_is_the_tools():
    def interrupted() -> None:
        raise KeyboardInterrupt

    errors: list = []
    thread = threading.Thread(target=lambda: errors.append(attempt_in_thread(interrupted, str)[1]))
    thread.start()
    thread.join()
    assert isinstance(errors[0], KeyboardInterrupt)


async def test_a_coroutine_that_is_thrown_away_does_not_resist():
    coroutine = attempt(lambda: asyncio.sleep(30), str)
    coroutine.send(None)
    coroutine.close()


def test_async_code_gets_a_loop_of_its_own_in_a_thread():
    async def later() -> int:
        await asyncio.sleep(0)
        return 5

    results: list = []
    thread = threading.Thread(target=lambda: results.append(attempt_in_thread(later, str)))
    thread.start()
    thread.join()
    assert results == [("5", None)]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("bad\nvery bad"), "ValueError: bad\nvery bad"),
        (KeyError("x"), "KeyError: 'x'"),
        (UnspeakableError(), "tests.tools.test_attempt.UnspeakableError: <exception str() failed>"),
        (ToolArgumentsError("t", ["x: no"], "{}"), "Invalid arguments for t:\n- x: no\nReceived arguments: {}"),
    ],
)
def test_a_failure_is_told_in_text(error, text):
    result = failure_result(raised(error))
    assert result.is_error
    assert result.content[0].text == text
    assert result.details["error"] == type(error).__name__


def test_an_error_without_details_has_none():
    assert error_result("no").details is None
