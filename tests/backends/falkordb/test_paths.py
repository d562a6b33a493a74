"""What FalkorDB makes of paths where other databases do otherwise."""

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


@pytest.mark.parametrize(
    ("hops", "path", "found"),
    [
        ("*1..2", "", ["b", "c", "c"]),  # d is behind c, which was met at the last hop before
        ("*1..2", "p = ", ["b", "c", "c", "d"]),
        ("*2..2", "", ["c", "d"]),
    ],
)
def test_ways_are_followed_where_the_path_is_asked_for(driver: Driver, hops: str, path: str, found: list[str]) -> None:
    """Decision 24 goes by this; a newer FalkorDB may do better."""
    with Session(driver) as s:
        s.execute(
            "CREATE (a:Hop {id: 'a'}), (b:Hop {id: 'b'}), (c:Hop {id: 'c'}), (d:Hop {id: 'd'}), "
            "(a)-[:ON]->(b), (a)-[:ON]->(c), (b)-[:ON]->(c), (c)-[:ON]->(d)",
            write=True,
        )
        where = "WHERE length(p) > 0" if path else ""
        rows = s.execute(f"MATCH {path}(:Hop {{id: 'a'}})-[:ON{hops}]->(n) {where} RETURN n.id AS id")
        assert sorted(row["id"] for row in rows) == found


def test_hops_go_over_an_edge_twice(driver: Driver) -> None:
    """There and back again on the one edge."""
    with Session(driver) as s:
        rows = s.execute("MATCH (:HillBeacon {id: 'a'})-[:IN_SIGHT_OF*2..2]-(n) RETURN n.id AS id")
        assert [row["id"] for row in rows] == ["a"]


def test_equal_rows_have_one_path_along_edges_without_direction(driver: Driver) -> None:
    with Session(driver) as s:
        rows = select(Beacon).alias("a").traverse(Beacon.sighted, edge_alias="e", optional=False).with_("a")
        assert s.count(rows) == 2
        assert len(s.scalars(rows.shortest_path(Beacon.near, to="b"))) == 1
