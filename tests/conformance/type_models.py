"""A node and an edge with one field of each type that a model may have, and values to try."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel

from runic.ogm import Edge, Field, GeoLocation, Node, Relation, Vector


class Season(Enum):
    """Names as values."""

    SPRING = "spring"
    AUTUMN = "autumn"


class Grade(IntEnum):
    """Numbers as values."""

    LOW = 1
    HIGH = 9


@dataclass
class Frame:
    """A plain dataclass."""

    width: float
    tags: list[str]
    made: date | None = None


class Label(BaseModel):
    """A Pydantic model."""

    text: str
    size: int = 3
    when: datetime | None = None


Inventory = NewType("Inventory", str)
Weight = Annotated[int, "grams"]
INT64 = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# One database replies with 15 significant digits of a float, so that is what all are asked for.
FLOAT = (
    st.floats(allow_nan=False, allow_infinity=False)
    .map(lambda value: float(f"{value:.15g}"))
    .filter(
        lambda value: abs(value) != float("inf"),
    )
)
DECIMAL = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)
SINGLE = st.floats(width=32, allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | INT64 | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True)
class Case:
    """One type: its annotation, values of it, and whether it has an order that a filter must keep."""

    annotation: Any
    values: st.SearchStrategy[Any]
    ordered: bool = False
    equal: Callable[[Any, Any], bool] = lambda one, other: one == other and type(one) is type(other)
    filtered: bool = True


def _same_instant(one: Any, other: Any) -> bool:
    return bool(one == other) and one.utcoffset() == other.utcoffset()


CASES: Mapping[str, Case] = {
    "text": Case(str, TEXT, ordered=True),
    "whole": Case(int, INT64, ordered=True),
    "real": Case(float, FLOAT, ordered=True),
    "flag": Case(bool, st.booleans()),
    "raw": Case(bytes, st.binary(max_size=40)),
    "naive": Case(datetime, st.datetimes(), ordered=True, equal=_same_instant),
    "aware": Case(
        datetime,
        st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES | st.just(UTC)),
        ordered=True,
        equal=_same_instant,
    ),
    "day": Case(date, st.dates(), ordered=True),
    "clock": Case(time, st.times(), ordered=True),
    "span": Case(timedelta, st.timedeltas(), ordered=True),
    "uid": Case(UUID, st.uuids()),
    "money": Case(Decimal, DECIMAL, ordered=True, equal=lambda one, other: one == other),
    "season": Case(Season, st.sampled_from(Season)),
    "grade": Case(Grade, st.sampled_from(Grade)),
    "paint": Case(Literal["oil", "ink", 7], st.sampled_from(["oil", "ink", 7])),
    "inventory": Case(Inventory, TEXT, ordered=True),
    "grams": Case(Weight, INT64, ordered=True),
    "words": Case(list[str], st.lists(TEXT, max_size=4)),
    "counts": Case(list[int], st.lists(INT64, max_size=4)),
    "reals": Case(list[float], st.lists(FLOAT, max_size=4)),
    "days": Case(list[date], st.lists(st.dates(), max_size=3)),
    "seasons": Case(list[Season], st.lists(st.sampled_from(Season), max_size=3)),
    "uids": Case(list[UUID], st.lists(st.uuids(), max_size=3)),
    "pair": Case(tuple[int, ...], st.lists(INT64, max_size=3).map(tuple)),
    "mixed": Case(tuple[str, int], st.tuples(TEXT, INT64)),
    "bag": Case(set[str], st.sets(TEXT, max_size=4)),
    "frozen": Case(frozenset[int], st.frozensets(INT64, max_size=4)),
    "nested": Case(list[list[int]], st.lists(st.lists(INT64, max_size=2), max_size=3)),
    "mapping": Case(dict[str, Any], st.dictionaries(TEXT, JSON, max_size=4), filtered=False),
    "frame": Case(
        Frame,
        st.builds(Frame, FLOAT, st.lists(TEXT, max_size=2), st.none() | st.dates()),
        filtered=False,
    ),
    "label": Case(Label, st.builds(Label, text=TEXT, size=INT64, when=st.none() | st.datetimes()), filtered=False),
    "vector": Case(Vector, st.lists(SINGLE, min_size=3, max_size=3).map(Vector), filtered=False),
    "place": Case(GeoLocation, st.builds(GeoLocation, st.integers(-90, 90), st.integers(-180, 180)), filtered=False),
}


def _fields(namespace: dict[str, Any]) -> None:
    namespace["__module__"] = __name__
    namespace["__annotations__"] = {name: case.annotation | None for name, case in CASES.items()}
    namespace.update({name: Field(default=None) for name in CASES})


def _specimen(namespace: dict[str, Any]) -> None:
    _fields(namespace)
    namespace["__annotations__"] = {"id": str, **namespace["__annotations__"], "others": list["Specimen"]}
    namespace["id"] = Field(primary_key=True)
    namespace["others"] = Relation(relationship="RESEMBLES", target="Specimen", edge_model=Likeness)


Likeness: Any = types.new_class("Likeness", (Edge,), {"type": "RESEMBLES"}, _fields)
Specimen: Any = types.new_class("Specimen", (Node,), {"labels": ["Specimen"]}, _specimen)
