"""The methods that build a statement: each returns a new one, so that any of them can be shared and gone on from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Ordering, as_predicate
from runic.ogm.model.base import Entity, Node
from runic.ogm.model.fields import Property, as_operand
from runic.ogm.query.pattern import ROOT, Filter, Place, Selection, Sort, Stage, Step, is_edge
from runic.ogm.query.scope import (
    check_new_alias,
    describe,
    place_named,
    property_named,
    relation_from,
    resolve_places,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.expressions import Predicate
    from runic.ogm.model.relations import Related

T = TypeVar("T")

MAX_BOUND = 2**63 - 1


class Statement(Generic[T]):
    """What `select()` returns and a session's query is: an immutable question whose answers are of type T."""

    __slots__ = ("_selection",)

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    @property
    def selection(self) -> Selection:
        """The statement's data, for compilers."""
        return self._selection

    def _next(self, selection: Selection) -> Self:
        """Return a statement like this one with other data."""
        statement = object.__new__(type(self))
        statement._selection = selection
        return statement

    def where(self, *predicates: Predicate | bool, on: str | None = None) -> Self:
        """Keep what all of `predicates` hold for.

        An attribute stands for the step made last if its class fits, else for the only node or edge that fits; `on`
        names another by its alias. A condition on an optional step decides what the step finds and keeps the row.
        `!=` and `<>` never hold for a missing value. Raises QueryError for an attribute that fits nothing.
        """
        selection = self._selection
        place = None if on is None else place_named(selection, on, "where(on=)")
        for predicate in map(as_predicate, predicates):
            selection = _filtered(selection, Filter(predicate, resolve_places(selection, predicate, place)))
        return self._next(selection)

    def alias(self, name: str, /) -> Self:
        """Name the step just made, or before any step the root."""
        selection = self._selection
        checked = check_new_alias(selection, name, selection.last)
        if selection.last == ROOT:
            return self._next(replace(selection, root_name=checked))
        return self._next(selection.with_step(selection.last, name=checked))

    def traverse(
        self,
        relation: Related[Any] | Node | Sequence[Node] | None,
        /,
        *,
        edge_alias: str | None = None,
        optional: bool = True,
        on: str | None = None,
    ) -> Self:
        """Go on along a relation of the node reached last, or of the one that `on` names.

        relation: `Model.relation` or its name. edge_alias: names the edge, for conditions on it and to return it.
        optional: rows for which nothing is found stay, with None. After `skip` or `limit` the step goes on from the
        rows of that page. Raises QueryError if the node has no such relation.
        """
        selection = self._selection
        source = selection.last if on is None else place_named(selection, on, "traverse(on=)")
        found = relation_from(selection, relation, source)
        if selection.stage.paged:
            selection = replace(selection, stages=(*selection.stages, Stage()))
        edge = Place(selection.last + 1)
        name = None if edge_alias is None else check_new_alias(selection, edge_alias, edge)
        step = Step(found, source, len(selection.stages) - 1, bool(optional), edge_name=name)
        return self._next(replace(selection, steps=(*selection.steps, step)))

    def order_by(self, *keys: object, desc: bool = False) -> Self:
        """Order by attributes, their names, or `asc(...)` and `desc(...)` of them, after what was given before.

        `desc` turns all plain keys of this call around. Raises QueryError for a key that is no field.
        """
        selection = self._selection
        order = tuple(_sort(selection, key, descending=bool(desc)) for key in keys)
        return self._next(selection.with_stage(order=(*selection.stage.order, *order)))

    def skip(self, count: int, /) -> Self:
        """Leave out the first `count` rows."""
        return self._next(self._selection.with_stage(skip=_bound(count, "skip")))

    def limit(self, count: int, /) -> Self:
        """Give at most `count` rows."""
        return self._next(self._selection.with_stage(limit=_bound(count, "limit")))

    def distinct(self) -> Self:
        """Give each result once."""
        return self._next(self._selection.with_stage(distinct=True))

    def return_nodes(self, *aliases: str) -> Self:
        """Give the nodes with these aliases, in the order of the pattern."""
        places = [self._place(alias, "return_nodes()", edge=False) for alias in aliases]
        return self._returning(places)

    def return_edge(self, alias: str, /) -> Self:
        """Give also the edge with this alias."""
        return self._returning([self._place(alias, "return_edge()", edge=True)])

    def return_target(self, alias: str, /) -> Self:
        """Give the node with this alias instead of the root."""
        return self._next(replace(self._selection, target=self._place(alias, "return_target()", edge=False)))

    def fetch(self, *relations: object) -> Self:
        """Load relations with the results: attributes, names, or paths such as "works.exhibitions"."""
        for relation in relations:
            if isinstance(relation, (list, tuple, set)):
                raise TypeError(f"fetch() takes each relation as an argument of its own, not {relation!r}")
        return self._next(replace(self._selection, fetched=(*self._selection.fetched, *relations)))

    def params(self, **values: object) -> Self:
        """Give the values of what `param(name)` left open."""
        return self._next(replace(self._selection, values={**self._selection.values, **values}))

    def _place(self, alias: str, method: str, *, edge: bool) -> Place:
        place = place_named(self._selection, alias, method)
        if is_edge(place) is not edge:
            kind, other = ("a node", "return_nodes()") if edge else ("an edge", "return_edge()")
            raise QueryError(f"{method}: {alias!r} is {kind}; use {other}")
        return place

    def _returning(self, places: Iterable[Place]) -> Self:
        returned = tuple(sorted({*self._selection.returned, *places}))
        return self._next(replace(self._selection, returned=returned))


def new_selection(classes: Sequence[object]) -> Selection:
    """Return the selection of `select(*classes)`: the first class is the root."""
    checked = [_checked_class(cls) for cls in classes]
    root = checked[0]
    if not issubclass(root, Node):
        raise QueryError(f"select() starts at a node class, not at the edge class {root.__name__}")
    return Selection(root, tuple(checked))


def _checked_class(cls: object) -> type[Entity]:
    if isinstance(cls, type) and issubclass(cls, Entity) and hasattr(cls, "__meta__"):
        return cls.__meta__.cls
    raise TypeError(f"select() takes mapped classes, derived from Node or Edge, not {cls!r}")


def _filtered(selection: Selection, condition: Filter) -> Selection:
    """Put a condition where it can be decided: to its latest step, or to the stage if that is an earlier one's."""
    place = condition.latest
    if place != ROOT:
        step = selection.step_at(place)
        if step.stage == len(selection.stages) - 1:
            return selection.with_step(place, filters=(*step.filters, condition))
    return selection.with_stage(filters=(*selection.stage.filters, condition))


def _sort(selection: Selection, key: object, *, descending: bool) -> Sort:
    if isinstance(key, str):
        prop, place = property_named(selection, key, "order_by()")
        return Sort(Property.bound(prop), descending, {prop: place})
    if isinstance(key, Ordering):
        return Sort(key.operand, key.descending, resolve_places(selection, key.operand))
    operand = as_operand(key)
    places = resolve_places(selection, operand)
    if not places:
        raise QueryError(f"order_by() takes fields of the statement, not {key!r}; {describe(selection)}")
    return Sort(operand, descending, places)


def _bound(value: object, name: str) -> int:
    if type(value) is not int:
        raise TypeError(f"{name}() takes an int, not {value!r}")
    if not 0 <= value <= MAX_BOUND:
        raise ValueError(f"{name}() takes a number from 0 to {MAX_BOUND}, not {value}")
    return value
