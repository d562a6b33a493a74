"""A key that is deleted and given again in one unit: a new node, whatever becomes of the unit."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import OGMError, StaleEntityError

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Painting, Recipe, Sculpture, Showing


async def seed(db: Database) -> None:
    """g has a and b; a painting p of a, with a property that no class knows; a recipe with a version."""
    gallery = Gallery(id="g", name="G")
    painting = Painting(id="p", title="P", year=1500, technique="oil")
    a = Artist(id="a", name="A", gallery=gallery, works=[painting])
    await db.save(gallery, painting, a, Artist(id="b", name="B", gallery=gallery), Recipe(id="r", title="R"))
    await db.execute("MATCH (p:Painting) SET p.unknown = 1")


@pytest.mark.parametrize("way", ["add", "merge"])
async def test_nothing_is_left_of_the_former(db: Database, way: str) -> None:
    """Neither its edges, nor its labels, nor what nobody declared."""
    await seed(db)
    async with db.session() as s:
        s.delete(await s.get(Artwork, "p"))
        stone = Sculpture(id="p", title="S", weight=2.5)
        getattr(s, way)(stone)
        await s.relate(await s.get(Artist, "b"), "works", stone)
    graph = await db.dump()
    [(labels, row)] = [(labels, row) for labels, row in graph.nodes if row.get("id") == "p"]
    assert ("Sculpture" in labels, "Painting" in labels) == (True, False)
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": "p", "title": "S", "weight": 2.5, "material": "stone",
    }  # fmt: skip
    assert graph.pairs("MADE") == [("b", "p")]


async def test_reference_makes_room(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        s.delete(s.reference(Recipe, "r"))
        s.delete(s.reference(Artist, "a"))
        s.add_all([Recipe(id="r", title="new"), Artist(id="a", name="new"), Artist(id="c", name="C")])
    async with db.session() as s:
        recipe, artist = await s.get(Recipe, "r"), await s.get(Artist, "a", fetch=["gallery", "works"])
        assert (recipe.title, recipe.revision) == ("new", 0)
        assert (artist.name, artist.gallery, artist.works) == ("new", None, [])


async def test_version_of_the_former_is_checked(db: Database) -> None:
    await seed(db)
    s = db.open()
    s.delete(await s.get(Recipe, "r"))
    s.add(Recipe(id="r", title="new"))
    async with db.session() as other:
        (await other.get(Recipe, "r")).title = "theirs"
    with pytest.raises(StaleEntityError):
        await s.commit()
    await s.rollback()
    await s.close()
    async with db.session() as other:
        assert (await other.get(Recipe, "r")).title == "theirs"


FAULTS: dict[str, Any] = {
    "delete": lambda s: s.delete(s.reference(Artist, "gone")),
    "relate": lambda s: s.relate_all("gallery", [(s.reference(Artist, "gone"), s.reference(Gallery, "g"))]),
}


@pytest.mark.parametrize("fault", list(FAULTS))
@pytest.mark.parametrize("keys", [["a"], ["b"], ["a", "b"], ["b", "a"]], ids="-".join)
async def test_unit_that_fails_leaves_the_graph(db: Database, keys: list[str], fault: str) -> None:
    """Edges stay with their own nodes, and lead to some."""
    await seed(db)
    before = await db.dump()
    s = db.open()
    for key in keys:
        s.delete(await s.get(Artist, key))
    s.add_all([*(Artist(id=key, name="new") for key in reversed(keys)), Artist(id="c", name="C")])
    outcome = FAULTS[fault](s)
    if outcome is not None:
        await outcome
    with pytest.raises(OGMError):
        await s.commit()
    await s.rollback()
    await s.close()
    assert await db.dump() == before
    ends = await db.execute("MATCH (:Gallery)<-[:REPRESENTED_BY]-(a:Artist) RETURN a.id AS id")
    assert sorted(row["id"] for row in ends) == ["a", "b"]


async def test_edge_of_the_former_goes_with_it(db: Database) -> None:
    """An edge that is deleted by itself is gone already where the node had to go first."""
    await db.save(Exhibition(id="x", title="X"), Painting(id="p", title="P"))
    async with db.session() as s:
        x, work = await s.get(Exhibition, "x"), await s.get(Painting, "p")
        await s.relate(x, Exhibition.works, work, edge=Showing(room="r"))
    async with db.session() as s:
        x = await s.get(Exhibition, "x")
        [(edge, work)] = await s.edges(x, Exhibition.works)
        s.delete(edge)
        s.delete(work)
        s.add(Painting(id="p", title="new"))
    async with db.session() as s:
        assert (await s.get(Painting, "p")).title == "new"
    assert (await db.dump()).pairs("SHOWS") == []
