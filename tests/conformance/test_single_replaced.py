"""A single relation that is assigned has that target alone, whatever others wrote since it was read."""

from __future__ import annotations

import pytest

from .harness import Database
from .models import Artist, Station


async def teach(db: Database, teacher: str | None) -> None:
    """Store four artists, of which `d` learns from one or from none."""
    artists = {name: Artist(id=name, name=name.upper()) for name in "abcd"}
    artists["d"].teacher = artists[teacher] if teacher else None
    await db.save(*artists.values())


async def teachers(db: Database) -> list[str]:
    return sorted(str(end) for _, end in (await db.dump()).pairs("LEARNT_FROM"))


@pytest.mark.parametrize("stored", ["a", None])
@pytest.mark.parametrize("side", ["assigned", "appended", "emptied"])
async def test_what_another_session_assigned_is_replaced(db: Database, stored: str | None, side: str) -> None:
    await teach(db, stored)
    async with db.session() as s:
        c, d = await s.get_many(Artist, ["c", "d"], fetch=["teacher", "pupils"])
        async with db.session() as other:
            pupil, teacher = await other.get_many(Artist, ["d", "b"], fetch=["teacher"])
            pupil.teacher = teacher
        if side == "appended":
            c.pupils.append(d)
        else:
            d.teacher = c
        if side == "emptied" and stored:
            d.teacher = None
    expected = [] if side == "emptied" and stored else ["c"]
    assert await teachers(db) == expected


async def test_exclusive_pair_is_made_at_both_ends(db: Database) -> None:
    await db.save(*(Station(code=code) for code in "abcd"))
    async with db.session() as s:
        a, b = await s.get_many(Station, ["a", "b"], fetch=["twin"])
        async with db.session() as other:
            first, second, third, fourth = await other.get_many(Station, list("acbd"), fetch=["twin"])
            first.twin, third.twin = second, fourth
        a.twin = b
    assert [sorted(pair) for pair in (await db.dump()).pairs("TWIN_OF")] == [["a", "b"]]


@pytest.mark.parametrize("side", ["assigned", "appended"])
async def test_target_that_is_back_is_no_change(db: Database, side: str) -> None:
    """The relation is as it was read: what others made of it stays, and so does what is related then."""
    await teach(db, "a")
    async with db.session() as s:
        a, c, d = await s.get_many(Artist, ["a", "c", "d"], fetch=["teacher", "pupils"])
        d.teacher = c
        if side == "assigned":
            d.teacher = a
        else:
            a.pupils.append(d)
        await s.relate(d, "teacher", c)
    assert await teachers(db) == ["a", "c"]


async def test_nothing_that_is_back_is_no_change(db: Database) -> None:
    await teach(db, None)
    async with db.session() as s:
        a, c, d = await s.get_many(Artist, ["a", "c", "d"], fetch=["teacher"])
        async with db.session() as other:
            pupil, teacher = await other.get_many(Artist, ["d", "b"], fetch=["teacher"])
            pupil.teacher = teacher
        d.teacher = c
        d.teacher = None
        a.teacher = d  # an edge of the same type that comes to it
    assert await teachers(db) == ["b", "d"]


@pytest.mark.parametrize("fetch", [["pupils"], ["teacher", "pupils"]])
async def test_removal_from_the_other_side_undoes_an_assignment(db: Database, fetch: list[str]) -> None:
    await teach(db, "a")
    async with db.session() as s:
        d = await s.get(Artist, "d")
        a = await s.get(Artist, "a", fetch=fetch)
        d.teacher = a
        a.pupils.remove(d)
    assert await teachers(db) == []


async def test_relate_after_an_assignment_keeps_the_edge_that_is_there(db: Database) -> None:
    """It adds, and what is stored keeps its properties: only what neither names goes."""
    await db.save(*(Artist(id=name, name=name.upper()) for name in "abcd"))
    async with db.session() as s:
        c, d = await s.get_many(Artist, ["c", "d"], fetch=["teacher"])
        async with db.session() as other:
            pupil = await other.get(Artist, "d")
            for name in "ab":
                await other.relate(pupil, "teacher", await other.get(Artist, name))
        await db.execute("MATCH (:Artist {id: 'd'})-[r:LEARNT_FROM]->(:Artist {id: 'a'}) SET r.since = 7")
        d.teacher = c
        await s.relate(d, "teacher", await s.get(Artist, "a"))
    graph = await db.dump()
    assert sorted(graph.pairs("LEARNT_FROM")) == [("d", "a"), ("d", "c")]
    assert graph.edge("LEARNT_FROM", "d", "a")["since"] == 7
