"""A statement never changes, and what it cannot mean is refused when it is built."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runic.ogm.exceptions import OGMError, QueryError
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.fields import asc, col, desc
from runic.ogm.query.building import new_selection
from runic.ogm.query.pattern import ROOT, Place
from runic.ogm.query.statement import Statement
from tests.unit.sky import Body, Lens, Sighting, Star, Tripod, Watcher


def select(*classes: Any) -> Statement[Any]:
    return Statement(new_selection(classes))


def seen() -> Statement[Any]:
    """A watcher, an edge and a body, with aliases."""
    return select(Watcher).alias("w").traverse(Watcher.bodies, edge_alias="e").alias("b")


EXTENSIONS: dict[str, Callable[[Statement[Any]], Statement[Any]]] = {
    "where": lambda s: s.where(Watcher.id == "a", on="w"),
    "where on an edge": lambda s: s.where(Sighting.notes == "a", on="e"),
    "alias": lambda s: s.alias("other"),
    "traverse": lambda s: s.traverse(Body.near),
    "order_by": lambda s: s.order_by(Body.name),
    "skip": lambda s: s.skip(1),
    "limit": lambda s: s.limit(1),
    "distinct": lambda s: s.distinct(),
    "return_nodes": lambda s: s.return_nodes("w"),
    "return_edge": lambda s: s.return_edge("e"),
    "return_target": lambda s: s.return_target("b"),
    "fetch": lambda s: s.fetch("tutor"),
    "params": lambda s: s.params(x=1),
}


@pytest.mark.parametrize("name", list(EXTENSIONS))
def test_each_method_returns_another(name: str) -> None:
    base = seen()
    before = base.selection
    extended = EXTENSIONS[name](base)
    assert extended is not base
    assert type(extended) is type(base)
    assert extended.selection != before
    assert base.selection is before


def test_one_base_two_extensions() -> None:
    base = seen().where(Body.rank > 1)
    low, high = base.where(Body.rank < 5), base.where(Body.rank > 9)
    assert [len(s.selection.steps[0].filters) for s in (base, low, high)] == [1, 2, 2]


def test_subclass_stays_itself() -> None:
    class Bound(Statement[Any]):
        __slots__ = ("session",)

        def _next(self, selection: Any) -> Any:
            statement = super()._next(selection)
            statement.session = self.session
            return statement

    bound = Bound(new_selection((Body,)))
    bound.session = object()
    found = bound.where(Body.id == "a").limit(3)
    assert type(found) is Bound
    assert found.session is bound.session


def places(statement: Statement[Any]) -> list[Place]:
    """Where the conditions went, by what they speak of."""
    selection = statement.selection
    filters = [
        *(condition for stage in selection.stages for condition in stage.filters),
        *(condition for step in selection.steps for condition in step.filters),
    ]
    return [condition.latest for condition in filters]


def test_condition_belongs_to_the_latest_step() -> None:
    statement = select(Watcher).traverse(Watcher.tutor).alias("t").where(Watcher.name == "x")
    assert places(statement) == [Place(2)]


def test_condition_belongs_to_the_only_fit() -> None:
    assert places(seen().where(Watcher.name == "x")) == [ROOT]
    assert places(seen().traverse(Body.near).where(Sighting.notes == "x")) == [Place(1)]


def test_on_names_any_of_them() -> None:
    statement = select(Watcher).alias("w").traverse(Watcher.tutor).alias("t")
    assert places(statement.where(Watcher.name == "x", on="w")) == [ROOT]
    assert places(statement.where(Watcher.name == "x", on="t")) == [Place(2)]


def test_on_speaks_for_what_fits_it() -> None:
    """The other attributes of the condition go by the rule."""
    statement = seen().where((Sighting.notes == Watcher.name) | (Sighting.magnitude > 1), on="e")
    [condition] = statement.selection.steps[0].filters
    assert set(condition.places.values()) == {ROOT, Place(1)}


def test_subclass_and_base_attributes_fit() -> None:
    assert places(select(Star).where(Body.name == "x")) == [ROOT]
    assert places(select(Body).where(Star.age == 1)) == [ROOT]


def test_union_takes_fields_of_each() -> None:
    statement = select(Watcher).traverse(Watcher.owns).alias("o")
    assert places(statement.where((Lens.width > 1) | (Tripod.height > 1))) == [Place(2)]


def test_several_fits_need_on() -> None:
    statement = (
        select(Watcher).alias("first").traverse(Watcher.tutor).alias("second").traverse(Watcher.bodies).alias("b")
    )
    with pytest.raises(QueryError, match=r"on=.*'first'.*'second'"):
        statement.where(Watcher.name == "x")


def test_names_may_come_after_their_use() -> None:
    statement = select(Watcher).where(Watcher.id == "a").alias("w").traverse(Watcher.bodies).where(Body.id == "b")
    assert places(statement.alias("b").where(Body.rank == 1, on="b")) == [ROOT, Place(2), Place(2)]


def test_step_may_start_elsewhere() -> None:
    statement = seen().traverse(Watcher.tutor, on="w")
    assert statement.selection.steps[1].source == ROOT


def test_traverse_after_a_page_opens_a_stage() -> None:
    assert len(select(Watcher).order_by("id").traverse("bodies").selection.stages) == 1
    assert len(select(Watcher).limit(2).traverse("bodies").selection.stages) == 2
    assert len(select(Watcher).skip(2).traverse("bodies").traverse("near").selection.stages) == 2


IMPOSSIBLE: dict[str, Callable[[], object]] = {
    "field of another class": lambda: select(Body).where(Watcher.name == "x"),
    "edge field without the edge": lambda: select(Body).where(Sighting.notes == "x"),
    "unknown alias": lambda: seen().where(Body.id == "x", on="x"),
    "alias of another kind": lambda: seen().where(Body.id == "x", on="e"),
    "on without any of it": lambda: seen().where(Body.id == "x", on="w"),
    "alias twice": lambda: seen().alias("w"),
    "alias of an edge": lambda: seen().alias("e"),
    "edge alias twice": lambda: seen().traverse(Body.near, edge_alias="e"),
    "relation of another class": lambda: select(Body).traverse(Watcher.bodies),
    "relation of an earlier step": lambda: seen().traverse(Watcher.tutor),
    "unknown relation": lambda: select(Body).traverse("moons"),
    "relation from an edge": lambda: seen().traverse(Body.near, on="e"),
    "relation from nowhere": lambda: seen().traverse(Body.near, on="x"),
    "unknown node": lambda: seen().return_nodes("w", "x"),
    "edge as a node": lambda: seen().return_nodes("e"),
    "node as an edge": lambda: seen().return_edge("b"),
    "unknown edge": lambda: seen().return_edge("x"),
    "unknown target": lambda: seen().return_target("x"),
    "edge as a target": lambda: seen().return_target("e"),
    "order by another class": lambda: select(Body).order_by(Watcher.name),
    "order by an unknown name": lambda: select(Body).order_by("name DESC"),
    "order by a name of two": lambda: seen().traverse(Body.near).order_by(Watcher.name, "magnitude", "nothing"),
    "select of an edge": lambda: select(Sighting),
}


@pytest.mark.parametrize("name", list(IMPOSSIBLE))
def test_impossible_statement_is_refused(name: str) -> None:
    with pytest.raises(QueryError):
        IMPOSSIBLE[name]()


WRONG: dict[str, Callable[[], object]] = {
    "where of a bool": lambda: select(Body).where(True),
    "where of nothing": lambda: select(Body).where(None),
    "where of text": lambda: select(Body).where("n.id = 1"),
    "where of a field": lambda: select(Body).where(Body.name),
    "on of another type": lambda: select(Body).where(Body.id == "x", on=1),
    "alias of another type": lambda: select(Body).alias(1),
    "traverse of a field": lambda: select(Body).traverse(Body.name),
    "traverse of nothing": lambda: select(Body).traverse(None),
    "traverse of a class": lambda: select(Body).traverse(Body),
    "order by a number": lambda: select(Body).order_by(1),
    "order by nothing": lambda: select(Body).order_by(None),
    "order by a relation": lambda: select(Body).order_by(Body.near),
    "order by a condition": lambda: select(Body).order_by(Body.id == "x"),
    "fetch of a list": lambda: select(Body).fetch(["near"]),
    "select of nothing": lambda: select(None),
    "select of text": lambda: select("Body"),
    "select of str": lambda: select(str),
    "select of a field": lambda: select(Body.name),
    "select of Node": lambda: select(Node),
    "select of Edge": lambda: select(Body, Edge),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_wrong_argument_is_a_type_error(name: str) -> None:
    with pytest.raises(TypeError):
        WRONG[name]()


@pytest.mark.parametrize("method", ["skip", "limit"])
@pytest.mark.parametrize("value", [-1, 2**63, 1.0, "1", None, True, False, float("nan"), [1], b"1"], ids=repr)
def test_odd_bound_is_refused(method: str, value: Any) -> None:
    expected = ValueError if type(value) is int else TypeError
    with pytest.raises(expected, match=method):
        getattr(select(Body), method)(value)


HOSTILE = ["", "`", "a`b", "a\0b", "a\nb", "\ud800", "x" * 256, "a\u2028b", "\u202eab"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_alias_is_refused(name: str) -> None:
    for build in (
        lambda: select(Body).alias(name),
        lambda: select(Watcher).traverse(Watcher.bodies).alias(name),
        lambda: select(Watcher).traverse(Watcher.bodies, edge_alias=name),
        lambda: seen().where(Body.id == "x", on=name),
        lambda: seen().return_nodes(name),
        lambda: seen().order_by(name),
        lambda: seen().traverse(name),
        lambda: col(Body.id).as_(name),
    ):
        with pytest.raises(OGMError):
            build()


def test_error_lists_what_is_there() -> None:
    with pytest.raises(QueryError, match=r"Watcher 'w', Sighting 'e', Body 'b'"):
        seen().where(Body.id == "x", on="nothing")


def test_order_keeps_what_was_given_before() -> None:
    statement = select(Body).order_by(Body.rank, desc=True).order_by(asc(Body.name), desc(Body.id), "mass")
    assert [sort.descending for sort in statement.selection.stage.order] == [True, False, True, False]
