"""A task that is cancelled in mid-commit, once or again and again, and a process that is killed there."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from runic.ogm import AsyncSession
from tests.conformance.harness import Database
from tests.conformance.models import Artist

from .proxy import Direction, Fault
from .unit import Trial, eventually, line, points, seed, settled, stage

ROOT = Path(__file__).parents[2]


@pytest.mark.async_only
@pytest.mark.parametrize("times", [1, 3])
async def test_task_cancelled_at_each_turn_of_a_commit(db: Database, times: int) -> None:
    """Whichever turn of the event loop it is: all or nothing, and the connection goes back to its pool or ends."""
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        await trial.prepare()
        cancelled = 0
        for turns in range(24):
            await seed(db)
            session = AsyncSession(driver)
            await stage(session)
            task = asyncio.create_task(session.commit())
            for _ in range(turns):
                await asyncio.sleep(0)
            for _ in range(times):
                task.cancel()
                await asyncio.sleep(0)
            [outcome] = await asyncio.gather(task, return_exceptions=True)
            assert outcome is None or isinstance(outcome, asyncio.CancelledError)
            cancelled += outcome is not None
            found = await settled(db)
            assert found in ([trial.after] if outcome is None else [trial.before, trial.after]), turns
            await session.rollback()
            assert await session.get(Artist, "a1") is not None
            await session.close()
            assert proxy.open <= trial.bound
        assert cancelled > 3


@pytest.mark.everywhere
@pytest.mark.requires("concurrent")
@pytest.mark.async_only
async def test_many_cancelled_tasks_leave_no_connection(db: Database) -> None:
    """With more tasks than connections they are also cancelled while they wait for one, or give one back."""
    async with line(db) as (driver, proxy):
        await seed(db)

        async def work(number: int) -> None:
            async with AsyncSession(driver) as session:
                session.add(Artist(id=f"n{number}", name="N"))
                await session.commit()
                await session.get(Artist, "a1")

        for round_ in range(8):
            tasks = [asyncio.create_task(work(100 * round_ + number)) for number in range(70)]
            await asyncio.sleep(0.004 * round_)
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        limit = proxy.open
        assert limit <= 100

        async def save(s: AsyncSession, number: int) -> None:
            s.add(Artist(id=f"n{number}", name="N"))

        units = (driver.run(lambda s, number=number: save(s, 10_000 + number), retries=30) for number in range(200))
        await asyncio.gather(*units)
        assert proxy.open <= 100
        names = set((await db.dump()).keys("Artist"))
        assert {f"n{10_000 + number}" for number in range(200)} <= names


PROGRAM = """
import sys
from runic.ogm import Session, create_driver
from tests.conformance.harness import Adapter, step
from tests.faults.unit import stage

with create_driver(sys.argv[1]) as driver, Session(driver) as session:
    step(stage(Adapter(session)))
    print("staged", flush=True)
    sys.stdin.readline()
    session.commit()
    print("committed", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.slow
@pytest.mark.sync_only
@pytest.mark.parametrize("way", ["request", "reply"])
async def test_process_killed_within_a_commit(db: Database, way: Direction) -> None:
    async with line(db) as (driver, proxy):
        trial = Trial(db, driver, proxy)
        sizes = await trial.prepare()
        for after in points(sizes[way])[::3]:
            await seed(db)
            before = proxy.open
            with subprocess.Popen(
                [sys.executable, "-c", PROGRAM, _address(db, proxy.port)],
                cwd=ROOT, env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            ) as process:  # fmt: skip
                assert process.stdin is not None
                assert process.stdout is not None
                assert process.stdout.readline() == "staged\n"
                proxy.arm(Fault(way, after, "stall"))
                struck = proxy.struck
                process.stdin.write("\n")
                process.stdin.flush()
                assert eventually(lambda struck=struck: proxy.struck > struck)
                process.kill()
            assert await settled(db) in (trial.before, trial.after)
            assert eventually(lambda before=before: proxy.open <= before)


def _address(db: Database, port: int) -> str:
    from .proxy import behind

    return behind(db.url)[1](port)
