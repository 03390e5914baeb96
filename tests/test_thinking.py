import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import TextDelta, ThinkingDelta
from jupyter_tools.thinking import Reasoning, ReasoningSplitter, ThinkingDecoder, ThinkingProcessor


def decode(*chunks: str, **options) -> list[tuple[str, str]]:
    """The joined blocks: ("text" | "thinking" | "cut", text)."""
    decoder = ThinkingDecoder(**options)
    deltas = [delta for chunk in chunks for delta in decoder.decode(chunk)] + decoder.flush()
    blocks: list[list[str]] = []
    closed = True
    for delta in deltas:
        if closed or blocks[-1][0] != delta.type:
            blocks.append([delta.type, ""])
        blocks[-1][1] += delta.text
        closed = isinstance(delta, ThinkingDelta) and delta.end
        if isinstance(delta, ThinkingDelta) and delta.cut:
            blocks[-1][0] = "cut"
    return [(kind, text) for kind, text in blocks]


def cuttings(text: str):
    return st.lists(st.integers(0, len(text))).map(
        lambda cuts: [text[a:b] for a, b in pairwise([0, *sorted(cuts), len(text)])]
    )


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("just text", [("text", "just text")]),
        ("<think>why</think>because", [("thinking", "why"), ("text", "because")]),
        (
            "Hi <think>a</think> b <think>c</think>",
            [("text", "Hi "), ("thinking", "a"), ("text", " b "), ("thinking", "c")],
        ),
        ("<think>a</think>\n\n ", [("thinking", "a"), ("text", "\n\n ")]),
        ("<think></think>x", [("thinking", ""), ("text", "x")]),
        ("<think>почему</think>потому", [("thinking", "почему"), ("text", "потому")]),
        ("<thinking>a</think>b</thinking>c", [("thinking", "a</think>b"), ("text", "c")]),
        ("a < b <thin air", [("text", "a < b <thin air")]),
        ("a <thi", [("text", "a <thi")]),
        ("<think>never closed", [("cut", "never closed")]),
        ("<think>half a tag </thi", [("cut", "half a tag </thi")]),
        ("<think>a <think> b</think>c", [("thinking", "a <think> b"), ("text", "c")]),
        ("a stray </think> is text", [("text", "a stray </think> is text")]),
    ],
)
def test_text_is_split_at_its_tags(text, blocks):
    assert decode(text) == blocks


@pytest.mark.parametrize(
    "text",
    [
        "the tag `<think>` opens it",
        "``a ` <think>`` and `</think>`",
        "```\n<think>x</think>\n```\nafter",
        "```xml\n<think>x</think>\n",
        "~~~\n```\n<think>\n~~~",
        "  ````\n```\n<think>\n````",
        "1. item\n    ```\n    <think>\n    ```",
        "```<think>``` in one line",
    ],
)
def test_a_tag_in_code_is_text(text):
    assert decode(text) == [("text", text)]
    assert decode(*text) == [("text", text)]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("a ` alone <think>b</think>c", [("text", "a ` alone "), ("thinking", "b"), ("text", "c")]),
        ("a \\` <think>`b</think>c", [("text", "a \\` "), ("thinking", "`b"), ("text", "c")]),
        ("a `b` <think>c</think>`d`", [("text", "a `b` "), ("thinking", "c"), ("text", "`d`")]),
        ("```\nx\n```\n<think>c</think>d", [("text", "```\nx\n```\n"), ("thinking", "c"), ("text", "d")]),
        ("a `\n<think>`b</think>c", [("text", "a `\n"), ("thinking", "`b"), ("text", "c")]),
        ("<think>say `</think>` first</think>b", [("thinking", "say `</think>` first"), ("text", "b")]),
        ("<think>`open</think>b\n`c`", [("thinking", "`open"), ("text", "b\n`c`")]),
        ("<think>```\n</think>\n```\nend</think>b", [("thinking", "```\n</think>\n```\nend"), ("text", "b")]),
        ("<think>```\nx\n```</think>b", [("thinking", "```\nx\n```"), ("text", "b")]),
        ("<think>```\nnever closed\n</think>b", [("thinking", "```\nnever closed\n"), ("text", "b")]),
    ],
)
def test_code_counts_only_where_it_closes(text, blocks):
    assert decode(text) == blocks
    assert decode(*text) == blocks


def test_an_unclosed_fence_in_the_reasoning_does_not_swallow_the_answer():
    answer = "The answer is long. " * 40 + "\n```\ncode\n```\n"
    assert decode("<think>```\nx\n</think>" + answer) == [("thinking", "```\nx\n"), ("text", answer)]


def test_an_answer_behind_an_unclosed_backtick_is_not_held_for_ever():
    decoder = ThinkingDecoder()
    deltas = [d for chunk in ["<think>`open</think>", *["word "] * 100] for d in decoder.decode(chunk)]
    assert "".join(d.text for d in deltas if isinstance(d, TextDelta)).count("word") > 80


def test_a_model_may_start_in_its_reasoning():
    assert decode("why</think>because", starts_in_thinking=True) == [("thinking", "why"), ("text", "because")]


def test_other_tags_can_be_named():
    assert decode("[<мысль>a</мысль>]<think>", tags=("мысль",)) == [
        ("text", "["),
        ("thinking", "a"),
        ("text", "]<think>"),
    ]


def test_text_without_a_tag_leaves_at_once():
    decoder = ThinkingDecoder()
    assert decoder.decode("a > b") == [TextDelta(text="a > b")]
    assert decoder.decode("") == []
    assert decoder.decode("a <t") == [TextDelta(text="a ")]
    assert decoder.decode("d>") == [TextDelta(text="<td>")]


