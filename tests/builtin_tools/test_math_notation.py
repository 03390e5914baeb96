import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.math_notation import MAX_LENGTH, RefusedError, python_source

FUNCTIONS = ("sqrt", "max", "round")
CONSTANTS = ("pi", "e")


def read(text):
    return python_source(text, FUNCTIONS, CONSTANTS)


def refusal(text):
    with pytest.raises(RefusedError) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("2+2", "2 + 2"),
        ("2 × 3 ÷ 4 − 1", "2 * 3 / 4 - 1"),
        ("2π", None),
        ("2*π", "2 * pi"),
        ("PI + E", "pi + e"),
        ("math.sqrt(2)", "sqrt ( 2 )"),
        ("2 + 2 =", "2 + 2"),
        ("2 + 2 = ?", "2 + 2"),
        ("1e5 + .5 + 1_000", "1e5 + .5 + 1_000"),
        ("12.5% of 200", "12.5 @ 200"),
        ("12.5 % of 200", "12.5 @ 200"),
        ("12.5% * 200", "12.5 @ 200"),
        ("10 % 3", "10 % 3"),
        ("10%3", "10 % 3"),
        ("10 % -3", "10 % - 3"),
    ],
)
def test_what_people_write_becomes_python(written, source):
    if source is None:
        assert "operator between" in refusal(written)
    else:
        assert read(written) == (source, [])


@pytest.mark.parametrize(
    ("written", "source"),
    [
        ("3,480", "3480"),
        ("3 480 / 2", "3480 / 2"),
        ("3\u00a0480", "3480"),
        ("1,234,567.5 + 1", "1234567.5 + 1"),
        ("(3,480 + 1)", "( 3480 + 1 )"),
        ("max(1 200, 3)", "max ( 1200 , 3 )"),
    ],
)
def test_groups_of_thousands_are_joined_and_noted(written, source):
    made, notes = read(written)
    assert made == source
    assert len(notes) == 1


@pytest.mark.parametrize("written", ["max(1,200)", "max([1,200])", "max((1,200))"])
def test_a_comma_between_arguments_stays_and_is_noted(written):
    source, notes = read(written)
    assert "1 , 200" in source
    assert notes == ["1,200 was read as 2 numbers: 1, 200."]


@pytest.mark.parametrize("written", ["3,48", "0,125", "1,2345", "12,34,567", "max(10, 200)"])
def test_other_commas_are_left_alone(written):
    assert read(written)[1] == []


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("1" * (MAX_LENGTH + 1), "longer than 1,000"),
        ("2^3", "**"),
        ("5!", "factorial(5)"),
        ("x = 5", "There is no 'x'"),
        ("5 == 5", "equation"),
        ("'a' * 3", "not text"),
        ('"%s" % 5', "not text"),
        ("$5 + 1", "currencies"),
        ("5 < 6", "not a number"),
        ("3²", "**"),
        ("√2", "sqrt(2)"),
        ("True", "not a number"),
        ("5 if 1 else 2", "There is no 'if'"),
        ("lambda: 0", "There is no 'lambda'"),
        ("nan", "finite"),
        ("1j", "Complex"),
        ("squareroot(4)", "sqrt"),
        ("2(3+4)", "operator between '2' and '('"),
        ("(1)(2)", "operator between ')' and '('"),
        ("2 3", "operator between '2' and '3'"),
        ("100 + 10%", "5/100"),
        ("50%", "5/100"),
        ("5% - 3", "5/100"),
        ("5 % - 3", "5/100"),
        ("100 / 5% of 20", "5/100"),
        ("(5 + 5)% of 20", "5/100"),
        ("(" * 60 + "1" + ")" * 60, "50 levels"),
        ("-" * 60 + "1", "50 levels"),
        ("٣ + 1", "ARABIC-INDIC DIGIT THREE"),
        ("１ + 1", "FULLWIDTH DIGIT ONE"),
        ("1\0", r"'\x00'"),
        ("ｓｑｒｔ(4)", "FULLWIDTH"),
        ("__import__", "cannot be used"),
        ("().__class__", "cannot be used"),
        ("pi.real", "cannot be used"),
        ("[x for x in (1,)]", "There is no 'x'"),
        ("(y := 5)", "There is no 'y'"),
        ("f'{1}'", "There is no 'f'"),
        ("{1}", "cannot be used"),
        ("10 @ 2", "cannot be used"),
        ("\ud800", "cannot be used"),
    ],
)
def test_everything_else_is_refused_with_a_hint(written, hint):
    assert hint in refusal(written)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        source, _ = read(text)
    except RefusedError as refused:
        source, said = "", str(refused)
        assert said.encode()
    assert source.isascii()
    assert not set(source) & set("'\"{}:=!\\#;`")
