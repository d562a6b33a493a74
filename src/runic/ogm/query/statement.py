"""The methods that build a statement: each returns a new one, so that any of them can be shared and gone on from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeGuard, TypeVar

from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import as_predicate
from runic.ogm.model.base import Node
from runic.ogm.query.bounds import bounded_hops, checked_bound, checked_timeout
from runic.ogm.query.building import changed, filtered, projected, sort, staged, unite
from runic.ogm.query.fetching import fetched
from runic.ogm.query.pattern import ROOT, Filter, Place, Selection, Stage, Step, is_edge
from runic.ogm.query.related import Exists, check_repeatable, end_of_path
from runic.ogm.query.scope import (
    check_class_at,
    check_new_alias,
    describe,
    place_named,
    relation_from,
    resolve_places,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.expressions import Predicate
    from runic.ogm.model.base import Node
    from runic.ogm.model.relations import Related

T = TypeVar("T")


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
            selection = filtered(selection, Filter(predicate, resolve_places(selection, predicate, place)))
        return self._next(selection)

    def alias(self, name: str, /) -> Self:
        """Name the step just made, or before any step the root."""
        selection = self._selection
        checked = check_new_alias(selection, name, selection.last)
        if selection.last == ROOT:
            return self._next(selection.but(root_name=checked))
        return self._next(selection.with_step(selection.last, name=checked))

    def traverse(
        self,
        relation: Related[Any] | Node | Sequence[Node] | str | None,
        /,
        edge_alias: str | None = None,
        *,
        optional: bool = True,
        on: str | None = None,
    ) -> Self:
        """Go on along a relation of the node reached last, or of the one that `on` names.

        relation: `Model.relation` or its name. edge_alias: names the edge, for conditions on it and to return it.
        optional: rows for which nothing is found stay, with None. After `skip` or `limit` the step goes on from the
        rows of that page. Raises QueryError if the node has no such relation.
        """
        selection = self._selection
        source = selection.current if on is None else place_named(selection, on, "traverse(on=)")
        found = relation_from(selection, relation, source)
        if selection.stage.paged:
            selection = selection.but(stages=(*selection.stages, Stage()))
        edge = Place(selection.last + 1)
        name = None if edge_alias is None else check_new_alias(selection, edge_alias, edge)
        step = Step(found, source, len(selection.stages) - 1, bool(optional), edge_name=name)
        return self._next(selection.but(steps=(*selection.steps, step)))

    def repeat(
        self,
        relation: Related[Any] | Node | Sequence[Node] | str | None,
        /,
        min_hops: int = 1,
        max_hops: int | None = None,
        *,
        optional: bool = True,
        on: str | None = None,
    ) -> Self:
        """Go on along a relation several times: to each node that `min_hops` to `max_hops` edges lead to, once.

        Without `max_hops` as far as it goes. Raises QueryError if the relation does not go on from where it leads.
        """
        low = checked_bound(min_hops, "repeat(min_hops=)")
        high = None if max_hops is None else checked_bound(max_hops, "repeat(max_hops=)")
        if high is not None and high < low:
            raise ValueError(f"repeat(): max_hops is {high}, which is less than min_hops, {low}")
        statement = self.traverse(relation, optional=optional, on=on)
        step = statement.selection.steps[-1]
        check_repeatable(step.relation)
        hops = (low, bounded_hops(high))
        return self._next(statement.selection.with_step(statement.selection.last, hops=hops))

    def _shortest(self, relation: object, to: object, max_hops: int | None, on: str | None) -> Selection:
        """Return the selection with a step to the end of the shortest path."""
        if self._selection.path is not None:
            raise QueryError(f"a statement has one shortest_path(). {describe(self._selection)}")
        high = None if max_hops is None else checked_bound(max_hops, "shortest_path(max_hops=)")
        if high == 0:
            raise ValueError("shortest_path(): max_hops must be 1 or more")
        found: Any = relation
        selection = self.traverse(found, optional=False, on=on).selection
        step = selection.steps[-1]
        check_repeatable(step.relation, "shortest_path()")
        selection = selection.with_step(selection.last, hops=(1, bounded_hops(high)), shortest=True)
        for predicate in end_of_path(step.relation, to):
            places = resolve_places(selection, predicate, selection.last)
            selection = filtered(selection, Filter(predicate, places))
        return selection

    def exists(
        self,
        relation: Related[Any] | Node | Sequence[Node] | str | None,
        /,
        *predicates: Predicate | bool,
        on: str | None = None,
    ) -> Self:
        """Keep what is related to something for which all of `predicates` hold; `where(~exists(...))` to nothing."""
        selection = self._selection
        source = selection.current if on is None else place_named(selection, on, "exists(on=)")
        meta = relation_from(selection, relation, source, "exists()")
        condition = Exists(meta, tuple(map(as_predicate, predicates)))
        return self._next(filtered(selection, Filter(condition, resolve_places(selection, condition, source))))

    def with_(self, *items: object) -> Self:
        """End a stage: what follows sees these nodes, edges and values alone, as they are ordered and paged until here.

        items: aliases, and expressions that what follows calls by name, `with_("a", count().as_("n"))`, then
        `where(ref("n") > 2)`; an aggregate is made for each combination of the others. Raises QueryError for an
        unknown alias and for an expression without a name.
        """
        return self._next(staged(self._selection, items))

    def union(self, other: Statement[T], /) -> Self:
        """Go on with what this statement or the other finds, each once."""
        return self._next(unite(self._selection, checked_statement(other, "union()")))

    def order_by(self, *keys: object, desc: bool = False) -> Self:
        """Order by attributes, their names, or `asc(...)` and `desc(...)` of them, after what was given before.

        `desc` turns all plain keys of this call around. Raises QueryError for a key that is no field.
        """
        selection = self._selection
        order = tuple(sort(selection, key, descending=bool(desc)) for key in keys)
        return self._next(selection.with_stage(order=(*selection.stage.order, *order)))

    def skip(self, count: int, /) -> Self:
        """Leave out the first `count` rows."""
        return self._next(self._selection.with_stage(skip=checked_bound(count, "skip()")))

    def limit(self, count: int, /) -> Self:
        """Give at most `count` rows."""
        return self._next(self._selection.with_stage(limit=checked_bound(count, "limit()")))

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
        return self._next(self._targeting(alias))

    def _targeting(self, alias: str, cls: type[Node] | None = None) -> Selection:
        """Return the selection that gives the nodes with an alias, which have to be of `cls` if that is given."""
        place = self._place(alias, "return_target()", edge=False)
        if cls is not None:
            check_class_at(self._selection, place, cls, "return_target()")
        return self._selection.but(target=place)

    def project(self, *fields: object) -> Self:
        """Give rows of values: fields, their names, or expressions, with `.as_(name)` where they need a name.

        A row's keys are the names of the fields, or alias.field where several are called the same.
        """
        selection = self._selection
        columns = tuple(projected(selection, value) for value in fields)
        return self._next(selection.but(projected=(*selection.projected, *columns)))

    def aggregate(self, *aggregates: object, group_by: object = None) -> Self:
        """Give rows of `count()`, `avg(field)` and so on: one row, or one for each of what `group_by` names.

        group_by: the alias of a node, which is then part of the row, a field, or several of these.
        """
        selection = self._selection
        fields: list[object] = []
        for group in _listed(group_by):
            if isinstance(group, str):
                place = self._place(group, "aggregate(group_by=)", edge=False)
                selection = selection.but(groups=tuple(dict.fromkeys((*selection.groups, place))))
            else:
                fields.append(group)
        columns = [projected(selection, value) for value in (*fields, *aggregates)]
        return self._next(selection.but(projected=(*selection.projected, *columns)))

    def update(self, **values: object) -> Self:
        """Set fields of all results, to plain values or to expressions such as `Model.field + 1`.

        Run it with `session.execute`. Entities of a session do not see the change before they are refreshed.
        """
        selection = self._selection
        changes = tuple(changed(selection, name, value) for name, value in values.items())
        if selection.deletes or not changes:
            raise QueryError("update() takes fields with their values, and does not go together with delete()")
        return self._next(selection.but(changes=(*selection.changes, *changes)))

    def delete(self) -> Self:
        """Delete all results, with their edges. Run it with `session.execute`."""
        if self._selection.changes:
            raise QueryError("delete() does not go together with update()")
        return self._next(self._selection.but(deletes=True))

    def fetch(
        self,
        *relations: object,
        order_by: object = None,
        where: object = None,
        limit: int | None = None,
        depth: int | None = None,
    ) -> Self:
        """Load relations with the results: attributes, names, or paths such as "works.exhibitions".

        The options are for what each path leads to. order_by: keys of the target or the edge, one or several. where:
        predicates on these, one or several, for what is loaded of each parent. limit: how much, the first by the order.
        depth: follow a self relation so many times. A list of which a part was left out says so (`is_partial`): it
        can be added to and removed from, never written back as the whole; a list that was loaded whole before stays.
        Raises QueryError for an option that a relation cannot have.
        """
        entries = fetched(relations, order_by, where, limit, depth)
        return self._next(self._selection.but(fetched=(*self._selection.fetched, *entries)))

    def params(self, **values: object) -> Self:
        """Give the values of what `param(name)` left open."""
        return self._next(self._selection.with_values(values))

    def timeout(self, seconds: float, /) -> Self:
        """Let the database take this long at most, instead of the session's `timeout`."""
        return self._next(self._selection.but(timeout=checked_timeout(seconds)))

    def _place(self, alias: str, method: str, *, edge: bool) -> Place:
        place = place_named(self._selection, alias, method)
        if is_edge(place) is not edge:
            kind, other = ("a node", "return_nodes()") if edge else ("an edge", "return_edge()")
            raise QueryError(f"{method}: {alias!r} is {kind}; use {other}")
        return place

    def _returning(self, places: Iterable[Place]) -> Self:
        returned = tuple(sorted({*self._selection.returned, *places}))
        return self._next(self._selection.but(returned=returned))


def checked_statement(value: object, argument: str) -> Selection:
    """Return the data of what has to be a statement."""
    if isinstance(value, Statement):
        return value.selection
    raise TypeError(f"{argument} takes a statement made with select(), not {value!r}")


def _listed(value: object) -> list[object]:
    if _is_several(value):
        return [*value]
    return [] if value is None else [value]


def _is_several(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, (list, tuple))
