"""What a kernel says of the request that runs a cell."""

from types import SimpleNamespace
from typing import Any

import pytest

from jupyter_tools.notebook.cell_request import comes_from_a_page, origin_of, somebody_is_there
from jupyter_tools.notebook.conversation import NOWHERE, Origin


def shell_with(request: object) -> Any:
    return SimpleNamespace(parent_header=request)


def test_a_page_names_its_cell_and_its_request():
    shell = shell_with({"metadata": {"cellId": "c1"}, "header": {"msg_id": "m1"}, "content": {"allow_stdin": True}})
    assert origin_of(shell) == Origin(cell_id="c1", execution="m1")
    assert comes_from_a_page(shell)
    assert somebody_is_there(shell)


@pytest.mark.parametrize("shell", [SimpleNamespace(), shell_with(None), shell_with({}), shell_with({"content": None})])
def test_where_nothing_is_said_nobody_is_there(shell: Any):
    assert origin_of(shell) == NOWHERE
    assert not comes_from_a_page(shell)
    assert not somebody_is_there(shell)
