"""What all decoders of a wire have in common: whatever a server sends, they neither raise nor give anything ill-formed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.messages import Usage
from jupyter_tools.providers.anthropic_stream import AnthropicDecoder
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.ollama_stream import OllamaDecoder
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder
from jupyter_tools.providers.responses_stream import ResponsesDecoder

DECODERS = [AnthropicDecoder, ChatCompletionDecoder, OllamaDecoder, ResponsesDecoder]
TYPES = [
    *("message_start", "message_delta", "message_stop", "content_block_start", "content_block_delta", "error"),
    *("content_block_stop", "text", "thinking", "tool_use", "redacted_thinking", "text_delta", "thinking_delta"),
    *("signature_delta", "input_json_delta", "response.output_text.delta", "response.completed", "response.failed"),
    *("response.reasoning_summary_text.delta", "response.reasoning_summary_part.added", "response.output_item.added"),
    *("response.output_item.done", "response.function_call_arguments.delta", "function_call", "reasoning", "message"),
]
KEYS = [
    *(
        "index",
        "delta",
        "content_block",
        "usage",
        "message",
        "error",
        "text",
        "thinking",
        "id",
        "name",
        "input",
        "data",
    ),
    *("partial_json", "stop_reason", "output_index", "item", "response", "call_id", "arguments", "encrypted_content"),
    *("summary_index", "incomplete_details", "reason", "code", "content", "tool_calls", "function", "done", "choices"),
    *("done_reason", "eval_count", "input_tokens", "output_tokens", "signature", "finish_reason", "prompt_tokens"),
]
leaves = st.none() | st.booleans() | st.integers(0, 3) | st.floats(allow_nan=False) | st.sampled_from(["", "a", "stop"])


def objects(inner):
    return st.builds(
        lambda kind, fields: {**fields, "type": kind},
        st.sampled_from(TYPES),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    )


documents = objects(st.recursive(leaves, lambda inner: objects(inner) | st.lists(inner, max_size=2), max_leaves=8))


@pytest.mark.parametrize("decoder_class", DECODERS)
@given(sent=st.lists(documents, max_size=5))
def test_whatever_json_a_server_sends_becomes_a_message_or_a_failure(decoder_class, sent) -> None:
    decoder = decoder_class("server")
    assembly = MessageAssembly("server", "m")
    lines = "" if decoder_class is OllamaDecoder else "data: "
    data = "".join(f"{lines}{json.dumps(document)}\n\n" for document in sent).encode()
    for part in decoder.decode(data) + decoder.flush():
        assembly.add(part)
    message = assembly.message()
    assert isinstance(message.text + message.thinking, str)
    assert all(isinstance(call.id, str) and isinstance(call.name, str) for call in message.tool_calls)
    assert message.usage.total_tokens >= 0
    assert decoder.failure is None or str(decoder.failure).startswith("server: ")
    assert (decoder.failure is None) is (assembly.stop_reason is not None)


def openai_delta(field: str, value: str) -> str:
    return f'data: {{"choices": [{{"index": 0, "delta": {{"{field}": {value}}}}}]}}\n\ndata: [DONE]\n\n'


DEEP = {"lists": "[" * 900 + "]" * 900, "texts": '[{"text":' * 450 + "1" + "}]" * 450}
HOSTILE = {
    "a reason that is none": 'data: {"choices": [{"delta": {"content": "a"}, "finish_reason": {}}]}\n\n',
    "more tokens than there are": 'data: {"choices": [], "usage": {"prompt_tokens": '
    + "9" * 400
    + "}}\n\ndata: [DONE]\n\n",
    "a price beyond all": 'data: {"choices": [], "usage": {"cost": ' + "9" * 400 + "}}\n\ndata: [DONE]\n\n",
    "details that are none": openai_delta("reasoning_details", '["a"]'),
    "content without end": openai_delta("content", DEEP["texts"]),
    "an error without end": f'data: {{"error": {{"error": {DEEP["lists"]}}}}}\n\n',
    "a code of other digits": 'data: {"error": {"message": "a", "code": "²"}}\n\n',
    "a code without end": 'data: {"error": {"message": "a", "code": "' + "9" * 5000 + '"}}\n\n',
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_what_no_server_should_send_is_a_message_or_one_sentence(sent) -> None:
    decoder = ChatCompletionDecoder("server")
    assembly = MessageAssembly("server", "m", asked=Model(provider="openai", name="gpt-4o-mini"))
    for part in decoder.decode(sent.encode()) + decoder.flush():
        assembly.add(part)
    message = assembly.message()
    assert (message.usage.total_tokens, message.usage.cost in (None, 0.0)) == (0, True)
    assert len(str(decoder.failure)) < 1000


def test_counts_that_cannot_be_are_none_on_anthropics_wire() -> None:
    decoder = AnthropicDecoder("server")
    usage = {"input_tokens": 10**400, "output_tokens": -3}
    decoder.decode(f"data: {json.dumps({'type': 'message_start', 'message': {'usage': usage}})}\n\n".encode())
    assert decoder._usage() == Usage()
