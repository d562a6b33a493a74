"""Section 3: nothing is in an empty list, also where a value is missing."""

from __future__ import annotations

import pytest

from runic.ogm import col, param, select

from .harness import Database
from .models import Artist

pytestmark = pytest.mark.usefixtures("registry")


@pytest.mark.parametrize("values", [[], (), set()], ids=["list", "tuple", "set"])
async def test_nothing_is_in_nothing(db: Database, values: object) -> None:
    await db.save(Artist(id="a", name="A", born=1), Artist(id="b", name="B"))
    given = param("values")
    async with db.session() as s:
        for within in (col(Artist.born).in_(values), col(Artist.born).in_(given)):
            for statement, expected in (
                (select(Artist).where(within), []),
                (select(Artist).where(~within).order_by("id"), ["a", "b"]),
                (select(Artist).where((Artist.name == "A") | within), ["a"]),
            ):
                found = await s.scalars(statement.params(values=values))
                assert [artist.id for artist in found] == expected
        for without in (col(Artist.born).not_in_(values), col(Artist.born).not_in_(given)):
            assert await s.count(select(Artist).where(without).params(values=values)) == 2
        kept = select(Artist).where(~col(Artist.born).in_(given))
        for given_values, expected in (([1], 0), ([], 2), ([2], 1), ([], 2)):
            assert await s.count(kept.params(values=given_values)) == expected
