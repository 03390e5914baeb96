"""The pytest plugin, in a pytest of its own."""

import pytest

pytest_plugins = ["pytester"]

TEST = """
import pytest
from jupyter_tools import Agent, tool
from jupyter_tools.providers.scripted import ScriptedProvider, call

asked = []

@tool
def price(item: str) -> int:
    "The price of an item."
    asked.append(item)
    return 3

def agent_of(*turns):
    return Agent("scripted:test", [price], provider=ScriptedProvider(list(turns)), trace=False)

TURNS = {turns}

def test_bread(agent_recording):
    assert agent_of(*TURNS).run_sync("What does bread cost?").text == "It costs 3."

@pytest.mark.parametrize("word", ["хлеб", "a/b c"])
def test_with_a_parameter(agent_recording, word):
    assert agent_of(*TURNS).run_sync(word).text == "It costs 3."

@pytest.mark.agent_recording("live.jsonl", tools="live")
def test_live(agent_recording):
    asked.clear()
    agent_of(*TURNS).run_sync("Live?")
    assert asked == ["bread"]
    assert agent_recording.drift == []
"""
ANSWERS = '[[call("price", {"item": "bread"})], ["It costs 3."]]'


@pytest.fixture
def write(pytester: pytest.Pytester):
    pytester.makeini("[pytest]\nanyio_mode = auto\naddopts = --strict-markers")
    return lambda turns: pytester.makepyfile(test_shop=TEST.replace("{turns}", turns))


def test_what_was_recorded_once_is_answered_without_a_model(pytester: pytest.Pytester, write):
    write(ANSWERS)
    pytester.runpytest_subprocess("--agent-record").assert_outcomes(passed=4)
    names = {path.name for path in (pytester.path / "recordings").iterdir()}
    assert names == {
        "test_shop.test_bread.jsonl",
        "test_shop.test_with_a_parameter-a-b-c-c8b260e2.jsonl",
        "test_shop.test_with_a_parameter-хлеб.jsonl",
        "live.jsonl",
    }
    write("[]")
    pytester.runpytest_subprocess().assert_outcomes(passed=4)


def test_without_a_recording_it_says_how_to_make_one(pytester: pytest.Pytester, write):
    write(ANSWERS)
    result = pytester.runpytest_subprocess("-k", "bread")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*There is no recording *test_shop.test_bread.jsonl*pytest --agent-record*"])


def test_recording_again_leaves_nothing_of_the_old_answers(pytester: pytest.Pytester, write):
    write(ANSWERS)
    pytester.runpytest_subprocess("--agent-record", "-k", "bread").assert_outcomes(passed=1)
    write(ANSWERS.replace("It costs 3", "It is 4"))
    pytester.runpytest_subprocess("--agent-record", "-k", "bread").assert_outcomes(failed=1)
    text = (pytester.path / "recordings" / "test_shop.test_bread.jsonl").read_text(encoding="utf-8")
    assert "It is 4." in text
    assert "It costs 3." not in text


MANY = """
import pytest
from jupyter_tools import Agent
from jupyter_tools.providers.scripted import ScriptedProvider

def answer(prompt, says):
    return Agent("scripted:test", provider=ScriptedProvider(SAYS and [[says]]), trace=False).run_sync(prompt).text

@pytest.mark.parametrize("prompt", ["What is 2+2?", "What is 2-2?", "2 + 2, " + "and again, " * 60])
def test_prompts(agent_recording, prompt):
    assert answer(prompt, f"You said {prompt}") == f"You said {prompt}"

class TestOne:
    def test_it(self, agent_recording):
        assert answer("One?", "one") == "one"

class TestTwo:
    def test_it(self, agent_recording):
        assert answer("Two?", "two") == "two"
"""


def test_each_test_has_a_recording_of_its_own_whatever_it_is_called(pytester: pytest.Pytester):
    pytester.makepyfile(test_many=f"SAYS = True\n{MANY}")
    pytester.runpytest_subprocess("--agent-record").assert_outcomes(passed=5)
    assert len(list((pytester.path / "recordings").iterdir())) == 5
    pytester.makepyfile(test_many=f"SAYS = False\n{MANY}")
    pytester.runpytest_subprocess().assert_outcomes(passed=5)
