"""Section 3: pages in the order of what a statement computes, of whatever type it is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from runic.ogm import Node, QueryError, Relation, col, fn, max_, ref, select

from .harness import Database

pytestmark = pytest.mark.usefixtures("registry")


class Bollard(Node, labels=["Bollard"]):
    id: str
    number: int | None = None
    price: Decimal | None = None
    tags: list[str] | None = None
    next: list[Bollard] = Relation(relationship="NEXT_BOLLARD", target="Bollard")


def bollards() -> Any:
    return select(Bollard).alias("b")


ORDERS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "joined text": (lambda: bollards().order_by(col(Bollard.id) + "x"), ["a", "b", "c"]),
    "text of a function": (lambda: bollards().order_by(fn("substring", Bollard.id, 0, 1)), ["a", "b", "c"]),
    "a named Decimal": (
        lambda: bollards().with_("b", col(Bollard.price).as_("price")).order_by(ref("price")),
        ["c", "a", "b"],
    ),
    "a named number": (
        lambda: bollards().with_("b", (col(Bollard.number) * 1.5).as_("n")).order_by(ref("n")),
        ["b", "a", "c"],
    ),
    "the most of many": (
        lambda: (
            bollards()
            .traverse(Bollard.next, optional=False)
            .alias("n")
            .with_("b", max_(ref("n", Bollard.price)).as_("most"))
            .order_by(ref("most"))
        ),
        ["b", "a"],
    ),
}


async def seed(db: Database) -> None:
    a = Bollard(id="a", number=2, price=Decimal(10), tags=["x"])
    b = Bollard(id="b", number=1, tags=[])
    c = Bollard(id="c", price=Decimal("2.5"))
    a.next, b.next = [a, c], [c]
    await db.save(a, b, c)


async def walked(s: Any, statement: Any) -> list[str]:
    page = await s.after(statement, None, 1)
    found = [bollard.id for bollard in page.items]
    while page.cursor is not None:
        page = await s.after(statement, page.cursor, 1)
        found += [bollard.id for bollard in page.items]
    return found


@pytest.mark.parametrize("order", list(ORDERS))
async def test_pages_follow_what_is_computed(db: Database, order: str) -> None:
    await seed(db)
    build, expected = ORDERS[order]
    async with db.session() as s:
        assert await walked(s, build()) == expected
        assert [bollard.id for bollard in await s.scalars(build())] == expected


async def test_list_is_no_key_of_pages(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with pytest.raises(QueryError, match="paged"):
            await s.after(select(Bollard).order_by(Bollard.tags), None, 1)
