"""Types: what a property can be; every value comes back equal, and sorts in the database as it does here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Literal, NewType
from uuid import UUID, uuid4

from runic.ogm import Field, GeoLocation, Node, Session, TypeConverter, create_driver, register_converter


class Condition(Enum):
    FINE = "fine"
    WORN = "worn"


@dataclass
class Measure:
    length: float
    width: float


Hertz = NewType("Hertz", float)


class AsText(TypeConverter[Fraction]):
    def to_graph(self, value: Fraction) -> str:
        return str(value)

    def from_graph(self, value: str) -> Fraction:
        return Fraction(value)


register_converter(Fraction, AsText())  # for all models; Field(converter=...) is for one field


class Record(Node):
    id: UUID
    insured: Decimal
    condition: Condition
    hand: Literal["left", "right"]
    pitch: Hertz
    acquired: date
    checked: datetime
    played: timedelta
    body: Measure
    found_at: GeoLocation
    size: Fraction
    tags: set[str]
    notes: dict[str, list[int]] = Field(default_factory=dict)
    scan: bytes | None = None


def record(insured: str) -> Record:
    return Record(
        id=uuid4(),
        insured=Decimal(insured),
        condition=Condition.WORN,
        hand="left",
        pitch=Hertz(442.5),
        acquired=date(1911, 4, 1),
        checked=datetime(2026, 5, 4, 9, 30, tzinfo=UTC),
        played=timedelta(hours=3),
        body=Measure(length=35.5, width=20.25),
        found_at=GeoLocation(45.13, 10.02),
        size=Fraction(3, 4),
        tags={"baroque", "gut strings"},
        notes={"repairs": [1987, 2011]},
        scan=b"\x00\xff",
    )


def main() -> None:
    with create_driver("falkordb+embedded://") as driver:
        cheap, dear = record("900.50"), record("12000.00")
        with Session(driver) as session:
            session.add_all([cheap, dear])

        with Session(driver) as session:
            found = session.get(Record, cheap.id)
            assert found is not None
            assert found.to_dict() == cheap.to_dict()
            for name, value in found.to_dict().items():
                print(f"{name:<10} {value!r}")

            assert session.query(Record).where(Record.insured > Decimal(1000)).one().id == dear.id
            ordered = session.query(Record).order_by(Record.insured).all()
            assert [entry.id for entry in ordered] == [cheap.id, dear.id]

            found.notes["repairs"].append(2026)  # seen, although nothing was assigned
            found.scan = None  # removes the property

        with Session(driver) as session:
            found = session.get(Record, cheap.id)
            assert found is not None
            assert (found.notes["repairs"], found.scan) == ([1987, 2011, 2026], None)


if __name__ == "__main__":
    main()
