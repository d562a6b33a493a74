"""`case`: a value chosen by conditions, wherever a value may stand; and the sign of a number."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from runic.ogm import (
    Field,
    FieldValidationError,
    Node,
    QueryError,
    Relation,
    case,
    col,
    count,
    count_related,
    desc,
    exists,
    param,
    ref,
    select,
    sum_,
)

from .harness import Database


class Reservoir(Node, labels=["Reservoir"]):
    """Holds water."""

    id: str = Field(primary_key=True)
    depth: int
    filled: dt.date | None = None
    drains: list[Reservoir] = Relation(relationship="DRAINS_TO", target="Reservoir")


MAY, JUNE = dt.date(2024, 5, 1), dt.date(2024, 6, 1)
SIZE = case((Reservoir.depth > 20, "deep"), (Reservoir.depth > 10, "middling"), else_="shallow")


async def seed(db: Database) -> None:
    """a drains to b and c, b to c; c was never filled."""
    c = Reservoir(id="c", depth=30)
    b = Reservoir(id="b", depth=20, filled=JUNE, drains=[c])
    await db.save(c, b, Reservoir(id="a", depth=10, filled=MAY, drains=[b, c]))


async def ids(s: Any, statement: Any) -> list[str]:
    return [found.id for found in await s.scalars(statement)]


async def test_first_branch_that_holds(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        rows = await s.all_rows(select(Reservoir).project(Reservoir.id, SIZE.as_("size")).order_by("id"))
        assert [row["size"] for row in rows] == ["shallow", "middling", "deep"]


async def test_without_a_branch_nothing(db: Database) -> None:
    """A condition that is not known does not hold."""
    await seed(db)
    async with db.session() as s:
        early = case((Reservoir.filled < JUNE, "early"))
        rows = await s.all_rows(select(Reservoir).project(early.as_("when")).order_by(Reservoir.id))
        assert [row["when"] for row in rows] == ["early", None, None]


async def test_values_are_converted(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        day = case((Reservoir.depth > 25, JUNE), (Reservoir.depth > 15, None), else_=Reservoir.filled)
        rows = await s.all_rows(select(Reservoir).project(day.as_("day")).order_by("id"))
        assert [row["day"] for row in rows] == [MAY, None, JUNE]


async def test_plain_values_are_converted(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        day = case((Reservoir.depth > 15, JUNE), else_=MAY)
        rows = await s.all_rows(select(Reservoir).project(day.as_("day")).order_by("id"))
        assert [row["day"] for row in rows] == [MAY, JUNE, JUNE]


async def test_condition_on_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await ids(s, select(Reservoir).where(SIZE == "middling")) == ["b"]
        assert await ids(s, select(Reservoir).where(SIZE.in_(["deep", "shallow"])).order_by("id")) == ["a", "c"]
        least = case((Reservoir.id == "a", 5), else_=25)
        assert await ids(s, select(Reservoir).where(Reservoir.depth > least).order_by("id")) == ["a", "c"]


async def test_order_by_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        first = case((Reservoir.id == "b", 0), else_=Reservoir.depth)
        assert await ids(s, select(Reservoir).order_by(first)) == ["b", "a", "c"]
        assert await ids(s, select(Reservoir).order_by(desc(first))) == ["c", "a", "b"]


async def test_related_within_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        kind = case((exists(Reservoir.drains, Reservoir.depth > 25), "high"), else_="low")
        rows = await s.all_rows(select(Reservoir).project(kind.as_("kind")).order_by("id"))
        assert [row["kind"] for row in rows] == ["high", "high", "low"]
        assert await ids(s, select(Reservoir).where(kind == "low")) == ["c"]
        number = case((Reservoir.depth > 15, count_related(Reservoir.drains)), else_=-1)
        assert await ids(s, select(Reservoir).order_by(desc(number))) == ["b", "c", "a"]


async def test_group_by_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        full = case((Reservoir.filled.is_null(), "empty"), else_="full").as_("state")
        rows = await s.all_rows(select(Reservoir).aggregate(count().as_("n"), group_by=full).order_by("n"))
        assert rows == [{"state": "empty", "n": 1}, {"state": "full", "n": 2}]


async def test_aggregate_of_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        full = sum_(case((col(Reservoir.filled).is_not_null(), Reservoir.depth), else_=0)).as_("full")
        assert await s.all_rows(select(Reservoir).aggregate(full)) == [{"full": 30}]
        many = case((count() > 2, "many"), else_="few").as_("how")
        assert await s.all_rows(select(Reservoir).aggregate(many)) == [{"how": "many"}]


async def test_update_to_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        lowered = case((Reservoir.depth > 20, 20), else_=Reservoir.depth + 1)
        await s.execute(select(Reservoir).update(depth=lowered))
    async with db.session() as s:
        assert [r.depth for r in await s.scalars(select(Reservoir).order_by("id"))] == [11, 21, 20]


async def test_parameter_within_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        kind = case((Reservoir.depth > param("least"), param("word")), else_="small")
        statement = select(Reservoir).project(kind.as_("kind")).order_by("id").params(least=15, word="big")
        assert [row["kind"] for row in await s.all_rows(statement)] == ["small", "big", "big"]


async def test_named_for_a_later_stage(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Reservoir).alias("r").with_("r", SIZE.as_("size")).where(ref("size") != "deep")
        assert await ids(s, statement.order_by(desc(ref("size")))) == ["a", "b"]


async def test_of_two_steps(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        deeper = case((ref("to", Reservoir.depth) > ref("from", Reservoir.depth) + 10, "steep"), else_="flat")
        pairs = select(Reservoir).alias("from").traverse(Reservoir.drains, optional=False).alias("to")
        rows = await s.all_rows(
            pairs.project(ref("from", Reservoir.id).as_("f"), ref("to", Reservoir.id).as_("t"), deeper.as_("d"))
        )
        assert {(row["f"], row["t"]): row["d"] for row in rows} == {
            ("a", "b"): "flat", ("a", "c"): "steep", ("b", "c"): "flat",
        }  # fmt: skip


async def test_mistakes_are_refused(db: Database) -> None:
    wrong: Any = case
    with pytest.raises(QueryError, match="at least one pair"):
        wrong()
    with pytest.raises(TypeError, match="pairs"):
        wrong((Reservoir.depth > 1, "x", "y"))
    with pytest.raises(TypeError, match="predicate"):
        wrong((True, "x"))
    with pytest.raises(QueryError, match="needs a name"):
        select(Reservoir).project(SIZE).build(db.dialect)
    odd: Any = case((Reservoir.depth > 1, "x"), else_=Reservoir.depth)
    with pytest.raises(FieldValidationError, match="depth"):
        select(Reservoir).project(odd.as_("x")).build(db.dialect)
    with pytest.raises(QueryError, match="object cannot be sent"):
        select(Reservoir).project(case((Reservoir.depth > 1, object())).as_("x")).build(db.dialect)


async def test_sign_is_turned(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await ids(s, select(Reservoir).where(-col(Reservoir.depth) < -10).order_by(-col(Reservoir.depth))) == [
            "c",
            "b",
        ]
