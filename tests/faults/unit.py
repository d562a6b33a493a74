"""One rich unit of work, and what is checked after every fault that strikes it."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from runic.ogm import DatabaseError, select
from tests.conformance.graph import Graph
from tests.conformance.harness import Database
from tests.conformance.models import Artist, Exhibition, Gallery, Painting, Recipe, Showing, Station

from .proxy import Direction, Fault, Proxy, behind

CLASSES = (Artist, Gallery, Painting, Exhibition, Recipe, Station)
EVERY = int(os.environ.get("RUNIC_TEST_FAULT_STEP", "0"))
"""Bytes from one cut to the next; 0 takes a few points only. 1 is every byte, and minutes."""


async def seed(db: Database) -> None:
    """Make the graph what it is before the unit."""
    await db.execute("MATCH (n) DETACH DELETE n")
    gallery, old = Gallery(id="g1", name="G"), Painting(id="p1", title="Old")
    show = Exhibition(id="x1", title="X")
    async with db.session() as s:
        s.add_all([gallery, old, Painting(id="p2", title="Two"), show, Recipe(id="r", title="R", minutes=1)])
        s.add_all([Artist(id="a1", name="A"), Artist(id="a2", name="B", gallery=gallery)])
        s.add_all([Station(code="s1"), Station(code="s2")])
        await s.relate(show, "works", old, edge=Showing(room="1"))


async def stage(s: Any) -> None:
    """Stage the unit: nodes made, changed and deleted, edges made, replaced and removed, a version counted."""
    first, show = await s.get(Artist, "a1"), await s.get(Exhibition, "x1")
    recipe, old = await s.get(Recipe, "r"), await s.get(Painting, "p1")
    first.name, recipe.minutes = "changed", 2
    first.gallery = s.reference(Gallery, "g1")
    s.add(Artist(id="a3", name="new", nicknames=["one", "two"], works=[s.reference(Painting, "p2")]))
    await s.relate(show, "works", s.reference(Painting, "p2"), edge=Showing(room="2", position=3))
    await s.unrelate(show, "works", old)
    await s.relate(s.reference(Station, "s1"), "neighbours", s.reference(Station, "s2"))
    s.delete(s.reference(Artist, "a2"))


def patience(db: Database) -> float:
    """Return a deadline, in seconds, that what is not broken keeps on a busy machine."""
    return 0.5 if db.quick else 3.0


PSYCOPG = 4
"""The bound of psycopg's pool, which makes a connection for each that broke, and keeps what is too many for a while."""


@asynccontextmanager
async def line(db: Database, **options: Any) -> AsyncIterator[tuple[Any, Proxy]]:
    """Give a driver whose line to the database leads through a proxy; no connection may be left at the end."""
    connect, url = behind(db.url)
    proxy = Proxy(connect)
    if db.dialect.name == "age":
        options = {"max_size": PSYCOPG} | options
    driver = db.create_driver(url(proxy.port), ensure_keys=True, **options)
    try:
        async with db.session(driver) as s:
            for cls in CLASSES:
                await s.count(select(cls))
        yield driver, proxy
    finally:
        await db.close(driver)
        gc.collect()  # psycopg drops the connection by which it asked for a cancellation; it is closed no sooner
        left = eventually(lambda: proxy.open == 0)
        proxy.close()
    assert left, "a connection stayed open after the driver was closed"


async def settled(db: Database) -> Graph:
    """Return the graph once a write that may still be under way has had its turn: this one comes after it."""
    time.sleep(0.03)
    await db.execute("MATCH (n:Nothing) SET n.nothing = 1")
    return await db.dump()


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for a condition; tell whether it came true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


class Trial:
    """The unit on one line, struck by one fault after another."""

    def __init__(self, db: Database, driver: Any, proxy: Proxy) -> None:
        self.db, self.driver, self.proxy = db, driver, proxy
        self.bound = PSYCOPG if db.dialect.name == "age" else 2
        self.unknown = self.applied = self.faults = 0

    async def prepare(self) -> dict[Direction, int]:
        """Find out what the unit leaves without a fault, and how many bytes its commit takes each way."""
        sizes: dict[Direction, int] = {}
        for _ in range(2):  # with the first, a driver makes names known, too
            await seed(self.db)
            self.before: Graph = await self.db.dump()
            async with self.db.session(self.driver) as s:
                await stage(s)
                self.proxy.arm(None)
                await s.commit()
                sizes = {way: self.proxy.passed(way) for way in ("request", "reply")}
        self.after: Graph = await self.db.dump()
        assert self.after != self.before
        return sizes

    async def strike(self, fault: Fault, **options: Any) -> DatabaseError | None:
        """Commit the unit while the fault happens; check what it left, that the session and the driver still work."""
        await seed(self.db)
        s = self.db.open(self.driver, **options)
        await stage(s)
        self.proxy.arm(fault)
        error: DatabaseError | None = None
        try:
            await s.commit()
        except DatabaseError as caught:
            error = caught
        self.proxy.arm(None)
        applied = await self._look(error)
        if error is not None and not applied:
            await s.commit()
            assert await self.db.dump() == self.after, f"the second commit after {fault}"
        await s.rollback()
        assert await s.count(select(Artist)) == 2
        await s.close()
        assert self.proxy.open <= self.bound, f"{self.proxy.open} connections are open after {fault}"
        return error

    async def _look(self, error: DatabaseError | None) -> bool:
        """Return whether the unit was applied: all or nothing, and as the error says."""
        unknown = error is not None and error.outcome_unknown
        found = await (settled(self.db) if unknown else self.db.dump())
        assert found in (self.before, self.after), f"a part of the unit was applied; the error is {error!r}"
        applied = found == self.after
        if error is None or not error.outcome_unknown:
            assert applied is (error is None), f"what is stored contradicts {error!r}"
        self.faults += 1
        self.unknown += unknown
        self.applied += applied
        return applied


def points(size: int) -> list[int]:
    """Return the bytes at which a message of that size is cut: the ends, and what lies between."""
    step = EVERY or max(1, size // 8)
    return sorted({0, 1, size - 1, *range(0, size, step)})
