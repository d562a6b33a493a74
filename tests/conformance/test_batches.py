"""Rule 1: staged work goes out at flush as batches, in a fixed order."""

from __future__ import annotations

import itertools

from .harness import Database
from .models import Artist, Cook, Exhibition, Gallery, Painting, Recipe, Showing, Station


async def test_adding_sends_nothing(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent:
            s.add(Artist(id="giotto", name="Giotto"))
            s.add_all([Artist(id="duccio", name="Duccio"), Gallery(id="uffizi", name="Uffizi")])
        assert len(sent) == 0


async def test_thousand_entities_take_one_statement(db: Database) -> None:
    """Rule 1."""
    async with db.session() as s:
        s.add_all([Artist(id=f"a{i}", name=f"Artist {i}", born=i) for i in range(1000)])
        with db.count() as sent:
            await s.commit()
    assert len(sent) == 1
    assert len((await db.dump()).nodes) == 1000


async def test_statements_do_not_grow_with_entities(db: Database) -> None:
    """Rule 1."""
    counts = []
    for size in (3, 300):
        async with db.session() as s:
            for i in range(size):
                artist = Artist(id=f"a{size}-{i}", name="x")
                work = Painting(id=f"p{size}-{i}", title="t")
                artist.works = [work]
                s.add_all([artist, work])
            with db.count() as sent:
                await s.commit()
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 3


async def test_updates_of_one_shape_share_a_statement(db: Database) -> None:
    """Rule 1."""
    await db.save(*[Artist(id=f"a{i}", name="x") for i in range(200)])
    async with db.session() as s:
        for i, artist in enumerate(await s.get_many(Artist, [f"a{i}" for i in range(200)])):
            artist.name = f"new {i}"
        with db.count() as sent:
            await s.commit()
    assert len(sent) == 1
    assert (await db.dump()).node("a199")["name"] == "new 199"


async def test_update_shapes_bound_the_statements(db: Database) -> None:
    """Rule 1: one statement per (class, changed properties)."""
    await db.save(*[Artist(id=f"a{i}", name="x", born=1) for i in range(60)])
    async with db.session() as s:
        for i, artist in enumerate(await s.get_many(Artist, [f"a{i}" for i in range(60)])):
            if i % 3 != 0:
                artist.name = f"n{i}"
            if i % 3 != 1:
                artist.born = i
        with db.count() as sent:
            await s.commit()
    assert len(sent) <= 3
    graph = await db.dump()
    assert [graph.node(f"a{i}") for i in range(3)] == [
        {"id": "a0", "name": "x", "born": 0, "nicknames": [], "notes": graph.node("a0")["notes"]},
        {"id": "a1", "name": "n1", "born": 1, "nicknames": [], "notes": graph.node("a1")["notes"]},
        {"id": "a2", "name": "n2", "born": 2, "nicknames": [], "notes": graph.node("a2")["notes"]},
    ]


async def test_relating_many_takes_one_statement(db: Database) -> None:
    """Rule 1: one statement per (relation, label pair)."""
    await db.save(*[Station(code=f"s{i}") for i in range(101)])
    async with db.session() as s:
        stations = await s.get_many(Station, [f"s{i}" for i in range(101)])
        for left, right in itertools.pairwise(stations):
            await s.relate(left, Station.neighbours, right)
        with db.count() as sent:
            await s.commit()
    assert len(sent) == 1
    assert len((await db.dump()).pairs("LINKS_TO")) == 100


async def test_new_nodes_come_before_edges(db: Database) -> None:
    """Rule 1: the order within a flush."""
    async with db.session() as s:
        show, work = Exhibition(id="x", title="Gold"), Painting(id="p", title="Maesta")
        s.add_all([show, work])
        await s.relate(show, Exhibition.works, work, edge=Showing(room="A"))
    assert (await db.dump()).pairs("SHOWS") == [("x", "p")]


async def test_unrelate_comes_before_relate(db: Database) -> None:
    """Rule 1: a to-one moves from one target to another in one flush."""
    await db.save(Artist(id="a", name="A"), Gallery(id="g1", name="1"), Gallery(id="g2", name="2"))
    async with db.session() as s:
        await s.relate(s.reference(Artist, "a"), Artist.gallery, s.reference(Gallery, "g1"))
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery"])
        await s.relate(artist, Artist.gallery, await s.get(Gallery, "g2"))
        await s.unrelate(artist, Artist.gallery, await s.get(Gallery, "g1"))
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g2")]


async def test_update_and_delete_share_a_commit(db: Database) -> None:
    """Rule 1: deletes come last."""
    await db.save(Artist(id="a", name="A"), Artist(id="b", name="B"))
    async with db.session() as s:
        a, b = await s.get_many(Artist, ["a", "b"])
        a.name, b.name = "new", "lost"
        await s.relate(a, Artist.teacher, b)
        s.delete(b)
    graph = await db.dump()
    assert graph.keys("Artist") == ["a"]
    assert graph.node("a")["name"] == "new"
    assert graph.edges == []


async def test_mixed_unit_commits_in_few_statements(db: Database) -> None:
    """Rule 1: the number of statements depends on shapes, not on rows."""
    await db.save(*[Artist(id=f"old{i}", name="x") for i in range(50)])
    async with db.session() as s:
        old = await s.get_many(Artist, [f"old{i}" for i in range(50)])
        for i, artist in enumerate(old[:25]):
            artist.name = f"n{i}"
        for artist in old[25:]:
            s.delete(artist)
        for i in range(50):
            recipe, cook = Recipe(title=f"r{i}"), Cook(name=f"c{i}")
            recipe.author = cook
            s.add(recipe)
        with db.count() as sent:
            await s.commit()
    assert len(sent) <= 5
    graph = await db.dump()
    assert (len(graph.keys("Artist")), len(graph.keys("Recipe")), len(graph.pairs("WRITTEN_BY"))) == (25, 50, 50)


async def test_empty_commit_sends_nothing(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent:
            await s.flush()
            await s.commit()
        assert len(sent) == 0


async def test_classes_of_a_hierarchy_batch_apart(db: Database) -> None:
    async with db.session() as s:
        s.add_all([Painting(id=f"p{i}", title="t") for i in range(20)])
        s.add_all([Artist(id=f"a{i}", name="n") for i in range(20)])
        with db.count() as sent:
            await s.commit()
    assert len(sent) <= 2
