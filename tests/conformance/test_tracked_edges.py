"""Rule 10: edges are entities."""

from __future__ import annotations

import pytest

from runic.ogm import RelationValueError, StaleEntityError, select

from .harness import Database
from .models import Amount, Change, Exhibition, Ingredient, Lender, Loan, Painting, Recipe, Showing, Station, Visitor


async def seed(db: Database) -> None:
    async with db.session() as s:
        x = Exhibition(id="x", title="X")
        works = [Painting(id=f"p{i}", title="t") for i in range(3)]
        s.add_all([x, *works])
        for i, work in enumerate(works):
            await s.relate(x, Exhibition.works, work, edge=Showing(room="r", position=i))


async def test_edges_gives_pairs(db: Database) -> None:
    """Rule 10."""
    await seed(db)
    async with db.session() as s:
        x = await s.get(Exhibition, "x")
        rows = await s.edges(x, Exhibition.works)
        assert sorted((edge.position, work.id) for edge, work in rows) == [(0, "p0"), (1, "p1"), (2, "p2")]
        assert all(type(edge) is Showing and type(work) is Painting for edge, work in rows)


async def test_edges_cost_one_statement(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        x = await s.get(Exhibition, "x")
        with db.count() as sent:
            await s.edges(x, "works")
        assert len(sent) == 1


async def test_edge_knows_its_ends(db: Database) -> None:
    """Rule 10."""
    await seed(db)
    async with db.session() as s:
        x = await s.get(Exhibition, "x")
        for edge, work in await s.edges(x, Exhibition.works):
            assert edge.source is x
            assert edge.target is work


async def test_ends_follow_the_arrow_from_the_mirror(db: Database) -> None:
    """Rule 10: source is where the arrow starts."""
    await seed(db)
    async with db.session() as s:
        work = await s.get(Painting, "p1")
        [(edge, show)] = await s.edges(work, Painting.exhibitions)
        assert edge.source is show
        assert edge.target is work


async def test_change_of_an_edge_is_written(db: Database) -> None:
    """Rule 10."""
    await seed(db)
    async with db.session() as s:
        for edge, _ in await s.edges(await s.get(Exhibition, "x"), Exhibition.works):
            edge.position += 10
    graph = await db.dump()
    assert [graph.edge("SHOWS", "x", f"p{i}")["position"] for i in range(3)] == [10, 11, 12]


async def test_changes_of_edges_are_batched(db: Database) -> None:
    """Rule 1 and 10."""
    await seed(db)
    async with db.session() as s:
        for edge, _ in await s.edges(await s.get(Exhibition, "x"), Exhibition.works):
            edge.position += 10
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 1


async def test_none_on_an_edge_removes_the_property(db: Database) -> None:
    """Rule 10."""
    await db.save(x := Exhibition(id="x", title="X"), p := Painting(id="p", title="P"))
    async with db.session() as s:
        await s.relate(
            s.reference(Exhibition, x.id), "works", s.reference(Painting, p.id), edge=Showing(room="r", note="n")
        )
    async with db.session() as s:
        [(edge, _)] = await s.edges(await s.get(Exhibition, "x"), Exhibition.works)
        edge.note = None
    assert "note" not in (await db.dump()).edge("SHOWS", "x", "p")


async def test_delete_of_an_edge_keeps_the_nodes(db: Database) -> None:
    """Rule 10."""
    await seed(db)
    async with db.session() as s:
        for edge, _ in await s.edges(await s.get(Exhibition, "x"), Exhibition.works):
            if edge.position == 1:
                s.delete(edge)
    graph = await db.dump()
    assert graph.pairs("SHOWS") == [("x", "p0"), ("x", "p2")]
    assert graph.keys("Artwork") == ["p0", "p1", "p2"]


async def test_deleted_edge_leaves_the_collection(db: Database) -> None:
    """Rule 10 and 17."""
    await seed(db)
    async with db.session() as s:
        x = await s.get(Exhibition, "x", fetch=["works"])
        [edge] = [edge for edge, work in await s.edges(x, Exhibition.works) if work.id == "p1"]
        s.delete(edge)
        await s.commit()
        await s.load(x, "works")
        assert [work.id for work in x.works] == ["p0", "p2"]


async def test_related_edge_is_tracked_afterwards(db: Database) -> None:
    """Rule 10: the edge given to relate is the edge of the session."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        change = Change(minutes=1)
        await s.relate(a, Station.changes, b, edge=change)
        await s.commit()
        change.minutes = 2
        await s.commit()
        [(edge, _)] = await s.edges(a, Station.changes)
        assert edge.minutes == 2
    assert (await db.dump()).edge("CHANGES_TO", "a", "b") == {"minutes": 2}


async def test_query_edges_are_tracked(db: Database) -> None:
    """Rule 10."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Exhibition)
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .where(Showing.position == 2, on="e")
            .return_nodes("x", "w")
            .return_edge("e")
        )
        [(_, edge, _)] = await s.all_with_edges(statement)
        edge.room = "moved"
    assert (await db.dump()).edge("SHOWS", "x", "p2")["room"] == "moved"


