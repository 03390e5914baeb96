import copy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.continuation import NATIVE_CONTINUE, continue_from, join_continuation, name_of_provider

ANSWER = [{"role": "user", "content": "Tell me."}, {"role": "assistant", "content": "One.\nTwo and "}]


class OpenaiAccount:
    pass


class Other:
    pass


def test_the_model_is_asked_to_carry_on_from_the_last_line():
    messages, options = continue_from(ANSWER, "openai")
    assert messages[:2] == ANSWER
    assert messages[2:] == [{"role": "user", "content": "Carry on from this point:\nTwo and"}]
    assert options == {}


@pytest.mark.parametrize("provider", ["OpenaiAccount", OpenaiAccount, OpenaiAccount(), *NATIVE_CONTINUE])
def test_a_provider_that_continues_by_itself_gets_an_option_instead(provider):
    assert continue_from(ANSWER, provider) == (ANSWER, {"action": "continue"})


@pytest.mark.parametrize("provider", ["Other", Other, Other()])
def test_a_provider_is_known_by_name_class_or_instance(provider):
    assert name_of_provider(provider) == "Other"


@pytest.mark.parametrize("content", [None, "", " \n ", [], [{"type": "image_url"}]])
def test_where_there_is_nothing_to_continue_nothing_is_asked(content):
    messages = [{"role": "assistant", "content": content}]
    assert continue_from(messages) == (messages, {})
    assert continue_from([]) == ([], {})


def test_the_last_line_is_found_in_a_list_of_parts():
    parts = [{"type": "text", "text": "One."}, {"type": "text", "text": "Два,\nтри"}]
    messages, _ = continue_from([{"role": "assistant", "content": parts}])
    assert messages[-1]["content"] == "Carry on from this point:\nтри"


def test_the_conversation_given_is_not_changed():
    before = copy.deepcopy(ANSWER)
    messages, _ = continue_from(ANSWER)
    messages[1]["content"] = "changed"
    assert before == ANSWER


@pytest.mark.parametrize(
    ("answer", "more", "joined"),
    [
        ("The cat sat on", "The cat sat on the mat.", "The cat sat on the mat."),  # said again
        ("The cat sat on", " the mat.", "The cat sat on the mat."),  # just carried on
        ("A list:\n- one\n- tw", "- two\n- three", "A list:\n- one\n- two\n- three"),
        ("x = 1\ny ", "y = 2", "x = 1\ny = 2"),
        ("Long ago, in a far country, ", "in a far country, there was", "Long ago, in a far country, there was"),
        ("banan", "a", "banana"),
        ("banan", "na split", "bananna split"),  # one letter is the same by chance
        ("", "all", "all"),
        ("all", "", "all"),
        ("Жили-были старик", "\nЖили-были старик и старуха", "Жили-были старик и старуха"),
    ],
)
def test_what_both_texts_share_is_kept_once(answer, more, joined):
    assert join_continuation(answer, more) == joined


words = st.lists(st.text("abcdefghij", min_size=1, max_size=7), min_size=4, max_size=30).map(" ".join)


@given(words, words, st.integers(8, 60))
def test_a_repeated_end_leaves_no_seam(answer, more, length):
    repeated = answer[-length:]
    whole = answer + more
    assume(len(repeated) >= 8 and not repeated[0].isspace())
    assume(whole.count(repeated) == 1)
    assert join_continuation(answer, repeated + more) == whole


@given(st.text(), st.text())
def test_nothing_of_the_answer_is_lost(answer, more):
    joined = join_continuation(answer, more)
    assert joined.startswith(answer.rstrip())
    assert joined.endswith(more[-1:]) or not more.strip()
    assert len(joined) <= len(answer) + len(more)
