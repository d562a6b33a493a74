"""Deleting, of nodes with and without edges, stored and staged; rule 17."""

from __future__ import annotations

from uuid import UUID

import pytest

from runic.ogm import StaleEntityError

from .harness import Database
from .models import Artist, Depot, Exhibition, Gallery, Lender, Line, Painting, Recipe, Showing, Station


async def seed(db: Database) -> None:
    g, p = Gallery(id="g", name="G"), Painting(id="p", title="P")
    await db.save(g, p, Artist(id="a", name="A", gallery=g, works=[p]), Artist(id="b", name="B", gallery=g))


async def test_delete_removes_node_and_edges(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        s.delete(await s.get(Artist, "a"))
    graph = await db.dump()
    assert graph.keys("Artist") == ["b"]
    assert graph.pairs("REPRESENTED_BY") == [("b", "g")]
    assert graph.keys("Artwork") == ["p"]


async def test_deleted_is_absent_at_once_after_flush(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        s.delete(artist)
        await s.flush()
        assert await s.get(Artist, "a") is None
        assert artist not in s


async def test_deleted_leaves_loaded_collections(db: Database) -> None:
    """Rule 17: at commit."""
    await seed(db)
    async with db.session() as s:
        gallery = await s.get(Gallery, "g", fetch=["artists"])
        s.delete(await s.get(Artist, "a"))
        await s.commit()
        assert [artist.id for artist in gallery.artists] == ["b"]


async def test_deleted_leaves_a_loaded_single(db: Database) -> None:
    """Rule 17: at commit."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery"])
        s.delete(await s.get(Gallery, "g"))
        await s.commit()
        assert artist.gallery is None
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0


async def test_delete_of_never_stored_unstages(db: Database) -> None:
    """Rule 17."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
        s.delete(artist)
        assert artist not in s
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0
    assert (await db.dump()).nodes == []


async def test_delete_of_never_stored_drops_its_edges(db: Database) -> None:
    """Rule 17: what was staged with it goes too."""
    await seed(db)
    before = await db.dump()
    async with db.session() as s:
        new, gallery = Artist(id="new", name="N"), await s.get(Gallery, "g")
        s.add(new)
        await s.relate(new, Artist.gallery, gallery)
        s.delete(new)
    assert await db.dump() == before


async def test_expunge_of_never_stored_drops_its_edges(db: Database) -> None:
    """Rule 17."""
    await seed(db)
    before = await db.dump()
    async with db.session() as s:
        new, show = Painting(id="new", title="N"), Exhibition(id="x", title="X")
        s.add_all([new, show])
        await s.relate(show, Exhibition.works, new, edge=Showing(room="1"))
        s.expunge(new)
        s.expunge(show)
    assert await db.dump() == before


async def test_deleted_and_added_again_is_new(db: Database) -> None:
    """Rule 17: the key is deleted first."""
    await seed(db)
    async with db.session() as s:
        s.delete(await s.get(Artist, "a"))
        s.add(Artist(id="a", name="new"))
    graph = await db.dump()
    assert graph.keys("Artist") == ["a", "b"]
    assert graph.node("a")["name"] == "new"
    assert graph.pairs("REPRESENTED_BY") == [("b", "g")]


async def test_deleted_and_added_again_with_edges(db: Database) -> None:
    """Rule 17."""
    await seed(db)
    async with db.session() as s:
        s.delete(await s.get(Artist, "a"))
        s.add(fresh := Artist(id="a", name="new"))
        fresh.works = [await s.get(Painting, "p")]
    graph = await db.dump()
    assert graph.pairs("MADE") == [("a", "p")]
    assert graph.pairs("REPRESENTED_BY") == [("b", "g")]


async def test_delete_twice_is_one_delete(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        s.delete(artist)
        s.delete(artist)
    assert (await db.dump()).keys("Artist") == ["b"]


async def test_delete_by_reference_reads_nothing(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            s.delete(s.reference(Artist, "a"))
            await s.commit()
        assert len(sent) == 1
    assert (await db.dump()).keys("Artist") == ["b"]


async def test_many_deletes_are_one_statement(db: Database) -> None:
    """Rule 1."""
    await db.save(*[Artist(id=f"a{i}", name="n") for i in range(100)])
    async with db.session() as s:
        for artist in await s.get_many(Artist, [f"a{i}" for i in range(100)]):
            s.delete(artist)
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 1
    assert (await db.dump()).nodes == []


@pytest.mark.parametrize("kind", ["str", "int", "uuid", "generated str", "generated uuid"])
async def test_delete_works_for_every_key(db: Database, kind: str) -> None:
    """Demand 3: whatever the id kind."""
    uid = "0190f4a6-0000-7000-8000-000000000001"
    entity = {
        "str": lambda: Station(code="s"),
        "int": lambda: Line(number=7),
        "uuid": lambda: Depot(uid=UUID(uid)),
        "generated str": lambda: Recipe(title="R"),
        "generated uuid": lambda: Lender(name="L"),
    }[kind]()
    await db.save(entity)
    key = {"str": "s", "int": 7}.get(kind) or getattr(entity, "uid", None) or entity.id
    async with db.session() as s:
        s.delete(await s.get(type(entity), key))
    assert (await db.dump()).nodes == []


async def test_rollback_undoes_a_delete(db: Database) -> None:
    await seed(db)
    before = await db.dump()
    s = db.open()
    artist = await s.get(Artist, "a")
    s.delete(artist)
    await s.rollback()
    assert await s.get(Artist, "a") is not None
    await s.commit()
    await s.close()
    assert await db.dump() == before


async def test_add_after_delete_restores(db: Database) -> None:
    """As in SQLAlchemy: adding an entity that is staged for deletion takes it back."""
    await seed(db)
    before = await db.dump()
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        s.delete(artist)
        s.add(artist)
    assert await db.dump() == before


async def test_deleted_version_is_checked(db: Database) -> None:
    """Rule 2. Demand 5: deleting what another changed meanwhile is stale."""
    await db.save(Recipe(id="r", title="R"))
    s = db.open()
    recipe = await s.get(Recipe, "r")
    async with db.session() as other:
        (await other.get(Recipe, "r")).title = "theirs"
    s.delete(recipe)
    with pytest.raises(StaleEntityError):
        await s.commit()
    await s.rollback()
    await s.close()
    assert (await db.dump()).keys("Recipe") == ["r"]


async def test_version_that_was_not_read_is_not_checked(db: Database) -> None:
    await db.save(Recipe(id="r", title="R"), Recipe(id="s", title="S"))
    async with db.session() as s:
        s.delete(s.reference(Recipe, "r"))
    assert (await db.dump()).keys("Recipe") == ["s"]


async def test_version_is_checked_beside_one_that_was_not_read(db: Database) -> None:
    """A reference in the same unit hides nothing."""
    await db.save(Recipe(id="r", title="R"), Recipe(id="s", title="S"))
    s = db.open()
    recipe = await s.get(Recipe, "r")
    async with db.session() as other:
        (await other.get(Recipe, "r")).title = "theirs"
    s.delete(recipe)
    s.delete(s.reference(Recipe, "s"))
    with pytest.raises(StaleEntityError):
        await s.commit()
    await s.rollback()
    await s.close()
    assert (await db.dump()).keys("Recipe") == ["r", "s"]
