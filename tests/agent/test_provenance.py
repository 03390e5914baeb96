from jupyter_tools import AgentTool
from jupyter_tools.agent import provenance
from jupyter_tools.agent.provenance import text_hash, tools_hash


def a_tool(name):
    return AgentTool(name=name, description="Does it.", parameters={"type": "object", "properties": {}})


def test_the_same_tools_have_the_same_hash_and_others_another():
    assert tools_hash((a_tool("a"), a_tool("b"))) == tools_hash((a_tool("a"), a_tool("b")))
    assert len({tools_hash(()), tools_hash((a_tool("a"),)), tools_hash((a_tool("b"),))}) == 3


def test_only_so_many_are_kept_and_a_tool_that_is_gone_is_not_taken_for_a_new_one():
    seen = {tools_hash((a_tool(f"tool_{number}"),)) for number in range(250)}
    assert len(seen) == 250
    assert len(provenance._kept) <= 100


def test_a_text_has_a_short_hash_that_is_its_own():
    assert text_hash("Будь краток.") == text_hash("Будь краток.") != text_hash("Будь кратко.")
    assert len(text_hash("\ud83e half a pair")) == 16
