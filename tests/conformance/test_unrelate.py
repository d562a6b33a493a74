"""Rule 17: what unrelate removes."""

from __future__ import annotations

from .harness import Database
from .models import Artist, Exhibition, Gallery, Painting, Showing


async def seed(db: Database) -> None:
    async with db.session() as s:
        a, b, g = Artist(id="a", name="A"), Artist(id="b", name="B"), Gallery(id="g", name="G")
        x, p, q = Exhibition(id="x", title="X"), Painting(id="p", title="P"), Painting(id="q", title="Q")
        s.add_all([a, b, g, x, p, q])
        a.gallery = b.gallery = g
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1"))
        await s.relate(x, Exhibition.works, q, edge=Showing(room="2"))


async def test_only_the_pair_is_unrelated(db: Database) -> None:
    """Rule 17."""
    await seed(db)
    async with db.session() as s:
        await s.unrelate(await s.get(Artist, "a"), Artist.gallery, await s.get(Gallery, "g"))
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("b", "g")]


async def test_unrelate_through_the_mirror(db: Database) -> None:
    """Rule 17."""
    await seed(db)
    async with db.session() as s:
        await s.unrelate(await s.get(Gallery, "g"), Gallery.artists, await s.get(Artist, "a"))
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("b", "g")]


async def test_edge_with_properties_is_removed(db: Database) -> None:
    """Rule 17."""
    await seed(db)
    async with db.session() as s:
        await s.unrelate(await s.get(Exhibition, "x"), "works", await s.get(Painting, "p"))
    assert (await db.dump()).pairs("SHOWS") == [("x", "q")]


async def test_absent_edge_is_no_error(db: Database) -> None:
    """Rule 17: removing what is not there changes nothing."""
    await seed(db)
    before = await db.dump()
    async with db.session() as s:
        await s.unrelate(await s.get(Artist, "a"), Artist.works, await s.get(Painting, "p"))
    assert await db.dump() == before


async def test_duplicate_edges_are_all_removed(db: Database) -> None:
    """Rule 17: every edge of the relation between the two."""
    await seed(db)
    await db.execute("MATCH (a:Artist {id: 'a'}), (g:Gallery) CREATE (a)-[:REPRESENTED_BY {n: 2}]->(g)")
    async with db.session() as s:
        await s.unrelate(await s.get(Artist, "a"), Artist.gallery, await s.get(Gallery, "g"))
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("b", "g")]


async def test_relate_then_unrelate_leaves_nothing(db: Database) -> None:
    """Rule 17."""
    await seed(db)
    async with db.session() as s:
        a, p = await s.get(Artist, "a"), await s.get(Painting, "p")
        await s.relate(a, Artist.works, p)
        await s.unrelate(a, Artist.works, p)
    assert (await db.dump()).pairs("MADE") == []


async def test_unrelate_then_relate_leaves_one(db: Database) -> None:
    """Rule 17."""
    await seed(db)
    async with db.session() as s:
        a, g = await s.get(Artist, "a"), await s.get(Gallery, "g")
        await s.unrelate(a, Artist.gallery, g)
        await s.relate(a, Artist.gallery, g)
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g"), ("b", "g")]


async def test_relate_then_unrelate_of_stored_edge(db: Database) -> None:
    """Rule 17: also where the edge was stored before the unit."""
    await seed(db)
    async with db.session() as s:
        a, g = await s.get(Artist, "a"), await s.get(Gallery, "g")
        await s.relate(a, Artist.gallery, g)
        await s.unrelate(a, Artist.gallery, g)
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("b", "g")]


async def test_relate_new_then_unrelate(db: Database) -> None:
    """Rule 17: with nodes that are new too."""
    async with db.session() as s:
        a, p = Artist(id="a", name="A"), Painting(id="p", title="P")
        s.add_all([a, p])
        await s.relate(a, Artist.works, p)
        await s.unrelate(a, Artist.works, p)
    graph = await db.dump()
    assert graph.edges == []
    assert len(graph.nodes) == 2


async def test_many_are_unrelated_in_one_statement(db: Database) -> None:
    """Rule 1."""
    works = [Painting(id=f"p{i}", title="t") for i in range(50)]
    await db.save(Artist(id="a", name="A", works=works), *works)
    async with db.session() as s:
        a = await s.get(Artist, "a", fetch=["works"])
        for work in list(a.works)[:49]:
            await s.unrelate(a, Artist.works, work)
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 1
    assert len((await db.dump()).pairs("MADE")) == 1


async def test_unrelate_by_reference_reads_nothing(db: Database) -> None:
    """Two known keys are enough."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            await s.unrelate(s.reference(Artist, "a"), Artist.gallery, s.reference(Gallery, "g"))
            await s.commit()
        assert len(sent) == 1
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("b", "g")]
