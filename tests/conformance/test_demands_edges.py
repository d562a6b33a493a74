"""Demands 8, 13, 20, 21 and 22: edges one by one and many at once."""

from __future__ import annotations

import pytest

from runic.ogm import FieldValidationError

from .harness import Database
from .models import Artist, Cook, Exhibition, Gallery, Lender, Loan, Painting, Recipe, Showing


async def test_parallel_edges_are_addressable(db: Database) -> None:
    """Demand 8: made, read, changed and deleted one by one."""
    lender, x = Lender(name="L"), Exhibition(id="x", title="X")
    async with db.session() as s:
        s.add_all([lender, x])
        for number in "123":
            await s.relate(lender, Lender.loans, x, edge=Loan(number=number, fee=int(number)))
    async with db.session() as s:
        loans = {edge.number: edge for edge, _ in await s.edges(await s.get(Lender, lender.id), Lender.loans)}
        loans["2"].fee = 20
        s.delete(loans["3"])
    stored = [properties for *_, properties in (await db.dump()).edges]
    assert sorted((loan["number"], loan["fee"]) for loan in stored) == [("1", 1), ("2", 20)]


async def test_edge_property_keeps_merge(db: Database) -> None:
    """Demand 13: other values, same edge; from three sessions."""
    await db.save(Exhibition(id="x", title="X"), Painting(id="p", title="P"))
    for position in range(3):
        async with db.session() as s:
            x, p = s.reference(Exhibition, "x"), s.reference(Painting, "p")
            await s.relate(x, Exhibition.works, p, edge=Showing(room=f"r{position}", position=position))
    graph = await db.dump()
    assert graph.pairs("SHOWS") == [("x", "p")]
    assert graph.edge("SHOWS", "x", "p") == {"room": "r2", "position": 2}


async def test_bulk_edges_have_properties_per_row(db: Database) -> None:
    """Demand 20: a thousand pairs, a thousand property sets, one statement."""
    works = [Painting(id=f"p{i}", title="t") for i in range(1000)]
    await db.save(Exhibition(id="x", title="X"), *works)
    async with db.session() as s:
        x = s.reference(Exhibition, "x")
        rows = [(x, s.reference(Painting, f"p{i}"), Showing(room=f"r{i % 7}", position=i)) for i in range(1000)]
        await s.relate_all(Exhibition.works, rows)
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 1
    stored = {end: properties for _, _, end, properties in (await db.dump()).edges}
    assert all(stored[f"p{i}"] == {"room": f"r{i % 7}", "position": i} for i in range(1000))


async def test_shared_target_is_saved_once(db: Database) -> None:
    """Demand 21."""
    cook = Cook(id="c", name="C")
    async with db.session() as s:
        s.add_all([Recipe(id=f"r{i}", title="R", author=cook) for i in range(10)])
        with db.count() as sent:
            await s.commit()
        assert len(sent) <= 3
    graph = await db.dump()
    assert graph.keys("Cook") == ["c"]
    assert len(graph.pairs("WRITTEN_BY")) == 10


async def test_unsaved_objects_are_related_and_written_once(db: Database) -> None:
    """Demand 22: relate, validate, then write; a change after relate is part of it."""
    async with db.session() as s:
        artist, gallery = Artist(id="a", name="A"), Gallery(id="g", name="G")
        s.add_all([artist, gallery])
        await s.relate(artist, Artist.gallery, gallery)
        artist.born = "soon"
        with db.count() as sent, pytest.raises(FieldValidationError):
            await s.flush()
        assert len(sent) == 0
        artist.born, artist.name = 1400, "pending change"
    graph = await db.dump()
    assert graph.pairs("REPRESENTED_BY") == [("a", "g")]
    assert (graph.node("a")["born"], graph.node("a")["name"]) == (1400, "pending change")
