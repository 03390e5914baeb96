import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.summary import cost_of, summary_of


def test_each_model_and_tool_has_its_figures(two_runs: Traces) -> None:
    summary = summary_of(two_runs()).set_index("name")
    assert summary.loc["demo", ["calls", "failures", "p50_ms", "total_ms", "input_tokens"]].tolist() == [
        4,
        0,
        100,
        400,
        60,
    ]
    assert summary.loc["math_eval", "calls"] == 2
    assert list(summary.index) == ["demo", "math_eval"]


def test_failures_are_counted(two_runs: Traces) -> None:
    frame = two_runs()
    frame.loc[frame.kind == "tool", "status"] = "timeout"
    assert summary_of(frame).set_index("name").failures.to_dict() == {"demo": 0, "math_eval": 2}


def test_numbers_are_typed_as_numbers_also_when_there_are_none(traces: Traces) -> None:
    for frame in (summary_of(traces()), cost_of(traces())):
        assert frame.empty
        assert {
            str(dtype) for name, dtype in frame.dtypes.items() if name not in ("kind", "name", "run_id", "model")
        } <= {
            "Int64",
            "Float64",
        }


def test_prices_give_what_each_run_cost(two_runs: Traces) -> None:
    cost = cost_of(two_runs(), {"demo": (1_000_000, 2_000_000)})
    assert cost.cost.tolist() == [30 + 2 * 9, 30 + 2 * 9]
    assert cost.run_id.tolist() == ["run-0", "run-1"]
    assert cost_of(two_runs(), {"another": (1, 2)}).cost.isna().all()


@pytest.mark.parametrize("price", [3, (1,), ("a", "b")])
def test_a_price_is_a_pair(two_runs: Traces, price: object) -> None:
    with pytest.raises(ConfigurationError, match="a million tokens of input and of output"):
        cost_of(two_runs(), {"demo": price})
