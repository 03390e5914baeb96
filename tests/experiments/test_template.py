"""`{{ column }}` in a template."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.experiments.template import check_template, columns_in, filled


def test_values_stand_where_their_columns_are_named() -> None:
    assert filled("{{ city }}: {{n}} — {{ city }}", {"city": "Москва", "n": 3}) == "Москва: 3 — Москва"


def test_single_braces_are_left_alone() -> None:
    assert filled('{"a": {{ n }}}', {"n": 1}) == '{"a": 1}'


def test_the_columns_are_named_once_each_in_order() -> None:
    assert columns_in("{{ b }} {{ a }} {{b}}") == ("b", "a")


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT])
def test_a_missing_value_is_empty(value: object) -> None:
    assert filled("x{{ v }}y", {"v": value}) == "xy"


def test_a_column_that_is_not_there_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'question'"):
        check_template("{{ qestion }}", ("question", "expected"))


@given(st.text())
def test_braces_in_a_value_are_not_looked_at_again(value: str) -> None:
    assert filled("<{{ v }}>", {"v": value}) == f"<{value}>"


@given(st.text(alphabet="{} ab\n"))
def test_any_template_can_be_read(template: str) -> None:
    names = columns_in(template)
    filled(template, dict.fromkeys(names, "x"))
