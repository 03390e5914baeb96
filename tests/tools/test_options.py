import dataclasses

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.tools.approval import ScriptedApprover
from jupyter_tools.tools.options import ExecutionOptions


def test_each_run_begins_with_a_history_and_answers_of_its_own():
    options = ExecutionOptions(max_calls=1, approver=ScriptedApprover([]))
    first, second = options.for_run("a"), options.for_run("b")
    assert (first.run_id, second.run_id) == ("a", "b")
    assert first.history.refuse("t", {}) is None
    assert first.history.refuse("t", {"n": 1}) is not None
    assert second.history.refuse("t", {}) is None
    assert first.approvals is not second.approvals
    assert (options.run_id, options.history, options.approvals) == ("", None, None)


def test_a_run_keeps_every_other_option():
    options = ExecutionOptions(max_concurrency=3, default_timeout_s=1.5, max_same_calls=7)
    own = {"run_id", "history", "approvals"}
    for field in dataclasses.fields(ExecutionOptions):
        if field.name not in own:
            assert getattr(options.for_run("r"), field.name) == getattr(options, field.name)


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_lets_nothing_run_is_refused(limit):
    with pytest.raises(ConfigurationError, match="write 1 or more"):
        ExecutionOptions(max_concurrency=limit)
