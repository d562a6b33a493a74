"""Rules 7 and 8: relate merges and adds, and refuses what does not fit."""

from __future__ import annotations

import pytest

from runic.ogm import CardinalityError, OGMError

from .harness import Database
from .models import Artist, Change, Exhibition, Gallery, Instrument, Loan, Painting, Showing, Station


async def seed(db: Database) -> None:
    await db.save(
        Artist(id="a", name="A"),
        Gallery(id="g1", name="1"),
        Gallery(id="g2", name="2"),
        Painting(id="p", title="P"),
        Exhibition(id="x", title="X"),
    )


async def test_relate_twice_is_one_edge(db: Database) -> None:
    """Rule 7."""
    await seed(db)
    for _ in range(2):
        async with db.session() as s:
            artist, work = await s.get(Artist, "a"), await s.get(Painting, "p")
            await s.relate(artist, Artist.works, work)
            await s.relate(artist, Artist.works, work)
    assert (await db.dump()).pairs("MADE") == [("a", "p")]


async def test_relate_adds_and_never_deletes(db: Database) -> None:
    """Rule 7."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        for key in ("g1", "g2"):
            await s.relate(artist, Artist.gallery, await s.get(Gallery, key))
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g1"), ("a", "g2")]


async def test_pairs_may_come_from_a_generator_that_uses_the_session(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        pairs = ((s.reference(Artist, "a"), s.reference(Painting, key)) for key in ["p"])
        await s.relate_all(Artist.works, pairs)
    assert (await db.dump()).pairs("MADE") == [("a", "p")]


async def test_several_targets_of_a_single_raise(db: Database) -> None:
    """Rule 7: named when read by fetch."""
    await test_relate_adds_and_never_deletes(db)
    s = db.open()
    with pytest.raises(CardinalityError, match=r"g1.*g2|g2.*g1"):
        await s.get(Artist, "a", fetch=["gallery"])
    await s.close()


async def test_several_targets_raise_on_load(db: Database) -> None:
    """Rule 7: named when read by load."""
    await test_relate_adds_and_never_deletes(db)
    s = db.open()
    artist = await s.get(Artist, "a")
    with pytest.raises(CardinalityError, match=r"Artist\.gallery"):
        await s.load(artist, "gallery")
        _ = artist.gallery
    await s.close()


async def test_relate_by_name_or_attribute(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        await s.relate(await s.get(Artist, "a"), "works", await s.get(Painting, "p"))
    assert (await db.dump()).pairs("MADE") == [("a", "p")]


async def test_relate_through_the_mirror(db: Database) -> None:
    """Rule 7: always the same physical edge."""
    await seed(db)
    async with db.session() as s:
        artist, gallery = await s.get(Artist, "a"), await s.get(Gallery, "g1")
        await s.relate(artist, Artist.gallery, gallery)
        await s.relate(gallery, Gallery.artists, artist)
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g1")]


async def test_relate_refreshes_the_loaded_value(db: Database) -> None:
    """The value in memory shows the new edge at the next read."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        work = await s.get(Painting, "p")
        await s.relate(artist, Artist.works, work)
        await s.load(artist, "works")
        assert artist.works == [work]
        await s.unrelate(artist, Artist.works, work)
        await s.load(artist, "works")
        assert artist.works == []


async def test_relate_sends_nothing_by_itself(db: Database) -> None:
    """The method is staged."""
    await seed(db)
    async with db.session() as s:
        artist, work = await s.get(Artist, "a"), await s.get(Painting, "p")
        with db.count() as sent:
            await s.relate(artist, Artist.works, work)
            await s.unrelate(artist, Artist.works, work)
        assert len(sent) == 0


async def test_unsaved_ends_are_stored_together(db: Database) -> None:
    """Demand 22."""
    async with db.session() as s:
        artist, work = Artist(id="a", name="A"), Painting(id="p", title="P")
        s.add_all([artist, work])
        await s.relate(artist, Artist.works, work)
        artist.name = "late change"
    graph = await db.dump()
    assert graph.pairs("MADE") == [("a", "p")]
    assert graph.node("a")["name"] == "late change"


