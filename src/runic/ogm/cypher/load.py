"""Reads of entities and of what they are related to, as one statement whose reply is tables of nodes and of pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from runic.ogm.cypher.patterns import render_pattern, render_targets
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Ordering
from runic.ogm.model.fields import Property
from runic.ogm.model.registry import metadata
from runic.ogm.model.relations import RelationAttribute

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Columns, Origin, Wire
    from runic.ogm.mapping.mapper import Family, Mapper
    from runic.ogm.model.base import Entity, Node
    from runic.ogm.model.metadata import NodeMeta, RelationMeta


@dataclass(eq=False)
class FetchStep:
    """One relation to be loaded, and the relations to be loaded from its targets."""

    relation: RelationMeta
    children: dict[str, FetchStep] = field(default_factory=dict[str, "FetchStep"])


def plan_fetch(classes: Sequence[type[Node]], fetch: object) -> dict[str, FetchStep]:
    """Return the tree of relations that names, attributes and dotted paths ask for.

    Raises QueryError for a name that is no relation of the class it is asked of, TypeError for another kind of value.
    """
    if type(fetch) is tuple and not fetch:
        return {}
    if isinstance(fetch, RelationAttribute):
        fetch = (fetch,)
    if isinstance(fetch, (str, bytes)) or not isinstance(fetch, Iterable):
        raise TypeError(f"fetch takes a list of relation names, attributes or paths, not {fetch!r}")
    steps: dict[str, FetchStep] = {}
    for entry in cast("Iterable[object]", fetch):
        level, owners = steps, tuple(classes)
        for name in _path(entry):
            step = level.setdefault(name, FetchStep(find_relation(owners, name)))
            level, owners = step.children, step.relation.targets
    return steps


def _path(entry: object) -> list[str]:
    if isinstance(entry, RelationAttribute):
        return [entry.meta.name]
    if isinstance(entry, str):
        return entry.split(".")
    raise TypeError(f"fetch takes relation names, attributes or paths such as 'a.b', not {entry!r}")


def find_relation(classes: Sequence[type[Node]], name: str) -> RelationMeta:
    """Return the relation of that name of one of the classes or their subclasses; QueryError if there is none."""
    for cls in classes:
        for candidate in (cls, *metadata.subclasses(cls)):
            if name in candidate.__meta__.relations:
                return candidate.__meta__.relations[name]
    known = sorted({known for cls in classes for known in cls.__meta__.relations})
    names = " or ".join(cls.__name__ for cls in classes)
    raise QueryError(f"{names} has no relation {name!r}; it has: {', '.join(known) or 'none'}")


@dataclass(frozen=True, slots=True)
class PairsPart:
    """A table of (source id or key, target id) of one relation."""

    step: FetchStep


@dataclass(frozen=True, slots=True)
class NodesPart:
    """A table of nodes: the roots (step None), or the targets of a relation, each once."""

    family: Family
    step: FetchStep | None


@dataclass(eq=False)
class GraphPlan:
    """A statement in the making: what binds the roots, and the tables that go on from them."""

    dialect: Dialect
    mapper: Mapper
    root: str
    bodies: list[tuple[str, list[str]]] = field(default_factory=list[tuple[str, list[str]]])
    tables: list[Columns] = field(default_factory=list["Columns"])
    parts: list[PairsPart | NodesPart] = field(default_factory=list[PairsPart | NodesPart])

    def add_roots(self, family: Family) -> None:
        """Ask for the roots' own table."""
        self._add("", family.columns(self.root), family.wires, NodesPart(family, None))

    def add_steps(self, steps: Mapping[str, FetchStep], key: tuple[str, Wire] | None = None) -> None:
        """Ask for relations of the roots; `key` (expression, wire) names a root instead of its id."""
        for step in steps.values():
            self._add_step(step, "", self.root, 1, key)

    def _add_step(self, step: FetchStep, path: str, source: str, depth: int, key: tuple[str, Wire] | None) -> None:
        relation, target, edge = step.relation, f"m{depth}", f"r{depth}"
        pattern = render_relation(self.dialect, relation, source, edge, target)
        ordering = render_order(self.dialect, relation, edge, target)
        family = self.mapper.family(relation.targets)
        source_id, source_wire = key or (self.dialect.render_id(source), self.dialect.id_wire)
        if ordering:
            tail = f" WITH {source}, {target}, {edge} ORDER BY {ordering}"
        else:
            tail = f" WITH DISTINCT {source}, {target}" if depth > 1 else ""
        self._add(
            f"{path}OPTIONAL MATCH {pattern}{tail}",
            [source_id, self.dialect.render_id(target)],
            (source_wire, self.dialect.id_wire),
            PairsPart(step),
        )
        self._add(
            f"{path}MATCH {pattern} WITH DISTINCT {target}",
            family.columns(target),
            family.wires,
            NodesPart(family, step),
        )
        for child in step.children.values():
            self._add_step(child, f"{path}MATCH {pattern} ", target, depth + 1, None)

    def _add(self, body: str, columns: Iterable[str], wires: Columns, part: PairsPart | NodesPart) -> None:
        self.bodies.append((body, list(columns)))
        self.tables.append(tuple(wires))
        self.parts.append(part)

    def compile(self, prefix: str, parameters: Mapping[str, object], origin: Origin) -> Statement:
        """Return the statement; a single table needs no subquery."""
        if len(self.bodies) == 1:
            body, columns = self.bodies[0]
            text = f"{prefix} {body} RETURN {', '.join(columns)}".replace("  ", " ")
        else:
            text = self.dialect.render_parts(prefix, self.root, self.bodies)
        return Statement(text, parameters, tuple(self.tables), origin=origin)


