"""Classes that share their parent's keys: merge() never makes one node of two of them."""

from __future__ import annotations

import pytest

from runic.ogm import ConstraintViolationError, Node, select
from runic.ogm.bulk import load_nodes, load_nodes_async

from .harness import Database


class Vessel(Node, labels=["Vessel"]):
    id: str
    note: str | None = None


class Kettle(Vessel):
    litres: int = 1


class Teapot(Vessel):
    cups: int = 1


class Samovar(Teapot):
    coals: int = 0


@pytest.mark.parametrize("made", [Teapot, Samovar])
async def test_merge_of_a_siblings_key_is_refused(db: Database, made: type[Vessel]) -> None:
    await db.save(made(id="1", note="kept"), Kettle(id="2"))
    async with db.session() as s:
        s.merge_all([Kettle(id=str(i), note="merged") for i in range(4)])
        with pytest.raises(ConstraintViolationError, match="'1'"):
            await s.commit()
        await s.rollback()
    graph = await db.dump()
    assert graph.keys("Vessel") == ["1", "2"]
    assert (graph.node("1")["note"], graph.node("2").get("note")) == ("kept", None)
    async with db.session() as s:
        assert [one.id for one in await s.scalars(select(Kettle))] == ["2"]


async def test_merge_of_a_siblings_subclass_is_refused(db: Database) -> None:
    await db.save(Kettle(id="1"))
    async with db.session() as s:
        s.merge(Samovar(id="1"))
        with pytest.raises(ConstraintViolationError, match="'1'"):
            await s.commit()
        await s.rollback()
        assert type(await s.get(Vessel, "1")) is Kettle


async def test_merge_of_its_own_nodes_costs_one_statement(db: Database) -> None:
    await db.save(*(Teapot(id=str(i)) for i in range(5)))
    async with db.session() as s:
        with db.count() as sent:
            s.merge_all([Teapot(id=str(i), note="n", cups=i) for i in range(10)])
            await s.commit()
        assert len(sent) == 1
    async with db.session() as s:
        assert sorted((pot.id, pot.note, pot.cups) for pot in await s.scalars(select(Teapot))) == [
            (str(i), "n", i) for i in range(10)
        ]


@pytest.mark.requires("supports_multiple_labels")
async def test_merge_of_a_subclass_and_of_a_superclass_go_on(db: Database) -> None:
    await db.save(Teapot(id="1", cups=3), Samovar(id="2", cups=4), Vessel(id="3"))
    async with db.session() as s:
        s.merge_all([Samovar(id="1", coals=5), Teapot(id="2", cups=6), Kettle(id="3")])
    async with db.session() as s:
        found = await s.get_many(Vessel, ["1", "2", "3"])
        assert [type(one) for one in found] == [Samovar, Samovar, Kettle]
        assert [found[0].coals, found[1].cups] == [5, 6]


async def test_bulk_load_of_a_siblings_key_is_refused(db: Database) -> None:
    await db.save(Teapot(id="1"))
    rows = [{"id": "0"}, {"id": "1", "note": "loaded"}]
    with pytest.raises(ConstraintViolationError, match="'1'"):
        await load_nodes_async(db.driver, Kettle, rows) if db.is_async else load_nodes(db.driver, Kettle, rows)
    graph = await db.dump()
    assert (graph.keys("Vessel"), graph.node("1").get("note")) == (["1"], None)
