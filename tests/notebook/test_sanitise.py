import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import jupyter_tools
from jupyter_tools.messages import ImageContent
from jupyter_tools.notebook import markdown_rules
from jupyter_tools.notebook.markdown_rules import Mark
from jupyter_tools.notebook.sanitise import (
    closed_markdown,
    dollar_formulas,
    image_html,
    inert_markdown,
    literal_markdown,
    markdown_html,
    markdown_link,
    text_html,
)
from tests.notebook.attacks import ATTACKS
from tests.notebook.parsed_page import ATTRIBUTES_OF_OTHERS, MARKDOWN_TAGS, faults

text = st.text(alphabet=st.sampled_from("<>[]()!`~&#;:\"'/\\ \n\tabjsx=*_|-"))


def assert_harmless(html: str) -> None:
    assert faults(html, MARKDOWN_TAGS) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_made_of_an_attack_holds_only_harmless_tags(attack: str):
    assert_harmless(markdown_html(attack))


@given(st.lists(st.one_of(text, st.sampled_from(ATTACKS))).map("".join))
def test_html_made_of_any_text_holds_only_harmless_tags(markdown: str):
    assert_harmless(markdown_html(markdown))


def test_markdown_keeps_its_looks():
    html = markdown_html("# Title\n\n**b** ~~s~~ [x](https://e.org)\n\n| a |\n|---|\n| 1 |\n\n```python\nx < 1\n```")
    for piece in (
        "Title</h1>",
        "<strong>b</strong>",
        "<s>s</s>",
        "<td>1</td>",
        'class="language-python"',
        'x <span class="jt-oper">&lt;</span> <span class="jt-num">1</span>',
    ):
        assert piece in html
    assert 'href="https://e.org"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize("source", ["$a_1*b*2$", r"\(a_1*b*2\)"])
def test_a_formula_keeps_its_source_for_the_pages_typesetter(source: str):
    formula = r'<span class="jt-math mathjax_process tex2jax_process">\(a_1*b*2\)</span>'
    assert markdown_html(f"So {source} is") == f"<p>So {formula} is</p>\n"


@pytest.mark.parametrize("source", ["$$\nx < 1\n$$", "\\[\nx < 1\n\\]"])
def test_a_formula_of_its_own_stands_on_lines_of_its_own(source: str):
    assert r'<div class="jt-math mathjax_process tex2jax_process">\[x &lt; 1\]</div>' in markdown_html(source)


def test_money_and_code_are_no_formulas():
    assert "jt-math" not in markdown_html("It costs $5 or $6.") + markdown_html("`$x$`")


@pytest.mark.parametrize(
    "command",
    [
        "href{javascript:alert(1)}{x}",
        "href1{x}",
        "style{color:red}{x}",
        "style_x{y}",
        "require{html}",
        "class{a}{x}",
        "mmlToken{mi}[href='javascript:alert(1)']{x}",
        "bbox[position:fixed;top:0;background:red]{x}",
        "rule{9000px}{9000px}",
        r"def\sin{x}",
        r"renewcommand{\sin}{x}",
        r"let\sin=x",
    ],
)
def test_a_formula_that_could_link_style_or_change_others_is_shown_and_not_typeset(command: str):
    html = markdown_html(f"$\\{command}$")
    assert f"\\{command}" in unescape(html)
    assert "mathjax_process" not in html


@pytest.mark.parametrize("source", [r"\left( x \right)", r"\new", r"\rules x", r"\letter", r"\datum"])
def test_formulas_with_commands_of_similar_names_are_typeset(source: str):
    assert "mathjax_process" in markdown_html(f"${source}$")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (r"So \(x^2\) and \( y \).", "So $x^2$ and $y$."),
        (r"\(f(x) = \left( y \right)\)", r"$f(x) = \left( y \right)$"),
        ("\\[\na &= b \\\\[2pt]\nc &= d\n\\]", "$$a &= b \\\\[2pt]\nc &= d$$"),
    ],
)
def test_formulas_in_brackets_stand_in_dollars_in_markdown(said: str, kept: str):
    assert dollar_formulas(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        r"`\(x\)`",
        "```\n\\(x\\)\n```",
        r"\\(x\\)",
        r"\( \)",
        "\\[a\n\nb\\]",
        r"\(\href{https://e.org}{x}\)",
        r"\(\text{\$5}\)",
    ],
)
def test_what_is_code_no_formula_or_one_that_could_link_keeps_its_brackets(said: str):
    assert dollar_formulas(said) == said


def test_the_page_and_the_kernel_leave_the_same_formulas_alone():
    page = Path(jupyter_tools.__file__).parent / "notebook" / "frontend" / "src" / "math.js"
    assert f"/{markdown_rules.ACTIVE_MATH.pattern}/" in page.read_text(encoding="utf-8")


