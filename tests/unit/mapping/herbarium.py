"""Models for the tests of the mapping, and the plain loops that the generated functions are compared with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from runic.ogm.conversion import TypeConverter
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.fields import Field

DIALECT = Dialect()


class Leaf(Enum):
    NEEDLE = "needle"
    BROAD = "broad"


class AsIs(TypeConverter[Any]):
    """Hands out the very object that it was given, as a careless converter does."""

    def to_graph(self, value: Any) -> Any:
        return value

    def from_graph(self, value: Any) -> Any:
        return value


class Sheet(Node):
    id: str = Field(primary_key=True)
    title: str | None = None
    number: int
    height: float | None = None
    pressed: bool
    found_at: datetime | None = None
    weight: Decimal | None = None
    uuid: UUID | None = None
    leaf: Leaf | None = Field(default=None, name="leaf_form")
    words: list[str] = Field(default_factory=list)
    colours: set[str] | None = None
    notes: dict[str, Any] | None = None
    sizes: tuple[int, ...] | None = None
    loose: list[Any] | None = Field(default=None, converter=AsIs())


class Loan(Edge, type="LENT_TO"):
    year: int
    reason: str | None = None
    stamps: list[str] = Field(default_factory=list)


def wires(entity: Any) -> list[Any]:
    """Return the wire form of all properties, one by one."""
    return [
        None if (value := getattr(entity, prop.name)) is None else prop.codec(DIALECT.native).encode(value)
        for prop in type(entity).__meta__.properties.values()
    ]


def values(cls: type[Any], row: Sequence[Any]) -> list[Any]:
    """Return the values of a row of wire forms, one by one."""
    found = []
    for wire, prop in zip(row, cls.__meta__.properties.values(), strict=False):
        decode = prop.codec(DIALECT.native).decode
        found.append(wire if wire is None or decode is None else decode(wire))
    return found


def changes(before: Iterable[list[Any]], after: Iterable[Any]) -> list[tuple[Any, tuple[int, ...]]]:
    """Return what differs from the wire forms that entities had before, one by one."""
    found = []
    for old, entity in zip(before, after, strict=True):
        indexes = tuple(i for i, (one, other) in enumerate(zip(old, wires(entity), strict=True)) if differ(one, other))
        if indexes:
            found.append((entity, indexes))
    return found


def differ(one: Any, other: Any) -> bool:
    """Compare wire forms; in lists, 1 and True are two."""
    return bool(one != other) or (isinstance(one, list) and repr(one) != repr(other))


def attributes(entity: Any) -> list[Any]:
    return [getattr(entity, name) for name in entity.__meta__.properties]
