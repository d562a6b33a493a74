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
Total = Callable[[list[Row]], Any]
Edges = list[tuple[str, str, str, dict[str, Any]]]


@dataclass(frozen=True)
class Link:
    """A relation of the class `owner`: edges of a type to nodes of one of several classes."""

    owner: str
    kind: str
    direction: str
    targets: tuple[str, ...]
    properties: str | None = None
    """The class of its edges."""
    many: bool = True


@dataclass
class World:
    """Nodes by id, the names of each one's classes, and edges as (type, start, end, properties)."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    edges: Edges = field(default_factory=Edges)

    def is_a(self, node: dict[str, Any], names: Collection[str]) -> bool:
        """Tell whether a node is of one of the classes."""
        return any(name in names for name in self.classes[node["id"]])

    def around(self, node: dict[str, Any] | None, link: Link) -> list[tuple[Any, Any]]:
        """Return the (edge, node) pairs that a relation leads to."""
        if node is None or not self.is_a(node, (link.owner,)):
            return []
        found: list[tuple[Any, Any]] = []
        for kind, start, end, properties in self.edges:
            if kind == link.kind and start == node["id"] and link.direction != "INCOMING":
                found.append((properties, self.nodes[end]))
            elif kind == link.kind and end == node["id"] and link.direction != "OUTGOING":
                found.append((properties, self.nodes[start]))
        return [pair for pair in found if self.is_a(pair[1], link.targets)]

    def distances(self, node: dict[str, Any] | None, link: Link, longest: int | None) -> dict[str, int]:
        """Return how many edges it takes from a node to each other one."""
        found: dict[str, int] = {} if node is None else {node["id"]: 0}
        reached = [] if node is None else [node]
        length = 0
        while reached and (longest is None or length < longest):
            length += 1
            others = {other["id"]: other for at in reached for _, other in self.around(at, link)}
            reached = [other for key, other in others.items() if key not in found]
            found.update((other["id"], length) for other in reached)
        return {key: number for key, number in found.items() if number}

    def remove(self, keys: Collection[str]) -> None:
        """Remove nodes with their edges."""
        self.nodes = {key: node for key, node in self.nodes.items() if key not in keys}
        self.edges = [edge for edge in self.edges if edge[1] not in keys and edge[2] not in keys]

    def trails(self, node: dict[str, Any] | None, link: Link, low: int, high: int) -> list[Any]:
        """Return each node that a trail of `low` to `high` edges leads to, once."""
        found: dict[str, Any] = {}

        def walk(at: dict[str, Any], used: list[int]) -> None:
            if low <= len(used):
                found[at["id"]] = at
            if len(used) < high:
                for edge, other in self.around(at, link):
                    if id(edge) not in used:
                        walk(other, [*used, id(edge)])

        if node is not None and self.is_a(node, (link.owner,)):
            walk(node, [])
        return [other for other in found.values() if self.is_a(other, link.targets)]


@dataclass(frozen=True)
class Step:
    """A step from `source`; with `hops` along trails."""

    alias: str
    source: str
    link: Link
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
    distinct: bool = False
    carry: tuple[str, ...] | None = None
    values: tuple[tuple[str, Condition], ...] = ()
    """Names of values, each made of one row."""
    totals: tuple[tuple[str, Total], ...] = ()
    """Names of values, each made of all rows that have the same of what is carried and of `values`."""


def run(world: World, roots: Iterable[dict[str, Any] | None], stages: Iterable[Stage]) -> list[Row]:
    """Return the rows at the end of the stages; the root is called r."""
    rows: list[Row] = [{"r": node} for node in roots]
    for stage in stages:
        rows = [row for row in rows if all(condition(row) is True for condition in stage.filters)]
        for step in stage.steps:
            rows = [after for row in rows for after in take(world, row, step)]
            rows = rows if step.hops is None else list({same(row): row for row in rows}.values())
        rows = ordered(rows, stage.order)[stage.skip :]
        rows = rows if stage.limit is None else rows[: stage.limit]
        rows = rows if stage.carry is None else carried(rows, stage)
    return rows


def take(world: World, row: Row, step: Step) -> list[Row]:
    """Return the rows that a step makes of one."""
    node = row[step.source]
    if step.hops is None:
        pairs = world.around(node, step.link)
    else:
        pairs = [(None, other) for other in world.trails(node, step.link, *step.hops)]
    edge = step.edge or f"edge of {step.alias}"
    found = [{**row, step.alias: other, edge: properties} for properties, other in pairs]
    found = [after for after in found if all(condition(after) is True for condition in step.filters)]
    return found or ([{**row, step.alias: None, edge: None}] if step.optional else [])


def carried(rows: list[Row], stage: Stage) -> list[Row]:
    """Return the rows with what a stage hands on, and the values that it names."""
    names = stage.carry or ()
    made = [({n: row[n] for n in names} | {n: value(row) for n, value in stage.values}, row) for row in rows]
    if not stage.totals:
        kept = [after for after, _ in made]
        return list({same(row): row for row in kept}.values()) if stage.distinct else kept
    groups: dict[Any, list[tuple[Row, Row]]] = {}
    for after, row in made:
        groups.setdefault(same(after), []).append((after, row))
    return [
        group[0][0] | {name: total([row for _, row in group]) for name, total in stage.totals}
        for group in groups.values()
    ]


def same(row: Row) -> tuple[Any, ...]:
    """Return what two equal rows have in common."""
    return tuple(identity(value) for value in row.values())


def identity(value: Any) -> Any:
    """Return what tells a node, or a value, from others."""
    return value["id"] if isinstance(value, dict) and "id" in value else id(value) if isinstance(value, dict) else value


def sum_of(values: Iterable[Any]) -> Any:
    """Return the sum of the values that are there."""
    return sum(value for value in values if value is not None)


def least_of(values: Iterable[Any]) -> Any:
    """Return the smallest of the values that are there, or None."""
    return min((value for value in values if value is not None), default=None)


def most_of(values: Iterable[Any]) -> Any:
    """Return the largest of the values that are there, or None."""
    return max((value for value in values if value is not None), default=None)


def mean_of(values: Iterable[Any]) -> Any:
    """Return the mean of the values that are there, or None."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def ordered(rows: Iterable[Row], order: Iterable[Key]) -> list[Row]:
    """Return rows in an order; what is missing comes last, or first where the order is turned around."""
    found = list(rows)
    for key, descending in reversed(list(order)):
        found.sort(key=lambda row: (key(row) is None, key(row) if key(row) is not None else 0), reverse=descending)
    return found


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
