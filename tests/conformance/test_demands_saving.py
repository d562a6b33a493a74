"""Demands 1 to 7: saving without damage, each as one story."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from runic.ogm import StaleEntityError

from .harness import Database
from .models import (
    Amount,
    Artist,
    Artwork,
    Change,
    Cook,
    Depot,
    Exhibition,
    Gallery,
    Ingredient,
    Line,
    Painting,
    Recipe,
    Showing,
    Station,
)


async def museum(db: Database) -> None:
    async with db.session() as s:
        g, h = Gallery(id="g", name="G"), Gallery(id="h", name="H")
        p, q = Painting(id="p", title="P"), Painting(id="q", title="Q")
        a = Artist(id="a", name="A", gallery=g, works=[p, q])
        k = Artist(id="k", name="K", teacher=a, gallery=g)
        x = Exhibition(id="x", title="X")
        s.add_all([g, h, p, q, a, k, x])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1"))


async def test_part_of_an_object_is_saved(db: Database) -> None:
    """Demand 1: unloaded is untouched, an empty list removes."""
    await museum(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.name = "new"
        artist.works = []
    graph = await db.dump()
    assert graph.node("a")["name"] == "new"
    assert graph.pairs("MADE") == []
    assert graph.pairs("REPRESENTED_BY") == [("a", "g"), ("k", "g")]
    assert graph.pairs("LEARNT_FROM") == [("k", "a")]
    assert graph.pairs("SHOWS") == [("x", "p")]


async def test_save_deletes_no_edge_it_did_not_load(db: Database) -> None:
    """Demand 2: also of an edge that is mapped on both sides, loaded on both, saved unchanged."""
    await museum(db)
    edges = (await db.dump()).edges
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery.artists.works"])
        artist.gallery.name = "renamed"
        artist.name = "renamed"
        for other in artist.gallery.artists:
            other.born = 1
    assert (await db.dump()).edges == edges


@pytest.mark.parametrize("kind", ["str", "int", "uuid", "generated"])
async def test_removal_works_for_every_key(db: Database, kind: str) -> None:
    """Demand 3: setting a to-one to None removes its edge, whatever the id kind."""
    made: dict[str, tuple[Any, str, str]] = {
        "str": (Artist(id="a", name="A", gallery=Gallery(id="g", name="G")), "gallery", "REPRESENTED_BY"),
        "int": (Station(code="s", line=Line(number=3)), "line", "ON_LINE"),
        "uuid": (Station(code="s", depot=Depot(uid=uuid4())), "depot", "SERVED_BY"),
        "generated": (Recipe(title="R", author=Cook(name="C")), "author", "WRITTEN_BY"),
    }
    owner, name, edge = made[kind]
    await db.save(getattr(owner, name), owner)
    assert len((await db.dump()).pairs(edge)) == 1
    key = getattr(owner, "code", None) or owner.id
    async with db.session() as s:
        setattr(await s.get(type(owner), key), name, None)
    graph = await db.dump()
    assert graph.pairs(edge) == []
    assert len(graph.nodes) == 2


async def test_two_copies_lose_no_update(db: Database) -> None:
    """Demand 4: two sessions change different things of one node, both stay."""
    await museum(db)
    async with db.session() as one, db.session() as two:
        mine = (await one.get(Artwork, "p", fetch=["artist"])).artist
        yours = await two.get(Artist, "a")
        mine.name = "mine"
        yours.born = 1500
    stored = (await db.dump()).node("a")
    assert (stored["name"], stored["born"]) == ("mine", 1500)


async def test_old_copy_of_a_versioned_node_is_refused(db: Database) -> None:
    """Demand 4: where a version is declared, an old copy cannot overwrite."""
    await db.save(Recipe(id="r", title="R"))
    old = db.open()
    copy = await old.get(Recipe, "r")
    async with db.session() as s:
        (await s.get(Recipe, "r")).title = "new"
    copy.title = "old"
    with pytest.raises(StaleEntityError):
        await old.commit()
    await old.rollback()
    await old.close()
    assert (await db.dump()).node("r")["title"] == "new"


async def test_version_is_per_node_and_edge(db: Database) -> None:
    """Demand 5: only what really changed counts."""
    async with db.session() as s:
        soup, salt = Recipe(id="soup", title="Soup"), Ingredient(id="salt")
        s.add_all([soup, salt])
        await s.relate(soup, Recipe.ingredients, salt, edge=Amount(grams=1))
    before = await db.dump()
    async with db.session() as s:
        soup = await s.get(Recipe, "soup")
        [(amount, salt)] = await s.edges(soup, Recipe.ingredients)
        salt.name = "sea salt"
        soup.title = "Soup"
    after = await db.dump()
    assert after.node("soup")["revision"] == before.node("soup")["revision"]
    assert after.edge("NEEDS", "soup", "salt") == before.edge("NEEDS", "soup", "salt")
    async with db.session() as s:
        [(amount, _)] = await s.edges(await s.get(Recipe, "soup"), Recipe.ingredients)
        amount.grams = 2
    last = await db.dump()
    assert last.node("soup")["revision"] == before.node("soup")["revision"]
    assert last.edge("NEEDS", "soup", "salt")["revision"] == before.edge("NEEDS", "soup", "salt")["revision"] + 1


async def test_relating_does_not_count_as_a_change(db: Database) -> None:
    """Demand 5: parallel writers of relations of one node do not collide."""
    await db.save(Recipe(id="soup", title="Soup"), Ingredient(id="a"), Ingredient(id="b"))
    one, two = db.open(), db.open()
    for s, key in ((one, "a"), (two, "b")):
        await s.relate(await s.get(Recipe, "soup"), Recipe.ingredients, await s.get(Ingredient, key), edge=Amount())
    for s in (one, two):
        await s.commit()
        await s.close()
    assert (await db.dump()).pairs("NEEDS") == [("soup", "a"), ("soup", "b")]


async def test_to_one_is_replaced_in_one_step(db: Database) -> None:
    """Demand 6: unrelate and relate are one atomic commit; doing it twice is a no-op."""
    await museum(db)
    async with db.session() as s:
        artist, h = await s.get(Artist, "a"), await s.get(Gallery, "h")
        artist.gallery = h
        if not db.dialect.supports_transactions:
            with db.count() as sent:
                await s.commit()
            assert len(sent) == 1
    async with db.session() as s:
        (await s.get(Artist, "a")).gallery = await s.get(Gallery, "h")
    assert ("a", "h") in (pairs := (await db.dump()).pairs("REPRESENTED_BY"))
    assert pairs == [("a", "h"), ("k", "g")]


async def test_failed_replacement_keeps_the_old_target(db: Database) -> None:
    """Demand 6: no moment without a target."""
    await museum(db)
    s = db.open()
    (await s.get(Artist, "a")).gallery = s.reference(Gallery, "ghost")
    with pytest.raises(Exception, match="ghost"):
        await s.commit()
    await s.rollback()
    await s.close()
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g"), ("k", "g")]


async def test_edge_between_known_ids_reads_nothing(db: Database) -> None:
    """Demand 7: and a later change of its property is saved."""
    await db.save(Station(code="a", name="A"), Station(code="b", name="B"))
    async with db.session() as s:
        with db.count() as sent:
            a, b = s.reference(Station, "a"), s.reference(Station, "b")
            await s.relate(a, Station.changes, b, edge=Change(minutes=3))
            await s.commit()
        assert len(sent) == 1
    async with db.session() as s:
        [(change, _)] = await s.edges(await s.get(Station, "b"), Station.changes)
        change.minutes = 4
    graph = await db.dump()
    assert graph.edge("CHANGES_TO", "a", "b") == {"minutes": 4}
    assert graph.node("a") == {"code": "a", "name": "A"}
