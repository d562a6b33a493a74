"""Rule 19: wrong use of an argument raises TypeError or ValueError with its name."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import OGMError, count_statements, select

from .harness import Database
from .models import Artist, Gallery

WRONG = (TypeError, ValueError)


@pytest.mark.parametrize("keys", [None, 5, Artist], ids=repr)
async def test_keys_that_are_no_keys(db: Database, keys: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises(WRONG, match="keys"):
            await s.get_many(Artist, keys)
        assert len(sent) == 0


@pytest.mark.parametrize("fetch", [None, 5, [5], [None], [Artist], [b"gallery"]], ids=repr)
async def test_fetch_that_is_no_fetch(db: Database, fetch: object) -> None:
    """Rule 19."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        with db.count() as sent, pytest.raises((*WRONG, OGMError)):
            await s.get(Artist, "a", fetch=fetch)
        assert len(sent) == 0


@pytest.mark.parametrize("name", ["skip", "limit"])
@pytest.mark.parametrize("value", [-1, 1.5, "1", True], ids=repr)
async def test_bounds_of_find_all(db: Database, name: str, value: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises((*WRONG, OGMError), match=name):
            await db.repository(s, Artist).find_all(**{name: value})
        assert len(sent) == 0


@pytest.mark.parametrize(("number", "size"), [(0, 10), (-1, 10), (1, 0), (1, -1), (1.5, 10), ("1", 10), (1, True)])
async def test_odd_pages(db: Database, number: object, size: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises(WRONG):
            await db.repository(s, Artist).page(number, size)
        assert len(sent) == 0


@pytest.mark.parametrize("name", ["autoflush", "read_only"])
@pytest.mark.parametrize("value", [None, 1, "yes"], ids=repr)
async def test_flags_of_a_session(db: Database, name: str, value: object) -> None:
    """Rule 19: a flag is True or False."""
    with pytest.raises(WRONG, match=name):
        db.open(**{name: value})


@pytest.mark.parametrize("write", [None, 1, "yes"], ids=repr)
async def test_flag_of_execute(db: Database, write: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises(WRONG, match="write"):
            await s.execute("RETURN 1 AS x", write=write)
        assert len(sent) == 0


async def test_positional_fetch_is_refused(db: Database) -> None:
    """Rule 19: keyword-only, as the contract's signature says."""
    async with db.session() as s:
        with pytest.raises(TypeError):
            await s.get(Artist, "a", ["gallery"])


async def test_unknown_keyword_is_refused(db: Database) -> None:
    """Rule 19."""
    async with db.session() as s:
        with pytest.raises(TypeError, match="fecth"):
            await s.get(Artist, "a", fecth=["gallery"])


@pytest.mark.parametrize("pairs", [None, 5, [5], [(1,)], [(1, 2, 3, 4)], ["ab"]], ids=repr)
async def test_pairs_that_are_no_pairs(db: Database, pairs: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises((*WRONG, OGMError)):
            await s.relate_all(Artist.gallery, pairs)
        assert len(sent) == 0


@pytest.mark.parametrize("entities", [None, 5, Artist], ids=repr)
async def test_entities_that_are_no_list(db: Database, entities: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        for method in (s.add_all, s.merge_all):
            with pytest.raises(TypeError, match="entities"):
                method(entities)
        with pytest.raises(TypeError, match="pairs"):
            await s.relate_all(Artist.gallery, entities)


async def test_load_of_no_entity(db: Database) -> None:
    """Rule 19."""
    async with db.session() as s:
        for wrong in ("a", 5, None, [5], Artist):
            with db.count() as sent, pytest.raises((*WRONG, OGMError)):
                await s.load(wrong, "gallery")
            assert len(sent) == 0


async def test_edges_of_no_relation(db: Database) -> None:
    """Rule 19."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        for wrong in ("nothing", None, 5, Artist.name, Gallery.artists):
            with db.count() as sent, pytest.raises((*WRONG, OGMError)):
                await s.edges(artist, wrong)
            assert len(sent) == 0


@pytest.mark.parametrize("driver", [None, "falkordb://x", object()])
def test_count_statements_of_no_driver(driver: Any) -> None:
    """Rule 19."""
    with pytest.raises(WRONG), count_statements(driver):
        pass


async def test_unknown_client_option_is_named(db: Database) -> None:
    """Rule 19: an option that the client does not know is not swallowed; at once, or at first use."""
    with pytest.raises(WRONG, match="colour"):
        driver = db.create_driver(db.url, colour="red")
        try:
            async with db.session(driver) as s:
                await s.get(Artist, "a")
        finally:
            await db.close(driver)


@pytest.mark.parametrize("alias", ["", "a`b", "a\x00", "a\nb", None, 5, "a" * 300], ids=repr)
def test_odd_alias_is_refused(alias: object) -> None:
    """Aliases are checked and quoted."""
    with pytest.raises((*WRONG, OGMError)):
        select(Artist).alias(alias).build()


@pytest.mark.parametrize("alias", [" ", "a b", "match", "$x", "1", "été", "a'b", 'a"b', "n) DETACH DELETE (m", "a.b"])
async def test_strange_alias_is_quoted(db: Database, alias: str) -> None:
    """A printable alias works, or is refused before anything is sent."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        try:
            with db.count() as sent:
                found = await s.scalars(select(Artist).alias(alias).where(Artist.id == "a", on=alias))
        except (*WRONG, OGMError):
            assert len(sent) == 0
        else:
            assert [artist.id for artist in found] == ["a"]
    assert (await db.dump()).keys("Artist") == ["a"]
