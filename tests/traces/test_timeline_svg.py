from pathlib import Path
from xml.etree import ElementTree

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.timeline_svg import Timeline
from tests.traces.steps_made import many_steps, step

ATTACK = "</title></svg><script>alert(1)</script><img src=x onerror=alert(1)>"


def test_the_picture_has_a_title_and_a_description_that_names_the_longest_step() -> None:
    root = ElementTree.fromstring(Timeline([step(duration_ms=2), step("b", name="slow", duration_ms=9000)]).svg)
    named = {element.tag.rpartition("}")[2]: element.text for element in root}
    assert named["title"] == "Timeline of 2 steps, 9.0 s"
    assert "slow: ok, 9.0 s" in str(named["desc"])


def test_every_step_says_what_it_is_when_pointed_at_and_in_a_table() -> None:
    html = Timeline([step(input="Москва", output="7 °C")])._repr_html_()
    assert "<title>tool search: ok, 1 ms\nМосква\n7 °C</title>" in html
    assert '<td style="text-align: left">Москва</td>' in html


def test_what_a_model_or_a_tool_wrote_stays_text() -> None:
    hostile = step(name=ATTACK, input=ATTACK, output=ATTACK, error=ATTACK, status="error", kind="agent")
    html = Timeline([hostile])._repr_html_()
    assert "<script" not in html
    assert "<img" not in html
    assert ATTACK in "".join(ElementTree.fromstring(Timeline([hostile]).svg).itertext())


@pytest.mark.parametrize("code", ["\x00", "\x1b[31m", "\x0b", "\ud800", "\uffff"])
def test_a_picture_of_an_error_with_control_codes_can_be_opened(code: str) -> None:
    svg = Timeline([step(error=f"{code}Ошибка", status="error", name=f"a{code}")]).svg
    assert "Ошибка" in "".join(ElementTree.fromstring(svg).itertext())


def test_a_failure_is_marked_by_more_than_a_colour() -> None:
    assert "✗" in Timeline([step(status="timeout")]).svg
    assert "✗" in Timeline(many_steps(100)).svg
    assert "✗" not in Timeline([step()]).svg


def test_a_thousand_steps_stay_a_picture_of_a_screen() -> None:
    root = ElementTree.fromstring(Timeline(many_steps(1000)).svg)
    assert float(root.attrib["height"]) < 900
    assert len(Timeline(many_steps(1000))._repr_html_()) < 600_000


def test_no_steps_are_a_timeline_too() -> None:
    assert "No step was recorded" in Timeline([])._repr_html_()
    assert "0 steps" in repr(Timeline([]))


def test_it_is_saved_as_picture_or_page(tmp_path: Path) -> None:
    timeline = Timeline([step()])
    ElementTree.parse(timeline.save(tmp_path / "t.svg"))
    assert timeline.save(tmp_path / "t.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(ConfigurationError, match=r"not to \.png"):
        timeline.save(tmp_path / "t.png")


def test_a_page_s_text_gives_the_colour_and_only_files_ask_the_system_whether_it_is_dark(tmp_path: Path) -> None:
    timeline = Timeline([step()])
    assert "color-scheme" not in timeline._repr_html_()
    assert "color-scheme: light dark; color: CanvasText" in timeline.svg
    assert 'name="color-scheme" content="light dark"' in timeline.save(tmp_path / "t.html").read_text(encoding="utf-8")


def test_a_terminal_sees_lines_of_text() -> None:
    lines = repr(Timeline([step(duration_ms=10), step("b", started=5000, duration_ms=5, status="error")])).splitlines()
    assert lines[1].count("█") == 40
    assert lines[2].count("x") == 20
    assert lines[2].endswith("5 ms error")
