"""Rows that have not all the same columns: each sets what it has, whatever the batch."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import FieldValidationError, Node
from runic.ogm.bulk import load_nodes, load_nodes_async

from .harness import Database


class Ewer(Node):
    id: int
    litres: int | None = None
    colour: str | None = "black"
    used: int = 0


class WateringEwer(Ewer):
    rose: str | None = "brass"


async def load(db: Database, *rows: dict[str, Any], **options: Any) -> int:
    if db.is_async:
        return await load_nodes_async(db.driver, Ewer, rows, **options)
    return load_nodes(db.driver, Ewer, rows, **options)


async def stored(db: Database) -> list[tuple[Any, ...]]:
    async with db.session() as s:
        found = await s.query(Ewer).order_by(Ewer.id).all()
        return [(ewer.id, ewer.litres, ewer.colour, ewer.used) for ewer in found]


@pytest.mark.parametrize("batch", [1, 2, 5000])
async def test_row_leaves_what_it_does_not_have(db: Database, batch: int) -> None:
    await db.save(Ewer(id=1, litres=1, colour="red", used=4), Ewer(id=2, litres=2, colour="red", used=5))
    assert await load(db, {"id": 1, "litres": 7}, {"id": 2, "colour": "new"}, {"used": 3, "id": 3}, batch=batch) == 3
    assert await stored(db) == [(1, 7, "red", 4), (2, 2, "new", 5), (3, None, "black", 3)]


@pytest.mark.parametrize("batch", [1, 3, 5000])
async def test_rows_of_one_key_are_as_if_written_one_after_the_other(db: Database, batch: int) -> None:
    await db.save(Ewer(id=1, litres=1, colour="red", used=4))
    rows: list[dict[str, Any]] = [
        {"id": 1, "litres": 7},
        {"id": 2, "litres": 1, "colour": "blue"},
        {"id": 1, "colour": "green"},
        {"id": 1, "litres": 8},
        {"id": 2, "used": 6},
    ]
    assert await load(db, *rows, batch=batch) == 5
    assert await stored(db) == [(1, 8, "green", 4), (2, 1, "blue", 6)]


async def test_row_at_fault_is_named(db: Database) -> None:
    rows: list[dict[str, Any]] = [{"id": 1, "used": 1}, {"id": 2}, {"id": 3}, {"id": 4, "used": "often"}, {"used": 1}]
    with pytest.raises(FieldValidationError, match=r"Ewer.used: .*'often'.*\(row 4\)"):
        await load(db, *rows[:4])
    with pytest.raises(FieldValidationError, match=r"Ewer.id: there is no value.*\(row 5\)"):
        await load(db, *rows[:3], rows[3] | {"used": 0}, rows[4])
    with pytest.raises(FieldValidationError, match=r"Ewer.used: .*64 bits.*\(row 2\)"):
        await load(db, {"id": 3}, {"id": 4, "used": 2**63})
    assert await stored(db) == []


async def test_created_rows_have_defaults_for_what_they_lack(db: Database) -> None:
    assert await load(db, {"id": 1, "litres": 7}, {"id": 2, "used": 3}, mode="create") == 2
    assert await stored(db) == [(1, 7, "black", 0), (2, None, "black", 3)]


async def test_none_that_is_stored_is_not_replaced_by_a_default(db: Database) -> None:
    await db.save(Ewer(id=1, litres=1, colour=None))
    assert await load(db, {"id": 1, "litres": 7}, {"id": 2, "litres": 8}) == 2
    assert await stored(db) == [(1, 7, None, 0), (2, 8, "black", 0)]


async def test_none_stays_on_nodes_of_several_labels_too(db: Database) -> None:
    await db.save(WateringEwer(id=1, colour=None, rose=None))
    rows: list[dict[str, Any]] = [{"id": 1, "litres": 7}, {"id": 2, "rose": "tin"}]
    if db.is_async:
        await load_nodes_async(db.driver, WateringEwer, rows)
    else:
        load_nodes(db.driver, WateringEwer, rows)
    async with db.session() as s:
        one, two = await s.get_many(WateringEwer, [1, 2])
        assert (one.litres, one.colour, one.rose) == (7, None, None)
        assert (two.litres, two.colour, two.rose) == (None, "black", "tin")
