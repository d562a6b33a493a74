"""Neighbouring integers beyond 2**53, which a floating-point number cannot tell apart, are different everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runic.ogm import ConstraintViolationError, Field, Node, col, select

from .harness import Database

FIRST = 2**53


class Meter(Node):
    serial: int = Field(primary_key=True)
    reading: int = Field(default=0, index=True)


CONDITIONS: dict[str, tuple[Callable[[Any], Any], list[int]]] = {
    "==": (lambda field: field == FIRST + 1, [1]),
    "!=": (lambda field: field != FIRST + 1, [0, 2, 3]),
    ">": (lambda field: field > FIRST, [1, 2, 3]),
    ">=": (lambda field: field >= FIRST + 1, [1, 2, 3]),
    "<": (lambda field: field < FIRST + 3, [0, 1, 2]),
    "<=": (lambda field: field <= FIRST, [0]),
    "in_": (lambda field: field.in_([FIRST + 1]), [1]),
    "not_in_": (lambda field: field.not_in_([FIRST + 1]), [0, 2, 3]),
}


async def seed(db: Database) -> None:
    await db.schema().create(Meter)
    await db.save(*[Meter(serial=FIRST + i, reading=FIRST + i) for i in range(4)])


@pytest.mark.parametrize("name", CONDITIONS)
@pytest.mark.parametrize("field", ["serial", "reading"])
async def test_condition_tells_neighbours_apart(db: Database, field: str, name: str) -> None:
    await seed(db)
    condition, expected = CONDITIONS[name]
    async with db.session() as s:
        found = await s.scalars(select(Meter).where(condition(col(getattr(Meter, field)))).order_by("serial"))
        assert [meter.serial - FIRST for meter in found] == expected


async def test_keys_that_are_neighbours_are_different_nodes(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        found = await s.get_many(Meter, [FIRST + 2, FIRST + 9, FIRST])
        assert [meter and meter.serial - FIRST for meter in found] == [2, None, 0]
        found[0].reading = 7
    async with db.session() as s:
        assert [m.reading for m in await s.scalars(select(Meter).order_by("serial"))] == [
            FIRST,
            FIRST + 1,
            7,
            FIRST + 3,
        ]


async def test_equal_keys_are_refused(db: Database) -> None:
    """Also where no constraint of the database does it."""
    await seed(db)
    with pytest.raises(ConstraintViolationError):
        await db.save(Meter(serial=FIRST + 1))
    async with db.session() as s:
        assert await s.count(select(Meter)) == 4
