"""Whole units of work, each one guarded statement, against the same steps as one plain statement a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runic.ogm import Driver, Edge, Field, Node, Relation, Session, create_driver

Step = tuple[Any, ...]
KEYS = st.integers(0, 4)
VALUES = st.one_of(st.none(), st.integers(-3, 3))


class Pipe(Edge, type="PIPE"):
    width: int | None = Field(default=None)


class Valve(Node, labels=["Valve", "Fitting"], primary_label="Fitting"):
    id: int
    state: int | None = Field(default=None)
    feeds: list[Valve] = Relation(relationship="PIPE", edge_model=Pipe)
    beside: list[Valve] = Relation(relationship="BESIDE", direction="BOTH")


STEPS = st.one_of(
    st.tuples(st.just("create"), KEYS, VALUES),
    st.tuples(st.just("change"), KEYS, VALUES),
    st.tuples(st.just("delete"), KEYS),
    st.tuples(st.just("feed"), KEYS, KEYS, VALUES),
    st.tuples(st.just("cut"), KEYS, KEYS),
    st.tuples(st.just("touch"), KEYS, KEYS),
    st.tuples(st.just("part"), KEYS, KEYS),
)
BY_ROW = {
    "create": "CREATE (:Valve:Fitting {id: $a, state: $b})",
    "change": "MATCH (n:Fitting {id: $a}) SET n.state = $b",
    "delete": "MATCH (n:Fitting {id: $a}) DETACH DELETE n",
    "feed": "MATCH (a:Fitting {id: $a}) MATCH (b:Fitting {id: $b}) MERGE (a)-[r:PIPE]->(b) SET r.width = $c",
    "cut": "MATCH (:Fitting {id: $a})-[r:PIPE]->(:Fitting {id: $b}) DELETE r",
    "touch": "MATCH (a:Fitting {id: $a}) MATCH (b:Fitting {id: $b}) WHERE NOT (a)-[:BESIDE]-(b) "
    "CREATE (a)-[:BESIDE]->(b)",
    "part": "MATCH (:Fitting {id: $a})-[r:BESIDE]-(:Fitting {id: $b}) DELETE r",
}


@pytest.fixture(scope="module")
def drivers() -> Iterator[tuple[Driver, Driver]]:
    with create_driver("falkordb+embedded://") as units, create_driver("falkordb+embedded://") as rows:
        yield units, rows


def possible(steps: list[Step], alive: set[int]) -> Iterator[Step]:
    """Yield the steps that make sense where they stand, and keep `alive` up to date."""
    for step in steps:
        kind, *keys = step[0], *[key for key in step[1:3] if isinstance(key, int)]
        if kind == "create":
            if step[1] in alive:
                continue
            alive.add(step[1])
        elif step[1] not in alive or (kind in ("feed", "cut", "touch", "part") and keys[1] not in alive):
            continue
        elif kind == "delete":
            alive.discard(step[1])
        yield step


def apply_to_session(session: Session, step: Step, valves: dict[int, Valve]) -> None:
    kind, key, *rest = step
    if kind == "create":
        valves[key] = Valve(id=key, state=rest[0])
        session.add(valves[key])
    elif kind == "change":
        valves[key].state = rest[0]
    elif kind == "delete":
        session.delete(valves.pop(key))
    elif kind == "feed":
        session.relate(valves[key], Valve.feeds, valves[rest[0]], edge=Pipe(width=rest[1]))
    elif kind == "touch":
        session.relate(valves[key], Valve.beside, valves[rest[0]])
    else:
        session.unrelate(valves[key], Valve.feeds if kind == "cut" else Valve.beside, valves[rest[0]])


def dump(driver: Driver) -> list[Any]:
    with Session(driver, autoflush=False) as session:
        nodes = session.execute("MATCH (n) RETURN n.id, n.state, size(labels(n))").rows
        edges = session.execute("MATCH (a)-[r]->(b) RETURN type(r), a.id, b.id, r.width").rows
    flat = [(kind, *(sorted((a, b)) if kind == "BESIDE" else (a, b)), width) for kind, a, b, width in edges]
    return [sorted(map(repr, nodes)), sorted(map(repr, flat))]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(units=st.lists(st.lists(STEPS, max_size=14), min_size=1, max_size=4))
def test_unit_equals_its_steps(drivers: tuple[Driver, Driver], units: list[list[Step]]) -> None:
    by_unit, by_row = drivers
    for driver in drivers:
        with Session(driver) as session:
            session.execute("MATCH (n) DETACH DELETE n", write=True)
    alive: set[int] = set()
    for unit in units:
        before = set(alive)
        steps = list(possible(unit, alive))
        with Session(by_unit) as session:
            valves = {key: session.get(Valve, key) for key in before}
            for step in steps:
                apply_to_session(session, step, valves)  # type: ignore[arg-type] # every key of `before` is stored
        with Session(by_row) as session:
            for kind, *values in steps:
                session.execute(BY_ROW[kind], dict(zip("abc", values, strict=False)), write=True)
        assert dump(by_unit) == dump(by_row)
