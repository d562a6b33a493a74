"""What is measured without a hand-written statement: attributes, memory, the import, sync against async."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import tempfile
import tracemalloc
from functools import partial
from typing import TYPE_CHECKING

from bench.data import Fleet
from bench.measure import Result, in_turn, versus
from bench.models import Ship
from bench.processors import COUNTED
from bench.workloads import empty, get, lazy_statements, load, seed_operators, seed_ships
from runic.ogm import AsyncSession, Session, select

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.measure import Run
    from bench.target import Target
    from runic.ogm import AsyncDriver

CLIENTS = ("falkordb", "neo4j", "orjson", "psycopg", "redis")
IMPORT_GOAL_MS = 50.0
SOME = 2_000
"""Of how many ships a tenth is got one by one here: a get costs the same in a larger graph."""


class Plain:
    """What Python's own object costs."""

    def __init__(self, imo: str, name: str, built: int, tonnage: float, *, active: bool) -> None:
        self.imo, self.name, self.built, self.tonnage, self.active = imo, name, built, tonnage, active


def plain_ships(size: int) -> list[Plain]:
    """Return plain objects whose values are their own, as those of loaded entities are."""
    rows = Fleet(size).ships
    return [Plain(str(row[0]), str(row[1]), int(str(row[2])), float(str(row[3])), active=bool(row[4])) for row in rows]


def results(target: Target, size: int, runs: int, chosen: Callable[[str], bool]) -> Iterator[Result]:
    """Yield what was chosen of one database."""
    middle = min(size, 1_000)
    if chosen("lazy loop"):
        yield lazy(target, middle)
    if chosen("attribute read"):
        yield attribute_read(target, middle, runs)
    if chosen("memory"):
        yield memory(target, size * 10)
    if chosen("async load") or chosen("async get"):
        yield from sync_and_async(target, size, runs)


def attribute_read(target: Target, size: int, runs: int) -> Result:
    """Read one property of each loaded ship, ten times."""
    empty(target)
    seed_ships(target, Fleet(size))
    plain = plain_ships(size)
    with Session(target.driver) as session:
        ships = session.scalars(select(Ship))

        def read_ours() -> None:
            for _ in range(10):
                for ship in ships:
                    ship.name  # noqa: B018 - reading is what is measured

        def read_plain() -> None:
            for _ in range(10):
                for ship in plain:
                    ship.name  # noqa: B018 - reading is what is measured

        ours, theirs = in_turn([lambda: read_ours, lambda: read_plain], runs)
    return versus((target.name, "attribute read", "plain object"), size, ours, theirs, 1.2)


def memory(target: Target, size: int) -> Result:
    """Bytes of loaded entities, with their session's bookkeeping, against plain objects."""
    empty(target)
    seed_ships(target, Fleet(size))
    with Session(target.driver) as session:
        session.scalars(select(Ship).limit(1))  # what is made once is not counted
    plain = _bytes(lambda: plain_ships(size))
    session = Session(target.driver)
    ours = _bytes(lambda: session.scalars(select(Ship)))
    session.close()
    return Result(target.name, "memory", "plain objects", size, ours / 1e6, plain / 1e6, 2.0, "MB")


def _bytes(build: Run) -> int:
    gc.collect()
    tracemalloc.start()
    kept = build()
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return used


def lazy(target: Target, size: int) -> Result:
    """Count the statements of a lazy loop."""
    empty(target)
    seed_operators(target, Fleet(size))
    return Result(target.name, "lazy loop", "none", size, float(lazy_statements(target)), 0, 3.0, "statements")


IMPORTS = {"import": "import runic.ogm", "import of models": "from runic.ogm import Edge, Field, Node, Relation",
           "import of every name": "from runic.ogm import *"}  # fmt: skip


def import_times(runs: int) -> Iterator[Result]:
    """Yield how many milliseconds an interpreter needs beyond its own start; fails if a client is imported."""
    with tempfile.TemporaryDirectory() as cache:  # installed packages have their bytecode
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": cache}
        for name, statement in IMPORTS.items():
            loaded = _python(f"{statement}; import sys; print([m for m in {CLIENTS} if m in sys.modules])", environment)
            if loaded.strip() != "[]":
                raise AssertionError(f"{statement} imports client libraries: {loaded}")
            sides = [partial(_python, program, environment) for program in ("pass", statement)]
            bare, whole = in_turn([partial(_as_it_is, side) for side in sides], runs)
            taken = whole.work - bare.work if COUNTED else whole.clock - bare.clock
            goal = IMPORT_GOAL_MS if name == "import" else None
            yield Result("python", name, "python -c pass", 1, taken * 1e3, 0, goal)


def _python(program: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def sync_and_async(target: Target, size: int, runs: int) -> list[Result]:
    """Return the async session's time against the sync one's, for a load and for many gets."""
    empty(target)
    fleet = Fleet(size)
    seed_ships(target, fleet)
    some = Fleet(min(size, SOME))
    keys = [str(row[0]) for row in some.parents]
    results: list[Result] = []
    with asyncio.Runner() as runner:
        driver = target.connect_async()
        pairs = {
            "load": (load(target, fleet), lambda: runner.run(_load(driver))),
            "get": (get(target, some), lambda: runner.run(_get(driver, keys))),
        }
        for name, (sync, other) in pairs.items():
            theirs, ours = in_turn([partial(_as_it_is, sync), partial(_as_it_is, other)], runs)
            results.append(versus((target.name, f"async {name}", "the sync session"), size, ours, theirs, 1.05))
        runner.run(driver.close())
    return results


def _as_it_is(run: Run) -> Run:
    return run


async def _load(driver: AsyncDriver) -> object:
    async with AsyncSession(driver) as session:
        return await session.scalars(select(Ship)), session


async def _get(driver: AsyncDriver, keys: list[str]) -> object:
    found: list[object] = []
    for key in keys:
        async with AsyncSession(driver) as session:
            found.append(await session.get(Ship, key))
    return found
