"""Rules 2, 3 and 6: what memory shows after a rollback, after a failed commit, and without autoflush."""

from __future__ import annotations

import pytest

from runic.ogm import EntityNotFoundError

from .harness import Database
from .models import Artist, Exhibition, Gallery, Painting, Station, Visitor


async def seed(db: Database) -> None:
    g, h = Gallery(id="g", name="G"), Gallery(id="h", name="H")
    await db.save(g, h, Artist(id="a", name="A", gallery=g), Painting(id="p", title="P"))


async def test_rollback_restores_loaded_relations(db: Database) -> None:
    await seed(db)
    s = db.open()
    g, h = [await s.get(Gallery, key, fetch=["artists"]) for key in "gh"]
    a = await s.get(Artist, "a", fetch=["gallery"])
    a.gallery = h
    await s.rollback()
    await s.load([g, h], "artists")
    await s.load(a, "gallery")
    assert (g.artists, h.artists, a.gallery) == ([a], [], g)
    await s.close()


async def test_rollback_restores_mirrors_of_a_deleted(db: Database) -> None:
    await seed(db)
    s = db.open(autoflush=False)
    g, h = [await s.get(Gallery, key, fetch=["artists"]) for key in "gh"]
    a = await s.get(Artist, "a", fetch=["gallery"])
    h.artists.append(a)
    s.delete(h)
    await s.rollback()
    a, g, h = await s.get(Artist, "a"), await s.get(Gallery, "g"), await s.get(Gallery, "h")
    await s.load([g, h], "artists")
    await s.load(a, "gallery")
    assert (g.artists, h.artists, a.gallery) == ([a], [], g)
    await s.close()


async def test_rollback_restores_properties(db: Database) -> None:
    await seed(db)
    s = db.open()
    a = await s.get(Artist, "a")
    a.name, a.born = "B", 1
    a.nicknames.append("x")
    await s.rollback()
    again = await s.get(Artist, "a")
    assert (again.name, again.born, again.nicknames) == ("A", None, [])
    await s.close()


async def test_failed_commit_names_the_missing_end(db: Database) -> None:
    """Rule 2: also beside a key that is deleted and added again."""
    await seed(db)
    s = db.open()
    s.delete(await s.get(Painting, "p"))
    s.add(Painting(id="p", title="new"))
    await s.relate(s.reference(Artist, "ghost"), Artist.gallery, s.reference(Gallery, "g"))
    with pytest.raises(EntityNotFoundError, match="ghost"):
        await s.commit()
    await s.rollback()
    await s.close()
    assert (await db.dump()).node("p")["title"] == "P"


async def test_load_without_autoflush_shows_staged_edges(db: Database) -> None:
    """Rules 4 and 6: a staged edge is not overwritten by a load, and memory is right after the commit."""
    await db.save(*[Station(code=code) for code in "abc"])
    async with db.session(autoflush=False) as s:
        a, b, c = await s.get_many(Station, list("abc"))
        await s.relate(a, Station.neighbours, b)
        await s.load(a, "neighbours")
        a.neighbours.append(c)
        await s.commit()
        assert {station.code for station in a.neighbours} == {"b", "c"}
    assert len((await db.dump()).pairs("LINKS_TO")) == 2


async def test_load_without_autoflush_keeps_a_staged_removal(db: Database) -> None:
    """Rules 4 and 6."""
    await db.save(a := Station(code="a"), b := Station(code="b"))
    async with db.session() as s:
        await s.relate(s.reference(Station, a.code), Station.neighbours, s.reference(Station, b.code))
    async with db.session(autoflush=False) as s:
        a, b = await s.get_many(Station, list("ab"))
        await s.unrelate(a, Station.neighbours, b)
        await s.load([a, b], "neighbours")
        await s.commit()
        await s.load([a, b], "neighbours")
        assert (a.neighbours, b.neighbours) == ([], [])
    assert (await db.dump()).pairs("LINKS_TO") == []


async def test_load_without_autoflush_shows_the_mirror(db: Database) -> None:
    """Rule 6: an assigned single shows in a mirror that is loaded later."""
    await seed(db)
    async with db.session(autoflush=False) as s:
        a, h = await s.get(Artist, "a", fetch=["gallery"]), await s.get(Gallery, "h", fetch=["artists"])
        h.artists.append(a)
        g = await s.get(Gallery, "g", fetch=["artists"])
        assert (g.artists, h.artists) == ([], [a])
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "h")]


async def test_unrelate_then_append_without_autoflush(db: Database) -> None:
    """Rules 6 and 17."""
    await db.save(Visitor(id="v", name="V"), Exhibition(id="x", title="X"))
    async with db.session(autoflush=False) as s:
        visitor, x = await s.get(Visitor, "v", fetch=["visits"]), await s.get(Exhibition, "x")
        await s.unrelate(visitor, Visitor.visits, x)
        await s.load(visitor, "visits")
        visitor.visits.append(x)
    assert (await db.dump()).pairs("VISITED") == [("v", "x")]
