"""The classes of the tests of statements: bodies in the sky, who saw them, and with what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum

from runic.ogm.model.base import Edge, Node
from runic.ogm.model.fields import Field, Relation
from runic.ogm.types import Vector

NIGHT = datetime(2024, 3, 1, 22, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DIM = Decimal("6.5")


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Sighting(Edge, type="SAW"):
    at: datetime
    notes: str | None = None
    magnitude: float | None = None


class Body(Node, labels=["Body"]):
    id: str = Field(primary_key=True)
    name: str = Field(name="title")
    mass: float | None = None
    rank: int | None = None
    brightness: Decimal | None = None
    seen: datetime | None = None
    tags: list[str] = Field(default_factory=list)
    prices: list[Decimal] = Field(default_factory=list)
    spectrum: Vector | None = None
    colour: Colour | None = None
    notes: dict[str, object] = Field(default_factory=dict)
    watchers: list[Watcher] = Relation(relationship="SAW", direction="INCOMING", target="Watcher", edge_model=Sighting)
    near: list[Body] = Relation(relationship="NEAR", direction="BOTH", target="Body")


class Star(Body, labels=["Body", "Star"]):
    age: int | None = None
    planets: list[Body] = Relation(relationship="ORBITED_BY", target="Body")


class Watcher(Node, labels=["Watcher"]):
    id: str = Field(primary_key=True)
    name: str
    bodies: list[Body] = Relation(relationship="SAW", target="Body", edge_model=Sighting)
    tutor: Watcher | None = Relation(relationship="TAUGHT_BY", target="Watcher")
    owns: list[Lens | Tripod] = Relation(relationship="OWNS", target=("Lens", "Tripod"))


class Lens(Node, labels=["Lens"]):
    id: str = Field(primary_key=True)
    width: int


class Tripod(Node, labels=["Tripod"]):
    id: str = Field(primary_key=True)
    height: int
