"""Section 1: each type round-trips exactly in node properties, edge properties and filters."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from runic.ogm import col, select

from .harness import Database
from .type_models import CASES, Likeness, Specimen

EXAMPLES = int(os.environ.get("RUNIC_TEST_EXAMPLES", "6"))  # each of several values
few = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FILTERED = [name for name, case in CASES.items() if case.filtered]
ORDERED = [name for name, case in CASES.items() if case.ordered]


def values_of(data: st.DataObject, name: str, size: int) -> list[Any]:
    return data.draw(st.lists(CASES[name].values, min_size=size, max_size=size), label=name)


@pytest.mark.parametrize("name", list(CASES))
@few
@given(data=st.data())
async def test_node_property_round_trips(db: Database, name: str, data: st.DataObject) -> None:
    given_values = values_of(data, name, 8)
    if not db.dialect.compares_all_integers:
        assume(all(type(value) is not int or abs(value) < 2**62 for value in given_values))
    await db.save(*[Specimen(id=str(i), **{name: value}) for i, value in enumerate(given_values)])
    async with db.session() as s:
        found = await s.get_many(Specimen, [str(i) for i in range(8)])
        for value, entity in zip(given_values, found, strict=True):
            assert CASES[name].equal(getattr(entity, name), value)
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0  # what was read is clean


@pytest.mark.parametrize("name", list(CASES))
@few
@given(data=st.data())
async def test_edge_property_round_trips(db: Database, name: str, data: st.DataObject) -> None:
    first, second = values_of(data, name, 2)
    async with db.session() as s:
        a, b = Specimen(id="a"), Specimen(id="b")
        s.add_all([a, b])
        await s.relate(a, Specimen.others, b, edge=Likeness(**{name: first}))
    async with db.session() as s:
        [(edge, _)] = await s.edges(await s.get(Specimen, "a"), Specimen.others)
        assert CASES[name].equal(getattr(edge, name), first)
        setattr(edge, name, second)
    async with db.session() as s:
        [(edge, _)] = await s.edges(await s.get(Specimen, "a"), Specimen.others)
        assert CASES[name].equal(getattr(edge, name), second)


@pytest.mark.parametrize("name", list(CASES))
@few
@given(data=st.data())
async def test_changed_property_round_trips(db: Database, name: str, data: st.DataObject) -> None:
    first, second = values_of(data, name, 2)
    await db.save(Specimen(id="a", **{name: first}))
    async with db.session() as s:
        setattr(await s.get(Specimen, "a"), name, second)
    async with db.session() as s:
        assert CASES[name].equal(getattr(await s.get(Specimen, "a"), name), second)


@pytest.mark.parametrize("name", FILTERED)
@few
@given(data=st.data())
async def test_equality_filters(db: Database, name: str, data: st.DataObject) -> None:
    given_values = values_of(data, name, 8)
    if not db.dialect.compares_all_integers:
        assume(all(type(value) is not int or abs(value) < 2**62 for value in given_values))
    await db.save(*[Specimen(id=str(i), **{name: value}) for i, value in enumerate(given_values)])
    attribute, wanted = col(getattr(Specimen, name)), given_values[0]
    async with db.session() as s:
        found = {entity.id for entity in await s.scalars(select(Specimen).where(attribute == wanted))}
        assert found == {str(i) for i, value in enumerate(given_values) if value == wanted}
        others = {entity.id for entity in await s.scalars(select(Specimen).where(attribute != wanted))}
        assert others == {str(i) for i in range(8)} - found


@pytest.mark.parametrize("name", FILTERED)
@few
@given(data=st.data())
async def test_membership_filters(db: Database, name: str, data: st.DataObject) -> None:
    given_values = values_of(data, name, 8)
    if not db.dialect.compares_all_integers:
        assume(all(type(value) is not int or abs(value) < 2**62 for value in given_values))
    await db.save(*[Specimen(id=str(i), **{name: value}) for i, value in enumerate(given_values)])
    wanted = given_values[:2]
    async with db.session() as s:
        statement = select(Specimen).where(col(getattr(Specimen, name)).in_(wanted))
        found = {entity.id for entity in await s.scalars(statement)}
        assert found == {str(i) for i, value in enumerate(given_values) if value in wanted}


@pytest.mark.parametrize("name", ORDERED)
@few
@given(data=st.data())
async def test_comparison_filters(db: Database, name: str, data: st.DataObject) -> None:
    """Stored as text or not, the order is the type's own."""
    given_values = values_of(data, name, 8)
    if not db.dialect.compares_all_integers:  # a fact of the database, shown in tests/backends
        assume(all(type(value) is not int or abs(value) < 2**62 for value in given_values))
    await db.save(*[Specimen(id=str(i), **{name: value}) for i, value in enumerate(given_values)])
    attribute, pivot = col(getattr(Specimen, name)), given_values[0]
    async with db.session() as s:
        for predicate, holds in (
            (attribute < pivot, lambda value: value < pivot),
            (attribute <= pivot, lambda value: value <= pivot),
            (attribute > pivot, lambda value: value > pivot),
            (attribute >= pivot, lambda value: value >= pivot),
        ):
            found = {entity.id for entity in await s.scalars(select(Specimen).where(predicate))}
            assert found == {str(i) for i, value in enumerate(given_values) if holds(value)}


