import pytest

from jupyter_tools.providers.local_examples import examples_of, generated_example
from jupyter_tools.tools.tool import AgentTool, ToolExample


def tool_with(required=(), description="Get the weather of a city. Slow.", **properties):
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return AgentTool(name="get_weather", description=description, parameters=parameters)


def test_the_authors_examples_are_taken_as_they_are():
    example = ToolExample(request="Is it raining in Oslo?", arguments={"city": "Oslo"})
    assert examples_of(AgentTool(name="get_weather", examples=(example,))) == (example,)


@pytest.mark.parametrize(
    "description",
    [
        "The city, such as `Paris`.",
        "The city, such as 'Paris'",
        'Such as "Paris".',
        "The city, for example Paris.",
        "The city (e.g. Paris)",
    ],
)
def test_a_value_is_what_the_author_shows(description):
    example = generated_example(tool_with(["city"], city={"type": "string", "description": description}))
    assert example.arguments == {"city": "Paris"}
    assert example.request == "Get the weather of a city: Paris"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "enum": ["celsius", "fahrenheit"]}, "celsius"),
        ({"type": "string", "examples": ["x", "y"]}, "x"),
        ({"type": "number", "description": "Such as 100."}, 100.0),
        ({"type": "integer", "description": "Such as 7."}, 7),
        ({"type": "integer", "description": "Such as many."}, 3),
        ({"type": "integer"}, 3),
        ({"type": "boolean"}, True),
        ({"type": "array"}, []),
        ({}, "some city"),
    ],
    ids=str,
)
def test_a_needed_argument_gets_a_value_of_its_type(schema, value):
    assert generated_example(tool_with(["city"], city=schema)).arguments == {"city": value}


def test_the_request_begins_with_the_first_sentence_or_the_name():
    assert generated_example(tool_with()).request == "Get the weather of a city"
    assert generated_example(tool_with(description="")).request == "Get weather"


def test_russian_descriptions_make_examples_too():
    tool = tool_with(
        ["city"],
        description="Узнать погоду в городе.",
        city={"description": "Город, such as `Москва`.", "type": "string"},
    )
    assert generated_example(tool).request == "Узнать погоду в городе: Москва"


def test_a_number_that_may_be_left_out_is_shown_by_its_name():
    count = {"type": "integer", "default": 5}
    example = generated_example(tool_with(["city"], city={"type": "string", "examples": ["Oslo"]}, max_days=count))
    assert example.arguments == {"city": "Oslo", "max_days": 3}
    assert example.request == "Get the weather of a city: Oslo, max days 3"


def test_a_shown_number_differs_from_the_default():
    assert generated_example(tool_with(days={"type": "integer", "default": 3})).arguments == {"days": 4}


def test_a_text_that_may_be_left_out_is_shown_only_if_nothing_is_needed():
    unit = {"type": "string", "description": "Such as kelvin.", "default": "celsius"}
    city = {"type": "string", "examples": ["Oslo"]}
    assert generated_example(tool_with(["city"], city=city, unit=unit)).arguments == {"city": "Oslo"}
    assert generated_example(tool_with(unit=unit)).arguments == {"unit": "kelvin"}
