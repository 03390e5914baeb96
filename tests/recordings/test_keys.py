"""What makes two requests the same."""

from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    UserMessage,
    system_message,
    user_message,
)
from jupyter_tools.recordings.keys import conversation_key, latest_key, prompt_of


def conversation(*, call_id="a", result="12:00", thought="Hm", arguments=None, prompt="What time is it?"):
    call = ToolCallContent(id=call_id, name="time_now", arguments=arguments or {})
    return [
        user_message(prompt),
        AssistantMessage(content=(ThinkingContent(thinking=thought), TextContent(text="I look."), call)),
        ToolResultMessage(tool_call_id=call_id, tool_name="time_now", content=(TextContent(text=result),)),
    ]


def test_ids_reasoning_and_results_make_no_difference():
    other = conversation(call_id="b", result="13:00", thought="Well")
    assert conversation_key(conversation()) == conversation_key(other)


def test_words_arguments_and_images_do():
    image = [UserMessage(content=(ImageContent(data="QQ=="),))]
    other_image = [UserMessage(content=(ImageContent(data="Qg=="),))]
    all_different = [
        conversation(),
        conversation(prompt="Который час?"),
        conversation(arguments={"timezone_name": "UTC"}),
        conversation()[:2],
        image,
        other_image,
    ]
    assert len({conversation_key(messages) for messages in all_different}) == len(all_different)


def test_the_latest_key_forgets_what_was_said_before_the_last_prompt():
    before = [system_message("Be brief."), user_message("Hi"), AssistantMessage(content=(TextContent(text="Hello"),))]
    assert latest_key([*before, *conversation()]) == latest_key(conversation())
    assert conversation_key([*before, *conversation()]) != conversation_key(conversation())


def test_the_prompt_is_what_a_person_said_last():
    assert prompt_of([user_message("one"), *conversation(prompt="zwei")]) == "zwei"
    assert prompt_of([system_message("alone")]) == ""
    assert prompt_of([]) == ""
