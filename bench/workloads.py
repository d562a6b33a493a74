"""What is done through sessions, and the graph that each workload finds."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.data import OPERATOR, OPERATORS, PORT, SAILOR, SAILORS_EACH, SHIP, as_maps
from bench.models import Call, Operator, Port, Sailor, Ship
from runic.ogm import Node, Session, count_statements, select

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.data import Fleet, Row
    from bench.measure import Run
    from bench.target import Target

_versions = itertools.count(1)


def entities(cls: type[Node], rows: list[Row], names: tuple[str, ...]) -> list[Any]:
    """Return an entity for each row."""
    return [cls(**values) for values in as_maps(rows, names)]


def empty(target: Target) -> None:
    """Delete all nodes; the indexes stay."""
    target.clear()


@dataclass(frozen=True)
class Workload:
    """seed: fills the graph once for a size. before: untimed, ahead of each run of either side. make: prepares ours."""

    name: str
    seed: Callable[[Target, Fleet], None]
    make: Callable[[Target, Fleet], Run]
    before: Callable[[Target], None] | None = None


# -- graphs


def seed_nothing(target: Target, fleet: Fleet) -> None:
    """Make the key's index by a unit of one ship; each run deletes what is there."""
    seed_ships(target, type(fleet)(1))


def seed_ships(target: Target, fleet: Fleet) -> None:
    """Store the ships alone."""
    _store(target, entities(Ship, fleet.ships, SHIP))


def seed_ports(target: Target, fleet: Fleet) -> None:
    """Store ships and ports that nothing relates."""
    _store(target, [*entities(Ship, fleet.ships, SHIP), *entities(Port, fleet.ports, PORT)])


def seed_calls(target: Target, fleet: Fleet) -> None:
    """Store ships, each with one call at one port."""
    seed_ports(target, fleet)
    with Session(target.driver) as session:
        edges = (Call(day=i % 365, cargo="grain") for i in range(fleet.size))
        ends = zip(fleet.ships, fleet.ports, edges, strict=True)
        session.relate_all(
            Ship.calls,
            [(session.reference(Ship, a[0]), session.reference(Port, b[0]), edge) for a, b, edge in ends],
        )


def seed_operators(target: Target, fleet: Fleet) -> None:
    """Store ships that share ten operators."""
    ships, operators = entities(Ship, fleet.ships, SHIP), entities(Operator, fleet.operators, OPERATOR)
    with Session(target.driver) as session:
        session.add_all([*ships, *operators])
        session.relate_all(Ship.operator, [(ship, operators[i % OPERATORS]) for i, ship in enumerate(ships)])


def seed_crews(target: Target, fleet: Fleet) -> None:
    """Store a tenth of the ships, each with ten sailors and ten in reserve; in units that a small server holds."""
    _store(target, entities(Ship, fleet.parents, SHIP))
    for role, relation in (("crew", Ship.crew), ("reserve", Ship.reserve)):
        sailors = fleet.sailors(role)
        _store(target, entities(Sailor, sailors, SAILOR))
        with Session(target.driver) as session:
            ships = [session.reference(Ship, row[0]) for row in fleet.parents]
            session.relate_all(
                relation,
                [(ships[i // SAILORS_EACH], session.reference(Sailor, row[0])) for i, row in enumerate(sailors)],
            )


def _store(target: Target, nodes: Sequence[Node]) -> None:
    with Session(target.driver) as session:
        session.add_all(nodes)


# -- ours


def insert(target: Target, fleet: Fleet) -> Run:
    """add_all and commit of entities that were made before."""
    ships = entities(Ship, fleet.ships, SHIP)

    def run() -> None:
        with Session(target.driver) as session:
            session.add_all(ships)

    return run


def update(target: Target, fleet: Fleet) -> Run:
    """Change a tenth of the loaded ships, and commit."""
    session, version = Session(target.driver), next(_versions)
    ships = session.scalars(select(Ship).order_by(Ship.imo))

    def run() -> None:
        for ship, (_, tonnage) in zip(ships, fleet.changes, strict=False):
            ship.tonnage = float(str(tonnage)) + version
        session.commit()

    return run


def relate(target: Target, fleet: Fleet) -> Run:
    """relate_all of pairs of loaded entities, and commit."""
    session = Session(target.driver)
    ships = session.scalars(select(Ship).order_by(Ship.imo))
    ports = session.scalars(select(Port).order_by(Port.code))
    pairs = list(zip(ships, ports, strict=True))
    if len(pairs) != fleet.size:
        raise AssertionError("the graph is not what the workload needs")

    def run() -> None:
        session.relate_all(Ship.berths, pairs)
        session.commit()

    return run


def load(target: Target, _: Fleet) -> Run:
    """All ships as tracked entities of a new session, which is kept until the clock stops."""

    def run() -> object:
        with Session(target.driver) as session:
            return session.scalars(select(Ship)), session

    return run


def get(target: Target, fleet: Fleet) -> Run:
    """One ship in each of many new sessions."""
    keys = [row[0] for row in fleet.parents]

    def run() -> object:
        found: list[object] = []
        for key in keys:
            with Session(target.driver) as session:
                found.append(session.get(Ship, key))
        return found

    return run


def eager_many(target: Target, _: Fleet) -> Run:
    """Ships with two collections of ten."""

    def run() -> object:
        with Session(target.driver) as session:
            return session.scalars(select(Ship).fetch(Ship.crew).fetch(Ship.reserve)), session

    return run


def eager_shared(target: Target, _: Fleet) -> Run:
    """Ships with their operators, which they share."""

    def run() -> object:
        with Session(target.driver) as session:
            return session.scalars(select(Ship).fetch(Ship.operator)), session

    return run


def all_with_edges(target: Target, _: Fleet) -> Run:
    """Tuples of a ship, a call and a port."""
    statement = select(Ship, Call, Port).traverse(Ship.calls, edge_alias="call", optional=False)

    def run() -> object:
        with Session(target.driver) as session:
            return session.all_with_edges(statement, Ship, Call, Port), session

    return run


def lazy_statements(target: Target) -> int:
    """Return how many statements a loop over loaded ships takes that reads each one's operator."""
    with Session(target.driver) as session, count_statements(target.driver) as statements:
        for ship in session.scalars(select(Ship)):
            if ship.operator is None:
                raise AssertionError("each ship has an operator")
    return len(statements)


WORKLOADS = (
    Workload("insert", seed_nothing, insert, empty),
    Workload("update a tenth", seed_ships, update),
    Workload("relate", seed_ports, relate, lambda target: target.clear_edges("BERTHS_AT")),
    Workload("load", seed_ships, load),
    Workload("get", seed_ships, get),
    Workload("eager to-many", seed_crews, eager_many),
    Workload("eager shared", seed_operators, eager_shared),
    Workload("all_with_edges", seed_calls, all_with_edges),
)
