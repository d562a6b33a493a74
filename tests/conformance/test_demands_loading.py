"""Demands 15, 16, 18 and 19: loading what is asked for, in order, and no more."""

from __future__ import annotations

import pytest

from runic.ogm import LazyLoadError, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Lender, Painting, Showing, Visitor


async def show(db: Database, size: int = 8) -> None:
    async with db.session() as s:
        x = Exhibition(id="x", title="X")
        works = [Painting(id=f"p{i}", title=f"t{i}") for i in range(size)]
        s.add_all([x, *works])
        for i, work in enumerate(works):
            edge = Showing(room="red" if i % 2 else "blue", position=size - i)
            await s.relate(x, Exhibition.works, work, edge=edge)


async def test_plan_per_call(db: Database) -> None:
    """Demand 15: the same class, read with three plans, one statement each."""
    g = Gallery(id="g", name="G")
    works = [Painting(id=f"p{i}", title="t") for i in range(3)]
    await db.save(g, *works, Artist(id="a", name="A", gallery=g, works=works))
    for plan in ([], ["gallery"], ["gallery", "works.exhibitions"]):
        async with db.session() as s:
            with db.count() as sent:
                artist = await s.get(Artist, "a", fetch=plan)
                if plan:
                    assert artist.gallery.id == "g"
                if len(plan) == 2:
                    assert [work.exhibitions for work in artist.works] == [[], [], []]
            assert len(sent) == 1


async def test_relation_is_ordered_by_its_edge(db: Database) -> None:
    """Demand 16: by fetch and by load alike."""
    await show(db)
    expected = [f"p{i}" for i in range(7, -1, -1)]
    async with db.session() as s:
        assert [work.id for work in (await s.get(Exhibition, "x", fetch=["works"])).works] == expected
    async with db.session() as s:
        x = await s.get(Exhibition, "x")
        await s.load(x, "works")
        assert [work.id for work in x.works] == expected


@pytest.mark.sync_only
async def test_lazy_relation_is_ordered(db: Database) -> None:
    """Demand 16."""
    await show(db)
    async with db.session() as s:
        assert [work.id for work in (await s.get(Exhibition, "x")).works] == [f"p{i}" for i in range(7, -1, -1)]


async def test_relation_is_ordered_by_its_target(db: Database) -> None:
    """Demand 16."""
    x = Exhibition(id="x", title="X")
    await db.save(x, *[Visitor(id=f"v{i}", name=name, visits=[x]) for i, name in enumerate("ecadb")])
    async with db.session() as s:
        found = await s.get(Exhibition, "x", fetch=["visitors"])
        assert [visitor.name for visitor in found.visitors] == list("abcde")


async def test_edge_filter_gives_edge_and_node(db: Database) -> None:
    """Demand 18."""
    await show(db)
    async with db.session() as s:
        statement = (
            select(Exhibition)
            .where(Exhibition.id == "x")
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .where((Showing.room == "red") & (Showing.position > 2), on="e")
            .return_nodes("x", "w")
            .return_edge("e")
            .order_by(Artwork.title)
        )
        with db.count() as sent:
            rows = await s.all_with_edges(statement)
        assert len(sent) == 1
        assert [(edge.position, work.id) for _, edge, work in rows] == [(7, "p1"), (5, "p3"), (3, "p5")]


@pytest.mark.sync_only
async def test_loop_is_three_statements(db: Database) -> None:
    """Demand 19: seen by counting, bounded by the siblings' rule."""
    galleries = [Gallery(id=f"g{i}", name="G") for i in range(50)]
    await db.save(*galleries, *[Artist(id=f"a{i}", name="n", gallery=g) for i, g in enumerate(galleries)])
    async with db.session() as s:
        with db.count() as sent:
            assert {artist.gallery.id for artist in await s.scalars(select(Artist))} == {g.id for g in galleries}
        assert len(sent) == 3


async def test_lazy_raise_stops_it(db: Database) -> None:
    """Demand 19: in sync code too."""
    lenders = [Lender(name=f"L{i}") for i in range(5)]
    await db.save(*lenders)
    async with db.session() as s:
        found = await s.scalars(select(Lender))
        with db.count() as sent, pytest.raises(LazyLoadError):
            [lender.guarded for lender in found]
        assert len(sent) == 0
        await s.load(found, "guarded")
        assert [lender.guarded for lender in found] == [[]] * 5
