"""One answer and one result, as lines and back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import AgentToolResult, StopDelta, TextDelta
from jupyter_tools.messages import STOP_REASONS, TextContent, Usage
from jupyter_tools.recordings.entries import RecordedCall, RecordedResult

counts = st.integers(0, 10**6)


@given(
    st.text(), st.sampled_from(STOP_REASONS), st.none() | st.text(min_size=1), counts, st.lists(st.text(), max_size=2)
)
def test_an_answer_survives_its_file(text, reason, error, tokens, heard):
    call = RecordedCall(
        run=2,
        key="k",
        latest="l",
        model="openai:m",
        prompt="Frage",
        heard=tuple(heard),
        parts=((1.0, TextDelta(text=text)),),
        stop=StopDelta(stop_reason=reason, error_message=error),
        usage=Usage(input_tokens=tokens, estimated=True),
        duration_ms=3.0,
    )
    begin, *blocks, end = [json.loads(json.dumps(line)) for line in call.lines()]
    assert RecordedCall.from_lines(begin, blocks, end) == call


@given(st.text(), st.booleans(), st.booleans(), st.none() | st.dictionaries(st.text(), counts, min_size=1))
def test_a_result_survives_its_file(text, is_error, terminate, details):
    given = AgentToolResult(content=(TextContent(text=text),), is_error=is_error, terminate=terminate, details=details)
    result = RecordedResult(run=1, name="add", arguments={"a": 1}, result=given, duration_ms=0.5)
    (line,) = [json.loads(json.dumps(line)) for line in result.lines()]
    assert RecordedResult.from_line(line) == result
