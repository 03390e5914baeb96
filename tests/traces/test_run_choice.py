import pandas as pd
import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.traces.run_choice import chosen_run

FRAME = pd.DataFrame({"run_id": ["ab1", "ab1", None, "ab2", "cd"]}, dtype="string")


@pytest.mark.parametrize(("run", "chosen"), [("ab1", "ab1"), ("c", "cd"), (-1, "cd"), (-3, "ab1")])
def test_a_run_is_chosen_by_id_beginning_or_place(run: str | int, chosen: str) -> None:
    assert chosen_run(FRAME, run) == chosen


@pytest.mark.parametrize("run", [0, 1, -4])
def test_a_place_outside_is_refused(run: int) -> None:
    with pytest.raises(ConfigurationError, match="among the 3 runs"):
        chosen_run(FRAME, run)


def test_what_is_not_clear_or_not_there_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="2 runs begin with 'ab'"):
        chosen_run(FRAME, "ab")
    with pytest.raises(UnknownNameError, match=r"'ab[12]'"):
        chosen_run(FRAME, "ab3")
