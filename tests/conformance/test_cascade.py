"""Rule 11: adding the owner stages what it reaches through cascades."""

from __future__ import annotations

import pytest

from runic.ogm import DetachedEntityError, OGMError

from .harness import Database
from .models import Artist, Cook, Exhibition, Gallery, Ingredient, Lender, Painting, Recipe


async def test_owner_stores_its_target(db: Database) -> None:
    """Rule 11."""
    async with db.session() as s:
        s.add(Recipe(id="r", title="R", author=Cook(id="c", name="C")))
    graph = await db.dump()
    assert graph.keys("Cook") == ["c"]
    assert graph.pairs("WRITTEN_BY") == [("r", "c")]


async def test_collection_is_stored(db: Database) -> None:
    """Rule 11: nodes and edges."""
    async with db.session() as s:
        s.add(Recipe(id="r", title="R", ingredients=[Ingredient(id="a"), Ingredient(id="b")]))
    graph = await db.dump()
    assert graph.pairs("NEEDS") == [("r", "a"), ("r", "b")]


async def test_cycle_is_stored_once(db: Database) -> None:
    """Rule 11: through cycles, once each."""
    async with db.session() as s:
        cook = Cook(id="c", name="C")
        cook.signature = Recipe(id="r", title="R", author=cook)
        s.add(cook)
    graph = await db.dump()
    assert graph.pairs("WRITTEN_BY") == [("r", "c")]
    assert graph.pairs("FAMOUS_FOR") == [("c", "r")]
    assert len(graph.nodes) == 2


async def test_self_cycle_is_stored_once(db: Database) -> None:
    """Rule 11."""
    async with db.session() as s:
        salt = Ingredient(id="salt")
        salt.substitutes = [salt, Ingredient(id="soy", substitutes=[salt])]
        s.add(salt)
    graph = await db.dump()
    assert graph.keys("Ingredient") == ["salt", "soy"]
    assert graph.pairs("REPLACED_BY") == [("salt", "salt"), ("salt", "soy"), ("soy", "salt")]


async def test_shared_target_is_stored_once(db: Database) -> None:
    """Rule 11. Demand 21: ten recipes, one cook, one node and one statement."""
    async with db.session() as s:
        cook = Cook(name="C")
        s.add_all([Recipe(id=f"r{i}", title="R", author=cook) for i in range(10)])
        with db.count() as sent:
            await s.commit()
    assert len(sent) <= 3
    graph = await db.dump()
    assert len(graph.keys("Cook")) == 1
    assert len(graph.pairs("WRITTEN_BY")) == 10


async def test_long_chain_is_stored(db: Database) -> None:
    """Rule 11: depth is no limit."""
    async with db.session() as s:
        last = Ingredient(id="i0")
        for i in range(1, 1500):
            last = Ingredient(id=f"i{i}", substitutes=[last])
        s.add(last)
    assert len((await db.dump()).pairs("REPLACED_BY")) == 1499


async def test_target_assigned_after_add_is_stored(db: Database) -> None:
    """Rule 11: the cascade holds for what the owner reaches at flush."""
    async with db.session() as s:
        recipe = Recipe(id="r", title="R")
        s.add(recipe)
        recipe.author = Cook(id="c", name="C")
        recipe.ingredients.append(Ingredient(id="a"))
    graph = await db.dump()
    assert (graph.keys("Cook"), graph.keys("Ingredient")) == (["c"], ["a"])


async def test_target_assigned_to_stored_owner_is_stored(db: Database) -> None:
    """Rule 11."""
    await db.save(Recipe(id="r", title="R"))
    async with db.session() as s:
        (await s.get(Recipe, "r")).author = Cook(id="c", name="C")
    assert (await db.dump()).pairs("WRITTEN_BY") == [("r", "c")]


async def test_staged_target_is_in_the_session(db: Database) -> None:
    """Rule 11: adding the owner stages what it reaches."""
    async with db.session() as s:
        cook = Cook(id="c", name="C")
        s.add(Recipe(id="r", title="R", author=cook))
        assert cook in s


async def test_generated_keys_are_set_by_commit(db: Database) -> None:
    """Rule 11: keys of what was reached."""
    async with db.session() as s:
        cook = Cook(name="C")
        recipe = Recipe(title="R", author=cook)
        s.add(recipe)
        await s.commit()
        assert cook.id is not None
        assert recipe.id is not None
    assert (await db.dump()).pairs("WRITTEN_BY") == [(recipe.id, cook.id)]


async def test_without_cascade_target_must_be_added(db: Database) -> None:
    """Rule 17: a target never added is a named error at flush, and nothing is written."""
    s = db.open()
    s.add(Artist(id="a", name="A", gallery=Gallery(id="g", name="G")))
    with pytest.raises(OGMError, match="Gallery"):
        await s.flush()
    await s.rollback()
    await s.close()
    assert (await db.dump()).nodes == []


async def test_delete_does_not_cascade(db: Database) -> None:
    """Rule 11 is about adding."""
    async with db.session() as s:
        s.add(Recipe(id="r", title="R", author=Cook(id="c", name="C")))
    async with db.session() as s:
        s.delete(await s.get(Recipe, "r", fetch=["author"]))
    graph = await db.dump()
    assert (graph.keys("Recipe"), graph.keys("Cook")) == ([], ["c"])


async def test_failed_cascade_can_be_retried(db: Database) -> None:
    """Rule 2 and 11."""
    s = db.open()
    s.add(Recipe(id="r", title="R", author=Cook(id="c", name="C")))
    await s.relate(s.reference(Artist, "ghost"), Artist.gallery, s.reference(Gallery, "ghost"))
    with pytest.raises(OGMError):
        await s.commit()
    await db.save(Artist(id="ghost", name="B"), Gallery(id="ghost", name="B"))
    await s.commit()
    await s.close()
    assert (await db.dump()).pairs("WRITTEN_BY") == [("r", "c")]


async def test_node_that_cannot_be_added_whole_is_not_added(db: Database) -> None:
    """Nor is what it reached: a later commit writes none of it, and both can be added again."""
    show, owner = Exhibition(id="x", title="X"), Lender(name="L")
    owner.treasures = [Painting(id="p", title="P")]
    owner.loans = [show]
    async with db.session() as s:
        s.add_all([show, *owner.treasures])
        with pytest.raises(OGMError, match="needs an edge"):
            s.add(owner)
        assert owner not in s
        assert show in s
    assert (await db.dump()).keys("Lender") == []
    owner.loans = []
    async with db.session() as s:
        s.add(await s.get(Painting, "p"))
        owner.treasures = [await s.get(Painting, "p")]
        s.add(owner)
    assert len((await db.dump()).pairs("OWNS")) == 1


async def test_target_of_another_session_is_told_at_once(db: Database) -> None:
    await db.save(Gallery(id="g", name="G"))
    async with db.session() as other, db.session() as s:
        gallery = await other.get(Gallery, "g")
        with pytest.raises(DetachedEntityError, match="belongs to another open session"):
            s.add(Artist(id="a", name="A", gallery=gallery))
    assert (await db.dump()).keys("Artist") == []
