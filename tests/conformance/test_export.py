"""What is loaded becomes a graph of NetworkX, and nothing is asked of the database for it (demand 28)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from runic.ogm import select
from runic.ogm.export import to_networkx

from .harness import Database
from .models import Artist, Artwork, Change, Exhibition, Gallery, Lender, Loan, Painting, Showing, Station

LENDER = UUID(int=7)


async def make_museum(db: Database) -> None:
    async with db.session() as s:
        ada = Artist(id="a", name="Ada", nicknames=["x"])
        works = [Painting(id="p", title="P"), Artwork(id="w", title="W")]
        show, lender = Exhibition(id="x", title="X"), Lender(id=LENDER, name="L")
        s.add_all([Gallery(id="g", name="G", artists=[ada]), ada, *works, show, lender])
        ada.works = works
        await s.flush()
        await s.relate(show, Exhibition.works, works[0], edge=Showing(room="east", position=1))
        for number in ("1", "2"):
            await s.relate(lender, Lender.loans, show, edge=Loan(number=number))


def edges(graph: Any) -> set[tuple[Any, Any, Any]]:
    return {(start[1], end[1], key) for start, end, key in graph.edges(keys=True)}


async def test_entities_with_their_loaded_relations(db: Database) -> None:
    await make_museum(db)
    async with db.session() as s:
        ada = await s.get(Artist, "a", fetch=["works", "gallery"])
        with db.count() as statements:
            graph = to_networkx([ada])
        assert len(statements) == 0
    assert set(graph.nodes) == {("Artist", "a"), ("Gallery", "g"), ("Artwork", "p"), ("Artwork", "w")}
    assert graph.nodes["Artist", "a"] == {"id": "a", "name": "Ada", "born": None, "nicknames": ["x"], "notes": {}}
    assert graph.nodes["Artwork", "p"]["technique"] is None
    assert edges(graph) == {("a", "p", "MADE"), ("a", "w", "MADE"), ("a", "g", "REPRESENTED_BY")}


async def test_rows_with_edges_carry_their_properties(db: Database) -> None:
    await make_museum(db)
    async with db.session() as s:
        rows = await s.all_with_edges(select(Exhibition).traverse(Exhibition.works, edge_alias="e"))
    graph = to_networkx(rows)
    assert list(graph.edges(keys=True, data=True)) == [
        (("Exhibition", "x"), ("Artwork", "p"), "SHOWS", {"room": "east", "position": 1, "note": None})
    ]


async def test_parallel_edges_have_keys_of_their_own(db: Database) -> None:
    await make_museum(db)
    async with db.session() as s:
        await s.edges(await s.get(Lender, LENDER), "loans")
        graph = to_networkx(s if db.is_async else s._target)
    assert edges(graph) == {(LENDER, "x", ("LENT", "1")), (LENDER, "x", ("LENT", "2"))}
    assert graph["Lender", LENDER]["Exhibition", "x"]["LENT", "1"] == {"number": "1", "fee": None}


async def test_edge_of_both_directions_is_one(db: Database) -> None:
    await db.save(Station(code="x"), Station(code="y"))
    async with db.session() as s:
        x, y = await s.get_many(Station, ["x", "y"])
        await s.relate(x, Station.neighbours, y)
        await s.relate(x, Station.changes, y, edge=Change(minutes=3))
    async with db.session() as s:
        stations = await s.scalars(select(Station).fetch(Station.neighbours).fetch(Station.changes))
        graph = to_networkx(stations)
    assert graph.number_of_edges() == 2
    assert {key for _, _, key in graph.edges(keys=True)} == {"LINKS_TO", "CHANGES_TO"}


async def test_unloaded_relations_and_properties_stay_out(db: Database) -> None:
    await make_museum(db)
    async with db.session() as s:
        graph = to_networkx([await s.get(Artist, "a"), s.reference(Gallery, "g"), (None, None)])
    assert graph.number_of_edges() == 0
    assert graph.nodes["Gallery", "g"] == {"id": "g"}


async def test_new_entities_need_no_database(db: Database) -> None:
    gallery = Gallery(id="g", name="G", artists=[Artist(id="a", name="A")])
    assert edges(to_networkx(gallery)) == {("a", "g", "REPRESENTED_BY")}
    assert to_networkx([]).number_of_nodes() == 0


@pytest.mark.parametrize("found", [7, "Artist", ["Artist"], [{"id": 1}]])
async def test_what_is_no_entity_is_refused(db: Database, found: Any) -> None:
    with pytest.raises(TypeError, match="entities"):
        to_networkx(found)
