"""A write that is undone forgets names of properties, and FalkorDB's kept plan of it goes on with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from runic.ogm import (
    ConstraintViolationError,
    DatabaseError,
    Driver,
    Edge,
    EntityNotFoundError,
    Field,
    Node,
    Relation,
    SchemaManager,
    Session,
    StatementEvent,
    create_driver,
    on_statement,
    select,
)


class Ride(Edge, type="RODE"):
    fare: str = "full"


class Stay(Edge, type="STAYED"):
    night: int = Field(primary_key=True)


class Guest(Node, labels=["InnGuest"]):
    id: str
    rides: list["Inn"] = Relation(relationship="RODE", target="Inn", edge_model=Ride)
    stays: list["Inn"] = Relation(relationship="STAYED", target="Inn", edge_model=Stay)


class Inn(Node, labels=["RoadInn"]):
    id: str


@pytest.fixture
def driver() -> Iterator[Driver]:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as s:
            s.add_all([Guest(id="g"), Inn(id="i")])
        yield driver


def write(driver: Driver, edge: Edge, *, inn: str = "i") -> None:
    relation = "rides" if isinstance(edge, Ride) else "stays"
    with Session(driver) as s:
        s.relate(s.reference(Guest, "g"), relation, s.reference(Inn, inn), edge=edge)


def test_unit_that_failed_before_invents_no_property(driver: Driver) -> None:
    """Found by random units: the second edge had the fare of the first."""
    for edge in (Ride(), Stay(night=7)):
        with pytest.raises(EntityNotFoundError):
            write(driver, edge, inn="nowhere")
    for edge in (Ride(), Stay(night=7)):
        write(driver, edge)
    with Session(driver) as s:
        found = s.execute("MATCH ()-[r]->() RETURN type(r) AS type, properties(r) AS properties")
        assert {row["type"]: row["properties"] for row in found} == {"RODE": {"fare": "full"}, "STAYED": {"night": 7}}


def test_plain_statements_show_what_the_database_does(driver: Driver) -> None:
    """What the names are made known for; where this fails, they need it no more."""
    counted = "CALL {{ MATCH (a:InnGuest) MATCH (b:RoadInn) {} RETURN count(*) AS c }} WITH c, 1 / $x AS guard RETURN c"
    ride = counted.format("MERGE (a)-[r:WALKED]->(b) SET r.pace = 1")
    stay = counted.format("MERGE (a)-[r:RESTED {hour: 2}]->(b) SET r.hour = 2")
    with Session(driver) as s:
        for text in (ride, stay):
            with pytest.raises(DatabaseError):
                s.execute(text, {"x": 0}, write=True)
        for text in (ride, stay):
            s.execute(text, {"x": 1}, write=True)
        [row] = s.execute("MATCH ()-[r:RESTED]->() RETURN properties(r) AS properties")
        assert row["properties"] == {"hour": 2, "pace": 2}


def test_names_are_made_known_once(driver: Driver) -> None:
    told: list[StatementEvent] = []
    with on_statement(driver, told.append):
        for night in (1, 2):
            write(driver, Stay(night=night))
    assert [event.text for event in told if "DELETE n" in event.text] == [
        "CREATE (n)-[:`STAYED`]->(n) DELETE n",
        "CREATE (n {`night`: 0}) DELETE n",
    ]


@pytest.mark.parametrize("durability", ["always", "everysec", "none"])
def test_names_that_were_made_known_are_kept_with_the_data(tmp_path: Path, durability: str) -> None:
    """What makes them known has to change something: the log has only what does, and later writes by their numbers."""
    url = f"falkordb+embedded://{tmp_path / 'inns'}"
    with create_driver(url, durability=durability) as driver, Session(driver) as s:
        s.add_all([guest := Guest(id="g"), inn := Inn(id="i")])
        s.relate(guest, Guest.stays, inn, edge=Stay(night=7))
    with create_driver(url, durability=durability) as driver:
        with Session(driver) as s:
            s.execute("CREATE (:Other {zzz: 1})", write=True)
        with Session(driver) as s:
            rows = s.execute("MATCH ()-[r]->() RETURN properties(r) AS r")
            assert [row["r"] for row in rows] == [{"night": 7}]


class Loft(Node, labels=["HayLoft"]):
    id: str
    above: list["Loft"] = Relation(relationship="ABOVE_LOFT", target="Loft")
    beside: list["Loft"] = Relation(relationship="BESIDE_LOFT", target="Loft")


def test_kept_database_starts_after_a_unit_that_failed_with_new_labels_and_types(tmp_path: Path) -> None:
    """FalkorDB kept the label of an undone write, not its log: with that, the server ended at each start."""
    url = f"falkordb+embedded://{tmp_path / 'lofts'}"
    with create_driver(url, durability="always") as driver:
        with pytest.raises(EntityNotFoundError), Session(driver) as s:
            s.add(loft := Loft(id="l"))
            s.relate(loft, Loft.above, loft)
            s.relate(loft, Loft.beside, s.reference(Loft, "missing"))
        with Session(driver) as s:
            s.add_all([one := Loft(id="a"), other := Loft(id="b")])
            one.above, one.beside = [other], [other]
    with create_driver(url, durability="always") as driver, Session(driver) as s:
        found = s.get(Loft, "a", fetch=["above", "beside"])
        assert found is not None
        assert found.to_dict("above", "beside") == {"id": "a", "above": [{"id": "b"}], "beside": [{"id": "b"}]}


def test_label_with_a_constraint_is_known() -> None:
    """A node without properties is forbidden then, which tells nobody anything."""
    server: Any = create_driver("falkordb+embedded://")
    with server:
        SchemaManager(server).create(Loft)
        path = server._backend._server.socket_path
        with redis.Redis(unix_socket_path=path) as client:
            client.execute_command(
                "GRAPH.CONSTRAINT", "CREATE", server._backend._exchange.graph, "MANDATORY", "NODE", "HayLoft",
                "PROPERTIES", "1", "id",
            )  # fmt: skip
        with Session(server) as s:
            s.add(Loft(id="a"))
        with Session(server) as s:
            assert s.count(select(Loft)) == 1
            with pytest.raises(ConstraintViolationError, match="mandatory"):
                s.execute("CREATE (:HayLoft)", write=True)
