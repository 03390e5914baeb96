import asyncio

from jupyter_tools.tools.context import ToolContext


def test_a_context_made_by_hand_does_for_calling_the_function():
    context = ToolContext()
    context.progress("nobody hears it")
    assert not context.aborted
    assert context.logger.name == "jupyter_tools.tools"


async def test_a_context_knows_when_the_run_was_aborted():
    signal = asyncio.Event()
    context = ToolContext(signal=signal)
    assert not context.aborted
    signal.set()
    assert context.aborted
