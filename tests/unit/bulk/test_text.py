from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Literal
from uuid import UUID

import pytest

from runic.ogm import Field, GeoLocation, Node, TypeConverter, Vector, metadata
from runic.ogm.bulk.text import parser_of


class Colour(Enum):
    RED = "#f00"
    BLUE = "#00f"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Reverse(TypeConverter[str]):
    def to_graph(self, value: str) -> str:
        return value[::-1]

    def from_graph(self, value: str) -> str:
        return value[::-1]


before = metadata.snapshot()


class Swatch(Node):
    id: str
    count: int
    ratio: float
    flag: bool
    day: date
    moment: datetime
    hour: time
    span: timedelta
    price: Decimal
    uid: UUID
    colour: Colour
    level: Level
    kind: Literal["a", "b", 3]
    tags: list[str]
    days: list[date]
    notes: dict[str, int]
    place: GeoLocation
    embedding: Vector
    turned: str = Field(converter=Reverse())


metadata.restore(before)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "-7", -7),
        ("ratio", "0.5", 0.5),
        ("flag", "Yes", True),
        ("flag", "0", False),
        ("day", "2026-01-02", date(2026, 1, 2)),
        ("moment", "2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("hour", "08:30", time(8, 30)),
        ("span", "1 day, 2:30:00", timedelta(days=1, hours=2, minutes=30)),
        ("span", "-0:00:01.5", timedelta(seconds=-1.5)),
        ("price", "9.50", Decimal("9.50")),
        ("uid", "12345678123456781234567812345678", UUID("12345678123456781234567812345678")),
        ("colour", "RED", Colour.RED),
        ("colour", "#00f", Colour.BLUE),
        ("level", "2", Level.HIGH),
        ("kind", "3", 3),
        ("tags", '["x", "y"]', ["x", "y"]),
        ("days", '["2026-01-02"]', [date(2026, 1, 2)]),
        ("notes", '{"a": 1}', {"a": 1}),
        ("place", "[46.5, 11.25]", GeoLocation(46.5, 11.25)),
        ("embedding", "[1, 0.5]", Vector([1, 0.5])),
    ],
)
def test_text_is_read_as_the_field_declares(name: str, text: str, value: Any) -> None:
    parse = parser_of(Swatch.__meta__.properties[name])
    assert parse is not None
    assert (parse(text), type(parse(text))) == (value, type(value))


@pytest.mark.parametrize("name", ["id", "turned"])
def test_text_of_str_and_of_converters_stays(name: str) -> None:
    assert parser_of(Swatch.__meta__.properties[name]) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [("count", "1.5"), ("flag", "maybe"), ("span", "-"), ("span", "soon"), ("price", "x"), ("colour", "red"),
     ("day", "02.01.2026"), ("notes", "{")],
)  # fmt: skip
def test_text_that_does_not_fit_is_a_value_error(name: str, text: str) -> None:
    parse = parser_of(Swatch.__meta__.properties[name])
    assert parse is not None
    with pytest.raises(ValueError):
        parse(text)
