"""Questions about what a node is related to, as conditions and as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Operand, Predicate, as_predicate
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.relations import Related, RelationAttribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.model.base import Entity
    from runic.ogm.model.metadata import RelationMeta


@dataclass(frozen=True, slots=True, eq=False)
class Exists(Predicate):
    """There is an edge of the relation for which all the predicates hold."""

    relation: RelationMeta
    predicates: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RelatedCount(Operand[int]):
    """How many edges of the relation there are for which all the predicates hold."""

    relation: RelationMeta
    predicates: tuple[Predicate, ...]


def exists(relation: Related[Any] | Node | Sequence[Node] | None, /, *predicates: Predicate | bool) -> Predicate:
    """Something is related: `exists(Model.relation, Target.field > 1, EdgeClass.field == 2)`; `~exists(...)`: nothing.

    Predicates on the relation's target and edge speak of these, all others of the statement around.
    """
    return Exists(_meta(relation, "exists()"), tuple(map(as_predicate, predicates)))


def count_related(
    relation: Related[Any] | Node | Sequence[Node] | None, /, *predicates: Predicate | bool
) -> RelatedCount:
    """How much is related, as a number to compare, order by or project; predicates as in `exists`."""
    return RelatedCount(_meta(relation, "count_related()"), tuple(map(as_predicate, predicates)))


def _meta(relation: object, function: str) -> RelationMeta:
    if isinstance(relation, RelationAttribute):
        return relation.meta
    raise TypeError(f"{function} takes a relation such as Model.relation, not {relation!r}")


def fits_classes(classes: Iterable[type[Entity]], owner: type[Entity]) -> bool:
    """Tell whether an attribute of `owner` can be there on an entity of one of `classes`."""
    return any(issubclass(owner, cls) or issubclass(cls, owner) for cls in classes)


def fits_edge(relation: RelationMeta, owner: type[Entity]) -> bool:
    """Tell whether an attribute of `owner` can be there on an edge of the relation."""
    if relation.edge_model is not None:
        return fits_classes((relation.edge_model,), owner)
    return issubclass(owner, Edge) and owner.__meta__.type == relation.type


def inner_side(relation: RelationMeta, owner: type[Entity]) -> Literal["edge", "target"] | None:
    """Return what an attribute of `owner` stands for inside a question about `relation`; None: the statement around."""
    if fits_edge(relation, owner):
        return "edge"
    return "target" if fits_classes(relation.targets, owner) else None


def check_repeatable(relation: RelationMeta, method: str = "repeat()") -> None:
    """Raise QueryError unless the relation can be followed again from where it leads."""
    if not fits_classes(relation.targets, relation.owner):
        names = " or ".join(cls.__name__ for cls in relation.targets)
        raise QueryError(f"{method}: {relation!r} leads to {names}, from where it does not go on")


def end_of_path(relation: RelationMeta, to: object) -> list[Predicate]:
    """Return the conditions on the end of a path: an entity or its key, a predicate, or several of these."""
    if isinstance(to, Predicate):
        return [to]
    if isinstance(to, (list, tuple)):
        return [as_predicate(part) for part in cast("list[object]", to)]
    if isinstance(to, Node):
        if not isinstance(to, relation.targets):
            raise QueryError(f"shortest_path(): {relation!r} does not lead to {to!r}")
        meta = to.__meta__
        return [meta.cls.__properties__[meta.key.name] == getattr(to, meta.key.name)]
    if isinstance(to, bool) or to is None:
        raise TypeError(f"shortest_path(to=) takes an entity, its key or a predicate, not {to!r}")
    if len(relation.targets) > 1:
        raise QueryError(f"shortest_path(): {relation!r} leads to several classes: give an entity or a predicate")
    target: type[Node] = next(iter(relation.targets))
    return [target.__properties__[target.__meta__.key.name] == to]
