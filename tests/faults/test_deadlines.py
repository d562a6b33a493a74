"""A server that falls silent, and a pool that is empty, are noticed on this side: an error with a name, in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from runic.ogm import DatabaseError, DatabaseUnavailableError, TransientDatabaseError
from tests.conformance.harness import Database
from tests.conformance.models import Artist

from .proxy import Direction, Fault, Proxy
from .unit import line, patience

POOL = {"falkordb": "max_connections", "age": "max_size"}
"""The option that bounds a pool; over Bolt it has another name."""


@contextmanager
def in_time(db: Database) -> Iterator[None]:
    """Fail if a block takes much longer than the deadline, which one more connection may take as well."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < 3 * patience(db) + 3


async def silence(driver: Any, db: Database, proxy: Proxy, way: Direction, *, write: bool) -> DatabaseError:
    """Run a statement while the line falls silent, and return its error.

    A write has its session's bound: it begins a transaction, which a statement's own would come too late for.
    """
    async with db.session(driver, timeout=patience(db) if write else None) as s:
        await s.execute("RETURN 1")
        proxy.arm(Fault(way, 0, "stall"))
        with in_time(db), pytest.raises(DatabaseError, match="did not answer") as caught:
            await s.execute(
                "MERGE (n:Nothing {a: 1})" if write else "RETURN 1",
                write=write,
                timeout=None if write else patience(db),
            )
        proxy.arm(None)
        await s.rollback()
        assert (await s.execute("RETURN 1 AS one")).rows == [(1,)]
    return caught.value


@pytest.mark.parametrize("way", ["request", "reply"])
async def test_silence_ends_a_read(db: Database, way: Direction) -> None:
    async with line(db) as (driver, proxy):
        error = await silence(driver, db, proxy, way, write=False)
        assert not error.outcome_unknown


@pytest.mark.parametrize("way", ["request", "reply"])
async def test_silence_ends_a_write(db: Database, way: Direction) -> None:
    """In a transaction nothing of it stays, whatever the server did; without, nobody knows."""
    async with line(db) as (driver, proxy):
        error = await silence(driver, db, proxy, way, write=True)
        assert error.outcome_unknown is not db.dialect.supports_transactions


@pytest.mark.requires("supports_transactions")
async def test_silence_ends_a_rollback(db: Database) -> None:
    async with line(db, timeout=patience(db)) as (driver, proxy):
        s = db.open(driver)
        await s.execute("CREATE (:Nothing)", write=True)
        proxy.arm(Fault("reply", 0, "stall"))
        with in_time(db):
            await s.rollback()
        proxy.arm(None)
        await s.close()
        async with db.session(driver) as s:
            assert (await s.execute("MATCH (n:Nothing) RETURN count(n)")).rows == [(0,)]


async def test_silence_while_connecting(db: Database) -> None:
    async with line(db, timeout=patience(db)) as (driver, proxy):
        proxy.drop_all()
        time.sleep(0.05)
        proxy.silent = True
        with in_time(db), pytest.raises((DatabaseUnavailableError, TransientDatabaseError)):
            async with db.session(driver) as s:
                await s.get(Artist, "a1")
        proxy.silent = False
        proxy.drop_all()
        time.sleep(0.05)
        async with db.session(driver) as s:
            assert await s.get(Artist, "a1") is None


@pytest.mark.parametrize("way", ["request", "reply"])
async def test_silence_while_an_index_is_made(db: Database, way: Direction) -> None:
    """The driver's bound is that of all statements, also of those that no caller wrote."""
    async with line(db, timeout=patience(db)) as (driver, proxy):
        async with db.session(driver) as s:
            await s.execute("RETURN 1")
        driver.keys.forget()
        proxy.arm(Fault(way, 0, "stall"))
        with in_time(db), pytest.raises((DatabaseUnavailableError, TransientDatabaseError)):
            async with db.session(driver) as s:
                s.add(Artist(id="a1", name="A", born=1))
        proxy.arm(None)
        async with db.session(driver) as s:
            assert await s.get(Artist, "a1") is None


async def test_bound_goes_with_its_statement(db: Database) -> None:
    """The connection that it was set on is the next statement's, which has none."""
    async with line(db) as (driver, proxy):
        for bound in (patience(db), None):
            for write in (False, True):
                async with db.session(driver) as s:
                    await s.execute("RETURN 1", timeout=bound)
                async with db.session(driver) as s:
                    proxy.arm(Fault("reply", 0, "delay", seconds=patience(db) + 0.5))
                    assert (await s.execute("RETURN 1 AS one", write=write)).rows == [(1,)]


@pytest.mark.everywhere
@pytest.mark.requires("supports_transactions")
async def test_full_pool_is_named(db: Database) -> None:
    option = POOL.get(db.dialect.name, "max_connection_pool_size")
    driver = db.create_driver(db.url, **{option: 1})
    holder = db.open(driver)
    await holder.execute("CREATE (:Nothing)", write=True)
    with in_time(db), pytest.raises(TransientDatabaseError, match=f"in use; raise {option}"):
        async with db.session(driver, timeout=patience(db)) as s:
            await s.execute("RETURN 1")
    await holder.close()
    async with db.session(driver) as s:
        assert (await s.execute("RETURN 1 AS one")).rows == [(1,)]
    await db.close(driver)
