import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from jupyter_tools.notebook.transform import CALL, keep_questions, rewrite_cell


def transformed(cell: str) -> str:
    manager = TransformerManager()
    manager.cleanup_transforms.append(rewrite_cell)
    return manager.transform_cell(cell)


def arguments(code: str) -> list[str]:
    expression = ast.parse(code, mode="eval").body
    assert isinstance(expression, ast.Await)
    assert isinstance(expression.value, ast.Call)
    return [ast.literal_eval(argument) for argument in expression.value.args]


def test_a_cell_becomes_an_await_of_its_line_and_its_text():
    code = transformed("%%agent --tools math_eval  \nWhat is 2 + 2?\n")
    assert code.startswith(CALL)
    assert arguments(code) == ["--tools math_eval", "What is 2 + 2?\n"]


def test_blank_lines_before_the_magic_are_skipped_as_ipython_does():
    assert arguments(transformed("\n\n  \n%%agent\nhi")) == ["", "hi\n"]


@pytest.mark.parametrize(
    "cell",
    [
        "%%agent?\n",
        "%%agent??\n",
        "%%agents\nhi",
        "x = 1\n%%agent\nhi",
        "# a comment\n%%agent\nhi",
        "%agent\n",
        "%%time\n%%agent\nhi",
        "",
    ],
)
def test_other_cells_are_left_to_ipython(cell: str):
    assert CALL not in transformed(cell)


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")),
    st.text(alphabet=st.characters(codec="utf-8")),
)
def test_any_line_and_any_text_arrive_as_they_were_written(line: str, body: str):
    [code] = rewrite_cell([f"%%agent {line}\n", *body.splitlines(keepends=True)])
    assert arguments(code) == [line.lstrip(" \t").rstrip(), body]


def test_cyrillic_and_quotes_survive():
    assert arguments(transformed("%%agent --system 'Отвечай кратко'\nСколько будет \"2 + 2\"? \\n '''")) == [
        "--system 'Отвечай кратко'",
        "Сколько будет \"2 + 2\"? \\n '''\n",
    ]


def asked(cell: str) -> str:
    manager = TransformerManager()
    manager.cleanup_transforms.append(keep_questions)
    return manager.transform_cell(cell)


@pytest.mark.parametrize(
    ("line", "magic", "said"),
    [
        ("%agent follow-up And then?", "agent", "follow-up And then?"),
        ("%agent steer Почему 'так'?", "agent", "steer Почему 'так'?"),
        ("%tool web_search what is love?  ", "tool", "web_search what is love?"),
        ("%tool time_now?", "tool", "time_now?"),
        ("if True:\n    %agent steer Why??", "agent", "steer Why??"),
    ],
)
def test_a_question_to_a_model_or_a_tool_is_none_to_ipython(line: str, magic: str, said: str):
    assert asked(line).endswith(f"get_ipython().run_line_magic({magic!r}, {said!r})\n")


@pytest.mark.parametrize("line", ["%agent?", "%tool??", "?%agent", "%agent last?", "x?"])
def test_help_is_still_help(line: str):
    assert "pinfo" in asked(line)
