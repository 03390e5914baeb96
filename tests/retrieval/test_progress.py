import io

from jupyter_tools.retrieval.progress import progress_bar


def test_the_items_come_through_with_and_without_a_bar():
    assert list(progress_bar([1, 2], "Counting", shown=True)) == [1, 2]
    assert list(progress_bar([1, 2], "Counting", shown=False)) == [1, 2]


def test_what_is_quick_shows_no_bar(capsys):
    list(progress_bar(range(5), "Counting", shown=True))
    assert "Counting" not in capsys.readouterr().err


def test_a_bar_of_text_stands_in_a_notebooks_output_and_goes_at_the_end(capsys, monkeypatch):
    monkeypatch.setattr("jupyter_tools.retrieval.progress._DELAY_S", 0)
    page = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr("sys.stdout", page)
    list(progress_bar(range(3), "Counting", shown=True))
    assert "Counting:   0%" in page.getvalue()
    assert page.getvalue().split("\r")[-1] == ""
    assert capsys.readouterr().err == ""