def render_relation(dialect: Dialect, relation: RelationMeta, source: str, edge: str, target: str) -> str:
    """Return the pattern of a relation from `source` to its targets, with the test of a union's classes."""
    labels, condition = render_targets(dialect, relation.targets, target)
    pattern = render_pattern(relation, source, edge, f"{target}{labels}")
    return f"{pattern} WHERE {condition}" if condition else pattern


def render_order(dialect: Dialect, relation: RelationMeta, edge: str, target: str) -> str:
    """Return the ORDER BY of a relation's order_by, or nothing."""
    order = relation.options.order_by
    if order is None:
        return ""
    descending = isinstance(order, Ordering) and order.descending
    operand = order.operand if isinstance(order, Ordering) else order
    alias, name = _ordering_property(relation, operand, edge, target)
    return dialect.render_property(alias, name) + (" DESC" if descending else "")


def _ordering_property(relation: RelationMeta, operand: object, edge: str, target: str) -> tuple[str, str]:
    name = operand.meta.name if isinstance(operand, Property) else str(operand)
    sides: list[tuple[str, type[Entity]]] = [(target, cls) for cls in relation.targets]
    if relation.edge_model is not None:
        sides.append((edge, relation.edge_model))
    if isinstance(operand, Property):
        owner = operand.meta.owner
        sides = [side for side in sides if issubclass(side[1], owner) or issubclass(owner, side[1])]
    for alias, cls in sides:
        if name in cls.__meta__.properties:
            return alias, cls.__meta__.properties[name].graph_name
    raise QueryError(f"{relation!r}: order_by {operand!r} is no property of the target or of the edge")


def render_by_keys(dialect: Dialect, meta: NodeMeta, *, many: bool, whole: bool = True) -> str:
    """Return what binds `n` to the node of `$key` or those of `$keys`; `whole`: with all labels of the class."""
    others = [label for label in meta.labels if label != meta.primary_label] if whole else []
    test = dialect.render_label_test("n", others) if others else ""
    match = dialect.render_keyed_node("n", meta.primary_label, meta.key.graph_name, "k" if many else "$key", test)
    return f"UNWIND $keys AS k {match}" if many else match
