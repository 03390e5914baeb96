import pytest

from jupyter_tools.events import (
    AgentToolResult,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    Notice,
    StepEndEvent,
    StepStartEvent,
    TextDelta,
    ThinkingDelta,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
    TurnStartEvent,
    TurnUpdateEvent,
)
from jupyter_tools.messages import AssistantMessage, ImageContent, TextContent, user_message
from jupyter_tools.notebook.parts import ReasoningPart, SteeringPart, TextPart, ToolPart
from tests.notebook.run_events import answer, asking_turn, ended, result, started, viewed, whole_run


def test_parts_stand_in_the_order_in_which_they_happened():
    view = viewed(whole_run())
    assert [part.kind for part in view.parts] == ["reasoning", "tool", "text"]
    assert [part.text for part in view.parts] == ["Need a *calculator*.", "435", "It is **435**."]
    assert view.answer == "It is **435**."
    assert view.status == "scripted:demo · 5 tokens · 3.2 s"


def test_after_each_event_the_parts_shown_only_grow():
    view = viewed([])
    seen = 0
    for event in whole_run():
        view.add(event)
        assert len(view.parts) >= seen
        seen = len(view.parts)


def test_reasoning_says_that_it_goes_on_and_then_how_long_it_took():
    thinking = viewed([*started(), *asking_turn()[:4]]).parts[0]
    assert isinstance(thinking, ReasoningPart)
    assert (thinking.label, thinking.done) == ("Is thinking…", False)
    thought = viewed(asking_turn()).parts[0]
    assert isinstance(thought, ReasoningPart)
    assert (thought.label, thought.done) == ("Thought for 3.2 s, about 5 tokens", True)


def test_with_a_clock_reasoning_says_how_long_it_took_before_the_message_is_whole():
    view = viewed([])
    for at_ms, event in enumerate(asking_turn()[:5]):
        view.add(event, at_ms * 1000.0)
    thought = view.parts[0]
    assert isinstance(thought, ReasoningPart)
    assert thought.label == "Thought for 2.0 s, about 5 tokens"


def test_two_reasoning_blocks_of_one_message_stay_apart():
    deltas = [ThinkingDelta(text="a"), ThinkingDelta(end=True), ThinkingDelta(text="b"), TextDelta(text="c")]
    view = viewed([MessageUpdateEvent(delta=delta) for delta in deltas])
    assert [(part.kind, part.text) for part in view.parts] == [("reasoning", "a"), ("reasoning", "b"), ("text", "c")]


def test_a_tool_call_turns_from_written_to_done():
    labels = []
    view = viewed([])
    for event in asking_turn():
        view.add(event)
        labels += [part.signature + " " + part.outcome for part in view.parts if isinstance(part, ToolPart)]
    assert list(dict.fromkeys(labels)) == [
        "math_eval( …",
        'math_eval({"expression": "0.125 …',
        'math_eval({"expression": "0.125*3480"} …',
        'math_eval(expression="0.125*3480") waiting',
        'math_eval(expression="0.125*3480") running',
        'math_eval(expression="0.125*3480") 435 in 3 ms',
    ]


def test_the_finished_message_overrules_what_was_streamed():
    events = answer("streamed")
    events[-1] = MessageEndEvent(message=AssistantMessage(content=(TextContent(text="kept"),)))
    assert [part.text for part in viewed(events).parts] == ["kept"]


def test_a_fast_tool_shows_as_done_before_its_turn_in_order():
    start = ToolExecutionStartEvent(tool_call_id="c", tool_name="f", args={})
    done = ToolExecutionUpdateEvent(
        tool_call_id="c", tool_name="f", partial_result=result("7"), status="done", duration_ms=2.0
    )
    [part] = viewed([start, done]).parts
    assert isinstance(part, ToolPart)
    assert (part.status, part.text, part.finished) == ("ok", "7", True)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("error", "failed: bad"),
        ("timeout", "timed out"),
        ("denied", "denied"),
        ("aborted", "stopped"),
        ("skipped", "skipped"),
    ],
)
def test_a_call_that_did_not_work_says_how(status, words: str):
    end = ToolExecutionEndEvent(
        tool_call_id="c", tool_name="f", result=result("bad", is_error=True), is_error=True, status=status
    )
    [part] = viewed([end]).parts
    assert isinstance(part, ToolPart)
    assert part.outcome == words


def test_an_image_in_a_result_is_mentioned():
    image = AgentToolResult(content=(TextContent(text="A plot."), ImageContent(data="aGk=")))
    end = ToolExecutionEndEvent(tool_call_id="c", tool_name="plot", result=image, is_error=False)
    assert viewed([end]).parts[0].text == "A plot.\n[1 image]"


