from jupyter_tools.messages import (
    AssistantMessage,
    TextContent,
    ToolCallContent,
    ToolResultMessage,
    system_message,
    user_message,
)
from jupyter_tools.providers.local_prompt import answering_messages, choosing_messages, exchanges
from jupyter_tools.tools.tool import AgentTool, ToolExample

ADD = AgentTool(
    name="add",
    description="Add numbers.",
    parameters={
        "type": "object",
        "properties": {"a": {"type": "integer", "description": "The first."}, "b": {"type": "integer", "default": 0}},
        "required": ["a"],
    },
    examples=(ToolExample(request="What is 3 + 4?", arguments={"a": 3, "b": 4}),),
)
ECHO = AgentTool(
    name="echo", description="Say it again.", examples=(ToolExample(request="Say ö.", arguments={"text": "ö"}),)
)


def called(answer="", *, failed=False, result="3"):
    call = ToolCallContent(id="c1", name="add", arguments={"a": 1, "b": 2})
    messages = [
        user_message("What is 1 + 2?"),
        AssistantMessage(content=(call,), stop_reason="tool_calls"),
        ToolResultMessage(tool_call_id="c1", tool_name="add", content=(TextContent(text=result),), is_error=failed),
    ]
    return [*messages, AssistantMessage(content=(TextContent(text=answer),))] if answer else messages


def test_a_conversation_is_cut_into_questions():
    first, second = exchanges([system_message("Be brief."), *called("It is 3."), user_message("Thanks.")])
    assert (first.question, len(first.rounds), first.answer) == ("What is 1 + 2?", 1, "It is 3.")
    assert (second.question, second.rounds, second.answer) == ("Thanks.", [], "")


def test_tools_are_shown_as_python_functions():
    system = choosing_messages([user_message("Hi")], [ADD])[0]["content"]
    assert 'def add(a: int, b: int = 0):\n    """Add numbers.\n    a: The first."""' in system


def test_examples_stand_before_the_question_alone_together_and_without_tool():
    chat = choosing_messages([user_message("Say hi.")], [ADD, ECHO])
    said = [message["content"] for message in chat if message["role"] == "user"]
    assert said[0] == "What is 3 + 4?"
    assert "What is 3 + 4, and say ö." in said
    assert "Say ö, and what is 3 + 4?" in said
    assert "Hello!" in said
    assert said[-1] == "Say hi."
    assert '[{"tool": "echo", "arguments": {"text": "ö"}}]' in [message["content"] for message in chat]


def test_the_choosing_prompt_only_grows_so_that_it_is_read_once():
    first = choosing_messages([user_message("What is 1 + 2?")], [ADD, ECHO])
    after_results = choosing_messages(called(), [ADD, ECHO])
    next_question = choosing_messages([*called("It is 3."), user_message("Thanks.")], [ADD, ECHO])
    assert after_results[: len(first)] == first
    assert next_question[: len(after_results)] == after_results


def test_long_results_are_cut_where_tools_are_chosen_but_not_where_it_is_answered():
    messages = called(result="x" * 5000)
    assert len(choosing_messages(messages, [ADD])[-1]["content"]) < 400
    assert "x" * 5000 in answering_messages(messages)[-1]["content"]


def test_the_answer_is_asked_for_with_the_results():
    system, question = answering_messages([system_message("Be brief."), *called()])
    assert system == {"role": "system", "content": "Be brief."}
    assert (
        question["content"]
        == "What is 1 + 2?\n\nResults of the tools:\nadd(a=1, b=2) = 3\n\nAnswer with these results."
    )


def test_a_failed_call_is_shown_as_one():
    assert (
        "add(a=1, b=2) failed: no such number"
        in answering_messages(called(failed=True, result="no such number"))[-1]["content"]
    )


def test_the_answering_prompt_only_grows():
    first = answering_messages(called())
    second = answering_messages([*called("It is 3."), user_message("Thanks.")])
    assert second[: len(first)] == first
    assert [message["role"] for message in second] == ["system", "user", "assistant", "user"]


def test_a_question_without_tools_is_passed_on_as_it_is():
    assert answering_messages([user_message("Привет!")])[-1] == {"role": "user", "content": "Привет!"}
