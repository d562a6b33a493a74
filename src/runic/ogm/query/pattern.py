"""The data of a statement: a root, steps along relations, and stages that filter, order and page them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runic.ogm.expressions import Operand, Predicate
    from runic.ogm.model.base import Edge, Entity, Node
    from runic.ogm.model.metadata import PropertyMeta, RelationMeta
    from runic.ogm.query.references import Named
    from runic.ogm.query.search import Source

Place = NewType("Place", int)
"""Where something stands in the pattern: the root is 0, the edge of the n-th step 2n - 1, its node 2n."""

ROOT = Place(0)

SHARED: Final = "_shared"
"""Where selections that differ in their values only keep what they were compiled to."""

Attribute: TypeAlias = "PropertyMeta | RelationMeta | Named"
Places: TypeAlias = "Mapping[Attribute, Place]"
"""Which node or edge each attribute of one expression was written for."""


def is_edge(place: Place) -> bool:
    """Tell edges from nodes."""
    return place % 2 == 1


@dataclass(frozen=True, slots=True, eq=False)
class Filter:
    """A condition and what its attributes stand for."""

    predicate: Predicate
    places: Places

    @property
    def latest(self) -> Place:
        """The last place that the condition speaks of: there it can be decided."""
        return max(self.places.values(), default=ROOT)


@dataclass(frozen=True, slots=True, eq=False)
class Sort:
    """One key of an order."""

    operand: Operand[Any]
    descending: bool
    places: Places


@dataclass(frozen=True, slots=True, eq=False)
class Projected:
    """One value of a projection's rows; without a name it has the field's."""

    name: str | None
    operand: Operand[Any]
    places: Places


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A property that is set to a plain value, or to an expression's."""

    prop: PropertyMeta
    value: object
    places: Places


@dataclass(frozen=True, slots=True)
class Step:
    """One hop from `source` along a relation, or with `hops` (from, to or None) several of them.

    shortest: along the shortest path there is, which the statement gives.
    """

    relation: RelationMeta
    source: Place
    stage: int
    optional: bool
    name: str | None = None
    edge_name: str | None = None
    hops: tuple[int, int | None] | None = None
    shortest: bool = False
    filters: tuple[Filter, ...] = ()

    @property
    def classes(self) -> tuple[type[Node], ...]:
        """What the step leads to."""
        return self.relation.targets

    @property
    def is_keyed(self) -> bool:
        """Whether several edges of the step, told apart by a key, may join the same two nodes."""
        edge = self.relation.edge_model
        return edge is not None and edge.__meta__.key is not None


@dataclass(frozen=True, slots=True)
class Stage:
    """What ends with WITH, or at last with RETURN: filters of what came before, then order and paging.

    carry: the places that go on, or None for all of them. kept: the named values that go on with them. computed: the
    values that are named here.
    """

    filters: tuple[Filter, ...] = ()
    order: tuple[Sort, ...] = ()
    skip: int | None = None
    limit: int | None = None
    distinct: bool = False
    carry: tuple[Place, ...] | None = None
    kept: tuple[str, ...] = ()
    computed: tuple[Projected, ...] = ()

    @property
    def paged(self) -> bool:
        """Whether rows are left out at its end."""
        return self.skip is not None or self.limit is not None


