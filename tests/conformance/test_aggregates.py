"""Section 3: each aggregate, of all values and of those that differ, and arithmetic in its order."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import avg, col, collect, count, max_, min_, select, sum_

from .harness import Database
from .models import Artist

AGGREGATES: dict[str, Any] = {
    "count": (count, 4),
    "count of a field": (lambda: count(Artist.born), 3),
    "count, distinct": (lambda: count(Artist.born, distinct=True), 2),
    "sum": (lambda: sum_(Artist.born), 4300),
    "sum, distinct": (lambda: sum_(Artist.born, distinct=True), 2900),
    "avg": (lambda: avg(Artist.born), pytest.approx(4300 / 3)),
    "avg, distinct": (lambda: avg(Artist.born, distinct=True), 1450.0),
    "min": (lambda: min_(Artist.born), 1400),
    "max": (lambda: max_(Artist.born), 1500),
    "collect": (lambda: collect(Artist.born), [1400, 1400, 1500]),
    "collect, distinct": (lambda: collect(Artist.born, distinct=True), [1400, 1500]),
}
ARITHMETIC: dict[str, Any] = {
    "left part first": (lambda: (col(Artist.born) + 100) * 2 == 3000, "ab"),
    "right part first": (lambda: col(Artist.born) - (col(Artist.born) - 100) == 100, "abc"),
    "product before sum": (lambda: col(Artist.born) + col(Artist.born) * 2 == 4500, "c"),
    "quotient": (lambda: col(Artist.born) / 2 == 750, "c"),
    "rest": (lambda: col(Artist.born) % 1000 == 500, "c"),
}


async def seed(db: Database) -> None:
    await db.save(
        Artist(id="a", name="Anna", born=1400),
        Artist(id="b", name="Bruno", born=1400),
        Artist(id="c", name="Carla", born=1500),
        Artist(id="d", name="Dora"),
    )


@pytest.mark.parametrize("case", list(AGGREGATES))
async def test_aggregate_is_of_the_values(db: Database, case: str) -> None:
    await seed(db)
    build, expected = AGGREGATES[case]
    async with db.session() as s:
        [row] = await s.all_rows(select(Artist).aggregate(build().as_("it")))
    assert (sorted(row["it"]) if isinstance(row["it"], list) else row["it"]) == expected


@pytest.mark.parametrize("case", list(ARITHMETIC))
async def test_arithmetic_is_done_in_its_order(db: Database, case: str) -> None:
    await seed(db)
    build, expected = ARITHMETIC[case]
    async with db.session() as s:
        assert (
            "".join(artist.id for artist in await s.scalars(select(Artist).where(build()).order_by("id"))) == expected
        )
