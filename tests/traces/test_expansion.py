import pandas as pd
import pytest

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.traces.expansion import expanded
from jupyter_tools.traces.frame import Traces

FRAME = pd.DataFrame(
    {
        "args": [{"n": 1, "x": 1, "t": "a", "b": True, "m": 1}, None, {"n": 2, "x": 0.5, "b": None, "m": "two"}],
        "name": ["f", "g", "f"],
    }
)


def test_each_key_becomes_a_typed_column() -> None:
    frame = expanded(FRAME, "args")
    assert {name: str(dtype) for name, dtype in frame.dtypes.items() if "." in str(name)} == {
        "args.n": "Int64",
        "args.x": "Float64",
        "args.t": "string",
        "args.b": "boolean",
        "args.m": "object",
    }
    assert frame["args.n"].sum() == 3
    assert frame["args.m"].tolist() == [1, None, "two"]


def test_arguments_become_columns_of_the_frame_on_request(two_runs: Traces) -> None:
    assert two_runs.tools(expand="args")["args.expression"].tolist() == ["2+2", "2+2"]
    assert two_runs.tools(expand=("args", "details"))["details.value"].tolist() == [4, 4]
    assert "args.expression" not in two_runs()


def test_integers_that_no_column_holds_stay_objects() -> None:
    assert str(expanded(pd.DataFrame({"args": [{"n": 2**70}]}), "args")["args.n"].dtype) == "object"


def test_an_unknown_column_is_named(two_runs: Traces) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'args'"):
        two_runs(expand="arg")
