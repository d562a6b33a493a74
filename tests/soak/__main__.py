"""`python -m tests.soak [--minutes 30] [--url URL]`: mixed work by threads and tasks, while nothing may grow.

Every few seconds the process is measured: resident memory, Python's own allocations, open files, threads, tasks, and
files in the temporary folder. It fails if the second half needs more of anything than the first half did.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from runic.ogm import (
    AsyncSession,
    OGMError,
    Repository,
    Session,
    create_async_driver,
    create_driver,
    select,
)
from tests.conformance.models import Artist, Exhibition, Gallery, Painting, Recipe, Showing, Station

THREADS, TASKS, KEYS = 3, 4, 200
MEMORY_SLACK = 0.06
"""How much more resident memory the second half may need: allocators do not give everything back."""


@dataclass(frozen=True)
class Measure:
    """What the process holds at one moment."""

    resident: int  # kilobytes
    objects: int
    files: int
    threads: int
    tasks: int
    temporary: int

    @classmethod
    def now(cls, tasks: int) -> Measure:
        """Measure after a full collection."""
        gc.collect()
        status = Path("/proc/self/status").read_text(encoding="ascii")
        resident = int(status.split("VmRSS:")[1].split()[0])
        temporary = sum(1 for _ in Path(tempfile.gettempdir()).glob("runic-*"))
        files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count
        return cls(resident, len(gc.get_objects()), files, threading.active_count(), tasks, temporary)


class Work:
    """Units of all kinds on a small graph, so that they meet."""

    def __init__(self, seed: int, done: Counter[str]) -> None:
        self.dice, self.done = random.Random(seed), done

    def key(self) -> str:
        return f"k{self.dice.randrange(KEYS)}"

    def write(self, s: Any) -> None:
        """Stage some of everything: upserts, edges with properties, undirected edges, deletes."""
        one, two = self.key(), self.key()
        gallery = s.merge(Gallery(id=self.key(), name="G"))
        artist = s.merge(Artist(id=one, name=f"n{self.dice.random()}", notes={"a": [1, 2]}))
        artist.gallery = gallery
        s.merge(Painting(id=two, title="T"))
        s.merge(Exhibition(id=one, title="X"))
        s.merge(Recipe(id=self.key(), title="R", minutes=self.dice.randrange(90)))
        s.merge(Station(code=one))

    def read(self) -> list[Any]:
        """Return statements of different kinds."""
        return [
            select(Artist).where(Artist.name.startswith("n0.5")).fetch("gallery").limit(20),  # type: ignore[attr-defined]
            select(Painting).order_by("title").limit(10),
        ]

    def sync(self, driver: Any) -> None:
        def unit(s: Session) -> None:
            kind = self.dice.randrange(4)
            if kind == 0:
                self.write(s)
            elif kind == 1:
                for statement in self.read():
                    s.scalars(statement)
                s.all_with_edges(select(Artist).traverse(Artist.gallery).alias("g").return_nodes("g").limit(5))
                Repository(s, Artist).page(1, 5)
            elif kind == 2:
                artist, show = s.get(Artist, self.key(), fetch=["gallery", "works"]), s.get(Exhibition, self.key())
                painting = s.get(Painting, self.key())
                if show is not None and painting is not None:
                    s.relate(show, "works", painting, edge=Showing(room="1"))
                if artist is not None:
                    artist.born = (artist.born or 0) + 1
            else:
                found = s.get(Artist, self.key())
                if found is not None:
                    s.delete(found)
                s.execute("MATCH (n) RETURN count(n)")

        self._count(lambda: driver.run(unit, exactly_once=self.dice.random() < 0.1))

    async def asynchronous(self, driver: Any) -> None:
        async with AsyncSession(driver) as s:
            if self.dice.random() < 0.5:
                self.write(s)
                return
            for statement in self.read():
                await s.scalars(statement)
            async for _ in s.stream(select(Artist), batch=50):
                pass

    def _count(self, work: Any) -> None:
        try:
            work()
            self.done["units"] += 1
        except OGMError as error:  # two units met
            if type(error).__name__ not in self.done:
                print(f"the first {type(error).__name__}: {error}", flush=True)
            self.done[type(error).__name__] += 1


def in_thread(driver: Any, seed: int, stop: threading.Event, done: Counter[str]) -> None:
    work = Work(seed, done)
    while not stop.is_set():
        work.sync(driver)
        if work.dice.random() < 0.002:
            with create_driver() as short, Session(short) as s:  # an embedded server of a moment
                s.add(Gallery(id="g", name="G"))
            done["embedded servers"] += 1


async def in_task(driver: Any, seed: int, stop: threading.Event, done: Counter[str]) -> None:
    work = Work(seed, done)
    while not stop.is_set():
        unit = asyncio.create_task(work.asynchronous(driver))
        if work.dice.random() < 0.05:
            await asyncio.sleep(work.dice.random() / 100)
            unit.cancel()
        [outcome] = await asyncio.gather(unit, return_exceptions=True)
        if isinstance(outcome, Exception) and not isinstance(outcome, OGMError):
            raise outcome
        done["units" if outcome is None else type(outcome).__name__] += 1


async def run_tasks(url: str, stop: threading.Event, done: Counter[str], alive: list[int]) -> None:
    async with create_async_driver(url, ensure_keys=True, timeout=30) as driver:
        workers = [asyncio.create_task(in_task(driver, 100 + i, stop, done)) for i in range(TASKS)]
        while not stop.is_set():
            await asyncio.sleep(0.5)
            alive[0] = len(asyncio.all_tasks())
        await asyncio.gather(*workers)


def measure(seconds: float, alive: list[int], done: Counter[str]) -> list[Measure]:
    """Measure every few seconds, and print it."""
    measures, start = list[Measure](), time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        time.sleep(min(5.0, seconds / 24))
        measures.append(Measure.now(alive[0]))
        print(f"{passed:6.0f} s  {done['units']:8} units  {measures[-1]}", flush=True)
    return measures


def grown(measures: list[Measure]) -> list[str]:
    """Compare the medians of the second and the last quarter: the first one warms up."""
    quarter = len(measures) // 4
    found = []
    for field in fields(Measure):
        values = [getattr(item, field.name) for item in measures]
        early, late = sorted(values[quarter : 2 * quarter]), sorted(values[-quarter:])
        before, after = early[len(early) // 2], late[len(late) // 2]
        slack = before * MEMORY_SLACK if field.name in {"resident", "objects"} else 3
        print(f"{field.name}: {before} in the second quarter, {after} in the last")
        if after > before + slack:
            found.append(field.name)
    return found


def main() -> int:
    """Run, and return 1 if anything grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--url", help="of a database that may be filled; by default an embedded one that is kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder  # so that nobody else's files are counted
        url = chosen.url or f"falkordb+embedded://{folder}/kept"
        stop, done, alive = threading.Event(), Counter[str](), [0]
        with create_driver(url, ensure_keys=True, timeout=30) as driver:
            threads = [threading.Thread(target=in_thread, args=(driver, i, stop, done)) for i in range(THREADS)]
            threads.append(threading.Thread(target=lambda: asyncio.run(run_tasks(url, stop, done, alive))))
            for thread in threads:
                thread.start()
            try:
                measures = measure(chosen.minutes * 60, alive, done)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
    print(dict(done))
    found = grown(measures)
    print(f"grown: {', '.join(found)}" if found else "nothing grew")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
