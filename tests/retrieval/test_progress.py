from jupyter_tools.retrieval.progress import progress_bar


def test_the_items_come_through_with_and_without_a_bar():
    assert list(progress_bar([1, 2], "Counting", shown=True)) == [1, 2]
    assert list(progress_bar([1, 2], "Counting", shown=False)) == [1, 2]


def test_what_is_quick_shows_no_bar(capsys):
    list(progress_bar(range(5), "Counting", shown=True))
    assert "Counting" not in capsys.readouterr().err
