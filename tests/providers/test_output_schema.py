import pytest

from jupyter_tools.errors import ProviderError
from jupyter_tools.messages import user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.output_schema import options_of, refuses_schema, strict_schema

SCHEMA = {
    "type": "object",
    "properties": {"minimum": {"type": "integer", "minimum": 1}, "kind": {"enum": ["a", {"pattern": "b"}]}},
    "required": ["minimum"],
    "$defs": {"name": {"type": "string", "minLength": 2}},
}


def request_with(schema=SCHEMA, **options):
    model = Model(provider="openai", name="m", options=options)
    return Request(model=model, messages=(user_message("hi"),), output_schema=schema)


def test_a_schema_becomes_a_response_format_beside_the_options():
    options = options_of(request_with(seed=1))
    assert options["seed"] == 1
    assert options["response_format"]["json_schema"]["schema"] == SCHEMA


@pytest.mark.parametrize("own", [None, {"type": "json_object"}])
def test_the_callers_own_format_wins_also_none(own):
    assert options_of(request_with(response_format=own))["response_format"] == own


def test_without_a_schema_the_options_stay_as_they_are():
    request = request_with(None, seed=1)
    assert options_of(request) is request.model.options


def test_a_strict_schema_is_closed_and_has_no_limits_of_values_but_keeps_names_and_values():
    assert strict_schema(SCHEMA) == {
        "type": "object",
        "properties": {"minimum": {"type": "integer"}, "kind": {"enum": ["a", {"pattern": "b"}]}},
        "required": ["minimum"],
        "$defs": {"name": {"type": "string"}},
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    ("status", "said", "refused"),
    [
        (400, "response_format is not supported by this model", True),
        (422, "Invalid schema for output_config", True),
        (400, "the prompt is too long", False),
        (500, "the schema broke the server", False),
    ],
)
def test_a_refused_schema_is_told_from_other_failures(status, said, refused):
    assert refuses_schema(ProviderError("p", said, status=status)) is refused
