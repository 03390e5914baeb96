import pytest

from jupyter_tools import Agent
from jupyter_tools.errors import MissingKeyError, UnknownNameError
from jupyter_tools.events import Notice, StopDelta, TextDelta, TurnUpdateEvent
from jupyter_tools.messages import user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.fallback import FallbackProvider, answering
from jupyter_tools.providers.registry import parse_model
from jupyter_tools.providers.scripted import ScriptedProvider

from .asking import answering as server_that_answers

A, B, C = (Model(provider="scripted", name=name) for name in "abc")


class Failing:
    """Says something or nothing, and fails by an exception or by its last piece."""

    name = "failing"

    def __init__(self, failure, *said):
        self.failure, self.said = failure, said

    async def stream(self, request):
        for text in self.said:
            yield TextDelta(text=text)
        if isinstance(self.failure, Exception):
            raise self.failure
        yield StopDelta(stop_reason="error", error_message=self.failure)

    async def aclose(self):
        """Nothing to close."""


def chain(**providers):
    return FallbackProvider("scripted", lambda model: providers[model.name])


async def parts_of(provider, *fallbacks):
    request = Request(model=Model(provider="scripted", name="a", fallbacks=fallbacks), messages=(user_message("hi"),))
    return [part async for part in provider.stream(request)]


def text_of(parts):
    return "".join(part.text for part in parts if isinstance(part, TextDelta))


@pytest.mark.parametrize("failure", ["the server is down", MissingKeyError("openai", "OPENAI_API_KEY")])
async def test_where_one_fails_before_any_text_the_next_answers_and_a_notice_says_why(failure):
    parts = await parts_of(chain(a=Failing(failure), b=ScriptedProvider(["Hello"])), B)
    notices = [part for part in parts if isinstance(part, Notice)]
    assert [(n.kind, n.provider, n.model) for n in notices] == [("fallback", "scripted", "b")]
    assert str(failure) in notices[0].text
    assert text_of(parts) == "Hello"
    assert [part.stop_reason for part in parts if isinstance(part, StopDelta)] == ["stop"]


async def test_a_chain_goes_on_until_one_answers():
    parts = await parts_of(chain(a=Failing("x"), b=Failing("y"), c=ScriptedProvider(["third"])), B, C)
    assert text_of(parts) == "third"
    assert [part.model for part in parts if isinstance(part, Notice)] == ["b", "c"]


async def test_what_was_said_stays_and_nobody_else_is_asked():
    parts = await parts_of(chain(a=Failing("cut", "half an "), b=ScriptedProvider(["another"])), B)
    assert text_of(parts) == "half an "
    assert parts[-1] == StopDelta(stop_reason="error", error_message="cut")


async def test_the_last_failure_is_the_answer():
    parts = await parts_of(chain(a=Failing("first"), b=Failing("second")), B)
    assert parts[-1] == StopDelta(stop_reason="error", error_message="second")
    with pytest.raises(MissingKeyError):
        await parts_of(chain(a=Failing("first"), b=Failing(MissingKeyError("openai", "OPENAI_API_KEY"))), B)


async def test_a_server_that_stays_broken_is_tried_again_before_another_is_asked():
    broken = server_that_answers(503)
    parts = await parts_of(chain(a=broken, b=ScriptedProvider(["Hello"])), B)
    kinds = [part.kind for part in parts if isinstance(part, Notice)]
    assert kinds == ["retry"] * 4 + ["fallback"]


async def test_an_agent_says_which_model_answered(monkeypatch):
    providers = {"a": Failing("down"), "b": ScriptedProvider(["Hello"])}
    monkeypatch.setattr("jupyter_tools.agent.agent.answering", lambda model, provider: chain(**providers))
    agent = Agent("scripted:a,scripted:b", trace=False)
    stream = agent.stream("hi")
    notices = [event.notice.kind async for event in stream if isinstance(event, TurnUpdateEvent)]
    result = await stream
    assert notices == ["fallback"]
    assert (result.text, result.messages[-1].model) == ("Hello", "b")


def test_a_chain_is_parsed_and_the_address_belongs_to_its_provider():
    model = parse_model("openai:a, local:smollm2-135m,openai:b", base_url="http://localhost:1/v1", options={"seed": 1})
    assert str(model) == "openai:a"
    assert [(str(m), m.base_url, m.options) for m in model.fallbacks] == [
        ("local:smollm2-135m", None, {"seed": 1}),
        ("openai:b", "http://localhost:1/v1", {"seed": 1}),
    ]


def test_a_chain_with_an_unknown_member_is_an_error_at_once():
    with pytest.raises(UnknownNameError):
        parse_model("local:smollm2-135m,nobody-knows-it")


def test_a_model_without_fallbacks_is_asked_directly():
    provider = ScriptedProvider([])
    assert answering(A, provider) is provider
    assert isinstance(answering(Model(provider="scripted", name="a", fallbacks=(B,))), FallbackProvider)
