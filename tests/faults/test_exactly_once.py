"""Random faults under `driver.run(exactly_once=True)`: each unit is applied, and none twice."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest

from runic.ogm import DatabaseError
from tests.conformance.harness import Database
from tests.conformance.models import Artist, Gallery

from .proxy import Fault
from .unit import line, patience

UNITS = int(os.environ.get("RUNIC_TEST_FAULT_UNITS", "25"))


def random_fault(dice: random.Random) -> Fault:
    """Return a fault of any kind at any point of a small unit, its reads and what surrounds it."""
    action = dice.choices(["cut", "reset", "stall", "delay"], [4, 4, 1, 1])[0]
    return Fault(dice.choice(["request", "reply"]), dice.randrange(0, 1500), action, seconds=0.05)  # type: ignore[arg-type]


async def start(db: Database) -> None:
    await db.save(Artist(id="tally", name="T", born=0), Gallery(id="g", name="G"))


def unit(number: int) -> Any:
    """Return work that counts one up, and adds a node and an edge: what is applied twice, or lost, shows."""

    async def work(s: Any) -> int:
        tally = await s.get(Artist, "tally")
        tally.born += 1
        s.add(Artist(id=f"u{number}", name="N", gallery=s.reference(Gallery, "g")))
        return number

    return work


@pytest.mark.parametrize("seed", range(4))
async def test_each_unit_is_applied_once(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    await start(db)
    async with line(db, timeout=patience(db)) as (driver, proxy):
        for number in range(UNITS):
            proxy.arm(random_fault(dice))
            assert await db.run(unit(number), driver, retries=8, exactly_once=True) == number
        assert proxy.struck > UNITS // 3
    graph = await db.dump()
    expected = sorted(f"u{number}" for number in range(UNITS))
    assert [key for key in graph.keys("Artist") if key != "tally"] == expected
    assert graph.pairs("REPRESENTED_BY") == [(key, "g") for key in expected]
    assert graph.node("tally")["born"] == UNITS


@pytest.mark.parametrize("seed", range(2))
async def test_without_marks_the_error_tells_what_is_known(db: Database, seed: int) -> None:
    """A unit that fails with a known outcome left nothing; none that returned is missing."""
    dice = random.Random(seed)
    await start(db)
    done, doubtful = set[str](), set[str]()
    async with line(db, timeout=patience(db)) as (driver, proxy):
        for number in range(UNITS):
            proxy.arm(random_fault(dice))
            try:
                await db.run(unit(number), driver)
            except DatabaseError as error:
                if error.outcome_unknown:
                    doubtful.add(f"u{number}")
            else:
                done.add(f"u{number}")
    graph = await db.dump()
    found = set(graph.keys("Artist")) - {"tally"}
    assert done <= found <= done | doubtful
    assert graph.node("tally")["born"] == len(found) == len(graph.pairs("REPRESENTED_BY"))