def test_what_a_stopped_run_left_open_is_closed():
    view = viewed([*started(), *asking_turn()[:-1], *ended("aborted")])
    reasoning, tool = view.parts
    assert isinstance(reasoning, ReasoningPart)
    assert isinstance(tool, ToolPart)
    assert (reasoning.done, tool.status) == (True, "aborted")
    assert view.status == "scripted:demo · 3.2 s · stopped"


def test_a_steering_message_appears_where_it_was_heard():
    said = user_message("shorter, please")
    view = viewed([*answer("long"), MessageStartEvent(message=said), MessageEndEvent(message=said), *answer("short")])
    assert [type(part) for part in view.parts] == [TextPart, SteeringPart, TextPart]
    assert view.parts[1].text == "shorter, please"


def test_until_something_comes_the_status_says_what_is_waited_for():
    view = viewed([*started(), TurnStartEvent(turn=1)])
    assert view.status == "scripted:demo · waiting for the model"
    view.add(MessageUpdateEvent(delta=ThinkingDelta(text="Hm.")))
    assert view.status == "scripted:demo"


def test_the_status_says_that_a_person_is_waited_for():
    view = viewed(started())
    view.add(StepStartEvent(step_id="s", kind="approval", name="erase", tool_call_id="c"))
    assert view.status.endswith("waiting for your approval of erase")
    view.add(StepEndEvent(step_id="s"))
    assert view.waiting == ""


def test_the_status_names_who_answers_and_not_who_could_not():
    notice = Notice(text="b:y answers instead of a:x.", kind="fallback", provider="b", model="y")
    view = viewed([*started(), TurnUpdateEvent(turn=1, notice=notice), *answer("Hi."), *ended()])
    assert view.status.startswith("b:y · ")


def test_a_call_that_nobody_reads_is_pointed_out_below_the_answer():
    notice = TurnUpdateEvent(turn=1, notice=Notice(text="It wrote a call as text.", kind="call_in_text"))
    view = viewed([*started(), *answer("{...}"), notice, *ended()])
    assert [part.kind for part in view.parts] == ["text", "notice"]


def test_a_notice_shows_until_the_model_speaks():
    view = viewed([*started(), TurnUpdateEvent(turn=1, notice=Notice(text="retrying in 3 s"))])
    assert view.status == "scripted:demo · retrying in 3 s"
    view.add(MessageUpdateEvent(delta=TextDelta(text="x")))
    assert view.status == "scripted:demo"


def test_that_another_model_answered_stays_on_the_page_before_its_answer():
    notice = TurnUpdateEvent(turn=1, notice=Notice(text="No local model; using a smaller one.", kind="fallback"))
    events = answer("Hello ", "there")
    view = viewed([*started(), *events[:2], notice, *events[2:], *ended()])
    assert [(part.kind, part.text) for part in view.parts] == [
        ("notice", "No local model; using a smaller one."),
        ("text", "Hello there"),
    ]


def asked_about(tool_call_id: str = "c1") -> StepStartEvent:
    return StepStartEvent(step_id="s1", kind="approval", name="multiply", tool_call_id=tool_call_id)


def test_a_call_that_a_person_is_asked_about_says_so_and_then_runs_from_now():
    view = viewed([ToolExecutionStartEvent(tool_call_id="c1", tool_name="multiply", args={})])
    view.add(asked_about(), 1_000.0)
    call = view.parts[0]
    assert isinstance(call, ToolPart)
    assert (call.outcome, call.finished) == ("waiting for your answer", False)
    assert view.status.endswith("waiting for your approval of multiply")
    view.add(StepEndEvent(step_id="s1"), 9_000.0)
    assert (call.status, call.started_ms) == ("running", 9_000.0)
    assert "waiting" not in view.status


def test_the_status_of_a_run_that_is_over_says_how_often_the_model_was_asked_again():
    retry = TurnUpdateEvent(turn=1, notice=Notice(text="retrying in 3 s", kind="retry"))
    view = viewed([*started(), retry, retry])
    assert "retries" not in view.status
    view = viewed([*started(), retry, retry, *answer("Hi."), *ended()])
    assert view.status.endswith(" · 2 retries")


def test_a_retrieval_inside_a_call_asks_nobody():
    view = viewed([ToolExecutionStartEvent(tool_call_id="c1", tool_name="multiply", args={})])
    view.add(StepStartEvent(step_id="s1", kind="retrieval", name="index", tool_call_id="c1"))
    view.add(StepEndEvent(step_id="s1"))
    assert isinstance(view.parts[0], ToolPart)
    assert view.parts[0].status == "running"