def test_a_citation_of_a_known_source_leads_to_it_and_others_stay_text():
    html = markdown_html(
        "So it is [1][2, 3], see [4] and `[1]`.", {1: Mark("#jt-r-1", "A"), 3: Mark("https://e.org", "B")}
    )
    assert re.sub(r' rel="[^"]*"', "", html) == (
        '<p>So it is [<a href="#jt-r-1" title="A" class="jt-cite">1</a>]'
        '[2, <a href="https://e.org" title="B" class="jt-cite" target="_blank">3</a>], '
        "see [4] and <code>[1]</code>.</p>\n"
    )


def test_only_places_of_ours_can_be_led_to_on_the_page():
    assert "href" not in markdown_html("[x](#save) [y](/api/delete) [z](//e.org)")


def test_a_picture_becomes_a_link_so_that_nothing_is_loaded():
    html = markdown_html("![A cat](https://e.org/cat.png)")
    assert "<img" not in html
    assert ">image: A cat</a>" in html


def test_plain_text_is_shown_literally():
    assert text_html('<b>"x"&</b>') == "&lt;b&gt;&quot;x&quot;&amp;&lt;/b&gt;"


def permissive_html(markdown: str) -> str:
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    renderer.validateLink = lambda _: True
    return renderer.render(markdown)


def assert_inert(markdown: str) -> None:
    assert faults(permissive_html(markdown), attributes=ATTRIBUTES_OF_OTHERS) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_made_of_an_attack_does_nothing_in_a_renderer_that_allows_everything(attack: str):
    assert_inert(inert_markdown(attack))


@given(st.lists(st.one_of(text, st.sampled_from(ATTACKS))).map("".join))
def test_markdown_made_of_any_text_does_nothing_in_a_renderer_that_allows_everything(markdown: str):
    assert_inert(inert_markdown(markdown))


@given(st.lists(st.one_of(text, st.sampled_from(ATTACKS))).map("".join))
def test_a_name_or_a_title_stands_literally_in_markdown(name: str):
    html = permissive_html(f"See {literal_markdown(name)} here.")
    assert " ".join(unescape(html).split()) == " ".join(f"<p>See {name} here.</p>".split())


@given(st.lists(st.one_of(text, st.sampled_from(ATTACKS))).map("".join))
def test_a_link_in_markdown_holds_its_address_and_nothing_else(address: str):
    html = permissive_html(f"- {markdown_link('A [b]', f'https://e.org/{address}')} end")
    assert re.fullmatch(r'<ul>\n<li><a href="https://e.org/[^"<>]*">A \[b\]</a> end</li>\n</ul>\n', html)


@pytest.mark.parametrize(
    "markdown",
    ["a **b** `<c>` [d](https://e.org)", "```html\n<b>x</b> ![y](z)\n```\nend", "1 < 2 and 3 > 2", "Привет, *мир*!"],
)
def test_harmless_markdown_is_kept_as_it_was_written(markdown: str):
    assert inert_markdown(markdown) == markdown


@pytest.mark.parametrize("markdown", ["```python\nx = 1\n\ny = 2", "a\n\n~~~~\n```\nb", "```", "```a\n```b"])
def test_code_that_was_cut_does_not_swallow_what_follows_it(markdown: str):
    html = permissive_html(f"<details>\n\n{closed_markdown(markdown)}\n\n</details>\n\nAfter.")
    assert html.endswith("</code></pre>\n</details>\n<p>After.</p>\n")


@pytest.mark.parametrize("markdown", ["plain", "```\nx\n```", "- a\n\n  ```\n  x", "```a``` b", "> ```\n> x"])
def test_code_that_ends_by_itself_is_left_alone(markdown: str):
    assert closed_markdown(markdown) == markdown


def test_headings_of_answers_stay_out_of_a_notebooks_table_of_contents():
    assert markdown_html("# A") == '<h1 class="jp-toc-ignore">A</h1>\n'


def test_a_picture_that_came_as_data_is_shown():
    html = image_html(ImageContent(data="iVBORw0KGgo=", mime_type="image/png"))
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in html


@pytest.mark.parametrize(
    ("data", "mime_type"),
    [
        ('x" onerror="alert(1)', "image/png"),
        ("PHN2Zz4=", "image/svg+xml"),
        ("AAAA", 'image/png" onerror="alert(1)'),
        ("", "image/png"),
        ("A" * 5_000_000, "image/png"),
    ],
)
def test_what_is_no_picture_or_too_large_is_left_out(data: str, mime_type: str):
    assert image_html(ImageContent(data=data, mime_type=mime_type)) == ""
