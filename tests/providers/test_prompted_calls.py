import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jupyter_tools.events import TextDelta, ThinkingDelta
from jupyter_tools.providers.prompted_calls import PromptedCallDecoder, PromptedPart
from tests.providers.cuts import cut_at

ADD = '{"name": "add", "arguments": {"a": 1}}'
CALL = ("add", '{"a": 1}')


def joined(parts: list[PromptedPart]) -> list[object]:
    """Text, (reasoning,) and (tool, arguments); pieces of a kind that follow one another are one."""
    result: list[object] = []
    for part in parts:
        match part:
            case TextDelta():
                if result and isinstance(result[-1], str):
                    result[-1] += part.text
                else:
                    result.append(part.text)
            case ThinkingDelta():
                if result and isinstance(result[-1], list):
                    result[-1][0] += part.text
                elif part.text:
                    result.append([part.text])
            case _:
                result.append((part.name, part.arguments))
    return result


def decoded(*pieces: str, react: bool = False, cut: bool = False) -> list[object]:
    decoder = PromptedCallDecoder(["add", "search"], text_parameters={"search": "query"}, react=react)
    parts = [part for piece in pieces for part in decoder.decode(piece)]
    return joined(parts + decoder.flush(cut=cut))


FORMS = {
    "bare": ADD,
    "with blanks around": f"\n\n{ADD}\n",
    "fenced": f"```json\n{ADD}\n```",
    "fenced without a name": f"```\n{ADD}\n```",
    "fenced with a name in capitals": f"```JSON\n{ADD}\n```\n",
    "fenced on one line": f"```{ADD}```",
    "fenced with more backticks": f"````tool_call\n{ADD}\n````",
    "fenced, the brace missing": f"```json\n{ADD[:-1]}\n```",
    "list": f"[{ADD}]",
    "tool_calls": f'{{"tool_calls": [{ADD}]}}',
    "OpenAI's shape": f'{{"type": "function", "function": {ADD}}}',
    "arguments as text": '{"name": "add", "arguments": "{\\"a\\": 1}"}',
    "tool_call tags": f"<tool_call>\n{ADD}\n</tool_call>",
    "function_call tags": f"<function_call>{ADD}</function_call>",
    "tags around a fence": f"<tool_call>\n```json\n{ADD}\n```\n</tool_call>",
    "tags that nest": f"<tool_calls><tool_call>{ADD}</tool_call></tool_calls>",
    "a tag that is not closed": f"<tool_call>\n{ADD}",
    "Mistral's mark": f"[TOOL_CALLS][{ADD}]",
    "ReAct": 'Action: add\nAction Input: {"a": 1}',
    "ReAct in bold": '**Action:** `add`\n**Action Input:** {"a": 1}\n',
    "ReAct with a fence": 'Action: add\nAction Input:\n```json\n{"a": 1}\n```',
    "an object under Action": f"Action:\n```json\n{ADD}\n```",
    "a missing brace": ADD[:-1],
    "missing braces": ADD[:-2],
    "an extra brace": ADD + "}",
    "a trailing comma": '{"name": "add", "arguments": {"a": 1,},}',
    "single quotes": "{'name': 'add', 'arguments': {'a': 1}}",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_call_is_found_in_every_form_and_never_shown_as_text(text: str) -> None:
    assert decoded(text) == [CALL]
    assert decoded(*text) == [CALL]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Let me see.\n{ADD}\nDone.", ["Let me see.\n", CALL, "\nDone."]),
        (f"```json\n{ADD}\n```\nDone.", [CALL, "\nDone."]),
        (f"{ADD}\n{ADD}", [CALL, CALL]),
        (f"{ADD}, {ADD};", [CALL, CALL]),
        (f"[{ADD}, {ADD}]", [CALL, CALL]),
        (f"```json\n{ADD}\n{ADD}\n```", [CALL, CALL]),
        (f"<tool_call>\n{ADD}\n</tool_call>\n<tool_call>\n{ADD}\n</tool_call>", [CALL, CALL]),
        (f"{ADD[:-1]}\n{ADD}", [CALL, CALL]),
        (f"{ADD[:-1]}\n\nNow I wait.", [CALL, "\n\nNow I wait."]),
        (f"First {ADD} and then {ADD}.", ["First ", CALL, " and then ", CALL, "."]),
        ("Action: search\nAction Input: погода в Москве\n", [("search", '{"query": "погода в Москве"}')]),
        ("Action: search\nAction Input: ```\na\n\nb\n```", [("search", '{"query": "a\\n\\nb"}')]),
        ("Action: add\nAction Input:", [("add", "{}")]),
        ("Action: search\nAction Input: {city}", [("search", '{"query": "{city}"}')]),
        ("Final Answer: 42", ["42"]),
        (f"```python\nx = {ADD}\n```\n{ADD}", [f"```python\nx = {ADD}\n```\n", CALL]),
    ],
)
def test_prose_and_calls_are_told_apart(text: str, expected: list[object]) -> None:
    assert decoded(text) == expected
    assert decoded(*text) == expected


