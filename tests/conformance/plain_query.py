"""The query language over lists of dicts, in plain Python: what the random statements are compared with.

A row maps aliases to nodes and edges (dicts, or None where an optional step found nothing), and names to values. A
condition is a function of a row that gives True, False or None (unknown).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

Row = dict[str, Any]
Condition = Callable[[Row], Any]
Key = tuple[Callable[[Row], Any], bool]


@dataclass
class World:
    """Nodes by id, and edges as (type, start, end, properties)."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    edges: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)

    def around(self, node: dict[str, Any] | None, kind: str, direction: str) -> list[tuple[Any, Any]]:
        """Return the (edge, node) pairs that a relation leads to."""
        if node is None:
            return []
        here, there = (1, 2) if direction == "OUTGOING" else (2, 1)
        return [
            (edge[3], self.nodes[edge[there]]) for edge in self.edges if edge[0] == kind and edge[here] == node["id"]
        ]

    def distances(self, node: dict[str, Any] | None, kind: str, direction: str, longest: int | None) -> dict[str, int]:
        """Return how many edges it takes from a node to each other one."""
        found: dict[str, int] = {}
        reached = [] if node is None else [node]
        length = 0
        while reached and (longest is None or length < longest):
            length += 1
            reached = [other for at in reached for _, other in self.around(at, kind, direction)]
            for other in reached:
                found.setdefault(other["id"], length)
        return {key: number for key, number in found.items() if node is None or key != node["id"]}

    def remove(self, keys: Collection[str]) -> None:
        """Remove nodes with their edges."""
        self.nodes = {key: node for key, node in self.nodes.items() if key not in keys}
        self.edges = [edge for edge in self.edges if edge[1] not in keys and edge[2] not in keys]

    def trails(self, node: dict[str, Any] | None, kind: str, direction: str, low: int, high: int) -> list[Any]:
        """Return each node that a trail of `low` to `high` edges leads to, once."""
        found: dict[str, Any] = {}

        def walk(at: dict[str, Any], used: list[int]) -> None:
            if low <= len(used):
                found[at["id"]] = at
            if len(used) < high:
                for edge, other in self.around(at, kind, direction):
                    if id(edge) not in used:
                        walk(other, [*used, id(edge)])

        if node is not None:
            walk(node, [])
        return list(found.values())


@dataclass(frozen=True)
class Step:
    """A step from `source`; with `hops` along trails."""

    alias: str
    source: str
    kind: str
    direction: str
    optional: bool
    edge: str | None = None
    hops: tuple[int, int] | None = None
    filters: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Stage:
    """What `Stage` of the package says, over rows."""

    filters: tuple[Condition, ...] = ()
    steps: tuple[Step, ...] = ()
    order: tuple[Key, ...] = ()
    skip: int = 0
    limit: int | None = None
    carry: tuple[str, ...] | None = None
    count: str | None = None
    """The name of the number of rows for each of what is carried."""


def run(world: World, roots: Iterable[dict[str, Any]], stages: Iterable[Stage]) -> list[Row]:
    """Return the rows at the end of the stages; the root is called r."""
    rows: list[Row] = [{"r": node} for node in roots]
    for stage in stages:
        rows = [row for row in rows if all(condition(row) is True for condition in stage.filters)]
        for step in stage.steps:
            rows = [after for row in rows for after in take(world, row, step)]
        rows = ordered(rows, stage.order)[stage.skip :]
        rows = rows if stage.limit is None else rows[: stage.limit]
        if stage.carry is not None:
            rows = carried(rows, stage)
    return rows


def take(world: World, row: Row, step: Step) -> list[Row]:
    """Return the rows that a step makes of one."""
    node = row[step.source]
    if step.hops is None:
        pairs = world.around(node, step.kind, step.direction)
    else:
        pairs = [(None, other) for other in world.trails(node, step.kind, step.direction, *step.hops)]
    edge = step.edge or f"edge of {step.alias}"
    found = [{**row, step.alias: other, edge: properties} for properties, other in pairs]
    found = [after for after in found if all(condition(after) is True for condition in step.filters)]
    return found or ([{**row, step.alias: None, edge: None}] if step.optional else [])


def carried(rows: list[Row], stage: Stage) -> list[Row]:
    """Return the rows with what a stage hands on, and how many there are of each if that is asked."""
    names = stage.carry or ()
    kept = [{name: row[name] for name in names} for row in rows]
    if stage.count is None:
        return kept
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in kept:
        groups.setdefault(tuple(identity(row[name]) for name in names), []).append(row)
    return [{**group[0], stage.count: len(group)} for group in groups.values()]


def identity(value: Any) -> Any:
    """Return what tells a node, or a value, from others."""
    return value["id"] if isinstance(value, dict) and "id" in value else id(value) if isinstance(value, dict) else value


def ordered(rows: list[Row], order: Iterable[Key]) -> list[Row]:
    """Return rows in an order; what is missing comes last, or first where the order is turned around."""
    for key, descending in reversed(list(order)):
        rows = sorted(
            rows, key=lambda row: (key(row) is None, key(row) if key(row) is not None else 0), reverse=descending
        )
    return rows


def with_filter(stage: Stage, alias: str | None, condition: Condition) -> Stage:
    """Return the stage with a condition on one of its steps, or on what comes into it."""
    for index, step in enumerate(stage.steps):
        if alias in (step.alias, step.edge):
            changed = replace(step, filters=(*step.filters, condition))
            return replace(stage, steps=(*stage.steps[:index], changed, *stage.steps[index + 1 :]))
    return replace(stage, filters=(*stage.filters, condition))


def negated(value: Any) -> Any:
    """Return not, in the logic of three values."""
    return None if value is None else not value


def conjunction(values: list[Any]) -> Any:
    """Return and, in the logic of three values."""
    return False if False in values else None if None in values else True


def disjunction(values: list[Any]) -> Any:
    """Return or, in the logic of three values."""
    return True if True in values else None if None in values else False
