"""Rule 6: an assignment that is changed again before the flush; both sides agree with what is stored."""

from __future__ import annotations

from .harness import Database
from .models import Artist, Exhibition, Gallery, Painting, Visitor


async def check_gallery(db: Database, artist: Artist, galleries: list[Gallery], expected: str | None) -> None:
    """Compare both sides in memory and the graph."""
    assert (artist.gallery and artist.gallery.id) == expected
    shown = {gallery.id: [each.id for each in gallery.artists] for gallery in galleries}
    assert shown == {gallery.id: [artist.id] if gallery.id == expected else [] for gallery in galleries}
    assert (await db.dump()).pairs("REPRESENTED_BY") == ([(artist.id, expected)] if expected else [])


async def test_none_then_a_target(db: Database) -> None:
    async with db.session() as s:
        a, g, h = Artist(id="a", name="A"), Gallery(id="g", name="G"), Gallery(id="h", name="H")
        s.add_all([a, g, h])
        a.gallery = None
        a.gallery = g
        await s.commit()
        await s.load([g, h], "artists")
        await check_gallery(db, a, [g, h], "g")


async def test_one_target_then_another(db: Database) -> None:
    async with db.session() as s:
        a, g, h = Artist(id="a", name="A"), Gallery(id="g", name="G"), Gallery(id="h", name="H")
        s.add_all([a, g, h])
        a.gallery = g
        assert await s.get(Artist, "a") is a
        a.gallery = h
        await s.commit()
        await s.load([g, h], "artists")
        await check_gallery(db, a, [g, h], "h")


async def test_there_and_back_again(db: Database) -> None:
    g, h, a = Gallery(id="g", name="G"), Gallery(id="h", name="H"), Artist(id="a", name="A")
    await db.save(g, h, a)
    async with db.session() as s:
        a = await s.get(Artist, "a", fetch=["gallery"])
        g, h = [await s.get(Gallery, key, fetch=["artists"]) for key in "gh"]
        for target in (g, h, g, None, h):
            a.gallery = target
            await s.get(Gallery, "g")
        await s.commit()
        await check_gallery(db, a, [g, h], "h")


async def test_appended_then_taken_by_none(db: Database) -> None:
    async with db.session() as s:
        a, g, h = Artist(id="a", name="A"), Gallery(id="g", name="G"), Gallery(id="h", name="H")
        s.add_all([a, g, h])
        g.artists.append(a)
        assert await s.get(Artist, "a") is a
        await s.load(a, "gallery")
        a.gallery = None
        await s.commit()
        await s.load([g, h], "artists")
        await check_gallery(db, a, [g, h], None)


async def test_collection_assigned_twice(db: Database) -> None:
    async with db.session() as s:
        v, x, y = Visitor(id="v", name="V"), Exhibition(id="x", title="X"), Exhibition(id="y", title="Y")
        s.add_all([v, x, y])
        v.visits = [y]
        assert await s.get(Visitor, "v") is v
        v.visits = [x]
        await s.commit()
        await s.load([x, y], "visitors")
        assert (v.visits, x.visitors, y.visitors) == ([x], [v], [])
    assert (await db.dump()).pairs("VISITED") == [("v", "x")]


async def test_collection_assigned_then_extended(db: Database) -> None:
    async with db.session() as s:
        v, x, y = Visitor(id="v", name="V"), Exhibition(id="x", title="X"), Exhibition(id="y", title="Y")
        s.add_all([v, x, y])
        v.visits = [y]
        await s.load(v, "visits")
        v.visits.append(x)
        await s.commit()
        await s.load([x, y], "visitors")
        assert ({each.id for each in v.visits}, x.visitors, y.visitors) == ({"x", "y"}, [v], [v])
    assert (await db.dump()).pairs("VISITED") == [("v", "x"), ("v", "y")]


async def test_mirror_flushed_then_collection_assigned(db: Database) -> None:
    async with db.session() as s:
        v, x, y = Visitor(id="v", name="V"), Exhibition(id="x", title="X"), Exhibition(id="y", title="Y")
        s.add_all([v, x, y])
        y.visitors.append(v)
        await s.flush()
        v.visits = [x]
        await s.commit()
        await s.load([x, y], "visitors")
        assert (v.visits, x.visitors, y.visitors) == ([x], [v], [])
    assert (await db.dump()).pairs("VISITED") == [("v", "x")]


async def test_both_sides_changed_agree_afterwards(db: Database) -> None:
    """Two differences that nothing has brought together: whatever is stored, memory shows."""
    async with db.session() as s:
        v, x, y = Visitor(id="v", name="V"), Exhibition(id="x", title="X"), Exhibition(id="y", title="Y")
        s.add_all([v, x, y])
        y.visitors.append(v)
        v.visits = [x]
        await s.commit()
        await s.load([x, y], "visitors")
        stored = {end for _, end in (await db.dump()).pairs("VISITED")}
        assert "x" in stored
        assert {each.id for each in v.visits} == stored
        assert {show.id for show in (x, y) if show.visitors == [v]} == stored


async def test_single_mirror_assigned_twice(db: Database) -> None:
    async with db.session() as s:
        a, b, p = Artist(id="a", name="A"), Artist(id="b", name="B"), Painting(id="p", title="P")
        s.add_all([a, b, p])
        p.artist = a
        assert await s.get(Painting, "p") is p
        p.artist = b
        await s.commit()
        await s.load([a, b], "works")
        assert (a.works, b.works, p.artist) == ([], [p], b)
    assert (await db.dump()).pairs("MADE") == [("b", "p")]


async def test_unloaded_single_assigned_twice(db: Database) -> None:
    """First what is stored already, then another: only the last one stays."""
    g, h = Gallery(id="g", name="G"), Gallery(id="h", name="H")
    await db.save(g, h, Artist(id="a", name="A", gallery=g))
    async with db.session() as s:
        a, g, h = await s.get(Artist, "a"), await s.get(Gallery, "g"), await s.get(Gallery, "h")
        a.gallery = g
        await s.get(Artist, "a")
        a.gallery = h
        await s.commit()
        await s.load([g, h], "artists")
        await check_gallery(db, a, [g, h], "h")


async def test_unloaded_single_assigned_twice_with_a_flush(db: Database) -> None:
    g, h = Gallery(id="g", name="G"), Gallery(id="h", name="H")
    await db.save(g, h, Artist(id="a", name="A", gallery=g))
    async with db.session() as s:
        a, g, h = await s.get(Artist, "a"), await s.get(Gallery, "g"), await s.get(Gallery, "h")
        a.gallery = g
        await s.flush()
        a.gallery = h
        await s.commit()
        await s.load([g, h], "artists")
        await check_gallery(db, a, [g, h], "h")


async def test_none_then_appended_to_the_mirror(db: Database) -> None:
    await db.save(g := Gallery(id="g", name="G"), Artist(id="b", name="B", gallery=g))
    async with db.session() as s:
        g, a = await s.get(Gallery, "g", fetch=["artists"]), Artist(id="a", name="A")
        s.add(a)
        a.gallery = None
        await s.load(a, "gallery")
        g.artists.append(a)
        await s.commit()
        assert a.gallery is g
        assert {artist.id for artist in g.artists} == {"a", "b"}
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g"), ("b", "g")]