@pytest.mark.parametrize("case", ["class", "edge class", "edge unwanted", "not an entity", "none", "class object"])
async def test_misfits_are_refused(db: Database, case: str) -> None:
    """Rule 8."""
    await seed(db)
    s = db.open()
    artist, show = await s.get(Artist, "a"), await s.get(Exhibition, "x")
    work, gallery = await s.get(Painting, "p"), await s.get(Gallery, "g1")
    calls = {
        "class": (artist, Artist.works, gallery, None),
        "edge class": (show, Exhibition.works, work, Loan(number="1")),
        "edge unwanted": (artist, Artist.works, work, Showing(room="1")),
        "not an entity": (artist, Artist.works, "p", None),
        "none": (artist, Artist.works, None, None),
        "class object": (artist, Artist.works, Painting, None),
    }
    source, relation, target, edge = calls[case]
    with db.count() as sent, pytest.raises((OGMError, TypeError)):
        await s.relate(source, relation, target, edge=edge)
    assert len(sent) == 0
    await s.close()
    assert (await db.dump()).edges == []


async def test_source_of_another_class_is_refused(db: Database) -> None:
    """Rule 8."""
    await seed(db)
    s = db.open()
    gallery, work = await s.get(Gallery, "g1"), await s.get(Painting, "p")
    with pytest.raises((OGMError, TypeError)):
        await s.relate(gallery, Artist.works, work)
    await s.close()


async def test_unknown_relation_is_refused(db: Database) -> None:
    """Rule 8."""
    await seed(db)
    s = db.open()
    artist, work = await s.get(Artist, "a"), await s.get(Painting, "p")
    with pytest.raises((OGMError, ValueError, TypeError), match="paints"):
        await s.relate(artist, "paints", work)
    with pytest.raises((OGMError, TypeError)):
        await s.relate(artist, Artist.name, work)
    await s.close()


async def test_unstaged_target_is_refused(db: Database) -> None:
    """Rule 8: neither stored nor staged."""
    await seed(db)
    s = db.open()
    artist = await s.get(Artist, "a")
    with pytest.raises(OGMError, match="Painting"):
        await s.relate(artist, Artist.works, Painting(id="q", title="Q"))
    await s.close()


async def test_unstaged_source_is_refused(db: Database) -> None:
    """Rule 8: neither stored nor staged."""
    await seed(db)
    s = db.open()
    work = await s.get(Painting, "p")
    with pytest.raises(OGMError, match="Artist"):
        await s.relate(Artist(id="b", name="B"), Artist.works, work)
    await s.close()


async def test_subclass_target_is_accepted(db: Database) -> None:
    """Rule 8 and 16: a Painting is an Artwork."""
    await seed(db)
    async with db.session() as s:
        await s.relate(await s.get(Artist, "a"), Artist.works, await s.get(Painting, "p"))
    assert (await db.dump()).pairs("MADE") == [("a", "p")]


async def test_relate_all_relates_pairs(db: Database) -> None:
    """Many at once: pairs and triples in one call, one statement."""
    await db.save(*[Station(code=f"s{i}") for i in range(6)])
    async with db.session() as s:
        stations = await s.get_many(Station, [f"s{i}" for i in range(6)])
        await s.relate_all(Station.neighbours, zip(stations[:3], stations[3:], strict=True))
        await s.relate_all(Station.changes, [(stations[0], stations[1], Change(minutes=4))])
        with db.count() as sent:
            await s.commit()
        assert len(sent) <= 2
    graph = await db.dump()
    assert graph.pairs("LINKS_TO") == [("s0", "s3"), ("s1", "s4"), ("s2", "s5")]
    assert graph.edge("CHANGES_TO", "s0", "s1") == {"minutes": 4}


async def test_relate_all_is_all_or_nothing(db: Database) -> None:
    """Rule 8: one misfit in the pairs stages none of them."""
    await seed(db)
    s = db.open()
    artist, work = await s.get(Artist, "a"), await s.get(Painting, "p")
    with pytest.raises((OGMError, TypeError)):
        await s.relate_all(Artist.works, [(artist, work), (artist, Instrument(id="i", maker="m"))])
    await s.commit()
    await s.close()
    assert (await db.dump()).edges == []