async def test_edge_is_in_the_session(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        [(edge, _), *_] = await s.edges(await s.get(Exhibition, "x"), Exhibition.works)
        assert edge in s
        assert Showing(room="other") not in s


async def test_edges_of_an_empty_relation(db: Database) -> None:
    await db.save(Exhibition(id="x", title="X"))
    async with db.session() as s:
        assert await s.edges(await s.get(Exhibition, "x"), Exhibition.works) == []


async def test_edges_without_a_class_give_targets(db: Database) -> None:
    """A relation without an edge class has edges too."""
    async with db.session() as s:
        visitor, x = Visitor(id="v", name="V"), Exhibition(id="x", title="X")
        s.add_all([visitor, x])
        visitor.visits.append(x)
    async with db.session() as s:
        [(edge, show)] = await s.edges(await s.get(Visitor, "v"), Visitor.visits)
        assert show.id == "x"
        assert edge is None or edge.target is show


async def test_staged_edge_is_listed(db: Database) -> None:
    """Rule 3: edges flushes first."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        await s.relate(a, Station.changes, b, edge=Change(minutes=1))
        assert [(edge.minutes, other) for edge, other in await s.edges(b, Station.changes)] == [(1, a)]


async def test_parallel_edges_from_elsewhere_are_told_apart(db: Database) -> None:
    """Another program made several of one type between two nodes: each is read, changed and deleted by itself."""
    await db.save(Exhibition(id="x", title="X"), Painting(id="p", title="P"))
    await db.execute(
        "MATCH (x:Exhibition), (p:Painting) UNWIND [1, 2, 3] AS i CREATE (x)-[:SHOWS {room: 'r', position: i}]->(p)"
    )
    async with db.session() as s:
        edges = {edge.position: edge for edge, _ in await s.edges(await s.get(Exhibition, "x"), "works")}
        assert sorted(edges) == [1, 2, 3]
        edges[2].room = "hall"
        s.delete(edges[3])
    async with db.session() as s:
        rows = await s.edges(await s.get(Exhibition, "x"), "works")
        assert sorted((edge.position, edge.room) for edge, _ in rows) == [(1, "r"), (2, "hall")]
        await s.refresh(rows[0][0])
        assert sorted((edge.position, edge.room) for edge, _ in rows) == [(1, "r"), (2, "hall")]


@pytest.mark.parametrize("flushed", [True, False])
async def test_one_object_for_two_edges_is_refused(db: Database, flushed: bool) -> None:
    """What is set on it might be meant for either."""
    await seed(db)
    async with db.session() as s:
        lender = Lender(name="L")
        s.add(lender)
        show = await s.get(Exhibition, "x")
        loan = Loan(number="1", fee=1)
        await s.relate(lender, Lender.loans, show, edge=loan)
        if flushed:
            await s.flush()
        loan.fee = 2
        await s.relate(lender, Lender.loans, show, edge=loan)  # the same edge once more
        loan.number = "2"
        with pytest.raises(RelationValueError, match=r"already: make a new object for each edge"):
            await s.relate(lender, Lender.loans, show, edge=loan)
        loan.number = "1"
    async with db.session() as s:
        lenders = await s.scalars(select(Lender))
        assert [(edge.number, edge.fee) for edge, _ in await s.edges(lenders[0], Lender.loans)] == [("1", 2)]


async def test_one_object_for_edges_to_two_targets_is_refused(db: Database) -> None:
    works = [Painting(id=f"p{i}", title="t") for i in range(2)]
    await db.save(Exhibition(id="x", title="X"), *works)
    async with db.session() as s:
        x, first, second = await s.get(Exhibition, "x"), await s.get(Painting, "p0"), await s.get(Painting, "p1")
        showing = Showing(room="r", position=0)
        await s.relate(x, Exhibition.works, first, edge=showing)
        with pytest.raises(RelationValueError, match=r"p0.* already"):
            await s.relate_all(Exhibition.works, [(x, second, showing)])
        assert showing.target is first
        await s.unrelate(x, Exhibition.works, first)
        await s.relate(x, Exhibition.works, second, edge=showing)
    assert (await db.dump()).pairs("SHOWS") == [("x", "p1")]


async def test_edge_that_is_related_again_counts_its_version_up(db: Database) -> None:
    """Who read the version before learns of it, and the new object can be changed on."""
    await db.save(Recipe(id="r", title="R"), Ingredient(id="i"), Ingredient(id="j"))
    async with db.session() as s:
        r, i = await s.get(Recipe, "r"), await s.get(Ingredient, "i")
        await s.relate(r, Recipe.ingredients, i, edge=Amount(grams=1))
    async with db.session() as slow:
        [(mine, _)] = await slow.edges(await slow.get(Recipe, "r"), Recipe.ingredients)
        async with db.session() as s:
            r, i, j = await s.get(Recipe, "r"), await s.get(Ingredient, "i"), await s.get(Ingredient, "j")
            amount, other = Amount(grams=2), Amount(grams=3)
            await s.relate(r, Recipe.ingredients, i, edge=amount)
            await s.relate(r, Recipe.ingredients, j, edge=other)
            await s.commit()
            assert (amount.revision, other.revision) == (1, 0)
            amount.grams = other.grams = 4
            await s.commit()
            assert (amount.revision, other.revision) == (2, 1)
        mine.grams = 9
        with pytest.raises(StaleEntityError):
            await slow.commit()
        await slow.rollback()
    graph = await db.dump()
    assert [graph.edge("NEEDS", "r", key)["grams"] for key in "ij"] == [4, 4]


async def test_changed_edge_that_an_assignment_leaves_out_goes(db: Database) -> None:
    """It is not there to be written, and the commit must not look for it."""
    await seed(db)
    async with db.session() as s:
        x, other = await s.get(Exhibition, "x"), await s.get(Painting, "p0")
        rows = await s.edges(x, Exhibition.works)
        for edge, _ in rows:
            edge.room = "changed"
        x.works = [other]
        await s.commit()
        assert [edge in s for edge, work in rows if work is not other] == [False, False]
        rows[0][0].position = 7  # one that is gone, or one that stayed: the next commit passes too
    graph = await db.dump()
    assert graph.pairs("SHOWS") == [("x", "p0")]
    assert graph.edge("SHOWS", "x", "p0")["room"] == "changed"