PROSE = [
    "[1] is a reference, { is a brace, [link](x) and `{}` are none.",
    f"Write `{ADD}` to add.",
    f"```python\ncall = {ADD}\n```",
    '{"name": "Ann", "age": 3}',
    f'{{"city": {ADD}}}',
    '{"name": "multiply", "arguments": {}}',
    f'[{ADD}, {{"name": "multiply"}}]',
    '{"name": "add", "description": "x", "parameters": {"type": "object", "properties": {}}}',
    "Action: wait\nAction Input: 3",
    "Action: to be taken",
    "<tool_call>no JSON</tool_call>",
    "```json\n[1, 2]\n```",
    "  \n",
    "x < 3 and y > 4\n\n    indented\n",
    '{"name": "add", "arguments": {"a": "never closed',
    "``` ``` `",
    "Мы {говорим} «о» [всём] `этом`.",
]


@pytest.mark.parametrize("text", PROSE)
def test_prose_comes_back_unchanged(text: str) -> None:
    assert decoded(text) == [text]
    assert decoded(*text) == [text]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="{[")))
def test_text_without_brackets_and_labels_comes_back_unchanged(text: str) -> None:
    if "Answer:" not in text:
        assert decoded(*text) == ([text] if text else [])


fragments = st.lists(
    st.sampled_from(
        [
            *(*FORMS.values(), *PROSE, ADD[:-1], ADD[:9]),
            *("\n", "\n\n", " ", "`", "```", "{", "}", "[", '"', "'", "\\", ",", "text ", "add", "слово "),
            *("Thought: hm\n", "Action: ", "Action: search\n", "Action Input: ", "Observation: 3\n"),
            *("Final Answer: ok", "<tool_call>", "</tool_call>"),
        ]
    ),
    max_size=7,
).map("".join)


@given(fragments, st.lists(st.integers(min_value=0), max_size=9), st.booleans(), st.booleans())
@example('{"city": {}\n**Action:** `add`\n**Action Input:** {}\n', [], False, False)
@example("Action: search\nAction Input: a" + " " * 70 + "\n\nb", [36, 40, 44], False, False)
def test_any_cutting_gives_the_same(text: str, places: list[int], react: bool, cut: bool) -> None:
    pieces = cut_at(text, places)
    whole = decoded(text, react=react, cut=cut)
    assert decoded(*pieces, react=react, cut=cut) == whole
    assert decoded(*text, react=react, cut=cut) == whole


@given(fragments, st.booleans())
def test_where_nothing_is_called_nothing_is_lost(text: str, cut: bool) -> None:
    parts = decoded(text, cut=cut)
    if "Final Answer" not in text and all(isinstance(part, str) for part in parts):
        assert "".join(map(str, parts)) == text


@pytest.mark.parametrize("text", ["A line.\n" * 20_000, "`a` " * 20_000, ADD + "</tool_call>" * 5_000])
def test_a_long_answer_may_come_in_one_piece(text: str) -> None:
    started = time.perf_counter()
    assert decoded(text) == [text] or decoded(text) == [CALL]
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("text", ["The sum is", "[1", "{ is", '{"city', "`{", "<b", "- Action", '{"name": "An'])
def test_what_cannot_be_a_call_streams_at_once(text: str) -> None:
    decoder = PromptedCallDecoder(["search"])
    parts = [part for character in text for part in decoder.decode(character)]
    assert joined(parts) == [text]


def test_a_piece_of_prose_stays_one_piece() -> None:
    text = "One line, [1],\nanother `one`\nand more. "
    assert PromptedCallDecoder(["add"]).decode(text) == [TextDelta(text=text)]


def test_a_call_is_reported_as_soon_as_it_is_complete() -> None:
    assert joined(PromptedCallDecoder(["add"]).decode(ADD)) == [CALL]


def test_react_thoughts_are_reasoning_and_made_up_observations_are_thrown_away() -> None:
    text = 'Thought: I add.\nAction: add\nAction Input: {"a": 1}\nObservation: 5\nFinal Answer: 5'
    decoder = PromptedCallDecoder(["add"], react=True)
    assert joined(decoder.decode(text) + decoder.flush()) == [["I add.\n"], CALL]
    assert decoder.ended


def test_a_react_answer_is_text_behind_its_reasoning() -> None:
    assert decoded("Thought: I know.\nFinal Answer: 42\nand more", react=True) == [["I know.\n"], "42\nand more"]


@pytest.mark.parametrize("text", [ADD[:-1], "Action: search\nAction Input: Mosc"])
def test_an_answer_that_was_cut_off_calls_nothing_that_is_unfinished(text: str) -> None:
    assert decoded(text, cut=True) == [text]


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "add", "arguments": {"t": "' + "x" * 100_000 + '"}}',
        '{"name": "add", "arguments": {"t": [' + "1.5, " * 20_000 + "2]}}",
        '{"name": "add", "arguments": {"t": ' + "1" * 100_000,
        "Action: search\nAction Input: " + "word " * 20_000,
        "{" + " " * 100_000,
        '{"city": ' * 11_000,
        "[" * 100_000,
    ],
    ids=lambda text: text[:40],
)
def test_time_is_linear_in_the_length(text: str) -> None:
    decoder = PromptedCallDecoder(["add", "search"])
    started = time.perf_counter()
    for at in range(0, len(text), 3):
        decoder.decode(text[at : at + 3])
    decoder.flush()
    assert time.perf_counter() - started < 10  # tens of times what it takes; a quadratic decoder takes minutes
