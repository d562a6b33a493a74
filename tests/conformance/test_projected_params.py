"""Section 3: a parameter that is given back comes back as it was given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from runic.ogm import Node, QueryError, case, coalesce, col, param, select

from .harness import Database

pytestmark = pytest.mark.usefixtures("registry")

X = param("x")


class Levy(Node, labels=["Levy"]):
    id: str
    due: Decimal | None = None
    paid: datetime | None = None


SHOWN: dict[str, Callable[[], Any]] = {
    "alone": lambda: X,
    "instead of a field": lambda: coalesce(X, Levy.due),
    "for a missing field": lambda: coalesce(Levy.due, X),
    "beside a value": lambda: coalesce(X, Decimal(1)),
    "in a branch": lambda: case((Levy.id == "a", X), else_=Decimal(3)),
    "in every branch": lambda: case((Levy.id == "b", Decimal(3)), else_=X),
    "in a condition as well": lambda: case((col(Levy.due).is_null(), X), else_=Levy.due),
}


@pytest.mark.parametrize("where", list(SHOWN))
async def test_parameter_comes_back_as_it_was_given(db: Database, where: str) -> None:
    await db.save(Levy(id="a"))
    statement = select(Levy).project(SHOWN[where]().as_("shown"))
    async with db.session() as s:
        for value in (Decimal("2.50"), Decimal(7), Decimal("2.50")):
            [row] = await s.all_rows(statement.params(x=value))
            assert (type(row["shown"]), row["shown"]) == (Decimal, value)


async def test_parameters_of_other_types(db: Database) -> None:
    await db.save(Levy(id="a", due=Decimal(1)))
    async with db.session() as s:
        for value in (datetime(2026, 3, 4, 5, 6, tzinfo=UTC), timedelta(hours=-1), "text", 5, 2.5, True):
            [row] = await s.all_rows(select(Levy).project(X.as_("shown")).params(x=value))
            assert row["shown"] == value
        when = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
        [row] = await s.all_rows(select(Levy).project(coalesce(Levy.paid, X).as_("shown")).params(x=when))
        assert row["shown"] == when


async def test_values_that_are_stored_in_two_ways_are_refused(db: Database) -> None:
    """What is no Decimal cannot be read as one; it is told which column it was."""
    await db.save(Levy(id="a", paid=datetime(2026, 3, 4, 5, 6, tzinfo=UTC)), Levy(id="b", due=Decimal(1)))
    mixed = case((Levy.id == "b", Levy.due), else_=Levy.paid)
    async with db.session() as s:
        with pytest.raises(QueryError, match="'mixed'"):
            await s.all_rows(select(Levy).project(mixed.as_("mixed")))
