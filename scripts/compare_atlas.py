"""Write the world to several databases and compare what they answer: `compare_atlas.py [--limit N] [URL or name ...]`.

A name is that of a database that the tests can start; without any, all of them are started. The graphs must be empty.
Prints how many seconds each took to write and to answer; ends with 1 if two answers differ.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "examples" / "atlas")]

import questions  # noqa: E402 - the atlas is a program, whose modules are found by their bare names
from loading import load_world  # noqa: E402
from models import Place  # noqa: E402

from runic.ogm import Session, create_async_driver, create_driver, select  # noqa: E402
from tests.servers import MODULES, starter  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm import Driver

Taken = dict[str, tuple[object, float]]
"""What each step gave, and how many seconds it took."""


def main() -> int:
    """Ask every database, print, and compare with the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="only so many cities, the most important ones; all are 34,006")
    parser.add_argument("databases", nargs="*", default=list(MODULES), metavar="URL or name")
    given = parser.parse_args()
    with ExitStack() as stack:
        urls = {name: _url(name, stack) for name in given.databases}
        taken = {name: asked(url, given.limit) for name, url in urls.items()}
    different = _differences(taken)
    sys.stdout.write("\n".join([*_lines(taken), *different, ""]))
    return 1 if different else 0


def _url(name: str, stack: ExitStack) -> str:
    if ":" in name:
        return name
    target = starter(name)()
    stack.callback(target.close)
    return target.url("atlas")


def asked(url: str, limit: int | None) -> Taken:
    """Write the world to a graph, and ask it the questions through drivers that have seen nothing of it."""
    with create_driver(url, ensure_keys=True) as driver:
        taken: Taken = {"write": timed(partial(load_world, driver, limit=limit))}
    with create_driver(url, ensure_keys=True) as driver:
        taken["places"] = timed(partial(count_places, driver))
        for question in questions.SYNC:
            taken[question.__name__] = timed(partial(question, driver))
    taken[questions.how_many_cities_has_each_continent.__name__] = timed(lambda: asyncio.run(ask_async(url)))
    return taken


def count_places(driver: Driver) -> int:
    """Return how many places there are."""
    with Session(driver) as session:
        return session.count(select(Place))


async def ask_async(url: str) -> object:
    """Ask the eighth question."""
    async with create_async_driver(url, ensure_keys=True) as driver:
        return await questions.how_many_cities_has_each_continent(driver)


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """Return what `work` gives, and how many seconds it took."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def _lines(taken: dict[str, Taken]) -> list[str]:
    """Return how long each step took, a column a database."""
    names = list(taken)
    head = f"{'seconds':<44}" + "".join(f"{name.split(':')[0]:>24}" for name in names)
    return [
        head,
        *(f"{step:<44}" + "".join(f"{taken[name][step][1]:>24.2f}" for name in names) for step in taken[names[0]]),
    ]


def _differences(taken: dict[str, Taken]) -> list[str]:
    """Return what is answered otherwise than by the first."""
    first, *others = taken
    return [
        f"{step}: {first} gives {wanted!r}, {name} gives {taken[name][step][0]!r}"
        for name in others
        for step, (wanted, _) in taken[first].items()
        if taken[name][step][0] != wanted
    ]


if __name__ == "__main__":
    sys.exit(main())
