import enum
from collections import Counter, OrderedDict, namedtuple
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from jupyter_tools.messages import ImageContent, TextContent
from jupyter_tools.traces.codecs import codec_for
from jupyter_tools.traces.values import StoredObject, decode, encode

Point = namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = "red"


class Word(enum.StrEnum):
    YES = "yes"


class Level(enum.IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    "value",
    [
        b"\x00\xff",
        1 + 2j,
        {1, 2, 3},
        frozenset({"a"}),
        datetime(2026, 11, 21, 10, 30, 1, 5, tzinfo=timezone(timedelta(hours=3))),
        datetime(2026, 11, 21),
        date(2026, 11, 21),
        time(10, 30),
        timedelta(days=-1, microseconds=3),
        Decimal("0.10"),
        Fraction(1, 3),
        UUID(int=7),
        Path("data/файл.csv"),
        TextContent(text="привет"),
        ImageContent(data="aGk="),
    ],
    ids=lambda value: type(value).__name__,
)
def test_comes_back_as_it_was(value: Any) -> None:
    restored = decode(encode({"value": value}))["value"]
    assert restored == value
    assert type(restored) is type(value)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Colour.RED, "red"),
        (Word.YES, "yes"),
        (Level.HIGH, 3),
        (np.float64(1.5), 1.5),
        (np.int32(7), 7),
        (np.bool_(True), True),
        (Point(1, 2), [1, 2]),
        ((1, 2), [1, 2]),
        (OrderedDict(a=1), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (pd.NA, None),
        (pd.NaT, None),
        (pd.Timestamp("2026-11-21", tz="UTC"), datetime(2026, 11, 21, tzinfo=UTC)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_comes_back_as_the_plain_value_it_stands_for(value: Any, plain: Any) -> None:
    assert decode(encode(value)) == plain


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array([1.5, np.nan, np.inf]),
        np.array(["a", "жёлтый"]),
        np.arange(10)[::2],
        np.empty((0, 3), dtype="float32"),
        np.array([1, "a", None], dtype=object),
        np.array(["2026-11-21"], dtype="datetime64[D]"),
    ],
    ids=lambda array: str(array.dtype),
)
def test_arrays_come_back_with_shape_and_dtype(array: np.ndarray) -> None:
    restored = decode(encode(array))
    assert restored.dtype == array.dtype
    np.testing.assert_array_equal(restored, array)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "число": [1, 2],
            "share": [1.5, np.nan],
            "name": ["Анна", None],
            "when": pd.to_datetime(["2026-11-21", None]),
            "zoned": pd.to_datetime(["2026-11-21", "2026-11-22"]).tz_localize("Europe/Moscow"),
            "nullable": pd.array([1, None], dtype="Int64"),
            "kind": pd.Categorical(["a", "b"]),
            "ok": [True, False],
            "any": [[1], {"a": b"x"}],
        },
        index=pd.Index(["r1", "r2"], name="row"),
    )


@pytest.mark.parametrize(
    "value",
    [
        frame(),
        frame().iloc[:0],
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pd.DataFrame([[1, 2]], columns=["same", "same"]),
        frame().set_index(["число", "ok"]),
        pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["x", "y"])),
    ],
    ids=["types", "no rows", "empty", "no columns", "columns of one name", "index of two", "columns of two levels"],
)
def test_frames_come_back_as_frames(value: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(decode(encode(value)), value, check_index_type=False, check_column_type=False)


@pytest.mark.parametrize("name", ["share", "when", "name"])
def test_series_come_back_as_series(name: str) -> None:
    pd.testing.assert_series_equal(decode(encode(frame()[name])), frame()[name])


def test_a_frame_of_more_than_a_million_cells_is_described() -> None:
    big = pd.DataFrame(np.zeros((1001, 1000)))
    stored = decode(encode(big))
    assert isinstance(stored, StoredObject)
    assert stored.type.endswith("DataFrame")


def test_images_come_back_as_images() -> None:
    image = pytest.importorskip("PIL.Image")
    picture = image.new("RGB", (3, 2), (255, 0, 0))
    restored = decode(encode(picture))
    assert (restored.size, restored.getpixel((0, 0))) == ((3, 2), (255, 0, 0))


def test_an_unknown_type_has_no_codec() -> None:
    assert codec_for(type("Unknown", (), {})) is None
