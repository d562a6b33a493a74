"""Rules 6, 7, 10 and 17 in one unit: relating, unrelating and assigning the same edge; what was told last holds."""

from __future__ import annotations

from .harness import Database
from .models import Artist, Exhibition, Gallery, Painting, Showing, Station, Visitor


async def seed(db: Database, *, related: bool = False) -> None:
    visitor, one, two = Visitor(id="v", name="V"), Exhibition(id="x", title="X"), Exhibition(id="y", title="Y")
    if related:
        visitor.visits = [one]
    await db.save(visitor, one, two)


async def visits(db: Database) -> list[tuple[str, str]]:
    return (await db.dump()).pairs("VISITED")


async def test_unrelate_then_append(db: Database) -> None:
    await seed(db, related=True)
    async with db.session() as s:
        visitor, x = await s.get(Visitor, "v", fetch=["visits"]), await s.get(Exhibition, "x")
        await s.unrelate(visitor, Visitor.visits, x)
        await s.load(visitor, "visits")
        visitor.visits.append(x)
    assert await visits(db) == [("v", "x")]


async def test_unrelate_then_append_to_the_mirror(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        visitor, x = await s.get(Visitor, "v"), await s.get(Exhibition, "x", fetch=["visitors"])
        await s.unrelate(visitor, Visitor.visits, x)
        await s.load(x, "visitors")
        x.visitors.append(visitor)
    assert await visits(db) == [("v", "x")]


async def test_unrelate_then_assign(db: Database) -> None:
    await seed(db, related=True)
    async with db.session() as s:
        visitor, x = await s.get(Visitor, "v"), await s.get(Exhibition, "x")
        await s.unrelate(visitor, Visitor.visits, x)
        visitor.visits = [x]
    assert await visits(db) == [("v", "x")]


async def test_unrelate_then_assign_of_new_entities(db: Database) -> None:
    async with db.session() as s:
        visitor, x = Visitor(id="v", name="V"), Exhibition(id="x", title="X")
        s.add_all([visitor, x])
        await s.unrelate(visitor, Visitor.visits, x)
        visitor.visits = [x]
    assert await visits(db) == [("v", "x")]


async def test_relate_then_assign_another(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        visitor, x, y = await s.get(Visitor, "v"), await s.get(Exhibition, "x"), await s.get(Exhibition, "y")
        await s.relate(visitor, Visitor.visits, x)
        visitor.visits = [y]
    assert await visits(db) == [("v", "y")]


async def test_relate_then_assign_nothing(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        visitor, x = await s.get(Visitor, "v"), await s.get(Exhibition, "x")
        await s.relate(visitor, Visitor.visits, x)
        visitor.visits = []
    assert await visits(db) == []


async def test_assign_then_relate_adds(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        visitor, x, y = await s.get(Visitor, "v"), await s.get(Exhibition, "x"), await s.get(Exhibition, "y")
        visitor.visits = [y]
        await s.relate(visitor, Visitor.visits, x)
    assert await visits(db) == [("v", "x"), ("v", "y")]


async def test_assign_then_unrelate_removes(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        visitor, x, y = await s.get(Visitor, "v"), await s.get(Exhibition, "x"), await s.get(Exhibition, "y")
        visitor.visits = [x, y]
        await s.unrelate(visitor, Visitor.visits, x)
    assert await visits(db) == [("v", "y")]


async def test_append_then_unrelate_removes(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        visitor, x = await s.get(Visitor, "v", fetch=["visits"]), await s.get(Exhibition, "x")
        visitor.visits.append(x)
        await s.unrelate(visitor, Visitor.visits, x)
    assert await visits(db) == []


async def test_unlink_then_append_from_the_other_side(db: Database) -> None:
    """Rule 15 too."""
    await db.save(Station(code="a"), Station(code="b"))
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"), fetch=["neighbours"])
        await s.unrelate(a, Station.neighbours, b)
        await s.load(b, "neighbours")
        b.neighbours.append(a)
    assert len((await db.dump()).pairs("LINKS_TO")) == 1


async def test_self_loop_survives_another_unrelate(db: Database) -> None:
    """Rule 15 and 17: what the session shows afterwards."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        await s.relate(a, Station.neighbours, a)
        await s.unrelate(a, Station.neighbours, b)
        await s.commit()
        await s.load([a, b], "neighbours")
        assert (a.neighbours, b.neighbours) == ([a], [])
    assert (await db.dump()).pairs("LINKS_TO") == [("a", "a")]


async def test_changed_edge_then_unrelate(db: Database) -> None:
    """Rule 10 and 17: a change of an edge that goes away is no stale write."""
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1"))
    async with db.session() as s:
        x, p = await s.get(Exhibition, "x"), await s.get(Painting, "p")
        [(edge, _)] = await s.edges(x, Exhibition.works)
        edge.room = "2"
        await s.unrelate(x, Exhibition.works, p)
    assert (await db.dump()).edges == []


async def test_changed_edge_then_delete(db: Database) -> None:
    """Rule 10: the same for the edge itself, and for an end of it."""
    for what in ("edge", "end"):
        async with db.session() as s:
            x, p = Exhibition(id=f"x{what}", title="X"), Painting(id=f"p{what}", title="P")
            s.add_all([x, p])
            await s.relate(x, Exhibition.works, p, edge=Showing(room="1"))
        async with db.session() as s:
            x = await s.get(Exhibition, f"x{what}")
            [(edge, work)] = await s.edges(x, Exhibition.works)
            edge.room = "2"
            s.delete(edge if what == "edge" else work)
    assert (await db.dump()).edges == []


async def test_unloaded_single_leaves_the_loaded_mirror(db: Database) -> None:
    """Rule 6: the mirror of every entity in the session shows the change, also where the single was not loaded."""
    g, h = Gallery(id="g", name="G"), Gallery(id="h", name="H")
    await db.save(g, h, Artist(id="a", name="A", gallery=g), Artist(id="b", name="B", gallery=g))
    async with db.session() as s:
        g = await s.get(Gallery, "g", fetch=["artists"])
        a = next(artist for artist in g.artists if artist.id == "a")
        a.gallery = await s.get(Gallery, "h")
        await s.commit()
        assert [artist.id for artist in g.artists] == ["b"]
        await s.commit()
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "h"), ("b", "g")]
