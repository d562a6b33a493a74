"""A register of ships: the classes that every workload uses."""

from __future__ import annotations

from runic.ogm import Edge, Field, Node, Relation


class Operator(Node):
    """Runs ships; shared by many, with ten properties besides its key."""

    code: str = Field(primary_key=True)
    name: str
    street: str
    town: str
    country: str
    phone: str
    founded: int
    staff: int
    turnover: float
    rating: float
    listed: bool


class Port(Node):
    """Where ships call."""

    code: str = Field(primary_key=True)
    name: str
    depth: float


class Sailor(Node):
    """Serves on one ship."""

    id: str = Field(primary_key=True)
    name: str
    joined: int


class Call(Edge, type="CALLS_AT"):
    """One visit of a ship."""

    day: int
    cargo: str


class Ship(Node):
    """Five properties, as the loads and inserts ask for."""

    imo: str = Field(primary_key=True)
    name: str
    built: int
    tonnage: float
    active: bool
    operator: Operator | None = Relation(relationship="RUN_BY")
    crew: list[Sailor] = Relation(relationship="CREWED_BY")
    reserve: list[Sailor] = Relation(relationship="RELIEVED_BY")
    berths: list[Port] = Relation(relationship="BERTHS_AT")
    calls: list[Port] = Relation(relationship="CALLS_AT", edge_model=Call)
