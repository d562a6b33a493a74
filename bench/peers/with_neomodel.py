"""neomodel on Neo4j: `python -m bench.peers.with_neomodel SIZE RUNS ONLY URL` prints a result a line."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from neomodel import (
    BooleanProperty,
    FloatProperty,
    IntegerProperty,
    RelationshipTo,
    StringProperty,
    StructuredNode,
    db,
)
from neomodel.sync_.match import Path

from bench.baselines import baselines
from bench.clients.bolt import Neo4j
from bench.data import SHIP, Fleet, as_maps
from bench.measure import in_turn, versus
from bench.workloads import WORKLOADS, empty

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Run

LARGEST = 1_000
"""It sends a statement for each entity that it writes."""


class Port(StructuredNode):
    """Where ships call."""

    code = StringProperty(unique_index=True, required=True)
    name = StringProperty()
    depth = FloatProperty()


class Operator(StructuredNode):
    """Runs ships."""

    code = StringProperty(unique_index=True, required=True)
    name = StringProperty()
    street = StringProperty()
    town = StringProperty()
    country = StringProperty()
    phone = StringProperty()
    founded = IntegerProperty()
    staff = IntegerProperty()
    turnover = FloatProperty()
    rating = FloatProperty()
    listed = BooleanProperty()


class Ship(StructuredNode):
    """Five properties, and what it is related to."""

    imo = StringProperty(unique_index=True, required=True)
    name = StringProperty()
    built = IntegerProperty()
    tonnage = FloatProperty()
    active = BooleanProperty()
    berths = RelationshipTo(Port, "BERTHS_AT")
    operator = RelationshipTo(Operator, "RUN_BY")


def insert(fleet: Fleet) -> Run:
    """Create the ships by one call, in one transaction."""
    rows = as_maps(fleet.ships, SHIP)

    def run() -> None:
        with db.transaction:
            Ship.create(*rows)

    return run


def update(fleet: Fleet) -> Run:
    """Save a tenth of the ships, in one transaction."""
    by_key = {ship.imo: ship for ship in Ship.nodes.all()}

    def run() -> None:
        with db.transaction:
            for key, tonnage in fleet.changes:
                ship = by_key[key]
                ship.tonnage = tonnage
                ship.save()

    return run


def relate(fleet: Fleet) -> Run:
    """Connect pairs of loaded nodes, in one transaction."""
    ships = {ship.imo: ship for ship in Ship.nodes.all()}
    ports = {port.code: port for port in Port.nodes.all()}

    def run() -> None:
        with db.transaction:
            for key, code in fleet.berths:
                ships[key].berths.connect(ports[code])

    return run


def load(_: Fleet) -> Run:
    """Read all ships."""
    return Ship.nodes.all


def get(fleet: Fleet) -> Run:
    """Read one ship at a time."""
    keys = [row[0] for row in fleet.parents]
    return lambda: [Ship.nodes.get(imo=key) for key in keys]


def eager_shared(_: Fleet) -> Run:
    """Read all ships with their operators."""
    operator = Path(value="operator", optional=True, include_rels_in_return=False)
    return lambda: Ship.nodes.traverse(operator).all()


RUNS: dict[str, Callable[[Fleet], Run]] = {
    "insert": insert,
    "update a tenth": update,
    "relate": relate,
    "load": load,
    "get": get,
    "eager shared": eager_shared,
}


def main(size: int, runs: int, only: str, url: str) -> None:
    """Measure it against what one usually writes with the client."""
    parts = urlsplit(url)
    db.set_connection(url=f"bolt://x:x@{parts.hostname}:{parts.port}")
    target = Neo4j(url)
    fleet = Fleet(min(size, LARGEST))
    for workload in WORKLOADS:
        if workload.name not in RUNS or only not in workload.name:
            continue
        empty(target)
        workload.seed(target, fleet)
        baseline = baselines(target, workload.name)[0]
        sides = [RUNS[workload.name], baseline.make]

        def prepared(make: Callable[[Fleet], Run], before: Callable[[Neo4j], None] | None = workload.before) -> Run:
            if before is not None:
                before(target)
            return make(fleet)

        peer, client = in_turn([lambda make=make: prepared(make) for make in sides], runs)
        result = versus(("neomodel", workload.name, baseline.name), fleet.size, peer, client, None)
        print(json.dumps(asdict(result)))
    target.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
