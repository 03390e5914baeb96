import pytest

from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    UserMessage,
    user_message,
)
from jupyter_tools.token_estimate import estimate_message_tokens, estimate_tokens


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("The quick brown fox jumps over the lazy dog.", 9, 12),
        ("Съешь же ещё этих мягких французских булок, да выпей чаю.", 17, 26),
        ("敏捷的棕色狐狸跳过了懒狗", 10, 16),
    ],
)
def test_an_estimate_is_near_what_tokenizers_count_in_any_language(text: str, low: int, high: int) -> None:
    assert low <= estimate_tokens(text) <= high


def test_a_conversation_counts_all_its_blocks() -> None:
    plain = estimate_message_tokens([user_message("hello there")])
    picture = UserMessage(content=(TextContent(text="hello there"), ImageContent(data="")))
    called = AssistantMessage(content=(ThinkingContent(thinking="hm " * 9), ToolCallContent(id="1", name="add")))
    assert plain < estimate_message_tokens([picture])
    assert estimate_message_tokens([called]) > 5
