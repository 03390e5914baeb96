"""The magics in a shell of this process: what a person types, and what they read."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from jupyter_tools.agent.agent import AgentResult
from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.notebook.tables import Table
from jupyter_tools.providers.discovery import AvailableModel
from jupyter_tools.providers.scripted import call, register_script
from jupyter_tools.tools.approval import ConsoleApprover


def test_an_agent_cell_streams_to_a_terminal(cell):
    assert cell("-m scripted:short").startswith("Hello **there**.\n\nscripted:short · ")


def test_the_result_is_stored_under_the_name_given(shell: InteractiveShell, cell):
    cell("-m scripted:short -o reply")
    reply = shell.user_ns["reply"]
    assert isinstance(reply, AgentResult)
    assert reply.text == "Hello **there**."


def test_the_cell_prints_nothing_twice(shell: InteractiveShell):
    with capture_output() as captured:
        outcome = shell.run_cell("%%agent -m scripted:short\nHi.")
    assert outcome.result is None
    assert captured.stdout.count("there") == 1
    assert shell.user_ns["_"] == "Hello **there**."
    assert shell.user_ns["_"].result.stop_reason == "stop"


def test_expressions_in_the_prompt_are_filled(shell: InteractiveShell, cell):
    register_script("echo", [lambda request: [request.messages[-1].content[0].text]])
    shell.user_ns["city"] = "Токио"
    assert cell("-m scripted:echo", "Time in {{ city.upper() }}? {x}").startswith("Time in ТОКИО? {x}")


@pytest.mark.parametrize(
    ("line", "text", "sentence"),
    [
        ("--modle scripted:short", "Hi.", "There is no option '--modle'. Did you mean '--model'?"),
        ("-m scriptd:short", "Hi.", "There is no model 'scriptd:short'. Did you mean 'scripted:short'?"),
        ("-m scripted:short -t math_evl", "Hi.", "There is no tool 'math_evl'. Did you mean 'math_eval'?"),
        ("-m scripted:short", "{{ pirce }}", "There is no variable 'pirce'. Did you mean 'price'?"),
        ("-m scripted:short", "{{ 1/0 }}", "{{ 1/0 }} in the prompt failed with ZeroDivisionError: division by zero"),
        ("-m scripted:short", " \n", "There is no prompt. Write it on the lines below %%agent."),
        (
            "-m scripted:short hello",
            "Hi.",
            "'hello' belongs to no option. The prompt goes on the lines below %%agent, and a value with spaces in quotes.",
        ),
        ("-m scripted:short --system 'be", "Hi.", "A quotation mark is not closed: -m scripted:short --system 'be"),
        ("-m scripted:short --option x", "Hi.", "--option takes KEY=VALUE, such as seed=1, not 'x'."),
        ("-m scripted:short -o 2x", "Hi.", "-o takes the name of a variable, not '2x'."),
        ("-m scripted:short --max-turns 0", "Hi.", "max_turns is 0: a run needs at least 1 turn to answer."),
        ("-m scripted:short --max-turns x", "Hi.", "--max-turns takes a whole number, not 'x'."),
        ("-m", "Hi.", "--model takes a value: who answers: PROVIDER:MODEL, such as"),
        ("-m scripted:short --timeout soon", "Hi.", "--timeout takes a number, not 'soon'."),
        ("-m scripted:short --timeout -1", "Hi.", "The limit seconds=-1.0 is no number from 0 on."),
        ("-m scripted:short --max-tokens 0", "Hi.", "--max-tokens takes 1 or more, not 0."),
        ("-m scripted:short --temperature nan", "Hi.", "--temperature takes a number from 0 on, not nan."),
        ("-m scripted:short --temperature -1", "Hi.", "--temperature takes a number from 0 on, not -1."),
        ("-m scripted:short --limit tokns=5", "Hi.", "There is no limit 'tokns'. Did you mean 'tokens'?"),
        ("-m scripted:short --limit tokens=many", "Hi.", "--limit tokens takes a number, not 'many'."),
        ("-m scripted:short --approve alwys", "Hi.", "There is no tool 'alwys'. Did you mean 'always'?"),
        ("-m scripted:short -o class", "Hi.", "-o takes the name of a variable, not 'class'."),
        ("-m scripted:short --conversation mian", "Hi.", "There is no conversation 'mian'. Did you mean 'main'?"),
        (
            "-m scripted:short --conversation ' ' --new",
            "Hi.",
            "A conversation's name is a word, such as review, not ' '.",
        ),
        ("-m scripted:short --models", "Hi.", "--models belongs on a line of its own:  %agent --models"),
        ("-m scripted:short", "{{ }}", "There is nothing between {{ and }} in the prompt."),
        ("-m scripted:nothing", "Hi.", "There is no script 'nothing'."),
    ],
)
def test_a_mistake_is_explained_in_one_sentence(shell: InteractiveShell, line: str, text: str, sentence: str):
    shell.user_ns["price"] = 1
    with pytest.raises(CellError) as caught, capture_output():
        shell.run_cell_magic("agent", line, text)
    assert str(caught.value).startswith(sentence)
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_the_line_shows_and_sets_the_configuration(shell: InteractiveShell, cell):
    table = shell.run_line_magic(
        "agent", "--model scripted:short --tools math_eval,time_now --temperature 0 --option seed=1"
    )
    assert isinstance(table, Table)
    rows = dict(table.rows)
    assert rows["model"] == "scripted:short"
    assert rows["tools"] == "math_eval, time_now"
    assert rows["options"] == "seed=1, temperature=0.0"
    assert rows["key"] == "not needed"
    assert cell("").startswith("Hello")
    assert dict(shell.run_line_magic("agent", "--no-tools").rows)["tools"] == "none"


def test_the_configuration_says_whether_a_key_was_found_and_never_shows_it(shell, monkeypatch):
    missing = shell.run_line_magic("agent", "--model openai:gpt-4o-mini")
    assert dict(missing.rows)["key"] == "not found; set OPENAI_API_KEY"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    table = shell.run_line_magic("agent", "")
    assert dict(table.rows)["key"] == "found"
    assert "very-secret" not in repr(table) + table._repr_html_()


def test_a_setting_that_cannot_work_is_not_kept(shell: InteractiveShell):
    shell.run_line_magic("agent", "--model scripted:short")
    with pytest.raises(CellError):
        shell.run_line_magic("agent", "--tools nothing_like_it")
    assert dict(shell.run_line_magic("agent", "").rows)["tools"] == "none"


def test_an_unknown_command_is_explained(shell: InteractiveShell):
    with pytest.raises(CellError, match=r"There is no command of %agent 'histroy'\. Did you mean 'history'\?"):
        shell.run_line_magic("agent", "histroy")


def test_a_tool_that_needs_approval_is_asked_about_in_a_terminal(shell: InteractiveShell, cell, monkeypatch):
    questions = []
    monkeypatch.setattr(ConsoleApprover.__init__, "__defaults__", (lambda text: questions.append(text) or "y",))
    register_script("asks for more", [[call("math_eval", {"expression": "2+2"})], ["It is 4."]])
    cell("-m 'scripted:asks for more' -t math_eval --new --approve always")
    assert "math_eval" in questions[0]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("-o x", "--output belongs to a cell, with the prompt on the lines below %%agent."),
        ("--background", "--background belongs to a cell"),
        ("--system Be brief", "'brief' belongs to no option. A value with spaces goes in quotes."),
        ("runs 5", "%agent runs takes nothing more, and not '5'."),
        ("history nobody", "There is no conversation 'nobody'."),
        ("stop 7", "No run #7 is going on."),
        ("stop soon", "'soon' names no run. Write its number, as in  %agent stop 2, or all."),
        ("new 'x'", "A conversation's name is a word"),
    ],
)
def test_a_mistake_on_an_agent_line_is_explained(shell: InteractiveShell, line: str, sentence: str):
    with pytest.raises(CellError) as caught:
        shell.run_line_magic("agent", line)
    assert str(caught.value).startswith(sentence)


def test_a_cell_of_tools_takes_nothing_on_its_line(shell: InteractiveShell):
    with pytest.raises(CellError, match="%%tool takes nothing on its own line"):
        shell.run_cell_magic("tool", "name", "def f(): ...")


def test_a_command_answers_in_words_without_quotation_marks(shell: InteractiveShell):
    assert repr(shell.run_line_magic("agent", "stop")) == "No run is going on."
    assert repr(shell.run_line_magic("tool", "--running")) == "No tool is running."


def test_a_tool_run_by_hand_knows_its_row_of_the_traces(shell: InteractiveShell):
    outcome = shell.run_line_magic("tool", "math_eval 2+2")
    assert repr(outcome).endswith(f"trace: {outcome.tool_call_id}")
    assert outcome.tool_call_id in outcome._repr_html_()
    assert outcome.trace[["name", "status"]].to_numpy().tolist() == [["math_eval", "ok"]]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("math_evl 2+2", "There is no tool 'math_evl'. Did you mean 'math_eval'?"),
        ("time_now timezone=UTC", "There is no argument of time_now 'timezone'. Did you mean 'timezone_name'?"),
        ("math_eval {oops", "The arguments of math_eval are not valid JSON"),
        ("math_eval", "math_eval needs to know more:  %tool math_eval expression=..."),
        ("time_now format='iso", "A quotation mark is not closed: format='iso"),
        ("--runing", "There is no option of %tool '--runing'. Did you mean '--running'?"),
    ],
)
def test_a_mistake_on_a_tool_line_is_explained(shell: InteractiveShell, line: str, sentence: str):
    with pytest.raises(CellError) as caught:
        shell.run_line_magic("tool", line)
    assert str(caught.value).startswith(sentence)


def test_a_function_of_the_notebook_is_a_tool_by_its_name(shell: InteractiveShell, cell):
    shell.run_cell('def double(n: int) -> int:\n    """Twice."""\n    return 2 * n')
    register_script("doubles", [[call("double", {"n": 21})], ["Done."]])
    assert "double(n=21) -> 42" in cell("-m scripted:doubles -t double --new")


def test_tools_are_listed_with_their_arguments(shell: InteractiveShell):
    table = shell.run_line_magic("tool", "")
    names = [row[0] for row in table.rows]
    assert "math_eval" in names
    assert "expression" in dict(zip(names, table.rows, strict=True))["math_eval"][2]
    assert "<table>" in table._repr_html_()


def test_the_models_that_are_there_are_listed_with_what_to_write(shell: InteractiveShell, monkeypatch):
    async def found():
        return (
            AvailableModel(model="local:small", where="in this process", ready=False),
            AvailableModel(model="openai:m", where="LM Studio", base_url="http://127.0.0.1:1234/v1"),
        )

    monkeypatch.setattr("jupyter_tools.notebook.commands.available_models", found)
    assert shell.run_line_magic("agent", "--models").rows == [
        ("local:small", "", "in this process; fetched at the first use"),
        ("openai:m", "--base-url http://127.0.0.1:1234/v1", "LM Studio"),
    ]


def test_a_question_mark_behind_a_tool_tells_of_it_and_behind_words_to_a_run_asks_the_model(shell: InteractiveShell):
    about = shell.run_cell("%tool time_now?").result
    assert [row[0] for row in about.rows] == ["time_now"]
    assert "No run is going on" in str(shell.run_cell("%agent steer And why?").result)
