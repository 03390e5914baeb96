import json

from jupyter_tools.messages import ImageContent, ThinkingContent, ToolResultMessage, UserMessage, system_message
from jupyter_tools.traces.columns import COLUMN_NAMES
from jupyter_tools.traces.genai import ATTRIBUTES, OF_THE_SPAN, attribute_of, messages_json, names_markdown
from tests.source_tree import ROOT
from tests.traces.run_events import answer, text_result


def test_the_page_of_the_documentation_has_the_table() -> None:
    assert names_markdown() in (ROOT / "docs" / "traces.md").read_text(encoding="utf-8")


def test_what_the_conventions_do_not_know_has_a_name_of_ours() -> None:
    assert attribute_of("input_tokens") == "gen_ai.usage.input_tokens"
    assert attribute_of("queue_ms") == "jupyter_tools.queue_ms"
    assert set(OF_THE_SPAN) <= set(COLUMN_NAMES)
    assert not set(OF_THE_SPAN) & set(ATTRIBUTES)


def test_messages_have_the_form_of_the_conventions() -> None:
    messages = [
        system_message("Be brief."),
        UserMessage(content=(ImageContent(data="aGk="),)),
        answer(),
        ToolResultMessage(tool_call_id="c", tool_name="t", content=text_result("4").content),
    ]
    told = json.loads(messages_json(messages))
    assert [message["role"] for message in told] == ["system", "user", "assistant", "tool"]
    assert told[1]["parts"] == [{"type": "blob", "mime_type": "image/png", "modality": "image", "content": "aGk="}]
    assert told[3]["parts"] == [{"type": "tool_call_response", "id": "c", "result": "4"}]
    thinking = json.loads(messages_json([type(messages[2])(content=(ThinkingContent(thinking="hm"),))]))
    assert thinking[0]["parts"] == [{"type": "reasoning", "content": "hm"}]
