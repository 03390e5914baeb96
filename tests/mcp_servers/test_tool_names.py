import re

from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.mcp_servers.tool_names import tool_names


def test_the_servers_name_stands_before_the_tools():
    assert tool_names("time", ["get_current_time", "convert-time"]) == ["time_get_current_time", "time_convert-time"]


def test_letters_that_providers_refuse_are_replaced():
    assert tool_names("s", ["admin.tools/list", "погода"]) == ["s_admin_tools_list", "s__"]


@given(st.lists(st.text(max_size=100), max_size=20))
def test_every_name_is_accepted_by_providers_and_no_two_are_the_same(names: list[str]):
    made = tool_names("server", names)
    assert len(set(made)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in made)


def test_a_name_does_not_change_from_one_start_to_the_next():
    names = ["x" * 100, "y.z"]
    assert tool_names("s", names) == tool_names("s", names)