@pytest.mark.parametrize("name", ORDERED)
@few
@given(data=st.data())
async def test_order_by_is_the_types_own(db: Database, name: str, data: st.DataObject) -> None:
    given_values = values_of(data, name, 8)
    if not db.dialect.compares_all_integers:
        assume(all(type(value) is not int or abs(value) < 2**62 for value in given_values))
    await db.save(*[Specimen(id=str(i), **{name: value}) for i, value in enumerate(given_values)])
    async with db.session() as s:
        found = await s.scalars(select(Specimen).order_by(getattr(Specimen, name)))
        assert [getattr(entity, name) for entity in found] == sorted(given_values)


@pytest.mark.parametrize("name", FILTERED)
@few
@given(data=st.data())
async def test_edge_property_filters(db: Database, name: str, data: st.DataObject) -> None:
    first, second = values_of(data, name, 2)
    async with db.session() as s:
        a, b, c = (Specimen(id=key) for key in "abc")
        s.add_all([a, b, c])
        await s.relate(a, Specimen.others, b, edge=Likeness(**{name: first}))
        await s.relate(a, Specimen.others, c, edge=Likeness(**{name: second}))
        statement = (
            select(Specimen)
            .alias("s")
            .traverse(Specimen.others, edge_alias="e", optional=False)
            .alias("t")
            .where(getattr(Likeness, name) == first, on="e")
            .return_nodes("s", "t")
            .return_edge("e")
        )
        found = {target.id for _, _, target in await s.all_with_edges(statement)}
        assert found == ({"b", "c"} if first == second else {"b"})


@pytest.mark.parametrize("name", list(CASES))
async def test_none_is_no_property(db: Database, name: str) -> None:
    """Setting None removes the property, on nodes and edges."""
    await db.save(Specimen(id="a"))
    assert dict((await db.dump()).node("a")) == {"id": "a"}
    async with db.session() as s:
        found = await s.get(Specimen, "a")
        assert getattr(found, name) is None
        [same] = await s.scalars(select(Specimen).where(col(getattr(Specimen, name)).is_null()))
        assert same is found


@pytest.mark.parametrize("name", list(CASES))
@settings(few, max_examples=2)
@given(data=st.data())
async def test_setting_none_removes(db: Database, name: str, data: st.DataObject) -> None:
    [value] = values_of(data, name, 1)
    async with db.session() as s:
        a, b = Specimen(id="a", **{name: value}), Specimen(id="b")
        s.add_all([a, b])
        await s.relate(a, Specimen.others, b, edge=Likeness(**{name: value}))
    assert name in (await db.dump()).node("a")
    async with db.session() as s:
        a = await s.get(Specimen, "a")
        setattr(a, name, None)
        [(edge, _)] = await s.edges(a, Specimen.others)
        setattr(edge, name, None)
    graph = await db.dump()
    assert dict(graph.node("a")) == {"id": "a"}
    assert dict(graph.edge("RESEMBLES", "a", "b")) == {}


@few
@given(data=st.data())
async def test_all_types_together(db: Database, data: st.DataObject) -> None:
    """One row with every column."""
    values = {name: data.draw(case.values, label=name) for name, case in CASES.items()}
    await db.save(Specimen(id="a", **values), Specimen(id="b"))
    async with db.session() as s:
        a, b = await s.get_many(Specimen, ["a", "b"])
        for name, case in CASES.items():
            assert case.equal(getattr(a, name), values[name]), name
            assert getattr(b, name) is None


@pytest.mark.requires("compares_all_integers")
async def test_extreme_integers_keep_their_order(db: Database) -> None:
    values = [2**63 - 1, -(2**63), 0, 2**62, -(2**62) - 1, 1, -1]
    await db.save(*[Specimen(id=str(i), whole=value) for i, value in enumerate(values)])
    async with db.session() as s:
        found = await s.scalars(select(Specimen).order_by(Specimen.whole))
        assert [entity.whole for entity in found] == sorted(values)
        found = await s.scalars(select(Specimen).order_by(Specimen.whole, desc=True))
        assert [entity.whole for entity in found] == sorted(values, reverse=True)
