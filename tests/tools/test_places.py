import functools

import pytest

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.tools.places import code_of, place_of
from jupyter_tools.tools.tool import AgentTool


class Callable:
    async def __call__(self, number: int) -> int:
        return number


async def an_async_function(number: int) -> int:
    return number


@pytest.mark.parametrize(
    ("function", "isolation", "place"),
    [
        (an_async_function, "loop", "loop"),
        (functools.partial(an_async_function, number=1), "loop", "loop"),
        (Callable(), "loop", "loop"),
        (len, "loop", "thread"),
        (an_async_function, "thread", "thread"),
        (len, "process", "process"),
    ],
)
def test_only_async_code_runs_in_the_loop(function, isolation, place):
    assert place_of(AgentTool(name="t", function=function, isolation=isolation)) == place


def test_a_tool_without_code_is_a_mistake():
    with pytest.raises(ToolDefinitionError, match="neither"):
        code_of(AgentTool(name="declared"))
