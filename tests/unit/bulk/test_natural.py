"""Text of files at every depth: as people write it, not as the graph stores it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, NewType
from uuid import UUID

import pytest

from runic.ogm import GeoLocation, Node, metadata
from runic.ogm.bulk.text import parser_of
from runic.ogm.conversion import NativeTypes

EAST = timezone(timedelta(hours=2))
Price = NewType("Price", Decimal)
Moment = NewType("Moment", datetime)


class Grade(Enum):
    LOW = 1
    HIGH = 2


@dataclass
class Offer:
    price: Decimal
    until: datetime
    span: timedelta | None = None
    ratio: float = 0.0
    also: list[Offer] = field(default_factory=list["Offer"])
    total: Decimal = field(default=Decimal(0), init=False)


before = metadata.snapshot()


class Ledger(Node):
    id: str
    noted: Annotated[datetime, "when"]
    moment: Moment
    price: Price
    span: Annotated[timedelta, "long"]
    grade: Annotated[Grade, "of it"]
    moments: list[datetime]
    hours: list[time]
    spans: list[timedelta]
    prices: list[Price]
    pair: tuple[date, Decimal]
    many: tuple[Decimal, ...]
    some: set[UUID]
    by_name: dict[str, datetime | None]
    either: date | Decimal
    plain: list[int | str]
    grades: list[Grade]
    places: list[GeoLocation]
    offer: Offer


metadata.restore(before)
TEXT = "2026-01-02T03:00:00.123456+02:00"
THEN = datetime(2026, 1, 2, 3, 0, 0, 123456, EAST)
NIL = UUID(int=0)


def read(name: str, text: str) -> Any:
    parse = parser_of(Ledger.__meta__.properties[name])
    assert parse is not None
    return parse(text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("noted", TEXT, THEN),
        ("moment", TEXT, THEN),
        ("price", "1.50", Decimal("1.50")),
        ("span", "1 day, 2:30:00", timedelta(days=1, hours=2, minutes=30)),
        ("grade", "HIGH", Grade.HIGH),
        ("moments", f'["{TEXT}"]', [THEN]),
        ("hours", '["08:30+02:00"]', [time(8, 30, tzinfo=EAST)]),
        ("spans", '["1 day, 2:30:00", "-1 day, 23:00:00"]', [timedelta(hours=26.5), timedelta(hours=-1)]),
        ("prices", '["1.10", 1.10, 3]', [Decimal("1.10"), Decimal("1.10"), Decimal(3)]),
        ("prices", "[0.12345678901234567890]", [Decimal("0.12345678901234567890")]),
        ("pair", '["2026-01-02", 1.0]', (date(2026, 1, 2), Decimal("1.0"))),
        ("many", '["1.10", 2.50]', (Decimal("1.10"), Decimal("2.50"))),
        ("some", f'["{NIL}"]', {NIL}),
        ("by_name", f'{{"a": "{TEXT}", "b": null}}', {"a": THEN, "b": None}),
        ("either", '{"Decimal": 1.10}', Decimal("1.10")),
        ("plain", '[1, "a"]', [1, "a"]),
        ("grades", "[2]", [Grade.HIGH]),
        ("places", "[[46.5, 11.25]]", [GeoLocation(46.5, 11.25)]),
    ],
)
def test_text_is_read_at_every_depth(name: str, text: str, value: Any) -> None:
    found = read(name, text)
    assert repr(found) == repr(value)


def test_dataclass_is_read_with_all_that_it_holds() -> None:
    text = f'{{"price": 1.10, "until": "{TEXT}", "span": "0:00:05", "ratio": 0.5, "total": "2.0"}}'
    found = read("offer", text[:-1] + f', "also": [{text}]}}')
    one = Offer(Decimal("1.10"), THEN, timedelta(seconds=5), 0.5)
    one.total = Decimal("2.0")
    other = Offer(Decimal("1.10"), THEN, timedelta(seconds=5), 0.5, [one])
    other.total = Decimal("2.0")
    assert repr(found.price) == "Decimal('1.10')"
    assert found == other


@pytest.mark.parametrize(
    "value", [timedelta(hours=-1), timedelta(days=-3, seconds=1.5), timedelta(days=-2), timedelta(microseconds=-1)]
)
def test_duration_is_read_as_python_writes_it(value: timedelta) -> None:
    assert read("span", str(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-1 days +23:00:00", timedelta(hours=-1)),
        ("-1:30:00", timedelta(minutes=-90)),
        ("-2 days", timedelta(days=-2)),
    ],
)
def test_duration_of_others(text: str, value: timedelta) -> None:
    assert read("span", text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("moments", '["soon"]'),
        ("prices", '["dear"]'),
        ("spans", '["1 hour"]'),
        ("noted", "2026-01-02T03:04:05.000000 fold=1"),
    ],
)
def test_text_that_does_not_fit_is_told(name: str, text: str) -> None:
    with pytest.raises(ValueError):
        read(name, text)


@pytest.mark.parametrize(("name", "text"), [("moments", '{"a": 1}'), ("pair", "[1]"), ("many", "7"), ("offer", "[]")])
def test_other_shapes_are_left_for_the_codec_to_refuse(name: str, text: str) -> None:
    codec = Ledger.__meta__.properties[name].codec(NativeTypes())
    with pytest.raises(ValueError, match="expected"):
        codec.encode(read(name, text))