@dataclass(frozen=True)
class Selection:
    """A whole statement; the last stage is the open one.

    roots: what the root may be. classes: what `select` was given. source: the search that finds the root. united:
    statements whose results the root stands for, instead of all nodes. groups: the nodes that aggregates are made for.
    having: conditions on rows that were made of others. changes, deletes: what is to be written to the results.
    timeout: how many seconds that may take.
    """

    roots: tuple[type[Node], ...]
    classes: tuple[type[Entity], ...]
    root_name: str | None = None
    steps: tuple[Step, ...] = ()
    stages: tuple[Stage, ...] = (Stage(),)
    returned: tuple[Place, ...] = ()
    target: Place | None = None
    source: Source | None = None
    united: tuple[Selection, ...] = ()
    projected: tuple[Projected, ...] = ()
    groups: tuple[Place, ...] = ()
    having: tuple[Filter, ...] = ()
    changes: tuple[Change, ...] = ()
    deletes: bool = False
    fetched: tuple[object, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    timeout: float | None = None

    @property
    def root(self) -> type[Node]:
        """The class that the statement starts at (of a union the first)."""
        return self.roots[0]

    @property
    def stage(self) -> Stage:
        """The open stage."""
        return self.stages[-1]

    @property
    def writes(self) -> bool:
        """Whether running it changes the graph."""
        return self.deletes or bool(self.changes)

    @property
    def last(self) -> Place:
        """The node of the last step."""
        return Place(2 * len(self.steps))

    @cached_property
    def current(self) -> Place:
        """The node that a step goes on from: the one reached last, of those that `with_` kept."""
        return max((place for place in self.visible if not is_edge(place)), default=ROOT)

    @property
    def result(self) -> Place:
        """The place of what the statement gives: the target, else the first node that is returned, else the root."""
        if self.target is not None:
            return self.target
        nodes = [place for place in self.returned if not is_edge(place)]
        return ROOT if ROOT in nodes or not nodes else nodes[0]

    def may_lack(self, place: Place) -> bool:
        """Tell whether rows may have nothing at a place: what an optional step, of a united statement too, is for."""
        if place == ROOT:
            return any(part.may_lack(part.result) for part in self.united)
        return self.step_at(place).optional

    def step_at(self, place: Place) -> Step:
        """Return the step whose node or edge stands at `place`."""
        return self.steps[(place - 1) // 2]

    def name_at(self, place: Place) -> str | None:
        """Return the alias that the user gave, if any."""
        if place == ROOT:
            return self.root_name
        step = self.step_at(place)
        return step.edge_name if is_edge(place) else step.name

    def nodes_at(self, place: Place) -> tuple[type[Node], ...]:
        """Return the node classes that may stand at `place`; none if it is an edge."""
        if place == ROOT:
            return self.roots
        return () if is_edge(place) else self.step_at(place).classes

    def edge_at(self, place: Place) -> type[Edge] | None:
        """Return the edge class at `place`; None for a node, and for a relation that has none."""
        return self.step_at(place).relation.edge_model if is_edge(place) else None

    @cached_property
    def visible(self) -> tuple[Place, ...]:
        """The places that can still be spoken of: `with_` leaves others behind, a repeated step has no one edge."""
        places: list[Place] = [ROOT]
        number = 0
        for index, step in enumerate(self.steps, 1):
            while number < step.stage:
                places = _carried(places, self.stages[number])
                number += 1
            places += (Place(2 * index - 1), Place(2 * index)) if step.hops is None else (Place(2 * index),)
        for stage in self.stages[number:-1]:
            places = _carried(places, stage)
        return tuple(places)

    @cached_property
    def columns(self) -> dict[str, Projected]:
        """The values that `with_` named and that can still be spoken of."""
        found: dict[str, Projected] = {} if self.source is None else self.source.columns
        for stage in self.stages[:-1]:
            if stage.carry is not None:
                found = {name: found[name] for name in stage.kept}
            found.update((item.name, item) for item in stage.computed if item.name is not None)
        return found

    @property
    def path(self) -> Place | None:
        """The place that the shortest path leads to, of a statement that asks for one."""
        found = [Place(2 * index) for index, step in enumerate(self.steps, 1) if step.shortest]
        return found[-1] if found else None

    def steps_of(self, stage: int) -> Iterator[tuple[Place, Step]]:
        """Yield the steps of a stage, each with the place of its node."""
        for index, step in enumerate(self.steps, 1):
            if step.stage == stage:
                yield Place(2 * index), step

    def but(self, **changes: Any) -> Selection:
        """Return the selection with other data; what is derived from it is derived again."""
        found = object.__new__(Selection)
        own = self.__dict__
        found.__dict__.update({name: own[name] for name in _NAMES}, **changes)
        return found

    def with_values(self, values: Mapping[str, object]) -> Selection:
        """Return the selection with values of parameters; it shares what others of the kind were compiled to."""
        found = self.but(values={**self.values, **values})
        vars(found)[SHARED] = vars(self).setdefault(SHARED, {})
        return found

    def with_stage(self, **changes: Any) -> Selection:
        """Return the selection with changes of the open stage."""
        return self._of_pattern(stages=(*self.stages[:-1], replace(self.stage, **changes)))

    def with_filter(self, condition: Filter) -> Selection:
        """Return the selection with one more condition on what came before the open stage."""
        return self.with_stage(filters=(*self.stage.filters, condition))

    def with_step(self, place: Place, **changes: Any) -> Selection:
        """Return the selection with changes of the step at `place`."""
        index = (place - 1) // 2
        steps = (*self.steps[:index], replace(self.steps[index], **changes), *self.steps[index + 1 :])
        return self.but(steps=steps) if "hops" in changes else self._of_pattern(steps=steps)  # one has no one edge

    def _of_pattern(self, **changes: Any) -> Selection:
        """Return the selection with other data of the same pattern: what can be spoken of is the same."""
        found, own = self.but(**changes), self.__dict__
        found.__dict__.update({name: own[name] for name in _OF_PATTERN if name in own})
        return found


_NAMES = tuple(each.name for each in fields(Selection))
_OF_PATTERN = ("visible", "current", "columns")


def _carried(places: list[Place], stage: Stage) -> list[Place]:
    return places if stage.carry is None else [place for place in places if place in stage.carry]
