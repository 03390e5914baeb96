import subprocess
import sys

import pandas as pd
import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.frame import Traces


def test_a_frame_answers_for_all_its_runs_or_one(two_runs: Traces) -> None:
    agent = two_runs().agent
    assert len(agent.timeline().steps) == 12
    assert len(agent.tree(run=-1).steps) == 6
    assert {step.run_id for step in agent.timeline(run="run-0").steps} == {"run-0"}
    assert agent.summary().calls.sum() == 6
    assert agent.messages()[-1].text == "It is 4."
    assert agent.cost({"demo": (1, 1)}).cost.notna().all()


def test_a_frame_of_something_else_is_told_what_is_needed() -> None:
    with pytest.raises(ConfigurationError, match="take a frame that traces"):
        pd.DataFrame({"a": [1]}).agent.summary()


def test_the_package_loads_no_pandas_to_offer_it() -> None:
    program = "import sys, jupyter_tools.traces; sys.exit('pandas' in sys.modules or 'matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
