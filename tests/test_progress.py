"""How far an experiment is, in words."""

import io
from contextlib import redirect_stderr

from jupyter_tools.progress import Progress, TextView


def test_the_line_tells_what_matters() -> None:
    progress = Progress(total=2000, reused=5, done=1500, failed=2, cost=0.01234, _started=-1e9)
    assert progress.text.startswith("1,500 of 2,000 cells · 5 from the store · 2 failed · $0.0123")
    assert "left" in progress.text
    progress.stopped = True
    assert progress.text.endswith("stopped")


def test_reused_cells_do_not_count_for_the_pace() -> None:
    assert Progress(total=10, reused=5, done=5).left_s is None


def test_the_bar_is_plain_text() -> None:
    with redirect_stderr(io.StringIO()) as shown:
        view, progress = TextView("capitals"), Progress(total=4, expected="4 cells: about 4 calls.")
        view.open(progress)
        progress.done, progress.failed = 4, 1
        view.close(progress)
    assert "capitals: 4 cells: about 4 calls.\n" in shown.getvalue()
    assert "capitals: 100%" in shown.getvalue()
    assert "1 failed" in shown.getvalue()
