"""`type(entity)` is as good as the class itself while the entity is a reference, or expired."""

from __future__ import annotations

from typing import Any

from runic.ogm import Field, Node, Relation, select

from .harness import Database


class Retort(Node, labels=["UnrRetort"]):
    id: str = Field(primary_key=True)
    heat: int = 0
    beside: Retort | None = Relation(relationship="UNR_BESIDE")


class Alembic(Retort, labels=["UnrRetort", "UnrAlembic"]):
    """A subclass."""


async def test_reads(db: Database) -> None:
    await db.save(Retort(id="a", heat=3), Alembic(id="b", heat=4), Retort(id="c", heat=5))
    async with db.session() as s:
        cls: Any = type(s.reference(Retort, "a"))
        assert cls is not Retort
        assert (await s.get(cls, "a")).heat == 3
        assert (await s.get(cls, "b", fetch=["beside"])).heat == 4
        assert [one.heat for one in await s.get_many(cls, ["c", "b"])] == [5, 4]
        assert type(await s.get(cls, "c")) is Retort
        assert [one.heat for one in await s.scalars(select(cls).order_by("id"))] == [3, 4, 5]
        assert await s.query(cls).count() == 3
        assert await db.repository(s, cls).exists("a")
        assert (await db.repository(s, cls).get("c")).heat == 5
        assert len(await db.repository(s, Retort).cypher("MATCH (n:UnrRetort) RETURN n", returns=cls)) == 3


async def test_reference_of_a_reference(db: Database) -> None:
    await db.save(Retort(id="a", heat=3), Retort(id="b", heat=4))
    async with db.session() as s:
        known = await s.get(Retort, "a")
        s.expire(known)
        other = s.reference(type(known), "b")
        await s.load(other, "beside")
        other = await s.get(type(other), "b")
        assert (type(other), other.heat, other.beside) == (Retort, 4, None)


async def test_makes_a_new_one(db: Database) -> None:
    await db.save(Retort(id="a", heat=3))
    async with db.session() as s:
        first = s.reference(Retort, "a")
        second = type(first)(id="b", heat=7, beside=first)
        assert (type(second), repr(second)) == (Retort, "Retort(id='b', heat=7)")
        s.add(second)
    async with db.session() as s:
        second = await s.get(Retort, "b", fetch=["beside"])
        assert (second.heat, second.beside.id) == (7, "a")
