"""Variants: the grid and its names."""

import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.experiments.variants import variants_of

BASE = {"prompts": "Say hello.", "models": "scripted:demo"}


def test_the_grid_is_every_combination_and_names_tell_what_differs() -> None:
    variants = variants_of({**BASE, "models": ["openai:a", "openai:b"], "params": {"temperature": [0, 1], "seed": 3}})
    assert [variant.name for variant in variants] == [
        *("openai:a · temperature=0", "openai:a · temperature=1"),
        *("openai:b · temperature=0", "openai:b · temperature=1"),
    ]
    assert all(variant.model.options["seed"] == 3 for variant in variants)


def test_native_and_prompted_tools_are_an_ordinary_axis() -> None:
    variants = variants_of({**BASE, "tools": ["math_eval"], "params": {"tool_format": [None, "hermes"]}})
    assert [variant.name for variant in variants] == ["tool_format=none", "tool_format=hermes"]


def test_texts_can_have_names() -> None:
    variants = variants_of({**BASE, "prompts": {"short": "Hi", "long": "Hello there"}, "system": [None, "Be kind."]})
    assert [variant.name for variant in variants] == [
        *("short · system 1", "short · system 2", "long · system 1", "long · system 2"),
    ]
    assert variants[0].system is None


def test_tools_can_be_one_set_or_several() -> None:
    one = variants_of({**BASE, "tools": "math_eval, time_now"})
    assert [[tool.name for tool in variant.tools] for variant in one] == [["math_eval", "time_now"]]
    several = variants_of({**BASE, "tools": [None, ["math_eval"], ["math_eval", "time_now"]]})
    assert [variant.name for variant in several] == ["no tools", "math_eval", "math_eval,time_now"]


def test_a_list_of_variants_says_only_what_differs() -> None:
    variants = variants_of(
        {**BASE, "params": {"seed": 1}},
        [{"name": "cold", "temperature": 0}, {"model": "openai:a", "params": {"temperature": 1, "seed": 2}}],
    )
    assert [(str(v.model), dict(v.model.options)) for v in variants] == [
        ("scripted:demo", {"seed": 1, "temperature": 0}),
        ("openai:a", {"seed": 2, "temperature": 1}),
    ]
    assert variants[0].name == "cold"


def test_two_variants_never_have_one_name() -> None:
    names = [variant.name for variant in variants_of(BASE, [{"name": "x"}, {"name": "x", "temperature": 0}])]
    assert len(set(names)) == 2


def test_a_value_that_is_a_list_stands_in_a_list() -> None:
    [variant] = variants_of({**BASE, "params": {"stop": [["\n", "."]]}})
    assert variant.model.options["stop"] == ["\n", "."]


def test_mistakes_are_told() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'prompts'"):
        variants_of({"promts": "x"})
    with pytest.raises(ConfigurationError, match="no value"):
        variants_of({**BASE, "models": []})
