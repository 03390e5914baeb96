import pytest

from jupyter_tools.messages import ImageContent
from jupyter_tools.notebook.parts import ToolPart
from jupyter_tools.notebook.tool_card import body_html, tool_html

PNG = "iVBORw0KGgo="


def test_a_card_has_a_line_and_below_it_arguments_and_result():
    html = tool_html(ToolPart(name="f", args={"x": 1}, status="ok", text="7"))
    assert html.startswith('<details class="jt-tool"><summary>✓ <code>f(x=1)</code> → 7</summary>')
    assert html.index("Arguments") < html.index("Result") < html.index(">7</pre>")


def test_a_failed_call_is_marked():
    assert 'class="jt-tool jt-failed" open' in tool_html(ToolPart(name="f", status="timeout"), unfolded=True)


def test_a_result_in_json_is_a_tree_a_frame_a_table_a_picture_a_picture():
    assert "jt-tree" in body_html(ToolPart(name="f", text='{"a": 1}'))
    frame = {"dataframe": {"columns": ["n"], "index": [0], "data": [[5]]}}
    assert "<td>5</td>" in body_html(ToolPart(name="f", text="1 rows", details=frame))
    html = body_html(ToolPart(name="f", text="A plot.", images=(ImageContent(data=PNG),)))
    assert f'<img alt="Picture made by the tool" src="data:image/png;base64,{PNG}">' in html
    counted = body_html(ToolPart(name="f", text="A plot.\n[1 image]", images=(ImageContent(data=PNG),)))
    assert counted == html


@pytest.mark.parametrize("text", ["[not json", "{", "[" * 100_000])
def test_text_that_only_begins_like_json_stays_text(text: str):
    assert '<pre class="jt-result"' in body_html(ToolPart(name="f", text=text))


@pytest.mark.parametrize(
    "image",
    [
        ImageContent(data="PHN2Zz4=", mime_type="image/svg+xml"),
        ImageContent(data='x" onerror="alert(1)'),
        ImageContent(data="A" * 4_000_004),
    ],
)
def test_a_picture_that_could_do_harm_is_not_shown(image: ImageContent):
    html = body_html(ToolPart(name="f", images=(image,)))
    assert "<img" not in html
    assert "is not shown" in html
