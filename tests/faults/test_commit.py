"""A line that breaks at any point of a commit: all or nothing, an error that says so, and everything goes on."""

from __future__ import annotations

import time

import pytest

from runic.ogm import DatabaseUnavailableError, TransientDatabaseError
from tests.conformance.harness import Database

from .proxy import Action, Direction, Fault
from .unit import Trial, line, patience, points

BROKEN = (DatabaseUnavailableError, TransientDatabaseError)
"""The latter where a transaction is known to be undone with its connection, so that `driver.run` tries again."""


@pytest.mark.parametrize("action", ["cut", "reset"])
@pytest.mark.parametrize("way", ["request", "reply"])
async def test_cut_at_each_point_of_a_commit(db: Database, way: Direction, action: Action) -> None:
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        sizes, broken = await trial.prepare(), 0
        for after in points(sizes[way]):
            error = await trial.strike(Fault(way, after, action))
            assert error is None or isinstance(error, BROKEN), f"{error!r} after {after} bytes"
            broken += error is not None  # some clients try a connection before they send on it, and take another
        assert proxy.struck > 4
        assert broken > 2


@pytest.mark.parametrize("way", ["request", "reply"])
async def test_silence_within_a_commit_ends_at_its_deadline(db: Database, way: Direction) -> None:
    """Nothing is known of the commit then, unless the database had not begun it."""
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        sizes = await trial.prepare()
        for after in (0, sizes[way] // 2):
            started = time.monotonic()
            error = await trial.strike(Fault(way, after, "stall"), timeout=patience(db))
            assert isinstance(error, BROKEN)
            assert time.monotonic() - started < 3 * patience(db) + 3


async def test_slow_line_within_the_deadline_is_no_fault(db: Database) -> None:
    async with line(db, timeout=5) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        await trial.prepare()
        assert await trial.strike(Fault("reply", 0, "delay", seconds=0.2)) is None


@pytest.mark.everywhere
async def test_line_that_is_cut_while_idle_is_renewed(db: Database) -> None:
    """A commit must not fail for a connection that broke before it was sent."""
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        await trial.prepare()
        for _ in range(5):
            proxy.drop_all()
            time.sleep(0.02)
            assert await trial.strike(Fault("request", 10**9)) is None


async def test_unreachable_database_is_told_and_then_reached(db: Database) -> None:
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        await trial.prepare()
        for _ in range(3):
            proxy.refusing = True
            s = db.open(driver)
            proxy.drop_all()
            with pytest.raises(DatabaseUnavailableError):
                await s.execute("MATCH (n) SET n.lost = 1", write=True)
            assert await db.dump() == trial.after
            proxy.refusing = False
            await s.close()
            assert await trial.strike(Fault("request", 10**9)) is None
