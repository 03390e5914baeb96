import gc
from collections.abc import Iterator

import pytest

from jupyter_tools.garbage import collected_rarely


@pytest.fixture(autouse=True)
def usual_threshold() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_python_looks_more_rarely_inside_and_as_before_behind():
    with collected_rarely():
        assert gc.get_threshold()[0] > 10_000
    assert gc.get_threshold() == (700, 10, 10)


def test_blocks_may_overlap_in_any_order():
    first, second = collected_rarely(), collected_rarely()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] > 10_000
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)


def test_who_has_turned_it_off_finds_it_off():
    gc.set_threshold(0)
    with collected_rarely():
        assert gc.get_threshold()[0] == 0
    assert gc.get_threshold()[0] == 0


def test_an_error_inside_changes_nothing_of_that():
    with pytest.raises(ValueError, match="inside"), collected_rarely():
        raise ValueError("inside")
    assert gc.get_threshold() == (700, 10, 10)
