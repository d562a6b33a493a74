"""Rule 6: assigning is relating, and the difference is what is written."""

from __future__ import annotations

import pytest

from runic.ogm import OGMError

from .harness import Database
from .models import Artist, Artwork, Gallery, Instrument, Painting, Sculpture, Station


async def seed(db: Database) -> None:
    await db.save(
        Artist(id="a", name="A", gallery=(g := Gallery(id="g1", name="1")), works=(w := works())),
        g,
        Gallery(id="g2", name="2"),
        *w,
    )


def works() -> list[Artwork]:
    return [Painting(id="p1", title="1"), Sculpture(id="p2", title="2")]


async def test_constructor_relates(db: Database) -> None:
    """Rule 6."""
    await seed(db)
    graph = await db.dump()
    assert graph.pairs("REPRESENTED_BY") == [("a", "g1")]
    assert graph.pairs("MADE") == [("a", "p1"), ("a", "p2")]


async def test_assigning_relates(db: Database) -> None:
    """Rule 6."""
    async with db.session() as s:
        artist, gallery = Artist(id="a", name="A"), Gallery(id="g", name="G")
        s.add_all([artist, gallery])
        artist.gallery = gallery
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g")]


async def test_assigning_replaces_a_loaded_target(db: Database) -> None:
    """Rule 6."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery"])
        artist.gallery = await s.get(Gallery, "g2")
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g2")]


async def test_assigning_replaces_an_unloaded_target(db: Database) -> None:
    """Rule 6. Demand 6: in one atomic step."""
    await seed(db)
    async with db.session() as s:
        artist, gallery = await s.get(Artist, "a"), await s.get(Gallery, "g2")
        artist.gallery = gallery
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g2")]


async def test_assigning_none_removes_a_loaded_edge(db: Database) -> None:
    """Rule 6."""
    await seed(db)
    async with db.session() as s:
        (await s.get(Artist, "a", fetch=["gallery"])).gallery = None
    graph = await db.dump()
    assert graph.pairs("REPRESENTED_BY") == []
    assert graph.keys("Gallery") == ["g1", "g2"]


async def test_assigning_none_removes_an_unloaded_edge(db: Database) -> None:
    """Rule 6."""
    await seed(db)
    async with db.session() as s:
        (await s.get(Artist, "a")).gallery = None
    assert (await db.dump()).pairs("REPRESENTED_BY") == []


async def test_assigning_the_same_target_writes_nothing(db: Database) -> None:
    """Rule 6: the difference is empty."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery"])
        artist.gallery = await s.get(Gallery, "g1")
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0


async def test_append_relates(db: Database) -> None:
    """Rule 6."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        third = Painting(id="p3", title="3")
        s.add(third)
        artist.works.append(third)
    assert (await db.dump()).pairs("MADE") == [("a", "p1"), ("a", "p2"), ("a", "p3")]


async def test_remove_unrelates(db: Database) -> None:
    """Rule 6."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        artist.works.remove(await s.get(Artwork, "p1"))
    graph = await db.dump()
    assert graph.pairs("MADE") == [("a", "p2")]
    assert graph.keys("Artwork") == ["p1", "p2"]


@pytest.mark.parametrize("change", ["clear", "pop", "delete", "slice", "extend", "insert", "add_to"])
async def test_each_list_method_is_a_change(db: Database, change: str) -> None:
    """Rule 6: a collection is a list, whatever is done to it."""
    await seed(db)
    await db.save(Painting(id="p3", title="3"))
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        third = await s.get(Artwork, "p3")
        artist.works.sort(key=lambda work: work.id)
        if change == "clear":
            artist.works.clear()
        elif change == "pop":
            artist.works.pop(0)
        elif change == "delete":
            del artist.works[1]
        elif change == "slice":
            artist.works[:] = [third]
        elif change == "extend":
            artist.works.extend([third])
        elif change == "insert":
            artist.works.insert(0, third)
        else:
            artist.works += [third]
    kept = {"clear": [], "pop": ["p2"], "delete": ["p1"], "slice": ["p3"]}.get(change, ["p1", "p2", "p3"])
    assert [end for _, end in (await db.dump()).pairs("MADE")] == kept


