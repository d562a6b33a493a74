"""Rule 2: a commit is all or nothing, and a failed one can be tried again."""

from __future__ import annotations

import pytest

from runic.ogm import EntityNotFoundError, OGMError, StaleEntityError

from .harness import Database
from .models import Amount, Artist, Gallery, Ingredient, Painting, Recipe, Station


async def seed(db: Database) -> None:
    await db.save(
        Artist(id="a", name="A"),
        Gallery(id="g", name="G"),
        Painting(id="p", title="P"),
        Recipe(id="soup", title="Soup"),
    )


async def test_missing_target_fails_the_commit(db: Database) -> None:
    """Rule 2."""
    await seed(db)
    s = db.open()
    await s.relate(await s.get(Artist, "a"), Artist.gallery, s.reference(Gallery, "nowhere"))
    with pytest.raises(EntityNotFoundError, match="nowhere"):
        await s.commit()
    await s.rollback()
    await s.close()


async def test_missing_source_fails_the_commit(db: Database) -> None:
    """Rule 2."""
    await seed(db)
    s = db.open()
    await s.relate(s.reference(Artist, "nobody"), Artist.gallery, s.reference(Gallery, "g"))
    with pytest.raises(EntityNotFoundError, match="nobody"):
        await s.commit()
    await s.rollback()
    await s.close()


async def test_failed_commit_leaves_the_graph(db: Database) -> None:
    """Rule 2: new nodes, updates, deletes and edges of the unit are all undone."""
    await seed(db)
    before = await db.dump()
    s = db.open()
    artist = await s.get(Artist, "a")
    artist.name = "changed"
    s.add_all([Artist(id=f"new{i}", name="n") for i in range(5)])
    s.delete(await s.get(Painting, "p"))
    await s.relate(artist, Artist.gallery, await s.get(Gallery, "g"))
    await s.relate(artist, Artist.teacher, s.reference(Artist, "ghost"))
    with pytest.raises(OGMError):
        await s.commit()
    assert await db.dump() == before
    await s.rollback()
    await s.close()


async def test_failed_commit_keeps_staged_work(db: Database) -> None:
    """Rule 2: after the cause is gone, the same session commits."""
    await seed(db)
    s = db.open()
    artist = await s.get(Artist, "a")
    artist.name = "changed"
    fresh = Artist(id="new", name="N")
    s.add(fresh)
    await s.relate(artist, Artist.gallery, s.reference(Gallery, "late"))
    with pytest.raises(EntityNotFoundError):
        await s.commit()
    assert fresh in s
    await db.save(Gallery(id="late", name="L"))
    await s.commit()
    await s.close()
    graph = await db.dump()
    assert graph.node("a")["name"] == "changed"
    assert graph.keys("Artist") == ["a", "new"]
    assert graph.pairs("REPRESENTED_BY") == [("a", "late")]


async def test_failed_commit_can_be_rolled_back(db: Database) -> None:
    """Rule 2."""
    await seed(db)
    before = await db.dump()
    s = db.open()
    artist = await s.get(Artist, "a")
    await s.relate(artist, Artist.gallery, s.reference(Gallery, "ghost"))
    with pytest.raises(EntityNotFoundError):
        await s.commit()
    await s.rollback()
    await s.commit()
    await s.close()
    assert await db.dump() == before


async def test_failing_twice_stays_harmless(db: Database) -> None:
    """Rule 2."""
    await seed(db)
    before = await db.dump()
    s = db.open()
    s.add(Artist(id="new", name="N"))
    await s.relate(await s.get(Artist, "a"), Artist.gallery, s.reference(Gallery, "ghost"))
    for _ in range(2):
        with pytest.raises(EntityNotFoundError):
            await s.commit()
        assert await db.dump() == before
    await s.rollback()
    await s.close()


async def test_stale_version_fails_the_commit(db: Database) -> None:
    """Rule 2. Demand 5."""
    await seed(db)
    first, second = db.open(), db.open()
    mine, yours = await first.get(Recipe, "soup"), await second.get(Recipe, "soup")
    yours.title = "Their soup"
    await second.commit()
    before = await db.dump()
    mine.title = "My soup"
    first.add(Artist(id="new", name="N"))
    with pytest.raises(StaleEntityError, match="Recipe"):
        await first.commit()
    assert await db.dump() == before
    await first.rollback()
    for s in (first, second):
        await s.close()


