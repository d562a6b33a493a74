"""The block commits on success, rolls back on an exception, always closes; commit, rollback and close."""

from __future__ import annotations

import pytest

from runic.ogm import OGMError

from .harness import Database
from .models import Artist, Gallery


async def test_block_commits_on_success(db: Database) -> None:
    async with db.session() as s:
        s.add(Artist(id="a", name="A"))
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_block_rolls_back_on_an_exception(db: Database) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        async with db.session() as s:
            s.add(Artist(id="a", name="A"))
            raise RuntimeError("stop")
    assert (await db.dump()).nodes == []


async def test_block_closes_after_an_exception(db: Database) -> None:
    artist = Artist(id="a", name="A")
    with pytest.raises(KeyError):
        async with db.session() as s:
            s.add(artist)
            raise KeyError
    assert artist not in s


async def test_block_closes_after_success(db: Database) -> None:
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
    assert artist not in s
    assert artist.name == "A"


async def test_commit_in_the_middle_of_a_block(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.session() as s:
            s.add(Artist(id="a", name="A"))
            await s.commit()
            s.add(Artist(id="b", name="B"))
            raise RuntimeError
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_close_without_commit_drops_work(db: Database) -> None:
    s = db.open()
    s.add(Artist(id="a", name="A"))
    await s.close()
    assert (await db.dump()).nodes == []


async def test_close_twice_is_no_error(db: Database) -> None:
    s = db.open()
    await s.close()
    await s.close()


async def test_flush_then_commit_stores_once(db: Database) -> None:
    async with db.session() as s:
        s.add(Artist(id="a", name="A"))
        await s.flush()
        await s.flush()
        await s.commit()
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_rollback_drops_staged_entities(db: Database) -> None:
    s = db.open()
    artist = Artist(id="a", name="A")
    s.add(artist)
    await s.rollback()
    assert artist not in s
    await s.commit()
    await s.close()
    assert (await db.dump()).nodes == []


async def test_rolled_back_entity_can_be_added_again(db: Database) -> None:
    s = db.open()
    artist = Artist(id="a", name="A")
    s.add(artist)
    await s.rollback()
    s.add(artist)
    await s.commit()
    await s.close()
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_rollback_drops_staged_edges(db: Database) -> None:
    await db.save(Artist(id="a", name="A"), Gallery(id="g", name="G"))
    s = db.open()
    await s.relate(await s.get(Artist, "a"), Artist.gallery, await s.get(Gallery, "g"))
    await s.rollback()
    await s.commit()
    await s.close()
    assert (await db.dump()).edges == []


async def test_session_goes_on_after_rollback(db: Database) -> None:
    s = db.open()
    s.add(Artist(id="a", name="A"))
    await s.rollback()
    s.add(Artist(id="b", name="B"))
    await s.commit()
    await s.close()
    assert (await db.dump()).keys("Artist") == ["b"]


async def test_add_twice_is_one_node(db: Database) -> None:
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
        s.add_all([artist, artist])
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_add_all_takes_an_iterator(db: Database) -> None:
    async with db.session() as s:
        s.add_all(Artist(id=key, name="n") for key in "abc")
    assert (await db.dump()).keys("Artist") == ["a", "b", "c"]


@pytest.mark.parametrize("value", [None, "a", 1, {"id": "a"}, Artist, object()])
async def test_add_of_no_entity_is_refused(db: Database, value: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with pytest.raises((TypeError, OGMError)):
            s.add(value)
        with pytest.raises((TypeError, OGMError)):
            s.merge(value)
        with pytest.raises((TypeError, OGMError)):
            s.delete(value)


async def test_entity_of_another_session_is_refused(db: Database) -> None:
    """An entity belongs to one session at a time."""
    async with db.session() as one, db.session() as two:
        artist = Artist(id="a", name="A")
        one.add(artist)
        with pytest.raises(OGMError, match="Artist"):
            two.add(artist)
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_detached_entity_can_be_added_to_another(db: Database) -> None:
    """As in SQLAlchemy: after its session is closed, another takes it and writes its changes."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
    artist.name = "B"
    async with db.session() as s:
        s.add(artist)
    graph = await db.dump()
    assert graph.keys("Artist") == ["a"]
    assert graph.node("a")["name"] == "B"


async def test_closed_session_is_refused_or_new(db: Database) -> None:
    """A closed session either begins anew, as in SQLAlchemy, or says that it is closed; it never loses work."""
    s = db.open()
    await s.close()
    try:
        s.add(Artist(id="a", name="A"))
        await s.commit()
    except OGMError:
        expected = []
    else:
        expected = ["a"]
    await s.close()
    assert (await db.dump()).keys("Artist") == expected


async def test_unknown_option_is_refused(db: Database) -> None:
    """Rule 19."""
    with pytest.raises(TypeError, match="autofush"):
        db.open(autofush=False)


async def test_session_of_no_driver_is_refused(db: Database) -> None:
    """Rule 19."""
    with pytest.raises(TypeError, match="driver"):
        db.open("falkordb://localhost")
