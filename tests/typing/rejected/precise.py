"""Mistakes in the precise spelling, which catches more: comparisons and targets are typed."""

from __future__ import annotations

from runic.ogm import Field, Node, Property, Related, Relation, Session, select


class Farm(Node):
    id: Property[str] = Field(primary_key=True)
    acres: Property[int]
    owner: Related[Farmer | None] = Relation(relationship="OWNED_BY")
    neighbours: Related[list[Farm]] = Relation(relationship="NEXT_TO", direction="BOTH")


class Farmer(Node):
    id: Property[str] = Field(primary_key=True)
    name: Property[str]


class WrongDefault(Node):
    id: Property[str] = Field(primary_key=True)
    size: Property[int] = Property(default="large")  # error


class UnknownOption(Node):
    id: Property[str] = Property(primary=True)  # error


def construct(farm: Farm) -> None:
    Farm(id="a")  # error
    Farm(id="a", acres="many")  # error
    farm.acres = "many"  # error
    farm.owner = farm  # error


def compare() -> None:
    select(Farm).where(Farm.acres > "3")  # error
    select(Farm).where(Farm.acres.in_(["3"]))  # error


def relate(session: Session, farm: Farm, farmer: Farmer) -> None:
    session.relate(farm, Farm.owner, farm)  # error
    session.relate(farm, Farm.neighbours, farmer)  # error
    session.relate(farm, Farm.owner, farmer, edge=farmer)  # error
