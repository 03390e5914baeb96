"""Widgets that are heard: against a comm that, like ipykernel's, notes where the last message came from."""

from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

from jupyter_tools.notebook.heard import HeardButton


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    messages: list[tuple[str, Any]] = []

    class Comm(BaseComm):
        def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
            self._reply_subshell_id = "gone"
            messages.append((msg_type, data))

    monkeypatch.setattr(comm, "create_comm", Comm)
    return messages


def test_the_pages_messages_are_bound_to_no_loop_whatever_the_widget_says(told):
    button = HeardButton(description="Stop")
    assert not hasattr(button.comm, "_reply_subshell_id")
    button.disabled = True
    button.send({"kind": "hello"})
    assert not hasattr(button.comm, "_reply_subshell_id")
    assert [kind for kind, _ in told][-2:] == ["comm_msg", "comm_msg"]


def test_a_widget_that_is_closed_says_nothing(told):
    button = HeardButton(description="Stop")
    button.close()
    button.send({"kind": "hello"})
    assert told[-1][0] == "comm_close"
