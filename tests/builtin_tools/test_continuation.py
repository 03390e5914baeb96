import copy

import pytest

from jupyter_tools.builtin_tools.continuation import NATIVE_CONTINUE, continue_from, name_of_provider

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