async def test_assigning_replaces_a_loaded_collection(db: Database) -> None:
    """Rule 6: the difference, so a kept edge is not made anew."""
    await seed(db)
    await db.execute("MATCH ()-[r:MADE]->({id: 'p1'}) SET r.mark = 1")
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        third = Painting(id="p3", title="3")
        s.add(third)
        artist.works = [await s.get(Artwork, "p1"), third]
    graph = await db.dump()
    assert graph.pairs("MADE") == [("a", "p1"), ("a", "p3")]
    assert graph.edge("MADE", "a", "p1") == {"mark": 1}


async def test_assigning_replaces_an_unloaded_collection(db: Database) -> None:
    """Rule 6: assigning a collection that was never loaded replaces it."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        third = Painting(id="p3", title="3")
        s.add(third)
        artist.works = [third]
    assert (await db.dump()).pairs("MADE") == [("a", "p3")]


async def test_assigning_empty_list_removes_all(db: Database) -> None:
    """Rule 6. Demand 1: an empty list removes, unloaded does not."""
    await seed(db)
    async with db.session() as s:
        (await s.get(Artist, "a")).works = []
    graph = await db.dump()
    assert graph.pairs("MADE") == []
    assert graph.pairs("REPRESENTED_BY") == [("a", "g1")]


async def test_replacing_leaves_other_owners(db: Database) -> None:
    """Rule 6: only this owner's edges."""
    await seed(db)
    await db.save(Artist(id="b", name="B", works=[w := Painting(id="q", title="q")]), w)
    async with db.session() as s:
        (await s.get(Artist, "a")).works = []
    assert (await db.dump()).pairs("MADE") == [("b", "q")]


async def test_same_target_twice_is_one_edge(db: Database) -> None:
    """Rule 6."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        third = Painting(id="p3", title="3")
        s.add(third)
        artist.works.append(third)
        artist.works.append(third)
    assert (await db.dump()).pairs("MADE").count(("a", "p3")) == 1


async def test_assigning_through_the_mirror(db: Database) -> None:
    """Rule 6: an INCOMING relation writes the same edge."""
    await seed(db)
    async with db.session() as s:
        gallery = await s.get(Gallery, "g2", fetch=["artists"])
        gallery.artists.append(await s.get(Artist, "a"))
        (await s.get(Gallery, "g1", fetch=["artists"])).artists.clear()
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g2")]


async def test_assigning_in_a_self_relation(db: Database) -> None:
    """Rule 6."""
    async with db.session() as s:
        old, young = Artist(id="old", name="O"), Artist(id="young", name="Y")
        s.add_all([old, young])
        young.teacher = old
    assert (await db.dump()).pairs("LEARNT_FROM") == [("young", "old")]


async def test_assigning_both_direction(db: Database) -> None:
    """Rule 6 and 15."""
    async with db.session() as s:
        a, b, c = (Station(code=code) for code in "abc")
        s.add_all([a, b, c])
        a.neighbours = [b, c]
    async with db.session() as s:
        b = await s.get(Station, "b", fetch=["neighbours"])
        b.neighbours = []
    pairs = (await db.dump()).pairs("LINKS_TO")
    assert [set(pair) for pair in pairs] == [{"a", "c"}]


async def test_wrong_class_in_assignment_is_refused(db: Database) -> None:
    """Rule 8 holds for assignment too: a named error, nothing sent."""
    s = db.open()
    artist, wrong = Artist(id="a", name="A"), Instrument(id="i", maker="M")
    s.add_all([artist, wrong])
    with db.count() as sent, pytest.raises((OGMError, TypeError)):
        artist.gallery = wrong
        await s.flush()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


async def test_non_entity_in_collection_is_refused(db: Database) -> None:
    """Rule 8: text is no artwork."""
    s = db.open()
    artist = Artist(id="a", name="A")
    s.add(artist)
    with db.count() as sent, pytest.raises((OGMError, TypeError)):
        artist.works.append("p1")
        await s.flush()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


async def test_assignment_is_undone_by_rollback(db: Database) -> None:
    """Rule 6: nothing of it is written by a later commit."""
    await seed(db)
    before = await db.dump()
    s = db.open()
    artist = await s.get(Artist, "a", fetch=["gallery", "works"])
    artist.gallery = None
    artist.works.clear()
    await s.rollback()
    await s.commit()
    await s.close()
    assert await db.dump() == before
