"""Reads of entities and of what they are related to, as one statement whose reply is tables of nodes and of pairs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, NoReturn, cast

from runic.ogm.cypher.expressions import ExpressionCompiler
from runic.ogm.cypher.patterns import Hop, render_targets
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Ordering
from runic.ogm.model.fields import Property
from runic.ogm.model.registry import metadata
from runic.ogm.model.relations import RelationAttribute
from runic.ogm.query.fetching import Fetched, FetchOptions
from runic.ogm.query.related import fits_classes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Columns, Origin, Wire
    from runic.ogm.mapping.mapper import Family, Mapper
    from runic.ogm.model.base import Entity, Node
    from runic.ogm.model.metadata import NodeMeta, RelationMeta


WHOLE: Final = FetchOptions()
"""All of a relation, in its own order."""


@dataclass(eq=False)
class FetchStep:
    """One relation to be loaded, and the relations to be loaded from its targets.

    values: those of the parameters that the options speak of.
    """

    relation: RelationMeta
    children: dict[str, FetchStep] = field(default_factory=dict[str, "FetchStep"])
    options: FetchOptions = WHOLE
    values: Mapping[str, object] = field(default_factory=dict[str, object])

    def along(self, relation: RelationMeta) -> FetchStep:
        """Return the step for a relation that a class declares anew; itself for one that is loaded alike."""
        if is_alike(relation, self.relation):
            return self
        further = {name: relations_of(relation.targets, name) for name in self.children}
        children = {name: self.children[name].along(found[0]) for name, found in further.items() if found}
        return replace(self, relation=relation, children=children)


def definition_of(relation: RelationMeta) -> tuple[object, ...]:
    """Return what two relations of one name have in common if one statement loads both."""
    return (*_edges_of(relation), relation.targets)


def _edges_of(relation: RelationMeta) -> tuple[object, ...]:
    order = repr(relation.options.order_by)  # not itself, since fields that are compared make a predicate
    return (relation.type, relation.direction, relation.many, relation.edge_model, order)


def is_alike(one: RelationMeta, other: RelationMeta) -> bool:
    """Tell whether one statement loads two relations of one name: mostly one is what the other's class inherits.

    Targets are looked at last: those of a class that is not loaded here may not be imported yet.
    """
    inherited = one.options is other.options and one.scope is other.scope
    if inherited and not issubclass(one.owner, Generic):  # of a generic class each subclass may have its own targets
        return True
    return _edges_of(one) == _edges_of(other) and one.targets == other.targets


def plan_fetch(
    classes: Sequence[type[Node]], fetch: object, values: Mapping[str, object] | None = None
) -> dict[str, FetchStep]:
    """Return the tree of relations that names, attributes and dotted paths ask for.

    Raises QueryError for a name that is no relation of the class it is asked of, TypeError for another kind of value.
    """
    steps: dict[str, FetchStep] = {}
    for entry in entries_of(fetch):
        options = entry.options if isinstance(entry, Fetched) else WHOLE
        level, owners = steps, tuple(classes)
        names = _path(entry.relation if isinstance(entry, Fetched) else entry, owners)
        last = len(names) - 1
        found: list[RelationMeta] = []
        for index, name in enumerate([*names, *names[-1:] * (options.depth - 1)]):
            owners = tuple(dict.fromkeys(cls for relation in found for cls in relation.targets)) or owners
            found = relations_of(owners, name) or _refuse_unknown(owners, repr(name))
            step = level.setdefault(name, FetchStep(found[0]))
            if index >= last and options is not WHOLE:
                for relation in found:
                    options.check(relation)
                step.options, step.values = options, values or {}
            level = step.children
    return steps


def entries_of(fetch: object) -> tuple[object, ...]:
    """Return what a `fetch` asks for: several relations, or one by its attribute. TypeError for another kind of value.

    A text is refused: it would be as many names as it has letters.
    """
    if isinstance(fetch, RelationAttribute):
        return (fetch,)
    if isinstance(fetch, (str, bytes)) or not isinstance(fetch, Iterable):
        raise TypeError(f"fetch takes a list of relation names, attributes or paths, not {fetch!r}")
    return tuple(cast("Iterable[object]", fetch))


def _path(entry: object, classes: Sequence[type[Node]]) -> list[str]:
    if isinstance(entry, RelationAttribute):
        owner = entry.meta.owner
        if not fits_classes(classes, owner) and not any(issubclass(cls, owner) for cls in _with_subclasses(classes)):
            _refuse_unknown(classes, repr(entry))
        return [entry.meta.name]
    if isinstance(entry, str):
        return entry.split(".")
    raise TypeError(f"fetch takes relation names, attributes or paths such as 'a.b', not {entry!r}")


def _with_subclasses(classes: Iterable[type[Node]]) -> Iterator[type[Node]]:
    for cls in classes:
        yield cls
        yield from metadata.subclasses(cls)


def relations_of(classes: Sequence[type[Node]], name: str) -> list[RelationMeta]:
    """Return the relations of that name that the classes and their subclasses have, each definition of it once.

    They are more than one where a class declares the relation anew, with another type for example.
    """
    found: list[RelationMeta] = []
    for cls in _with_subclasses(classes):
        relation = cls.__meta__.relations.get(name)
        if relation is not None and not any(is_alike(relation, other) for other in found):
            found.append(relation)
    return found


def _refuse_unknown(classes: Sequence[type[Node]], wanted: str) -> NoReturn:
    known = sorted({known for cls in classes for known in cls.__meta__.relations})
    names = " or ".join(cls.__name__ for cls in classes)
    raise QueryError(f"{names} has no relation {wanted}; it has: {', '.join(known) or 'none'}")


@dataclass(frozen=True, slots=True)
class PairsPart:
    """A table of (source id or key, target id) of one relation; `further`: not of the roots."""

    step: FetchStep
    further: bool = False


@dataclass(frozen=True, slots=True)
class NodesPart:
    """A table of nodes: the roots (step None), or the targets of a relation, each once."""

    family: Family
    step: FetchStep | None


@dataclass(eq=False)
class GraphPlan:
    """A statement in the making: what binds the roots, and the tables that go on from them.

    parameters: those of what binds the roots. An option's parameter of the same name that has another value gets
    another name. one: that is a single node.
    """

    dialect: Dialect
    mapper: Mapper
    root: str
    parameters: InitVar[Mapping[str, object]] = MappingProxyType({})
    one: bool = False
    bodies: list[tuple[str, list[str]]] = field(default_factory=list[tuple[str, list[str]]])
    tables: list[Columns] = field(default_factory=list["Columns"])
    parts: list[PairsPart | NodesPart] = field(default_factory=list[PairsPart | NodesPart])
    expressions: ExpressionCompiler = field(init=False)

    def __post_init__(self, parameters: Mapping[str, object]) -> None:
        self.expressions = ExpressionCompiler(self.dialect, "fetch_")
        self.expressions.parameters.update(parameters)

    def add_roots(self, family: Family) -> None:
        """Ask for the roots' own table."""
        self._add("", family.columns(self.root), family.wires, NodesPart(family, None))

    def add_steps(self, steps: Mapping[str, FetchStep], key: tuple[str, Wire] | None = None) -> None:
        """Ask for relations of the roots; `key` (expression, wire) names a root instead of its id."""
        for step in steps.values():
            self._add_step(step, "", self.root, 1, key)

    def _add_step(self, step: FetchStep, path: str, source: str, depth: int, key: tuple[str, Wire] | None) -> None:
        relation, target, edge = step.relation, f"m{depth}", f"r{depth}"
        hop = self._hop(step, source, edge, target)
        ordering = self._ordering(step, edge, target)
        family = self.mapper.family(relation.targets)
        source_id, source_wire = key or (self.dialect.render_id(source), self.dialect.id_wire)
        found, pairs = (self.dialect.render_hop(hop, keyword) for keyword in ("MATCH", "OPTIONAL MATCH"))
        if step.options.limit is not None:
            found = pairs = found + self._chosen(step.options.limit, ordering, source, edge, target)
        elif ordering:
            pairs += f" WITH {source}, {target}, {edge} ORDER BY {ordering}"
        elif depth > 1:
            pairs += f" WITH DISTINCT {source}, {target}"
        columns = [source_id, self.dialect.render_id(target)]
        self._add(f"{path}{pairs}", columns, (source_wire, self.dialect.id_wire), PairsPart(step, depth > 1))
        self._add(
            f"{path}{found} WITH DISTINCT {target}", family.columns(target), family.wires, NodesPart(family, step)
        )
        for child in step.children.values():
            self._add_step(child, f"{path}{found} ", target, depth + 1, None)

    def _hop(self, step: FetchStep, source: str, edge: str, target: str) -> Hop:
        """Return the hop of a step, with the conditions on what it leads to."""
        relation = step.relation
        labels, union = render_targets(self.dialect, relation.targets, target)
        self.expressions.enter({}, step.values)
        conditions = [union] if union else []
        conditions += self.expressions.inside(relation, step.options.where, edge, target)
        return Hop(relation, source, edge, target, labels, tuple(conditions))

    def _ordering(self, step: FetchStep, edge: str, target: str) -> str:
        relation = step.relation
        if not step.options.order:
            return render_order(self.dialect, relation, relation.options.order_by, edge, target)
        return ", ".join(render_order(self.dialect, relation, key, edge, target) for key in step.options.order)

    def _chosen(self, limit: int, ordering: str, source: str, edge: str, target: str) -> str:
        """Return what keeps the first targets of each source; ties are broken, so that each part keeps the same."""
        order = ", ".join(filter(None, [ordering, self.dialect.render_id(target)]))
        return f" {self.dialect.render_first(source, target, edge, order, self.expressions.add_count(limit))}"

    def _add(self, body: str, columns: Iterable[str], wires: Columns, part: PairsPart | NodesPart) -> None:
        self.bodies.append((body, list(columns)))
        self.tables.append(tuple(wires))
        self.parts.append(part)

    def render(self, prefix: str) -> str:
        """Return the text; a single table needs no subquery."""
        if len(self.bodies) > 1:
            return self.dialect.render_parts(prefix, self.root, self.bodies)
        body, columns = self.bodies[0]
        # A single row is not worth packing.
        rows = f"RETURN {', '.join(columns)}" if self.one else self.dialect.render_return(columns)
        return " ".join(filter(None, (prefix, body, rows)))

    def compile(self, prefix: str, origin: Origin) -> Statement:
        """Return the statement; raises QueryError where an option still needs a value."""
        if self.expressions.unbound:
            missing = ", ".join(self.expressions.unbound)
            raise QueryError(f"fetch() needs values for {missing}: give them with params()")
        return Statement(self.render(prefix), self.expressions.parameters, tuple(self.tables), origin=origin)


