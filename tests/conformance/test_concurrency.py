"""Drivers are shared by threads and tasks; sessions do not mix. Demand 24."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from runic.ogm import AsyncSession, Session, StaleEntityError, TransientDatabaseError, select

from .harness import Database
from .models import Artist, Recipe, Station

pytestmark = pytest.mark.requires("concurrent")
TRIES = 30
"""Where writers do not wait for each other, ArcadeDB refuses one of two that meet on a page, whatever they write."""


def in_threads(size: int, work: Callable[[int], None]) -> None:
    """Run `work(i)` in threads and raise the first error of any."""
    errors: list[BaseException] = []

    def guarded(i: int) -> None:
        try:
            work(i)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.async_only
async def test_fifty_tasks_write_apart(db: Database) -> None:
    """Demand 24."""

    async def work(i: int) -> None:
        async def unit(s: AsyncSession) -> None:
            artist = Artist(id=f"a{i}", name=f"n{i}")
            s.add(artist)
            await s.flush()
            await asyncio.sleep(0)
            assert (await s.one(select(Artist).where(Artist.id == f"a{i}"))) is artist
            artist.born = i

        await db.driver.run(unit, retries=TRIES)

    await asyncio.gather(*(work(i) for i in range(50)))
    graph = await db.dump()
    assert [(graph.node(f"a{i}")["name"], graph.node(f"a{i}")["born"]) for i in range(50)] == [
        (f"n{i}", i) for i in range(50)
    ]


@pytest.mark.async_only
async def test_fifty_tasks_read_apart(db: Database) -> None:
    """Demand 24: each reply reaches its own task."""
    await db.save(*[Artist(id=f"a{i}", name=f"n{i}") for i in range(50)])

    async def work(i: int) -> tuple[str, str]:
        async with AsyncSession(db.driver) as s:
            artist = await s.get(Artist, f"a{i}")
            assert artist is not None
            return artist.id, artist.name

    results = await asyncio.gather(*(work(i % 50) for i in range(200)))
    assert results == [(f"a{i % 50}", f"n{i % 50}") for i in range(200)]


@pytest.mark.async_only
async def test_cancelled_task_leaves_the_driver_whole(db: Database) -> None:
    """Demand 24: a reply that nobody waits for must not reach the next caller."""
    await db.save(*[Artist(id=f"a{i}", name=f"n{i}") for i in range(30)])

    async def work(i: int) -> str:
        async with AsyncSession(db.driver) as s:
            artist = await s.get(Artist, f"a{i}")
            assert artist is not None
            return artist.name

    for _ in range(10):
        tasks = [asyncio.create_task(work(i)) for i in range(30)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        for i, result in enumerate(results):
            assert isinstance(result, asyncio.CancelledError) or result == f"n{i}"
    assert [await work(i) for i in range(30)] == [f"n{i}" for i in range(30)]


@pytest.mark.async_only
async def test_a_failing_task_harms_no_other(db: Database) -> None:
    """Demand 24."""

    async def work(i: int) -> None:
        async def unit(s: AsyncSession) -> None:
            s.add(Artist(id=f"a{i}", name="n"))
            if i % 2:
                raise RuntimeError(i)

        await db.driver.run(unit, retries=TRIES)

    results = await asyncio.gather(*(work(i) for i in range(20)), return_exceptions=True)
    assert [isinstance(result, RuntimeError) for result in results] == [bool(i % 2) for i in range(20)]
    assert (await db.dump()).keys("Artist") == sorted(f"a{i}" for i in range(0, 20, 2))


@pytest.mark.sync_only
async def test_twenty_threads_write_apart(db: Database) -> None:
    """Drivers are thread-safe and pooled."""

    def work(i: int) -> None:
        for j in range(5):
            db.driver.run(lambda s, j=j: s.add(Artist(id=f"a{i}-{j}", name=f"n{i}")), retries=TRIES)
            with Session(db.driver) as s:
                assert s.one(select(Artist).where(Artist.id == f"a{i}-{j}")).name == f"n{i}"

    in_threads(20, work)
    assert len((await db.dump()).keys("Artist")) == 100


@pytest.mark.sync_only
async def test_twenty_threads_read_apart(db: Database) -> None:
    await db.save(*[Artist(id=f"a{i}", name=f"n{i}") for i in range(20)])

    def work(i: int) -> None:
        for _ in range(10):
            with Session(db.driver) as s:
                artist = s.get(Artist, f"a{i}")
                assert artist is not None
                assert artist.name == f"n{i}"

    in_threads(20, work)


@pytest.mark.sync_only
@pytest.mark.requires("relates_both_ways_once")
async def test_threads_relate_the_same_pair_once(db: Database) -> None:
    """Demand 13: concurrent MERGE makes one edge; where writers do not wait for each other, run() tries again."""
    await db.save(Station(code="a"), Station(code="b"))

    def work(i: int) -> None:
        left, right = ("a", "b") if i % 2 else ("b", "a")

        def unit(s: Session) -> None:
            s.relate(s.reference(Station, left), Station.neighbours, s.reference(Station, right))

        db.driver.run(unit, retries=TRIES)

    in_threads(12, work)
    assert len((await db.dump()).pairs("LINKS_TO")) == 1


@pytest.mark.sync_only
async def test_counter_loses_no_update(db: Database) -> None:
    """Demand 4: with a version, each of many writers counts, or is told that it is stale, or to try again."""
    await db.save(Recipe(id="r", title="R", minutes=0))
    stale, lock = [0], threading.Lock()

    def work(_: int) -> None:
        done = 0
        while done < 5:
            try:
                with Session(db.driver) as s:
                    recipe = s.get(Recipe, "r")
                    assert recipe is not None
                    recipe.minutes = (recipe.minutes or 0) + 1
            except (StaleEntityError, TransientDatabaseError):
                with lock:
                    stale[0] += 1
            else:
                done += 1

    in_threads(8, work)
    assert (await db.dump()).node("r")["minutes"] == 40


@pytest.mark.sync_only
async def test_count_statements_counts_all_threads(db: Database) -> None:
    """The hook belongs to the driver."""

    def work(i: int) -> None:
        with Session(db.driver) as s:
            s.get(Artist, f"a{i}")

    with db.count() as sent:
        in_threads(10, work)
    assert len(sent) == 10
