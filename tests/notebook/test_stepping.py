"""What a step shows, and what an interrupt of one does."""

import _thread
import threading

import pytest

from jupyter_tools.agent.stepper import Stepper
from jupyter_tools.notebook.cell_errors import CellInterrupted
from jupyter_tools.notebook.conversation import NOWHERE, Conversation
from jupyter_tools.notebook.stepping import Stepping
from jupyter_tools.providers.scripted import call, pause
from tests.agent.runs import agent_of


def test_an_interrupt_ends_the_run_and_keeps_what_was_said():
    conversation = Conversation()
    agent = agent_of([call("add", {"a": 1, "b": 1})], ["Half", pause(60), "way"])
    stepping = Stepping(Stepper(agent, "go"), conversation, NOWHERE)
    stepping.go_on()
    stepping.go_on()
    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(CellInterrupted, match="fork"):
        stepping.go_on()
    assert [message.role for message in conversation.messages] == ["user", "assistant", "tool_result", "assistant"]
    assert conversation.messages[-1].text == "Half"
    assert stepping.stepper.ended


def test_a_step_shows_only_what_happened_in_it():
    stepping = Stepping(Stepper(agent_of([call("add", {"a": 1, "b": 1})], ["Two."]), "go"), Conversation(), NOWHERE)
    shown = [repr(stepping.go_on()) for _ in range(3)]
    assert ["add" in text.partition("would send")[0] for text in shown] == [False, True, False]
    assert "Two." in shown[2]