def render_order(dialect: Dialect, relation: RelationMeta, order: object, edge: str, target: str) -> str:
    """Return what ORDER BY says for one key of a relation's order, or nothing for None."""
    if order is None:
        return ""
    descending = isinstance(order, Ordering) and order.descending
    operand: object = order.operand if isinstance(order, Ordering) else order
    alias, name = _ordering_property(relation, operand, edge, target)
    return dialect.render_property(alias, name) + (" DESC" if descending else "")


def _ordering_property(relation: RelationMeta, operand: object, edge: str, target: str) -> tuple[str, str]:
    name = operand.meta.name if isinstance(operand, Property) else str(operand)
    sides: list[tuple[str, type[Entity]]] = [(target, cls) for cls in relation.targets]
    if relation.edge_model is not None:
        sides.append((edge, relation.edge_model))
    if isinstance(operand, Property):  # of the class itself, of one above it, or of a subclass that may be there
        owner = operand.meta.owner
        sides = [
            (alias, owner if issubclass(owner, cls) else cls) for alias, cls in sides if fits_classes((cls,), owner)
        ]
    for alias, cls in sides:
        if name in cls.__meta__.properties:
            return alias, cls.__meta__.properties[name].graph_name
    raise QueryError(f"{relation!r}: order_by {operand!r} is no property of the target or of the edge")


def render_by_keys(dialect: Dialect, meta: NodeMeta, *, many: bool, whole: bool = True) -> str:
    """Return what binds `n` to the node of `$key` or those of `$keys`; `whole`: with all labels of the class."""
    label = dialect.key_label(meta) if whole else meta.primary_label
    others = [other for other in meta.labels if other != label] if whole and dialect.supports_multiple_labels else []
    test = dialect.render_label_test("n", others) if others else ""
    if many:
        return dialect.render_keyed_nodes("n", label, meta.key.graph_name, "$keys", test)
    return dialect.render_keyed_node("n", label, meta.key.graph_name, "$key", test)
