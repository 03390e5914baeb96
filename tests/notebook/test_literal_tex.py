"""TeX that a model writes, in Markdown that pandoc may make LaTeX of."""

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.notebook.literal_tex import literal_tex
from jupyter_tools.notebook.parts import ToolPart
from jupyter_tools.notebook.sanitise import markdown_html
from jupyter_tools.notebook.static import run_markdown
from tests.notebook.run_events import answer, started, viewed

COMMANDS = [
    r"\input{secret}",
    r"so \immediate\write18{ls} it",
    "\\begin{filecontents}\n\\input{secret}\n\\end{filecontents}",
    r"\\(\input{secret}\\)",
    r"\$\input{secret}\$",
    "$a\n\\input{secret}$",
    "$$a\n\n\\input{secret}$$",
    r"$\input{secret}$",
    r"\(\csname input\endcsname{secret}\)",
    "$$^^5cinput{secret}$$",
    r"\[\openin5=secret \read5 to\x\]",
    r"a \\\input{secret} b",
    r"`a`\input{secret}`b`",
    r"[a](https://e.org/\input{secret})",
]


@pytest.mark.parametrize("text", COMMANDS)
def test_no_command_is_left_to_the_letter(text: str):
    assert all(len(run) % 2 == 0 for run in _backslashes_before_letters(literal_tex(text)))


def _backslashes_before_letters(text: str) -> list[str]:
    return [found[1] for found in re.finditer(r"(\\+)(?=[A-Za-z])", text)]


@pytest.mark.parametrize("text", COMMANDS)
@pytest.mark.skipif(shutil.which("pandoc") is None, reason="pandoc is not there")
def test_pandoc_makes_no_command_of_it(text: str):
    markup = "markdown+tex_math_single_backslash+tex_math_double_backslash"
    made = subprocess.run(
        ["pandoc", "-f", markup, "-t", "latex"], input=literal_tex(text), capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"(?<!\\)(?:\\\\)*\\(?:input|immediate|begin\{file|csname|openin|read)|\^\^5c", made) == []


@pytest.mark.parametrize(
    "text",
    [
        r"By $\frac{a}{b}$ and \(\alpha_1\), $$\int f$$ and \[\sum_i x_i\].",
        "`\\n` and\n\n```python\nprint('\\n')\n```\n\n- x\n\n      print('\\t')\n\n1. y\n\n    ```python\n    '\\n'\n    ```\n",
        r"5 \$ \* \_ no letters",
        "| a |\n|---|\n| $\\alpha$ |",
    ],
)
def test_formulas_and_code_stay(text: str):
    assert literal_tex(text) == text


def test_a_path_reads_as_before():
    text = r"In C:\temp\new it is."
    assert literal_tex(text) == r"In C:\\temp\\new it is."
    assert markdown_html(literal_tex(text)) == markdown_html(text)


@given(st.text(alphabet="\\$`()[]ab \n~", max_size=40))
def test_nothing_but_backslashes_is_added(text: str):
    assert literal_tex(text).replace("\\", "").split() == text.replace("\\", "").split()


def test_the_line_of_a_call_holds_no_command():
    view = viewed([*started(), *answer(r"See \input{a}.")])
    view.parts.append(ToolPart(name="f", status="ok", text=r"\input{secret} $x$"))
    line = next(line for line in run_markdown(view).splitlines() if line.startswith("<details>"))
    assert r"&#92;input{secret} &#36;x&#36;" in line
    assert r"See \\input{a}." in run_markdown(view)
