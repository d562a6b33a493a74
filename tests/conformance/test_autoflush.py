"""Rule 3: reads see what is staged."""

from __future__ import annotations

import warnings

import pytest

from runic.ogm import select

from .harness import Database
from .models import Artist, Change, Gallery, Station


async def test_query_sees_staged_entity(db: Database) -> None:
    """Rule 3."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
        assert await s.scalars(select(Artist)) == [artist]


async def test_query_sees_staged_change(db: Database) -> None:
    """Rule 3."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        (await s.get(Artist, "a")).name = "B"
        assert await s.count(select(Artist).where(Artist.name == "B")) == 1


async def test_query_sees_staged_delete(db: Database) -> None:
    """Rule 3."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        s.delete(await s.get(Artist, "a"))
        assert not await s.exists(select(Artist))


async def test_query_sees_staged_edge(db: Database) -> None:
    """Rule 3."""
    await db.save(Artist(id="a", name="A"), Gallery(id="g", name="G"))
    async with db.session() as s:
        artist, gallery = await s.get(Artist, "a"), await s.get(Gallery, "g")
        await s.relate(artist, Artist.gallery, gallery)
        statement = select(Artist).traverse(Artist.gallery, optional=False).alias("g").where(Gallery.id == "g", on="g")
        assert await s.scalars(statement) == [artist]


async def test_raw_cypher_sees_staged_entity(db: Database) -> None:
    """Rule 3."""
    async with db.session() as s:
        s.add(Artist(id="a", name="A"))
        result = await s.execute("MATCH (n:Artist) RETURN n.id AS id")
        assert [dict(row) for row in result] == [{"id": "a"}]


async def test_raw_cypher_sees_changed_properties(db: Database) -> None:
    """Rule 3: of a node, and of an edge."""
    await db.save(Station(code="a"), Station(code="b"))
    async with db.session() as s:
        a, b = await s.get_many(Station, ["a", "b"])
        await s.relate(a, Station.changes, b, edge=Change(minutes=1))
    async with db.session() as s:
        a = await s.get(Station, "a")
        a.zone = 7
        text = "MATCH (n:Station) WHERE n.zone = 7 RETURN n.code AS code"
        assert [dict(row) for row in await s.execute(text)] == [{"code": "a"}]
        [(edge, _)] = await s.edges(a, Station.changes)
        edge.minutes = 2
        text = "MATCH ()-[r:CHANGES_TO]->() RETURN r.minutes AS minutes"
        assert [dict(row) for row in await s.execute(text)] == [{"minutes": 2}]
        with db.count() as sent:
            await s.execute(text)
        assert len(sent) == 1


async def test_autoflush_false_leaves_work_staged(db: Database) -> None:
    """Rule 3."""
    async with db.session(autoflush=False) as s:
        s.add(Artist(id="a", name="A"))
        assert await s.scalars(select(Artist)) == []
        await s.flush()
        assert len(await s.scalars(select(Artist))) == 1


async def test_get_of_staged_key_is_the_staged_entity(db: Database) -> None:
    """Rule 3."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
        assert await s.get(Artist, "a") is artist


async def test_clean_session_sends_only_the_read(db: Database) -> None:
    """Rule 3: flushes only when something is staged."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        await s.get(Artist, "a")
        with db.count() as sent:
            await s.scalars(select(Artist))
        assert len(sent) == 1


async def test_flush_with_read_happens_once(db: Database) -> None:
    """Rule 3."""
    async with db.session() as s:
        s.add(Artist(id="a", name="A"))
        await s.scalars(select(Artist))
        with db.count() as sent:
            await s.scalars(select(Artist))
            await s.commit()
        assert len(sent) <= 2
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_rollback_after_flush_is_honest(db: Database) -> None:
    """Rule 3: undone where there are transactions; elsewhere a warning says what stayed."""
    s = db.open()
    s.add(Artist(id="a", name="A"))
    await s.flush()
    if db.dialect.supports_transactions:
        await s.rollback()
        expected = []
    else:
        with pytest.warns(Warning, match="Artist"):
            await s.rollback()
        expected = ["a"]
    await s.close()
    assert (await db.dump()).keys("Artist") == expected


async def test_rollback_before_flush_is_silent(db: Database) -> None:
    """Rule 3."""
    s = db.open()
    s.add(Artist(id="a", name="A"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await s.rollback()
    await s.close()
    assert (await db.dump()).nodes == []


async def test_rollback_after_commit_is_silent(db: Database) -> None:
    """Rule 3: what was committed is no surprise."""
    s = db.open()
    s.add(Artist(id="a", name="A"))
    await s.commit()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await s.rollback()
    await s.close()
    assert (await db.dump()).keys("Artist") == ["a"]
