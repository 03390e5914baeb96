import json

import pytest

from jupyter_tools.notebook.json_html import frame_html, frame_of, tree_html


def test_objects_and_lists_fold_and_say_how_much_is_in_them():
    html = tree_html({"a": 1, "b": {"c": ["x", None]}})
    assert '<span class="jt-key">a</span>: <span class="jt-num">1</span>' in html
    assert '<summary><span class="jt-key">b</span>: 1 key</summary>' in html
    assert '<summary><span class="jt-key">c</span>: 2 items</summary>' in html
    assert '<span class="jt-num">null</span>' in html


def test_what_is_long_or_deep_is_folded_at_first():
    assert "<details open>" in tree_html({"a": [1]})
    assert "<details open>" not in tree_html({"a": list(range(21))})


def test_keys_and_values_are_shown_literally():
    html = tree_html({"<b>k</b>": '<script>"x"</script>', "l": ["</details>"]})
    assert "<script" not in html
    assert "<b>" not in html
    assert html.count("</details>") == 1


def test_a_huge_value_is_cut_and_says_so():
    assert "501 more" in tree_html(list(range(1001)))
    assert "8,002 more characters" in tree_html(["x" * 10_000])
    deep = json.loads("[" * 200 + "]" * 200)
    assert "…" in tree_html(deep)


@pytest.mark.parametrize("value", [{}, [], "", 0, None, True])
def test_what_holds_nothing_is_written_as_it_is(value: object):
    assert json.dumps(value).replace('"', "&quot;") in tree_html(value)


def test_a_frame_is_a_table_with_its_beginning():
    frame = {"columns": ["n", "<i>"], "index": list(range(30)), "data": [[n, None] for n in range(30)]}
    html = frame_html(frame)
    assert "<th>n</th><th>&lt;i&gt;</th>" in html
    assert html.count("<tr>") == 21
    assert "10 more rows" in html


@pytest.mark.parametrize(
    "details", [None, {}, {"dataframe": 1}, {"dataframe": {"columns": [], "index": [], "data": [1]}}]
)
def test_other_details_are_no_frame(details: object):
    assert frame_of(details) is None