async def test_refreshed_entity_commits_after_stale(db: Database) -> None:
    """Rule 2: refresh takes the stored version, then the change goes through."""
    await seed(db)
    s = db.open()
    mine = await s.get(Recipe, "soup")
    async with db.session() as other:
        (await other.get(Recipe, "soup")).title = "Theirs"
    mine.title = "Mine"
    with pytest.raises(StaleEntityError):
        await s.commit()
    await s.refresh(mine)
    assert mine.title == "Theirs"
    mine.title = "Mine at last"
    await s.commit()
    await s.close()
    assert (await db.dump()).node("soup")["title"] == "Mine at last"


async def test_update_of_vanished_node_fails(db: Database) -> None:
    """Rule 2: fewer rows than expected."""
    await seed(db)
    s = db.open()
    artist = await s.get(Artist, "a")
    await db.execute("MATCH (n:Artist {id: 'a'}) DETACH DELETE n")
    artist.name = "gone"
    with pytest.raises((StaleEntityError, EntityNotFoundError), match="Artist"):
        await s.commit()
    await s.rollback()
    await s.close()


async def test_delete_of_vanished_node_fails(db: Database) -> None:
    """Rule 2: fewer rows than expected."""
    await seed(db)
    s = db.open()
    artist = await s.get(Artist, "a")
    await db.execute("MATCH (n:Artist {id: 'a'}) DETACH DELETE n")
    s.delete(artist)
    with pytest.raises((StaleEntityError, EntityNotFoundError), match="Artist"):
        await s.commit()
    await s.rollback()
    await s.close()


async def test_one_bad_row_fails_a_large_batch(db: Database) -> None:
    """Rule 2: one missing end node among hundreds of pairs."""
    await db.save(*[Station(code=f"s{i}") for i in range(300)])
    before = await db.dump()
    s = db.open()
    for i in range(299):
        await s.relate(s.reference(Station, f"s{i}"), Station.neighbours, s.reference(Station, f"s{i + 1}"))
    await s.relate(s.reference(Station, "s0"), Station.neighbours, s.reference(Station, "ghost"))
    with pytest.raises(EntityNotFoundError):
        await s.commit()
    assert await db.dump() == before
    await s.rollback()
    await s.close()


async def test_stale_edge_fails_the_commit(db: Database) -> None:
    """Rule 2. Demand 5: the version of an edge."""
    recipe, salt = Recipe(id="soup", title="Soup"), Ingredient(id="salt", name="Salt")
    async with db.session() as s:
        s.add_all([recipe, salt])
        await s.relate(recipe, Recipe.ingredients, salt, edge=Amount(grams=5))
    s = db.open()
    [(mine, _)] = await s.edges(await s.get(Recipe, "soup"), Recipe.ingredients)
    async with db.session() as other:
        [(theirs, _)] = await other.edges(await other.get(Recipe, "soup"), Recipe.ingredients)
        theirs.grams = 6
    mine.grams = 7
    with pytest.raises(StaleEntityError, match="Amount"):
        await s.commit()
    await s.rollback()
    await s.close()
    assert (await db.dump()).edge("NEEDS", "soup", "salt")["grams"] == 6


async def test_failed_exit_of_block_raises(db: Database) -> None:
    """Rule 2: nothing is lost in silence at the end of a `with` block."""
    await seed(db)
    before = await db.dump()
    with pytest.raises(EntityNotFoundError):
        async with db.session() as s:
            s.add(Artist(id="new", name="N"))
            await s.relate(s.reference(Artist, "a"), Artist.gallery, s.reference(Gallery, "ghost"))
    assert await db.dump() == before


async def test_staged_key_survives_a_failed_commit(db: Database) -> None:
    """Rule 2: a retry makes no second node, since the generated key stays."""
    await seed(db)
    s = db.open()
    recipe = Recipe(title="Bread")
    s.add(recipe)
    await s.relate(s.reference(Artist, "a"), Artist.gallery, s.reference(Gallery, "ghost"))
    with pytest.raises(EntityNotFoundError):
        await s.commit()
    key = recipe.id
    await db.save(Gallery(id="ghost", name="B"))
    await s.commit()
    await s.close()
    assert key is None or recipe.id == key
    assert (await db.dump()).keys("Recipe") == sorted([recipe.id, "soup"])


async def test_new_end_is_not_blamed_for_another_fault(db: Database) -> None:
    """Rule 2: the error names what is at fault; that a new node is not there yet is not it."""
    await seed(db)
    s = db.open()
    gone = await s.get(Gallery, "g")
    await db.execute("MATCH (g:Gallery) DETACH DELETE g")
    pupil = Artist(id="new", name="N")
    s.add(pupil)
    await s.relate(pupil, Artist.teacher, await s.get(Artist, "a"))
    s.delete(gone)
    with pytest.raises(StaleEntityError, match="'g'"):
        await s.commit()
    await s.rollback()
    await s.close()
    assert (await db.dump()).keys("Artist") == ["a"]
