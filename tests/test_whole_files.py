import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_tools.whole_files import whole_file


def test_a_failure_leaves_what_was_there_and_no_draft(tmp_path):
    def write_half():
        with whole_file(path) as draft:
            draft.write_text("half")
            raise RuntimeError

    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError):
        write_half()
    assert [(item.name, item.read_text()) for item in tmp_path.iterdir()] == [("a.txt", "old")]


def test_threads_that_write_one_file_at_once_do_not_meet(tmp_path):
    at_once = 8
    start = threading.Barrier(at_once)

    def write(number):
        with whole_file(tmp_path / "a.txt") as draft:
            draft.write_text(str(number) * 100)
            start.wait(10)  # all drafts are there now

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(write, range(at_once)))
    (path,) = tmp_path.iterdir()
    assert len(path.read_text()) == 100
    assert len(set(path.read_text())) == 1
