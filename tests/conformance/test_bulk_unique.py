"""Rows that break a unique constraint: the field is named, and among which rows it is."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import ConstraintViolationError, Field, Node
from runic.ogm.bulk import load_nodes, load_nodes_async

from .harness import Database


class Hydrant(Node):
    id: int
    serial: str | None = Field(default=None, unique=True)
    street: str = ""


async def load(db: Database, rows: list[dict[str, Any]], **options: Any) -> int:
    if db.is_async:
        return await load_nodes_async(db.driver, Hydrant, rows, **options)
    return load_nodes(db.driver, Hydrant, rows, **options)


@pytest.mark.requires("supports_constraints")
@pytest.mark.parametrize("mode", ["merge", "create"])
async def test_field_and_rows_are_named(db: Database, mode: str) -> None:
    await db.schema().create(Hydrant)
    await db.save(Hydrant(id=1, serial="a"))
    rows: list[dict[str, Any]] = [{"id": number, "serial": str(number)} for number in range(2, 7)]
    rows[4]["serial"] = "a"
    named = r"rows 4 to 5 gives Hydrant\.serial is taken"
    with pytest.raises(ConstraintViolationError, match=named) as caught:
        await load(db, rows, mode=mode, batch=3)
    assert caught.value.__notes__ == ["3 rows of earlier batches are stored."]
    assert sorted((await db.dump()).keys("Hydrant")) == [1, 2, 3, 4]


@pytest.mark.requires("supports_constraints")
async def test_stored_key_is_told_and_no_other_field(db: Database) -> None:
    await db.schema().create(Hydrant)
    await db.save(Hydrant(id=1, serial="a"))
    with pytest.raises(ConstraintViolationError, match=r"Hydrant with id=1 is stored|Hydrant\.id is taken") as caught:
        await load(db, [{"id": 2}, {"id": 1}], mode="create")
    assert "serial" not in str(caught.value)
