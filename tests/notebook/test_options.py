import pytest

from jupyter_tools import traces
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.magics import AgentMagics
from jupyter_tools.notebook.options import AgentSettings, json_or_text, parse_line


def settings(line: str, before: AgentSettings | None = None) -> AgentSettings:
    return (before or AgentSettings()).updated(parse_line(AgentMagics.agent, line))


def test_a_line_sets_what_it_names_and_leaves_the_rest():
    before = settings("-m openai:a --tools x,y --system 'Be brief.' --temperature 0 --max-turns 3")
    after = settings("--model openai:b --option seed=1", before)
    assert after == AgentSettings(
        model="openai:b", tools=("x", "y"), system="Be brief.", max_turns=3, options={"temperature": 0.0, "seed": 1}
    )


def test_tools_can_be_taken_away():
    assert settings("--no-tools", settings("-t x")).tools == ()


def test_spaces_around_tools_do_not_matter():
    assert settings('-t " x , y,"').tools == ("x", "y")


@pytest.mark.parametrize(
    ("text", "value"),
    [("stop=END", "END"), ("n=2", 2), ("deep='{\"a\": [1]}'", {"a": [1]}), ("on=true", True), ("e=", "")],
)
def test_an_option_is_json_or_text(text: str, value: object):
    assert list(settings(f"--option {text}").options.values()) == [value]


def test_a_path_keeps_its_backslashes():
    assert settings(r"-m local:C:\models\x.gguf").model == r"local:C:\models\x.gguf"


def test_cyrillic_in_quotes_is_one_value():
    assert settings("--system 'Отвечай кратко'").system == "Отвечай кратко"


def test_an_unknown_option_is_named_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match=r"There is no option '--temprature'\. Did you mean '--temperature'\?"):
        settings("--temprature=1")


def test_an_open_quotation_mark_is_explained():
    with pytest.raises(ConfigurationError, match="quotation mark"):
        settings("--system 'x")


def test_a_value_of_the_wrong_kind_is_explained():
    with pytest.raises(ConfigurationError, match="--max-turns takes a whole number, not 'many'"):
        settings("--max-turns many")


def test_another_providers_prompts_do_not_go_to_the_old_server():
    before = settings("--base-url http://x --model openai:llama3")
    assert settings("-m anthropic:claude", before).base_url is None
    assert settings("-m anthropic:claude --base-url http://y", before).base_url == "http://y"


@pytest.mark.parametrize("line", ["-m openai:other", "-m other", "--temperature 0"])
def test_the_same_providers_server_stays(line: str):
    assert settings(line, settings("--base-url http://x --model openai:llama3")).base_url == "http://x"


def test_a_tool_format_is_an_option_of_the_model_that_lasts():
    before = settings("-m openai:a --tool-format hermes")
    assert before.options == {"tool_format": "hermes"}
    assert settings("--temperature 0", before).options == {"tool_format": "hermes", "temperature": 0.0}
    assert settings("--tool-format native", before).options == {"tool_format": "native"}


def test_a_tool_format_that_there_is_not_is_named_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"'herms'.*'hermes'"):
        settings("--tool-format herms")


@pytest.mark.parametrize(
    ("name", "written"), [("max_turns", "--max-turns"), ("model", "--model"), ("limits", "--limit")]
)
def test_what_is_no_option_of_the_request_is_told_how_it_is_written(name: str, written: str):
    with pytest.raises(ConfigurationError, match=f"'{name}' is no option of the request. Write it as {written}"):
        settings(f"--option {name}=3")


def test_an_option_of_the_request_is_nothing_else(shell):
    cell = "--option trace=false --option provider=x --option self=y -m scripted:demo -o reply"
    shell.run_cell_magic("agent", cell, "Hello")
    assert shell.user_ns["reply"].stop_reason == "stop"
    assert len(traces(last=5)) > 0


@pytest.mark.parametrize("said", ["NaN", "-Infinity", "[" * 100_000])
def test_what_no_request_can_hold_is_text(said):
    assert json_or_text(said) == said
