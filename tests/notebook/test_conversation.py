import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import user_message
from jupyter_tools.notebook.conversation import NOWHERE, Conversation, Conversations, Origin


def say(conversation: Conversation, text: str, origin: Origin) -> None:
    """A turn of a cell: what it sees, and one message more."""
    turn = conversation.begin(origin)
    conversation.end(turn, [user_message(text)])


def texts(conversation: Conversation) -> str:
    return "".join(message.content[0].text for message in conversation.messages)


def run(conversation: Conversation, cells: str, request: str) -> None:
    for cell in cells:
        say(conversation, cell, Origin(cell, f"{request}-{cell}"))


def test_a_cell_that_runs_again_replaces_its_turn_and_takes_back_what_followed():
    conversation = Conversation()
    run(conversation, "abc", "first")
    run(conversation, "b", "second")
    assert texts(conversation) == "ab"


def test_run_all_twice_is_the_same_as_run_all_once_and_as_running_by_hand():
    conversation = Conversation()
    run(conversation, "abc", "first")
    run(conversation, "b", "by hand")
    run(conversation, "abc", "second")
    assert texts(conversation) == "abc"
    run(conversation, "c", "by hand again")
    assert texts(conversation) == "abc"


def test_a_cell_taken_back_is_appended_when_it_runs_again():
    conversation = Conversation()
    run(conversation, "abc", "first")
    run(conversation, "b", "second")
    run(conversation, "ac", "third")
    assert texts(conversation) == "ac"


def test_a_loop_in_one_cell_goes_on_and_is_taken_back_as_a_whole():
    conversation, loop = Conversation(), Origin("loop", "1")
    run(conversation, "a", "first")
    for text in "xyz":
        say(conversation, text, loop)
    assert texts(conversation) == "axyz"
    say(conversation, "n", Origin("loop", "2"))
    assert texts(conversation) == "an"


def test_cells_without_an_id_are_appended():
    conversation = Conversation()
    for text in "xxy":
        say(conversation, text, NOWHERE)
    assert texts(conversation) == "xxy"


def test_a_turn_that_left_nothing_has_no_place_to_go_back_to():
    conversation, failed = Conversation(), Origin("a", "1")
    conversation.end(conversation.begin(failed), [])
    run(conversation, "b", "first")
    run(conversation, "a", "second")
    assert texts(conversation) == "ba"


def test_a_forgotten_conversation_forgets_the_cells():
    conversation = Conversation()
    run(conversation, "ab", "first")
    conversation.clear()
    run(conversation, "b", "second")
    run(conversation, "a", "second")
    assert texts(conversation) == "ba"


@given(st.lists(st.sampled_from("abcd")))
def test_whatever_ran_before_a_first_cell_that_starts_anew_makes_run_all_the_same(before: list[str]):
    conversation = Conversation()
    for number, cell in enumerate(before):
        say(conversation, cell, Origin(cell, str(number)))
    conversation.clear()  # what --new in the first cell does
    run(conversation, "abcd", "all")
    assert texts(conversation) == "abcd"


@given(st.lists(st.sampled_from("abcd")))
def test_no_cell_speaks_twice_and_the_last_one_has_the_last_word(cells: list[str]):
    conversation = Conversation()
    for number, cell in enumerate(cells):
        say(conversation, cell, Origin(cell, str(number)))
    said = texts(conversation)
    assert len(set(said)) == len(said)
    assert said[-1:] == "".join(cells[-1:])


@given(st.permutations("abc"))
def test_a_run_behind_its_cell_keeps_the_place_where_it_began(order: list[str]):
    conversation = Conversation()
    turns = {cell: conversation.begin(Origin(cell, "1")) for cell in "abc"}
    assert conversation.messages == []
    for cell in order:
        conversation.end(turns[cell], [user_message(cell)])
    assert texts(conversation) == "abc"


def test_a_run_whose_turn_was_taken_back_leaves_nothing():
    conversation = Conversation()
    run(conversation, "a", "first")
    behind = conversation.begin(Origin("b", "1"))
    run(conversation, "a", "second")
    assert behind not in conversation
    conversation.end(behind, [user_message("b")])
    assert texts(conversation) == "a"


def test_conversations_are_started_by_name_and_do_not_mix():
    conversations = Conversations()
    run(conversations["main"], "a", "first")
    run(conversations.started("review"), "b", "first")
    assert texts(conversations["main"]) == "a"
    assert texts(conversations["review"]) == "b"
    assert conversations.names() == ["main", "review"]


def test_an_unknown_conversation_names_the_nearest_and_how_to_start_one():
    conversations = Conversations()
    conversations.started("review")
    with pytest.raises(ConfigurationError, match=r"'reveiw'\. Did you mean 'review'\? With --new it is started\."):
        conversations["reveiw"]
