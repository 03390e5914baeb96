import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.prompt import fill_prompt


def test_an_expression_is_replaced_by_its_value_as_text():
    assert fill_prompt("Sum {{ sum(values) }} of {{name}}.", {"values": [1, 2], "name": "Ада"}) == "Sum 3 of Ада."


@given(st.text(alphabet=st.sampled_from("{} ab\n"), min_size=1).filter(lambda text: "{{" not in text and text.strip()))
def test_plain_braces_are_left_alone(text: str):
    assert fill_prompt(text, {}) == text.strip()


def test_a_value_with_braces_is_not_filled_again():
    assert fill_prompt("{{ text }}", {"text": "{{ secret }}", "secret": 1}) == "{{ secret }}"


def test_an_expression_sees_names_inside_comprehensions():
    assert fill_prompt("{{ [n * k for n in range(3)] }}", {"k": 2}) == "[0, 2, 4]"


def test_an_unknown_name_is_named_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match=r"There is no variable 'pricse'\. Did you mean 'prices'"):
        fill_prompt("{{ pricse }}", {"prices": [1]})


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("{{ 1 / 0 }}", r"\{\{ 1 / 0 \}\} in the prompt failed with ZeroDivisionError: division by zero"),
        ("{{ 1 + }}", r"\{\{ 1 \+ \}\} in the prompt is not a Python expression"),
        (" \n ", "There is no prompt"),
    ],
)
def test_what_cannot_be_filled_is_explained_in_one_sentence(prompt: str, message: str):
    with pytest.raises(ConfigurationError, match=message):
        fill_prompt(prompt, {})


def test_an_interrupt_inside_an_expression_is_not_explained_away():
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_prompt("{{ f() }}", {"f": interrupted})
