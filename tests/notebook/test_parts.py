import pytest

from jupyter_tools.notebook.parts import GrowingText, ReasoningPart, ToolPart


def test_text_grows_by_pieces():
    text = GrowingText("a")
    text.add("b")
    text.add("c")
    assert text.text == "abc"
    assert text.text is text.text  # joined once, so that displays can tell that nothing changed


@pytest.mark.parametrize(
    ("ended_ms", "label"),
    [
        (None, "Reasoning, about 1 token"),
        (103.0, "Thought for a moment, about 1 token"),
        (3_300.0, "Thought for 3.2 s, about 1 token"),
    ],
)
def test_reasoning_that_is_over_says_how_long_it_took(ended_ms: float | None, label: str):
    part = ReasoningPart("Hm.")
    part.started_ms = 100.0
    assert part.label == "Is thinking…"
    part.end(ended_ms)
    part.end(9_999.0)
    assert part.label == label


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("4", "4 in 2 ms"),
        ('{"result": 4, "success": true}', "4 in 2 ms"),
        ('{"city": "Москва"}', '{"city": "Москва"} in 2 ms'),
        ("", "done in 2 ms"),
        ("a\nb", "a b in 2 ms"),
    ],
)
def test_a_call_that_worked_shows_what_matters_of_its_result(result: str, outcome: str):
    assert ToolPart(name="f", status="ok", text=result, duration_ms=2.0).outcome == outcome


def test_a_call_reads_as_a_person_would_write_it():
    part = ToolPart(name="time_now", status="running", args={"city": "Токио", "n": None})
    assert part.signature == 'time_now(city="Токио", n=null)'
