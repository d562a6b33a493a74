"""The precise spelling: `Property` and `Related` tell a checker what class and entity show."""

from __future__ import annotations

from typing import assert_type

from runic.ogm import Edge, Field, Node, Predicate, Property, Related, Relation, Session, select


class Depot(Node):
    id: Property[str] = Field(primary_key=True)
    humidity: Property[float]
    note: Property[str | None] = Property(default=None)


class Transport(Edge, type="MOVED_TO"):
    driver: Property[str]
    hours: Property[int] = Property(default=1)


class Crate(Node):
    id: Property[str] = Field(primary_key=True)
    weight: Property[int]
    labels_on_it: Property[list[str]] = Property(default_factory=list)
    depot: Related[Depot | None] = Relation(relationship="STORED_IN")
    moves: Related[list[Depot]] = Relation(relationship="MOVED_TO", edge_model=Transport)
    inside: Related[list[Crate]] = Relation(relationship="CONTAINS")


def construct() -> None:
    depot = Depot(id="north", humidity=0.5)
    crate = Crate(id="c1", weight=4, depot=depot)
    assert_type(crate.weight, int)
    assert_type(crate.labels_on_it, list[str])
    assert_type(crate.depot, Depot | None)
    assert_type(crate.inside, list[Crate])
    crate.weight = 5
    crate.depot = None
    crate.inside = [Crate(id="c2", weight=1)]
    depot.note = "damp"


def compare() -> Predicate:
    assert_type(Crate.weight > 3, Predicate)
    assert_type(Crate.id == "c1", Predicate)
    assert_type(Depot.note == None, Predicate)  # noqa: E711 - None is how a missing value is asked for
    assert_type(Crate.weight.in_([1, 2]), Predicate)
    assert_type(Crate.id.startswith("c"), Predicate)
    assert_type(~(Crate.weight < 3), Predicate)
    return (Crate.weight >= 1) & (Crate.id != "c9") | Crate.weight.is_null()


def relate(session: Session, crate: Crate, depot: Depot) -> None:
    session.relate(crate, Crate.depot, depot)
    session.relate(crate, Crate.moves, depot, edge=Transport(driver="Noor"))
    session.relate(crate, Crate.inside, crate)
    session.unrelate(crate, Crate.moves, depot)


def ask(session: Session) -> None:
    statement = select(Crate).where(compare()).traverse(Crate.depot).alias("d").where(Depot.humidity > 0.6, on="d")
    assert_type(session.scalars(statement.order_by(Crate.weight.desc(), Crate.id)), list[Crate])


if __name__ == "__main__":
    construct()
    compare()
