from jupyter_tools.messages import user_message
from jupyter_tools.notebook.conversation import NOWHERE, Conversation, Origin


def say(conversation: Conversation, text: str, origin: Origin) -> None:
    """A turn of a cell: what it sees, and one message more."""
    conversation.keep([*conversation.before(origin), user_message(text)], origin)


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
    conversation.keep(conversation.before(failed), failed)
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