def test_reasoning_says_when_it_ends():
    decoder = ThinkingDecoder()
    assert decoder.decode("<think>a</think>") == [ThinkingDelta(text="a"), ThinkingDelta(end=True)]
    assert decoder.decode("<think>b") == [ThinkingDelta(text="b")]
    assert decoder.flush() == [ThinkingDelta(end=True, cut=True)]
    assert decoder.flush() == []


@pytest.mark.parametrize(
    "text",
    [
        "\\" * 100_000 + "<think>",
        "`<think>" * 10_000,
        "<" * 100_000,
        "```\n<think>\n" * 8_000,
        "<think>`" + "</think>" * 10_000,
    ],
)
def test_strange_text_is_read_in_time(text):
    started = time.process_time()
    assert decode(text)
    assert decode(*[text[i : i + 4] for i in range(0, len(text), 4)])
    assert time.process_time() - started < 10


PIECES = [
    "<think>",
    "</think>",
    "<thinking>",
    "`",
    "``",
    "```",
    "~~~",
    "\n",
    "```py\n",
    "\\",
    " ",
    "x",
    "<",
    "ш",
    "> ",
    "\r\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.booleans(), st.data())
def test_any_cutting_gives_the_same_blocks(text, starts, data):
    chunks = data.draw(cuttings(text))
    assert decode(*chunks, starts_in_thinking=starts) == decode(text, starts_in_thinking=starts)


@given(
    st.integers(380, 420),
    st.sampled_from(["`<think>", "<think>`</think>", "<think>```\n</think>"]),
    st.sampled_from(["`", "``", "\n```", "\n```\n"]),
    st.data(),
)
def test_any_cutting_gives_the_same_blocks_where_looking_ahead_ends(length, start, end, data):
    text = start + "x" * length + end + "y"
    assert decode(*data.draw(cuttings(text))) == decode(text)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_nothing_but_tags_is_lost(text):
    joined = "".join(f"<{kind}>{t}</{kind}>" if kind != "text" else t for kind, t in decode(text))
    assert joined.translate(str.maketrans("", "", "<>/thinkcugex")) == text.translate(
        str.maketrans("", "", "<>/thinkcugex")
    )


# --- the older door ---
process = ThinkingProcessor.process_thinking_chunk
BEGIN = Reasoning(status="🤔 Is thinking...", is_thinking="<think>")
END = Reasoning(status="Finished", is_thinking="</think>")


def test_a_chunk_without_tags_is_handed_on():
    assert process("This is a simple text.") == (0, ["This is a simple text."])
    assert process("") == (0, [""])


def test_a_chunk_in_reasoning_is_reasoning():
    assert process("more", 12.5) == (12.5, [Reasoning("more")])


def test_reasoning_begins_in_a_chunk():
    started, parts = process("Some text before <think> the thinking part")
    assert parts == ["Some text before ", BEGIN, Reasoning(" the thinking part")]
    assert started == pytest.approx(time.time(), abs=5)


def test_reasoning_ends_in_a_chunk():
    parts = ["the thinking part", "</think>", " and some text after"]
    assert process("".join(parts), time.time()) == (0, [Reasoning(parts[0]), END, parts[2]])


def test_reasoning_that_took_long_says_how_long():
    _, parts = process("</think>", time.time() - 90)
    assert parts[0].status.startswith("Thought for 90.")
    assert parts[0].status.endswith("s")


def test_several_blocks_in_one_chunk():
    assert process("a<think>b</think>c<think>d</think> ") == (
        0,
        ["a", BEGIN, Reasoning("b"), END, "c", BEGIN, Reasoning("d"), END, " "],
    )


def test_a_quoted_tag_is_no_beginning():
    assert process("the tag `<think>` opens it") == (0, ["the tag `<think>` opens it"])


def test_a_lone_tag_is_news_only():
    assert process("<think>")[1] == [BEGIN]
    assert process("</think>", time.time()) == (0, [END])


def test_reasoning_compares_by_value_and_stands_for_its_text():
    assert Reasoning("x") == Reasoning(token="x") != Reasoning("y")
    assert [str(r) for r in (BEGIN, Reasoning("x"), END, Reasoning(status="Wait"), Reasoning())] == [
        "<think>",
        "x",
        "</think>",
        "Wait\n",
        "",
    ]
    assert BEGIN.get_dict() == {"status": "🤔 Is thinking...", "is_thinking": "<think>"}
    assert Reasoning("x").get_dict() == {"token": "x"}


def split(*chunks: str) -> str:
    splitter = ReasoningSplitter()
    parts = [part for chunk in chunks for part in splitter.decode(chunk)] + splitter.flush()
    return "".join(str(part) for part in parts)


@given(
    st.sampled_from(["Hi <think>a</think> b", "<think>a</think>\n<think>b", "no `<think>` here", "a <thi"]).flatmap(
        cuttings
    )
)
def test_a_splitter_loses_nothing_wherever_the_text_is_cut(chunks):
    text = "".join(chunks)
    assert split(*chunks) == text + ("</think>" if text.endswith("b") and text.startswith("<") else "")


def test_a_splitter_closes_reasoning_that_the_model_left_open():
    splitter = ReasoningSplitter()
    assert splitter.decode("<think>a")[0].is_thinking == "<think>"
    assert splitter.flush()[-1] == Reasoning(status="Finished", is_thinking="</think>")
    assert splitter.decode("b") == ["b"]
