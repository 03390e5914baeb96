from jupyter_tools.notebook.tables import Table

TABLE = Table(columns=("name", "what it does"), rows=[("a", "two\nlines"), ("longer", "<b>x</b>")])


def test_in_a_terminal_columns_are_aligned_and_cells_stay_on_a_line():
    assert repr(TABLE).splitlines() == ["name    what it does", "a       two lines", "longer  <b>x</b>"]


def test_on_a_page_cells_are_escaped():
    html = TABLE._repr_html_()
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert html.count("<tr>") == 3
