"""Half a letter, wherever it comes from, reaches nobody."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.agent.whole_parts import WholeLetters
from jupyter_tools.events import MessageUpdateEvent, TextDelta
from jupyter_tools.json_types import encodable
from jupyter_tools.messages import to_dict
from jupyter_tools.providers.scripted import call, thinking
from tests.agent.runs import agent_of, events_of


@given(st.text(alphabet=st.sampled_from("aя\ud83d\ude00\ud800\udc00😀"), max_size=12), st.lists(st.integers(0, 12)))
def test_any_way_of_cutting_gives_the_same_text_and_nothing_is_lost(text, cuts):
    letters = WholeLetters()
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [letters.decode(text[a:b]) for a, b in pairwise(places)]
    assert "".join(pieces) + letters.flush() == encodable(text)


def give(text: str) -> dict:
    """Gives it back."""
    return {"given": text, "half": "\udc00"}


def fail(text: str) -> str:
    """Fails."""
    raise ValueError(f"no {chr(0xD83D)} {text}")


async def test_letters_that_were_cut_in_two_are_joined_and_halves_alone_are_marked():
    events = await events_of(agent_of([TextDelta(text="a\ud83d"), TextDelta(text="\ude00b\ud83d")]))
    said = [event.delta.text for event in events if isinstance(event, MessageUpdateEvent)]
    assert ("".join(said), events[-1].messages[-1].text) == ("a😀b\ufffd", "a😀b\ufffd")


async def test_no_event_of_a_run_holds_half_a_letter():
    turn = [thinking("hm \ud83d!"), call("give", {"text": "\ud83d"}), call("fail", {"text": "a"}), call("\ud800", {})]
    events = await events_of(agent_of(turn, ["Done \ud800."], tools=[give, fail]), "go \ud83d")
    assert events[-1].stop_reason == "stop"
    for event in events:
        repr(event).encode()
        assert "\\ud8" not in repr(event)
    for message in events[-1].messages:
        assert "\\ud" not in json.dumps(to_dict(message))
