"""Faults of each kind in short, for every database of a run: the other tests here go on for longer."""

from __future__ import annotations

import asyncio
import random

import pytest

from runic.ogm import AsyncSession
from tests.conformance.harness import Database

from .proxy import Action, Direction, Fault
from .test_commit import BROKEN
from .test_exactly_once import random_fault, start, unit
from .unit import Trial, line, patience, seed, settled, stage

pytestmark = pytest.mark.everywhere
FAULTS: tuple[tuple[Direction, float, Action], ...] = (
    ("request", 0, "reset"),
    ("request", 0.5, "cut"),
    ("reply", 0, "stall"),
    ("reply", 0.5, "cut"),
)
"""The way, after what part of the bytes, and what happens there."""


async def test_unit_is_whole_whatever_strikes_its_commit(db: Database) -> None:
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        sizes = await trial.prepare()
        for way, part, action in FAULTS:
            error = await trial.strike(Fault(way, int(part * sizes[way]), action), timeout=patience(db))
            assert error is None or isinstance(error, BROKEN), f"{error!r} after {action} of a {way}"
        assert proxy.struck == len(FAULTS)


@pytest.mark.async_only
async def test_unit_is_whole_wherever_its_task_is_cancelled(db: Database) -> None:
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        await trial.prepare()
        for turns in (0, 3, 9):
            await seed(db)
            session = AsyncSession(driver)
            await stage(session)
            task = asyncio.create_task(session.commit())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            [outcome] = await asyncio.gather(task, return_exceptions=True)
            done = outcome is None
            assert done or isinstance(outcome, asyncio.CancelledError)
            del task, outcome  # their frames hold what the client asked for a cancellation with
            assert await settled(db) in ([trial.after] if done else [trial.before, trial.after]), turns
            await session.close()
            assert proxy.open <= trial.bound


async def test_each_unit_is_applied_once(db: Database) -> None:
    dice, units = random.Random(7), 5
    await start(db)
    async with line(db, timeout=patience(db)) as (driver, proxy):
        for number in range(units):
            proxy.arm(random_fault(dice))
            assert await db.run(unit(number), driver, retries=8, exactly_once=True) == number
    graph = await db.dump()
    assert graph.pairs("REPRESENTED_BY") == [(f"u{number}", "g") for number in range(units)]
    assert graph.node("tally")["born"] == units
