"""Two subclasses have a field of one name: whoever names the field of one means its nodes only."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Field, Node, Relation, col, exists, select
from runic.ogm.expressions import Predicate
from runic.ogm.query.related import count_related

from .harness import Database


class Vessel(Node, labels=["HarbourVessel"]):
    id: str
    follows: list[Vessel] = Relation(relationship="FOLLOWS", target="Vessel")


class Barge(Vessel, labels=["HarbourVessel", "HarbourBarge"]):
    load: int = 0
    note: str | None = None


class Lighter(Barge, labels=["HarbourVessel", "HarbourBarge", "HarbourLighter"]):
    """Has the field of its base class."""


class Tug(Vessel, labels=["HarbourVessel", "HarbourTug"]):
    pull: int = Field(name="load", default=0)
    note: str | None = None


async def moor(db: Database) -> None:
    """b and l are barges, t a tug that pulls more than both carry; each follows the next in b, t, l."""
    tug, light = Tug(id="t", pull=9, note="t"), Lighter(id="l", load=8)
    tug.follows = [light]
    await db.save(Vessel(id="v"), Barge(id="b", load=3, note="b", follows=[tug]), tug, light)


async def names(db: Database, *where: Predicate) -> list[str]:
    async with db.session() as s:
        return sorted(vessel.id for vessel in await s.scalars(select(Vessel).where(*where)))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Barge.load > 2, ["b", "l"]),
        (~(Barge.load > 5), ["b"]),
        (col(Barge.load).in_([9, 8]), ["l"]),
        (Tug.pull == 9, ["t"]),
        (Tug.pull < 9, []),
        (col(Barge.note).is_not_null(), ["b"]),
        (col(Barge.note).is_null(), ["l", "t", "v"]),
        (col(Tug.note).startswith("t"), ["t"]),
        ((Barge.load > 5) | (Tug.pull > 5), ["l", "t"]),
        (col(Barge.load) + 1 == 4, ["b"]),
        (Lighter.load > 2, ["b", "l"]),
    ],
)
async def test_condition_means_the_nodes_of_its_class(db: Database, condition: Predicate, expected: list[str]) -> None:
    await moor(db)
    assert await names(db, condition) == expected


async def test_order_and_projection_mean_the_nodes_of_their_class(db: Database) -> None:
    await moor(db)
    async with db.session() as s:
        statement = select(Vessel).where(Vessel.id != "v")
        rows = await s.all_rows(statement.project("id", col(Barge.load).as_("load"), col(Tug.pull).as_("pull")))
        assert sorted((row["id"], row["load"], row["pull"]) for row in rows) == [
            ("b", 3, None), ("l", 8, None), ("t", None, 9)
        ]  # fmt: skip
        found = await s.scalars(select(Vessel).where(Barge.load > 0).order_by(col(Barge.load).desc()))
        assert [vessel.id for vessel in found] == ["l", "b"]


async def test_questions_mean_the_nodes_of_its_class(db: Database) -> None:
    await moor(db)
    assert await names(db, exists(Vessel.follows, Barge.load > 2)) == ["t"]
    assert await names(db, exists(Vessel.follows, Tug.pull > 2)) == ["b"]
    async with db.session() as s:
        counted = await s.all_rows(
            select(Vessel).project("id", count_related(Vessel.follows, Barge.load > 0).as_("n")).order_by("id")
        )
        assert [(row["id"], row["n"]) for row in counted] == [("b", 0), ("l", 0), ("t", 1), ("v", 0)]


async def test_steps_and_fetches_mean_the_nodes_of_its_class(db: Database) -> None:
    await moor(db)
    async with db.session() as s:
        led = await s.scalars(select(Vessel).traverse(Vessel.follows, optional=False).where(Barge.load > 0))
        assert [vessel.id for vessel in led] == ["t"]  # which one leads; the step was only walked
        fetched: list[Any] = await s.scalars(
            select(Vessel).fetch(Vessel.follows, where=Barge.load > 0).order_by(Vessel.id)
        )
        assert [[after.id for after in vessel.follows] for vessel in fetched] == [[], [], ["l"], []]


async def test_changes_mean_the_nodes_of_its_class(db: Database) -> None:
    await moor(db)
    async with db.session() as s:
        assert (await s.execute(select(Vessel).where(Barge.load > 5).delete()))[0]["count"] == 1
    assert (await db.dump()).keys("HarbourVessel") == ["b", "t", "v"]
