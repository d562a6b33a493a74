"""Rule 12: unloaded is not empty."""

from __future__ import annotations

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Painting, Showing, Station


async def seed(db: Database) -> None:
    async with db.session() as s:
        a, g, p, q = (
            Artist(id="a", name="A"),
            Gallery(id="g", name="G"),
            Painting(id="p", title="P"),
            Painting(id="q", title="Q"),
        )
        x = Exhibition(id="x", title="X")
        s.add_all([a, g, p, q, x])
        a.gallery, a.works = g, [p, q]
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1"))


async def test_save_leaves_unloaded_relations(db: Database) -> None:
    """Rule 12. Demand 1."""
    await seed(db)
    edges = (await db.dump()).edges
    async with db.session() as s:
        (await s.get(Artist, "a")).name = "new"
        (await s.get(Artwork, "p")).title = "new"
        (await s.get(Gallery, "g")).name = "new"
    assert (await db.dump()).edges == edges


async def test_save_leaves_the_other_relation(db: Database) -> None:
    """Rule 12. Demand 1: one relation loaded and changed, the other not."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery"])
        artist.gallery, artist.name = None, "new"
    graph = await db.dump()
    assert graph.pairs("MADE") == [("a", "p"), ("a", "q")]
    assert graph.pairs("REPRESENTED_BY") == []


async def test_save_leaves_edges_of_others(db: Database) -> None:
    """Rule 12. Demand 2: an edge made meanwhile by another session stays."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        async with db.session() as other:
            late = Painting(id="late", title="L")
            other.add(late)
            await other.relate(await other.get(Artist, "a"), Artist.works, late)
        artist.works.remove(await s.get(Artwork, "p"))
    assert (await db.dump()).pairs("MADE") == [("a", "late"), ("a", "q")]


async def test_readding_a_loaded_entity_changes_nothing(db: Database) -> None:
    """Rule 12. Demand 2."""
    await seed(db)
    before = await db.dump()
    async with db.session() as s:
        s.add(await s.get(Artist, "a"))
    assert await db.dump() == before


async def test_merge_leaves_relations_alone(db: Database) -> None:
    """Rule 12. Demand 1: an upsert of plain properties."""
    await seed(db)
    async with db.session() as s:
        s.merge(Artist(id="a", name="merged"))
    graph = await db.dump()
    assert graph.node("a")["name"] == "merged"
    assert graph.pairs("MADE") == [("a", "p"), ("a", "q")]
    assert graph.pairs("REPRESENTED_BY") == [("a", "g")]


async def test_reference_leaves_relations_alone(db: Database) -> None:
    """Rule 12."""
    await seed(db)
    before = await db.dump()
    async with db.session() as s:
        await s.relate(s.reference(Artist, "a"), Artist.works, s.reference(Artwork, "p"))
    assert await db.dump() == before


async def test_edges_of_unknown_types_stay(db: Database) -> None:
    """Rule 12: what no model declares."""
    await seed(db)
    await db.execute("MATCH (a:Artist {id: 'a'}), (p:Artwork {id: 'p'}) CREATE (a)-[:DREAMT_OF {n: 1}]->(p)")
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        artist.works = []
    assert (await db.dump()).pairs("DREAMT_OF") == [("a", "p")]


async def test_delete_of_another_node_leaves_edges(db: Database) -> None:
    """Rule 12."""
    await seed(db)
    async with db.session() as s:
        s.delete(await s.get(Artwork, "q"))
    graph = await db.dump()
    assert graph.pairs("MADE") == [("a", "p")]
    assert graph.pairs("REPRESENTED_BY") == [("a", "g")]


async def test_loading_sends_no_write(db: Database) -> None:
    """Rule 12: fetch and commit leave the graph as it was."""
    await seed(db)
    await db.save(Station(code="s"))
    before = await db.dump()
    async with db.session() as s:
        await s.get(Artist, "a", fetch=["gallery", "works.exhibitions", "teacher", "pupils"])
        await s.get(Station, "s", fetch=["neighbours", "line"])
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0
    assert await db.dump() == before
