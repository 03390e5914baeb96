import pytest

from jupyter_tools.tools.docstrings import Documentation, documentation_of, read_docstring

GOOGLE = """Add two numbers.

Works for all numbers.

Args:
    a: The first
        number.
    b (int, optional): The second.

Returns:
    int: The sum.
"""
NUMPY = """Add two numbers.

Works for all numbers.

Parameters
----------
a : int
    The first
    number.
b : int, optional
    The second.

Returns
-------
int
    The sum.
"""
SPHINX = """Add two numbers.

Works for all numbers.

:param a: The first
    number.
:param int b: The second.
:returns: The sum.
"""


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, SPHINX], ids=["google", "numpy", "sphinx"])
def test_three_styles_say_the_same(text):
    assert read_docstring(text) == Documentation(
        "Add two numbers.\n\nWorks for all numbers.", {"a": "The first number.", "b": "The second."}
    )


def test_names_that_share_a_description_each_get_it():
    text = "Add.\n\nParameters\n----------\na, b : int\n    Numbers.\n"
    assert read_docstring(text).parameters == {"a": "Numbers.", "b": "Numbers."}


def test_no_docstring_is_no_description():
    def bare():
        pass

    assert documentation_of(bare) == Documentation()


def test_a_colon_in_plain_text_is_no_section():
    assert read_docstring("Note: be careful.").description == "Note: be careful."


def test_russian_text_is_kept():
    text = "Складывает числа.\n\nArgs:\n    a: Первое число.\n"
    assert read_docstring(text) == Documentation("Складывает числа.", {"a": "Первое число."})
