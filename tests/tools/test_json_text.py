import dataclasses
import datetime
import decimal
import enum
import json
import uuid

import numpy as np
import pydantic
import pytest

from jupyter_tools.tools.json_text import json_text


@dataclasses.dataclass
class Point:
    x: int
    when: datetime.date


class Colour(enum.Enum):
    RED = "red"


class Model(pydantic.BaseModel):
    name: str
    day: datetime.date


DAY = datetime.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Point(1, DAY), {"x": 1, "when": "2024-02-29"}),
        (Model(name="a", day=DAY), {"name": "a", "day": "2024-02-29"}),
        ({"c": Colour.RED}, {"c": "red"}),
        ({3, 1, 2}, [1, 2, 3]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        ([np.int64(5), np.float32(0.5), np.bool_(1)], [5, 0.5, True]),
        (decimal.Decimal("1.10"), "1.10"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.UTC), "2024-01-02T03:04:05+00:00"),
        ({"n": float("nan")}, {"n": "NaN"}),
        ({1: "a"}, {"1": "a"}),
        ((1, (2, 3)), [1, [2, 3]]),
    ],
)
def test_values_that_json_does_not_know_are_said_in_ones_it_does(value, plain):
    text, details = json_text(value)
    assert json.loads(json.dumps(details)) == plain
    assert text


@pytest.mark.parametrize("value", [{(1, 2): "tuple key"}])
def test_what_cannot_be_said_in_json_is_shown_by_its_repr(value):
    assert json_text(value) == (repr(value), None)


def test_circles_end():
    circle: list = []
    circle.append(circle)
    assert json_text(circle) == ("[[...]]", None)


def test_cyrillic_stays_readable():
    assert json_text({"имя": "Анна"})[0] == '{"имя": "Анна"}'
