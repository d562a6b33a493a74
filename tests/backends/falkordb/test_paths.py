"""What FalkorDB makes of paths along edges without direction, where other databases do otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runic.ogm import Driver, Edge, Field, Node, Relation, Session, create_driver, select


class Sighting(Edge, type="SIGHTED"):
    day: int = Field(primary_key=True)


class Beacon(Node, labels=["HillBeacon"]):
    """A light on a hill, in sight of others."""

    id: str
    near: list["Beacon"] = Relation(relationship="IN_SIGHT_OF", direction="BOTH", target="Beacon")
    sighted: list["Beacon"] = Relation(relationship="SIGHTED", target="Beacon", edge_model=Sighting)


@pytest.fixture
def driver() -> Iterator[Driver]:
    with create_driver("falkordb+embedded://", ensure_keys=True) as driver:
        with Session(driver) as s:
            a, b = Beacon(id="a"), Beacon(id="b")
            a.near = [b]
            s.add_all([a, b])
            for day in (1, 2):
                s.relate(a, Beacon.sighted, b, edge=Sighting(day=day))
        yield driver


def test_repeat_may_turn_round_on_an_edge_without_direction(driver: Driver) -> None:
    """a, b and a again is a way of two hops; elsewhere a path has each edge once."""
    with Session(driver) as s:
        twice = select(Beacon).repeat(Beacon.near, 2, 2, optional=False).alias("end").return_target("end")
        assert sorted(beacon.id for beacon in s.scalars(twice)) == ["a", "b"]


def test_equal_rows_have_one_path_along_edges_without_direction(driver: Driver) -> None:
    with Session(driver) as s:
        rows = select(Beacon).alias("a").traverse(Beacon.sighted, edge_alias="e", optional=False).with_("a")
        assert s.count(rows) == 2
        assert len(s.scalars(rows.shortest_path(Beacon.near, to="b"))) == 1
