"""`count_statements`: what reached the database in a block, for users' tests too."""

from __future__ import annotations

import pytest

from runic.ogm import DatabaseError, select

from .harness import Database
from .models import Artist


async def test_block_counts_what_is_sent(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent:
            assert len(sent) == 0
            await s.get(Artist, "a")
            assert len(sent) == 1
            await s.count(select(Artist))
        assert len(sent) == 2


async def test_counting_ends_with_the_block(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent:
            await s.get(Artist, "a")
        await s.get(Artist, "b")
        assert len(sent) == 1


async def test_blocks_may_nest(db: Database) -> None:
    async with db.session() as s:
        with db.count() as outer:
            await s.get(Artist, "a")
            with db.count() as inner:
                await s.get(Artist, "b")
        assert (len(outer), len(inner)) == (2, 1)


async def test_entries_have_the_text(db: Database) -> None:
    """One event a statement: text and parameters among it."""
    async with db.session() as s:
        with db.count() as sent:
            await s.execute("RETURN $value AS value", {"value": 1})
        [entry] = sent
        assert entry.text == "RETURN $value AS value"


async def test_failed_statement_counts(db: Database) -> None:
    """It reached the database."""
    s = db.open()
    with db.count() as sent, pytest.raises(DatabaseError):
        await s.execute("RETURN 1 / 0 AS x")
    assert len(sent) == 1
    await s.close()


async def test_block_ends_with_an_exception(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises(RuntimeError), db.count() as sent:
            raise RuntimeError
        await s.get(Artist, "a")
        assert len(sent) == 0


async def test_drivers_count_apart(db: Database) -> None:
    other = db.create_driver(db.url)
    try:
        async with db.session(other) as s:
            with db.count() as sent:
                await s.get(Artist, "a")
            assert len(sent) == 0
    finally:
        await db.close(other)
