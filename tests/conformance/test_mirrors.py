"""Rule 6: both sides of an edge stay consistent in the session."""

from __future__ import annotations

from .harness import Database
from .models import Artist, Gallery, Painting, Station


async def two_galleries(db: Database) -> None:
    g1 = Gallery(id="g1", name="1")
    await db.save(Artist(id="a", name="A", gallery=g1), g1, Gallery(id="g2", name="2"))


async def test_assigning_one_side_shows_on_the_other(db: Database) -> None:
    """Rule 6."""
    await two_galleries(db)
    async with db.session() as s:
        g1, g2 = [await s.get(Gallery, key, fetch=["artists"]) for key in ("g1", "g2")]
        artist = await s.get(Artist, "a", fetch=["gallery"])
        artist.gallery = g2
        await s.flush()
        assert g1.artists == []
        assert g2.artists == [artist]


async def test_appending_shows_on_the_single_side(db: Database) -> None:
    """Rule 6."""
    async with db.session() as s:
        artist, gallery = Artist(id="a", name="A"), Gallery(id="g", name="G")
        s.add_all([artist, gallery])
        gallery.artists.append(artist)
        await s.flush()
        assert artist.gallery is gallery


async def test_removing_shows_on_the_single_side(db: Database) -> None:
    """Rule 6."""
    await two_galleries(db)
    async with db.session() as s:
        gallery = await s.get(Gallery, "g1", fetch=["artists"])
        artist = await s.get(Artist, "a", fetch=["gallery"])
        gallery.artists.remove(artist)
        await s.flush()
        assert artist.gallery is None


async def test_relate_shows_on_the_other_side(db: Database) -> None:
    """Rule 6."""
    async with db.session() as s:
        artist, work = Artist(id="a", name="A"), Painting(id="p", title="P")
        s.add_all([artist, work])
        await s.relate(artist, Artist.works, work)
        await s.flush()
        await s.load(work, "artist")
        await s.load(artist, "works")
        assert work.artist is artist
        assert artist.works == [work]


async def test_unrelate_shows_on_the_other_side(db: Database) -> None:
    """Rule 6."""
    await two_galleries(db)
    async with db.session() as s:
        gallery = await s.get(Gallery, "g1", fetch=["artists"])
        artist = await s.get(Artist, "a", fetch=["gallery"])
        await s.unrelate(artist, Artist.gallery, gallery)
        await s.flush()
        await s.load([artist], "gallery")
        await s.load([gallery], "artists")
        assert artist.gallery is None
        assert gallery.artists == []


async def test_self_relation_shows_on_the_other_side(db: Database) -> None:
    """Rule 6."""
    async with db.session() as s:
        old, young = Artist(id="old", name="O"), Artist(id="young", name="Y")
        s.add_all([old, young])
        young.teacher = old
        await s.flush()
        assert old.pupils == [young]


async def test_both_shows_on_either_side(db: Database) -> None:
    """Rule 6 and 15."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        a.neighbours.append(b)
        await s.flush()
        assert b.neighbours == [a]
    async with db.session() as s:
        a, b = [await s.get(Station, code, fetch=["neighbours"]) for code in "ab"]
        a.neighbours.remove(b)
        await s.flush()
        assert b.neighbours == []
    assert (await db.dump()).edges == []


async def test_mirror_shows_before_the_flush(db: Database) -> None:
    """Rule 6: the mirror of every entity in the session shows the change, read through the session."""
    await two_galleries(db)
    async with db.session() as s:
        g2 = await s.get(Gallery, "g2", fetch=["artists"])
        artist = await s.get(Artist, "a", fetch=["gallery"])
        artist.gallery = g2
        g2 = await s.get(Gallery, "g2", fetch=["artists"])
        await s.load(g2, "artists")
        assert g2.artists == [artist]


async def test_unloaded_mirror_is_not_written(db: Database) -> None:
    """Rule 6 and 12: the edge is written once, other edges of the mirror stay."""
    await two_galleries(db)
    await db.save(Artist(id="b", name="B", gallery=(g3 := Gallery(id="g3", name="3"))), g3)
    async with db.session() as s:
        (await s.get(Artist, "a")).gallery = await s.get(Gallery, "g3")
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g3"), ("b", "g3")]


async def test_both_sides_assigned_is_one_edge(db: Database) -> None:
    """Rule 6."""
    async with db.session() as s:
        artist, gallery = Artist(id="a", name="A"), Gallery(id="g", name="G")
        s.add_all([artist, gallery])
        artist.gallery = gallery
        if artist not in gallery.artists:
            gallery.artists.append(artist)
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g")]


async def test_clean_mirrors_write_nothing(db: Database) -> None:
    """Demand 2: an edge mapped on both sides, loaded and saved unchanged, stays."""
    await two_galleries(db)
    async with db.session() as s:
        await s.get(Artist, "a", fetch=["gallery.artists.gallery"])
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g1")]


async def test_unstaged_entity_leaves_the_mirror(db: Database) -> None:
    """Rule 17: deleting what was never stored drops what was staged with it, in memory too."""
    async with db.session() as s:
        gallery, artist = Gallery(id="g", name="G"), Artist(id="a", name="A")
        s.add_all([gallery, artist])
        artist.gallery = gallery
        s.delete(artist)
        await s.commit()
        assert gallery.artists == []


async def test_expunged_entity_leaves_the_mirror(db: Database) -> None:
    """Rule 17: the same for expunge."""
    async with db.session() as s:
        gallery, artist = Gallery(id="g", name="G"), Artist(id="a", name="A")
        s.add_all([gallery, artist])
        artist.gallery = gallery
        await s.load(gallery, "artists")
        other = Artist(id="b", name="B", gallery=gallery)
        s.add(other)
        s.expunge(other)
        await s.commit()
        await s.load(gallery, "artists")
        assert gallery.artists == [artist]


async def test_assigning_what_was_never_loaded_shows_at_once_on_the_former_side(db: Database) -> None:
    """Rule 6: before anything is written."""
    await two_galleries(db)
    async with db.session() as s:
        g1 = await s.get(Gallery, "g1", fetch=["artists"])
        (artist,) = g1.artists
        g2 = await s.get(Gallery, "g2")
        with db.count() as statements:
            artist.gallery = g2
            assert g1.artists == []
        assert len(statements) == 0
    assert (await db.dump()).pairs(Artist.gallery.meta.type) == [("a", "g2")]


async def test_replacing_a_collection_that_was_never_loaded_shows_at_once_on_its_former_members(db: Database) -> None:
    """Rule 6: before anything is written."""
    await two_galleries(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery"])
        g1 = artist.gallery
        g1.artists = []
        assert artist.gallery is None
    assert (await db.dump()).pairs(Artist.gallery.meta.type) == []


async def test_rollback_brings_back_what_an_assignment_took_from_the_former_side(db: Database) -> None:
    """Rule 6."""
    await two_galleries(db)
    async with db.session() as s:
        g1 = await s.get(Gallery, "g1", fetch=["artists"])
        (artist,) = g1.artists
        artist.gallery = await s.get(Gallery, "g2")
        await s.rollback()
        await s.load(g1, "artists")
        assert g1.artists == [artist]
