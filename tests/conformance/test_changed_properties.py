"""Rule 5: only what changed is written, in-place changes included."""

from __future__ import annotations

from .harness import Database
from .models import Amount, Artist, Exhibition, Ingredient, Painting, Recipe, Sculpture, Showing


async def test_clean_entity_writes_nothing(db: Database) -> None:
    """Rule 5."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        await s.get(Artist, "a")
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0


async def test_unchanged_property_is_left_alone(db: Database) -> None:
    """Rule 5: a concurrent change of another property survives."""
    await db.save(Artist(id="a", name="A", born=1))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.born = 2
        await db.execute("MATCH (n:Artist) SET n.name = 'theirs'")
    stored = (await db.dump()).node("a")
    assert (stored["name"], stored["born"]) == ("theirs", 2)


async def test_unmapped_property_is_left_alone(db: Database) -> None:
    """Rule 5: what the model does not know is not lost."""
    await db.save(Artist(id="a", name="A"))
    await db.execute("MATCH (n:Artist) SET n.hidden = 1")
    async with db.session() as s:
        (await s.get(Artist, "a")).name = "B"
    assert (await db.dump()).node("a")["hidden"] == 1


async def test_equal_value_is_no_change(db: Database) -> None:
    """Rule 5."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.name = "A"
        artist.nicknames = []
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0


async def test_change_and_back_is_no_change(db: Database) -> None:
    """Rule 5."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.name = "B"
        artist.name = "A"
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0


async def test_change_is_written_once(db: Database) -> None:
    """Rule 5: after a commit the entity is clean."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        (await s.get(Artist, "a")).name = "B"
        await s.commit()
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0


async def test_new_entity_is_clean_after_commit(db: Database) -> None:
    """Rule 5."""
    async with db.session() as s:
        s.add(Artist(id="a", name="A", nicknames=["x"], notes={"k": [1]}))
        await s.commit()
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0


async def test_change_after_commit_is_written(db: Database) -> None:
    """Rule 5."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
        await s.commit()
        artist.name = "B"
    assert (await db.dump()).node("a")["name"] == "B"


async def test_append_to_list_is_seen(db: Database) -> None:
    """Rule 5: changes inside lists."""
    await db.save(Artist(id="a", name="A", nicknames=["x"]))
    async with db.session() as s:
        (await s.get(Artist, "a")).nicknames.append("y")
    assert (await db.dump()).node("a")["nicknames"] == ["x", "y"]


async def test_item_of_list_is_seen(db: Database) -> None:
    """Rule 5."""
    await db.save(Artist(id="a", name="A", nicknames=["x", "y"]))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.nicknames[0] = "z"
        del artist.nicknames[1]
    assert (await db.dump()).node("a")["nicknames"] == ["z"]


async def test_key_of_dict_is_seen(db: Database) -> None:
    """Rule 5: changes inside dicts."""
    await db.save(Artist(id="a", name="A", notes={"old": 1}))
    async with db.session() as s:
        (await s.get(Artist, "a")).notes["new"] = 2
    async with db.session() as s:
        assert (await s.get(Artist, "a")).notes == {"old": 1, "new": 2}


async def test_depth_of_dict_is_seen(db: Database) -> None:
    """Rule 5."""
    await db.save(Artist(id="a", name="A", notes={"deep": {"list": [1, {"x": 2}]}}))
    async with db.session() as s:
        (await s.get(Artist, "a")).notes["deep"]["list"][1]["x"] = 3
    async with db.session() as s:
        assert (await s.get(Artist, "a")).notes == {"deep": {"list": [1, {"x": 3}]}}


async def test_list_of_new_entity_changes_after_commit(db: Database) -> None:
    """Rule 5: the entity's own list is not the remembered one."""
    names = ["x"]
    async with db.session() as s:
        artist = Artist(id="a", name="A", nicknames=names)
        s.add(artist)
        await s.commit()
        artist.nicknames.append("y")
    assert (await db.dump()).node("a")["nicknames"] == ["x", "y"]


async def test_list_changed_before_commit_is_stored(db: Database) -> None:
    """Rule 5: what counts is the state at flush."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
        artist.nicknames.append("late")
    assert (await db.dump()).node("a")["nicknames"] == ["late"]


async def test_int_and_float_are_told_apart(db: Database) -> None:
    """Rule 5: None, 0 and False are values of their own."""
    await db.save(Sculpture(id="s", title="S", year=1, weight=0.0))
    async with db.session() as s:
        work = await s.get(Sculpture, "s")
        work.weight, work.year = None, 0
    stored = (await db.dump()).node("s")
    assert "weight" not in stored
    assert stored["year"] == 0


async def test_none_removes_the_property(db: Database) -> None:
    """Rule 5: setting None removes the property."""
    await db.save(Artist(id="a", name="A", born=1))
    async with db.session() as s:
        (await s.get(Artist, "a")).born = None
    assert "born" not in (await db.dump()).node("a")


async def test_none_is_never_stored(db: Database) -> None:
    await db.save(Painting(id="p", title="P"))
    assert set((await db.dump()).node("p")) == {"id", "title"}


async def test_edge_change_writes_one_property(db: Database) -> None:
    """Rule 5, for edges."""
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1", position=3))
    async with db.session() as s:
        [(edge, _)] = await s.edges(await s.get(Exhibition, "x"), Exhibition.works)
        edge.room = "2"
        await db.execute("MATCH ()-[r:SHOWS]->() SET r.position = 9")
    stored = (await db.dump()).edge("SHOWS", "x", "p")
    assert (stored["room"], stored["position"]) == ("2", 9)


async def test_version_grows_by_real_change_alone(db: Database) -> None:
    """Rule 5. Demand 5."""
    async with db.session() as s:
        recipe, salt = Recipe(id="r", title="R"), Ingredient(id="salt")
        s.add_all([recipe, salt])
        await s.relate(recipe, Recipe.ingredients, salt, edge=Amount(grams=1))
    before = (await db.dump()).node("r")["revision"]
    async with db.session() as s:
        recipe = await s.get(Recipe, "r", fetch=["ingredients"])
        recipe.title = "R"
    assert (await db.dump()).node("r")["revision"] == before
    async with db.session() as s:
        (await s.get(Recipe, "r")).title = "S"
    assert (await db.dump()).node("r")["revision"] == before + 1


async def test_version_in_memory_follows(db: Database) -> None:
    """Rule 5: the same entity commits again and again."""
    async with db.session() as s:
        recipe = Recipe(id="r", title="R")
        s.add(recipe)
        await s.commit()
        for title in ("a", "b", "c"):
            recipe.title = title
            await s.commit()
        assert recipe.revision == (await db.dump()).node("r")["revision"]
    assert (await db.dump()).node("r")["title"] == "c"


async def test_rollback_forgets_the_change(db: Database) -> None:
    """Rule 5: a rolled-back change is not written by a later commit."""
    await db.save(Artist(id="a", name="A"))
    s = db.open()
    (await s.get(Artist, "a")).name = "B"
    await s.rollback()
    await s.commit()
    await s.close()
    assert (await db.dump()).node("a")["name"] == "A"
