"""Section 3: update() stores only what the field is read back with; a parameter that is None removes the property."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from runic.ogm import FieldValidationError, Node, case, coalesce, col, fn, param, select, to_upper

from .harness import Database

pytestmark = pytest.mark.usefixtures("registry")


class Grade(Enum):
    FINE = "fine"
    RAW = "raw"


class Ingot(Node, labels=["Ingot"]):
    id: str
    count: int | None = None
    total: int = 0
    mass: float | None = None
    price: Decimal | None = None
    other: Decimal | None = None
    grade: Grade | None = None
    mark: str | None = None


REFUSED: dict[str, Callable[[], dict[str, Any]]] = {
    "a fraction": lambda: {"count": col(Ingot.count) * 1.5},
    "a float field": lambda: {"count": Ingot.mass},
    "a sum with a float field": lambda: {"count": col(Ingot.count) + col(Ingot.mass)},
    "a Decimal as an Enum": lambda: {"grade": Ingot.price},
    "text as a number": lambda: {"count": Ingot.mark},
    "a number as text": lambda: {"mark": Ingot.count},
    "text as a Decimal": lambda: {"price": coalesce(Ingot.mark, Ingot.mark)},
    "one branch": lambda: {"count": case((Ingot.total > 1, "x"), else_=1)},
    "a branch of another kind": lambda: {"price": case((Ingot.total > 1, Decimal(1)), else_=1)},
    "a branch that is a field": lambda: {"count": case((Ingot.total > 1, Ingot.mark), else_=1)},
}
TAKEN: dict[str, tuple[Callable[[], dict[str, Any]], dict[str, Any]]] = {
    "a product": (lambda: {"count": col(Ingot.count) * 2 + 1}, {"count": 7}),
    "another number": (lambda: {"count": Ingot.total}, {"count": 5}),
    "whole as a float": (lambda: {"mass": Ingot.count}, {"mass": 3.0}),
    "a float by a whole": (lambda: {"mass": col(Ingot.mass) * 2}, {"mass": 3.0}),
    "a Decimal": (lambda: {"other": Ingot.price}, {"other": Decimal("2.50")}),
    "joined text": (lambda: {"mark": col(Ingot.mark) + "!"}, {"mark": "m!"}),
    "upper case": (lambda: {"mark": to_upper(Ingot.mark)}, {"mark": "M"}),
    "a function": (lambda: {"count": fn("abs", Ingot.count)}, {"count": 3}),
    "the first that is there": (lambda: {"count": coalesce(Ingot.count, 9)}, {"count": 3}),
    "a choice": (lambda: {"price": case((Ingot.total > 1, Ingot.price), else_=Decimal(1))}, {"price": Decimal("2.50")}),
    "a choice of Enums": (lambda: {"grade": case((Ingot.total > 1, Grade.RAW))}, {"grade": Grade.RAW}),
    "a choice of nothing": (lambda: {"count": case((Ingot.total > 100, 1))}, {"count": None}),
}  # fmt: skip


async def seed(db: Database) -> None:
    await db.save(Ingot(id="i", count=3, total=5, mass=1.5, price=Decimal("2.50"), mark="m", grade=Grade.FINE))


@pytest.mark.parametrize("name", list(REFUSED))
async def test_what_does_not_fit_is_refused(db: Database, name: str) -> None:
    await seed(db)
    changes = REFUSED[name]()
    [field] = changes
    async with db.session() as s:
        with db.count() as sent, pytest.raises(FieldValidationError, match=rf"Ingot\.{field}"):
            await s.execute(select(Ingot).update(**changes))
        assert len(sent) == 0
        assert (await s.one(select(Ingot))).total == 5


@pytest.mark.parametrize("name", list(TAKEN))
async def test_what_fits_is_stored(db: Database, name: str) -> None:
    await seed(db)
    changes, expected = TAKEN[name]
    async with db.session() as s:
        await s.execute(select(Ingot).update(**changes()))
    async with db.session() as s:
        ingot = await s.one(select(Ingot))
        assert {field: getattr(ingot, field) for field in expected} == expected


async def test_parameter_that_is_none_removes_the_property(db: Database) -> None:
    await seed(db)
    statement = select(Ingot).where(Ingot.id == param("id")).update(count=param("x"), mark=param("y"))
    for x, y in ((None, None), (1, "a"), (None, "b")):
        async with db.session() as s:
            [row] = await s.execute(statement.params(id="i", x=x, y=y))
            assert row["count"] == 1
        async with db.session() as s:
            ingot = await s.one(select(Ingot))
            assert (ingot.count, ingot.mark) == (x, y)


async def test_parameter_of_a_required_field_may_not_be_none(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with pytest.raises(FieldValidationError, match=r"Ingot\.total"):
            await s.execute(select(Ingot).update(total=param("x")).params(x=None))
