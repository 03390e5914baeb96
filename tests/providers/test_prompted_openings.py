import pytest

from jupyter_tools.providers.prompted_openings import action_of, closer_of, judge_json, label_of, opener_of

NAMES = {"add", "search"}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("{", None),
        ('{ "na', None),
        ('{"name"', None),
        ('{"name": "se', None),
        ('[\n {"tool', None),
        ('{"name": "search"', "call"),
        ("{'name': 'search'", "call"),
        ('[{"name": "add"', "call"),
        ('{"function": {', "call"),
        ('{"tool_calls"', "call"),
        ('{"name": "Ann"', "foreign"),
        ('{"name": "seX', "foreign"),
        ('{"name": 5', "foreign"),
        ('{"city', "foreign"),
        ('{"my key": 1', "foreign"),
        ("{ is a brace", "prose"),
        ("{}", "prose"),
        ("[1]", "prose"),
        ("[link](x)", "prose"),
        ("{" + " " * 300, "prose"),
    ],
)
def test_a_bracket_is_judged_as_soon_as_it_can_be(text: str, verdict: str | None) -> None:
    assert judge_json(text, NAMES, final=False) == verdict


@pytest.mark.parametrize("text", ["{", "[", '{"name": "se', '{"na'])
def test_at_the_end_nothing_is_undecided(text: str) -> None:
    assert judge_json(text, NAMES, final=True) in ("prose", "foreign")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Final Answer: 42", ("Final Answer", 14)),
        ("FinalAnswer:42", ("FinalAnswer", 12)),
        ("  **Action:** add", ("Action", 14)),
        ("**Thought**: hm", ("Thought", 13)),
        ("Action", None),
        ("Action:", None),
        ("", None),
        ("Actions: none", "no"),
        ("- Action: add", "no"),
    ],
)
def test_labels_stand_at_the_start_of_a_line(text: str, found: object) -> None:
    assert label_of(text, final=False) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("add\nAction Input: {", ("add", 18)),
        ("`add`\n\n**Action Input:** {", ("add", 25)),
        ("add\nObservation: 3", ("add", 4)),
        ("ad", None),
        ("add\nAction", None),
        ("nothing", "no"),
        ("nothing\nAction Input: x", "no"),
        ("add\nand then", "no"),
    ],
)
def test_an_action_names_a_known_tool(text: str, found: object) -> None:
    assert action_of(text, NAMES, final=False) == found


def test_an_action_without_input_is_one_at_the_end() -> None:
    assert action_of("add", NAMES, final=True) == ("add", 3)


def test_wrappers_are_known_by_their_spelling() -> None:
    assert opener_of("<tool_call>\n{", final=False) == "<tool_call>"
    assert opener_of("<tool", final=False) is None
    assert opener_of("<tool", final=True) == ""
    assert opener_of("<b>", final=False) == ""
    assert closer_of("</function_call>", final=False) == "</function_call>"
