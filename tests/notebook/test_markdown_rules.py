from jupyter_tools.notebook.markdown_rules import highlighted


def test_known_languages_are_coloured_and_the_text_stays():
    html = highlighted('def f(x):  # <b>\n    return "a"', "python")
    assert '<span class="jt-kwd">def</span>' in html
    assert '<span class="jt-func">f</span>' in html
    assert '<span class="jt-cmnt"># &lt;b&gt;</span>' in html
    assert '<span class="jt-str">&quot;' in html


def test_unknown_languages_and_very_long_code_are_left_to_the_renderer():
    assert (
        highlighted("x", "no such language") == highlighted("x", "") == highlighted("x = 1\n" * 5_000, "python") == ""
    )
