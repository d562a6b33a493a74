"""Section 3: pages in the order of a field that only some of the classes have."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Node, Relation, desc, ref, select

from .harness import Database

pytestmark = pytest.mark.usefixtures("registry")


class Parcel(Node, labels=["Parcel"]):
    id: str
    beside: list[Parcel] = Relation(relationship="PARCEL_BY", target="Parcel")


class Crate(Parcel, labels=["Parcel", "Crate"]):
    weight: int


async def seed(db: Database) -> None:
    crates = [Crate(id=f"c{weight}", weight=weight) for weight in (3, 1, 2)]
    parcels = [Parcel(id=f"p{number}") for number in range(2)]
    parcels[0].beside = [*crates, parcels[1]]
    await db.save(*crates, *parcels)


async def walked(s: Any, statement: Any, size: int) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await s.after(statement, cursor, size)
        found += [parcel.id for parcel in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("size", [1, 2, 10])
async def test_nodes_without_the_field_come_too(db: Database, size: int) -> None:
    await seed(db)
    async with db.session() as s:
        assert await walked(s, select(Parcel).order_by(Crate.weight), size) == ["c1", "c2", "c3", "p0", "p1"]
        assert await walked(s, select(Parcel).order_by(desc(Crate.weight)), size) == ["p0", "p1", "c3", "c2", "c1"]
        beside = select(Parcel).traverse(Parcel.beside, optional=False).alias("x").return_target("x")
        assert await walked(s, beside.order_by(ref("x", Crate.weight)), size) == ["c1", "c2", "c3", "p1"]
