"""Section 3: limits, skips and hops as large as a number may be mean what they say."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Node, Relation, select

from .harness import Database

pytestmark = pytest.mark.usefixtures("registry")

LARGE = [2**31 - 1, 2**31, 2**32, 2**32 + 2, 2**63 - 1]


class Milestone(Node, labels=["Milestone"]):
    id: int
    passed: int | None = None
    onward: list[Milestone] = Relation(relationship="MILE_ON", target="Milestone")


ALL = select(Milestone).order_by("id")


async def seed(db: Database) -> None:
    stones = [Milestone(id=number) for number in range(4)]
    stones[0].onward = stones[1:]
    await db.save(*stones)


@pytest.mark.parametrize("bound", LARGE)
async def test_large_limit_leaves_nothing_out(db: Database, bound: int) -> None:
    await seed(db)
    async with db.session() as s:
        assert len(await s.scalars(ALL.limit(bound))) == 4
        assert await s.count(ALL.skip(1).limit(bound)) == 3
        assert (await s.page(ALL, 1, bound)).total == 4
        assert len((await s.after(ALL, None, bound)).items) == 4
        [stone] = await s.scalars(ALL.where(Milestone.id == 0).fetch(Milestone.onward, limit=bound))
        assert len(stone.onward) == 3


@pytest.mark.parametrize("bound", LARGE)
async def test_large_skip_leaves_all_out(db: Database, bound: int) -> None:
    await seed(db)
    async with db.session() as s:
        assert await s.scalars(ALL.skip(bound)) == []
        assert await s.count(ALL.skip(bound).limit(bound)) == 0
        for change in (ALL.skip(bound).update(passed=1), ALL.skip(bound).delete()):
            [row] = await s.execute(change)
            assert row["count"] == 0
    assert len((await db.dump()).nodes) == 4


@pytest.mark.parametrize("bound", LARGE)
async def test_large_number_of_hops_is_no_bound(db: Database, bound: int) -> None:
    await seed(db)
    start: Any = select(Milestone).where(Milestone.id == 0)
    async with db.session() as s:
        repeated = start.repeat(Milestone.onward, 1, bound, optional=False).alias("to").return_target("to")
        assert {stone.id for stone in await s.scalars(repeated)} == {1, 2, 3}
        assert len(await s.scalars(start.shortest_path(Milestone.onward, to=2, max_hops=bound))) == 1
