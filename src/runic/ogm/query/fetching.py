"""What is to be loaded with the results of a statement, and how much of it for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Predicate, as_predicate
from runic.ogm.query.bounds import checked_bound

if TYPE_CHECKING:
    from runic.ogm.model.metadata import RelationMeta


@dataclass(frozen=True, slots=True, eq=False)
class FetchOptions:
    """How much of a relation is loaded.

    order: what orders the targets of each parent, instead of the relation's own order. where: which of them are
    loaded. limit: how many. depth: how often a self relation is followed.
    """

    order: tuple[object, ...] = ()
    where: tuple[Predicate, ...] = ()
    limit: int | None = None
    depth: int = 1

    @property
    def partial(self) -> bool:
        """Whether some of what is related may be left out."""
        return bool(self.where) or self.limit is not None

    def check(self, relation: RelationMeta) -> None:
        """Raise QueryError for a single relation of which a part is asked for."""
        if self.partial and not relation.many:
            raise QueryError(
                f"fetch(where=, limit=): {relation!r} leads to one; filter the statement by traverse() and where()"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Fetched:
    """A relation, by its attribute, name or path, with options for the last part of the path."""

    relation: object
    options: FetchOptions


def fetched(
    relations: tuple[object, ...], order_by: object, where: object, limit: int | None, depth: int | None
) -> tuple[object, ...]:
    """Return what `fetch()` adds to a statement; relations stay as they are where there is no option."""
    for relation in relations:
        if isinstance(relation, (list, tuple, set)):
            raise TypeError(f"fetch() takes each relation as an argument of its own, not {relation!r}")
    if order_by is None and where is None and limit is None and depth is None:
        return relations
    if not relations:
        raise TypeError("fetch() takes the relations that order_by, where, limit and depth are for")
    options = FetchOptions(
        tuple(_several(order_by)),
        tuple(map(as_predicate, _several(where))),
        None if limit is None else checked_bound(limit, "fetch(limit=)"),
        1 if depth is None else checked_bound(depth, "fetch(depth=)"),
    )
    if options.depth < 1:
        raise ValueError("fetch(depth=) takes a number from 1 on, not 0")
    return tuple(Fetched(relation, options) for relation in relations)


def _several(value: object) -> list[object]:
    if value is None:
        return []
    return [*cast("list[object]", value)] if isinstance(value, (list, tuple)) else [value]
