"""`get` and `get_many`, by keys of each type."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from runic.ogm import FieldValidationError, OGMError

from .harness import Database
from .models import Artist, Depot, Lender, Line, Recipe, Station


async def test_get_of_absent_key_is_none(db: Database) -> None:
    async with db.session() as s:
        assert await s.get(Artist, "nobody") is None


async def test_get_costs_one_statement(db: Database) -> None:
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        with db.count() as sent:
            assert (await s.get(Artist, "a")).name == "A"
        assert len(sent) == 1


async def test_get_by_int_key(db: Database) -> None:
    await db.save(Line(number=4, colour="red"), Line(number=-4), Line(number=0))
    async with db.session() as s:
        assert (await s.get(Line, 4)).colour == "red"
        assert (await s.get(Line, -4)).number == -4
        assert (await s.get(Line, 0)).number == 0


async def test_get_by_uuid_key(db: Database) -> None:
    key = uuid4()
    await db.save(Depot(uid=key, name="D"))
    async with db.session() as s:
        found = await s.get(Depot, UUID(str(key)))
        assert found.name == "D"
        assert found.uid == key
        assert isinstance(found.uid, UUID)


async def test_generated_str_key(db: Database) -> None:
    recipe = Recipe(title="R")
    await db.save(recipe)
    assert isinstance(recipe.id, str)
    async with db.session() as s:
        assert (await s.get(Recipe, recipe.id)).title == "R"


async def test_generated_uuid_key(db: Database) -> None:
    lender = Lender(name="L")
    await db.save(lender)
    assert isinstance(lender.id, UUID)
    async with db.session() as s:
        assert (await s.get(Lender, lender.id)).name == "L"


async def test_generated_keys_are_ordered_in_time(db: Database) -> None:
    """The key is a time-ordered UUID."""
    recipes = [Recipe(title=f"{i}") for i in range(50)]
    await db.save(*recipes)
    keys = [recipe.id for recipe in recipes]
    assert len(set(keys)) == 50
    assert keys == sorted(keys)


async def test_given_key_is_kept(db: Database) -> None:
    """A generated key that is given explicitly."""
    await db.save(Recipe(id="mine", title="R"))
    assert (await db.dump()).keys("Recipe") == ["mine"]


@pytest.mark.parametrize("key", [1, None, b"a", ["a"], 1.5, True, object()])
async def test_key_of_another_type_is_refused(db: Database, key: object) -> None:
    """A named error before anything is sent."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises((FieldValidationError, TypeError, ValueError)):
            await s.get(Artist, key)
        assert len(sent) == 0


@pytest.mark.parametrize("model", [str, object, "Artist", None, Artist(id="x", name="x")], ids=repr)
async def test_get_of_no_model_is_refused(db: Database, model: object) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises((TypeError, OGMError)):
            await s.get(model, "a")
        assert len(sent) == 0


async def test_get_many_keeps_the_order(db: Database) -> None:
    """In the order of the keys, None where absent."""
    await db.save(*[Artist(id=key, name=key.upper()) for key in "abcd"])
    async with db.session() as s:
        found = await s.get_many(Artist, ["d", "nobody", "a", "c"])
        assert [artist and artist.name for artist in found] == ["D", None, "A", "C"]


async def test_get_many_costs_one_statement(db: Database) -> None:
    await db.save(*[Line(number=i) for i in range(500)])
    async with db.session() as s:
        with db.count() as sent:
            assert [line.number for line in await s.get_many(Line, range(499, -1, -1))] == list(range(499, -1, -1))
        assert len(sent) == 1


async def test_get_many_repeats_a_key(db: Database) -> None:
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        first, second = await s.get_many(Artist, ["a", "a"])
        assert first is second is not None


async def test_get_many_asks_for_the_unknown_alone(db: Database) -> None:
    await db.save(*[Artist(id=key, name=key) for key in "ab"])
    async with db.session() as s:
        a, b = await s.get_many(Artist, list("ab"))
        with db.count() as sent:
            assert await s.get_many(Artist, ["b", "a"]) == [b, a]
        assert len(sent) == 0


async def test_get_many_of_nothing(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent:
            assert await s.get_many(Artist, []) == []
        assert len(sent) == 0


async def test_get_many_takes_an_iterator(db: Database) -> None:
    await db.save(Station(code="a"), Station(code="b"))
    async with db.session() as s:
        assert [station.code for station in await s.get_many(Station, (code for code in "ba"))] == ["b", "a"]


async def test_get_many_sees_staged_entities(db: Database) -> None:
    async with db.session() as s:
        new = Artist(id="a", name="A")
        s.add(new)
        assert await s.get_many(Artist, ["a", "b"]) == [new, None]


async def test_duplicate_key_in_one_unit_is_refused(db: Database) -> None:
    """Two entities of one identity in one session: a named error, not two nodes."""
    s = db.open()
    with pytest.raises(OGMError, match="Artist"):
        s.add(Artist(id="a", name="1"))
        s.add(Artist(id="a", name="2"))
        await s.flush()
    await s.rollback()
    await s.close()
    assert (await db.dump()).nodes == []


async def test_key_change_of_stored_entity_is_refused(db: Database) -> None:
    """A key is identity: changing it is a named error, never a second node."""
    await db.save(Artist(id="a", name="A"))
    s = db.open()
    artist = await s.get(Artist, "a")
    artist.id = "b"
    with pytest.raises(OGMError, match="Artist"):
        await s.flush()
    await s.rollback()
    await s.close()
    assert (await db.dump()).keys("Artist") == ["a"]
