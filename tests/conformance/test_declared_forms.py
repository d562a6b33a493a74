"""Declarations in less common spellings: mixins, generic classes, Self, orders by name, keys of named types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Generic, NewType, Self, TypeVar

import pytest

from runic.ogm import Edge, Field, FieldValidationError, Node, Relation, TypeConverter, desc, select

from .harness import Database

T = TypeVar("T")
Toll = NewType("Toll", Decimal)


class Signed:
    """A mixin that is no model."""

    by: str = Field(default="nobody")
    seal: str | None = Field(default=None, name="wax")


class Towrope(Signed, Edge, type="TOWROPE"):
    length: int = 0


class Towpath(Signed, Node):
    id: str
    parent: Self | None = Relation(relationship="BRANCH_OF")
    branches: list[Self] = Relation(relationship="BRANCH_OF", direction="INCOMING", order_by=desc("rank"))
    rank: int = 0
    note: Annotated[str | None, "may be missing"] = None
    stops: list[str] = Field(default_factory=list)
    depths: tuple[int, ...] = ()
    tied: list[Towpath] = Relation(relationship="TOWROPE", edge_model=Towrope, order_by=desc("length"))


class Tarn(Node):
    toll: Toll = Field(primary_key=True)


class Beck(Node):
    spot: tuple[Decimal, str] = Field(primary_key=True)


class Holt(Node):
    opens: time = Field(primary_key=True)


class Bracketed(TypeConverter[str]):
    """Stores text in brackets."""

    def to_graph(self, value: str) -> str:
        return f"<{value}>"

    def from_graph(self, value: str) -> str:
        return value[1:-1]


@dataclass(frozen=True)
class Plot:
    """A key of two parts."""

    row: int
    name: str


class Otter(Node):
    tag: str = Field(primary_key=True, converter=Bracketed())
    size: int = 0


class Drift(Node):
    plot: Plot = Field(primary_key=True)
    size: int = 0


class Sampled(Node, Generic[T]):
    id: str
    value: T
    others: list[T] = Field(default_factory=list)


class Salinity(Sampled[float]):
    place: str = ""


class Strata(Sampled[Decimal]): ...


KEYS = [
    (Tarn, "toll", [Decimal("1.0"), Decimal("1.00")]),
    (Beck, "spot", [(Decimal("1.0"), "a"), (Decimal("1.00"), "a")]),
    (Holt, "opens", [time(1, tzinfo=UTC), time(2, tzinfo=timezone(timedelta(hours=1)))]),
]


@pytest.mark.parametrize(("model", "name", "keys"), KEYS, ids=["named", "tuple", "time"])
async def test_equal_keys_are_one_node(db: Database, model: Any, name: str, keys: list[Any]) -> None:
    first, second = keys
    assert first == second
    await db.save(model(**{name: first}))
    async with db.session() as s:
        assert getattr(await s.get(model, second), name) == first
        assert await s.count(select(model).where(getattr(model, name) == second)) == 1
        s.merge(model(**{name: second}))
    async with db.session() as s:
        assert await s.count(select(model)) == 1
        s.delete(await s.get(model, second))
    async with db.session() as s:
        assert await s.count(select(model)) == 0


@pytest.mark.parametrize(("model", "key"), [(Otter, "a"), (Drift, Plot(1, "b"))], ids=["converter", "dataclass"])
async def test_entity_whose_key_is_converted_is_changed_and_deleted(db: Database, model: Any, key: object) -> None:
    await db.save(model(**{model.__meta__.key.name: key}))
    async with db.session() as s:
        (await s.get(model, key)).size = 2
    async with db.session() as s:
        found = await s.get(model, key)
        assert found.size == 2
        s.delete(found)
    async with db.session() as s:
        assert await s.get(model, key) is None


async def test_fields_of_a_mixin_are_fields(db: Database) -> None:
    await db.save(Towpath(id="a", by="Ann", seal="red"), Towpath(id="b"))
    async with db.session() as s:
        [found] = await s.scalars(select(Towpath).where(Towpath.by == "Ann", Towpath.seal == "red"))
        assert (found.id, found.by, found.seal) == ("a", "Ann", "red")
        ordered = await s.scalars(select(Towpath).order_by(desc(Towpath.by)))
        assert [path.by for path in ordered] == ["nobody", "Ann"]
        found.by = "Bob"
        await s.flush()
        s.expire(found)
        assert "FieldOptions" not in repr(found)
        await s.refresh(found)
        assert found.by == "Bob"
        known = s.reference(Towpath, "b")
        await s.refresh(known)
        assert (known.by, known.seal) == ("nobody", None)


@pytest.mark.sync_only
async def test_expired_field_of_a_mixin_is_loaded(db: Database) -> None:
    await db.save(Towpath(id="a", by="Ann"))
    async with db.session() as s:
        found = await s.get(Towpath, "a")
        s.expire(found)
        assert (found.by, found.seal) == ("Ann", None)
    async with db.session() as s:
        assert s.reference(Towpath, "a").by == "Ann"


async def test_fields_of_an_edges_mixin_are_fields(db: Database) -> None:
    paths = [Towpath(id=key) for key in "abc"]
    await db.save(*paths)
    async with db.session() as s:
        a, b, c = await s.get_many(Towpath, list("abc"))
        await s.relate(a, Towpath.tied, b, edge=Towrope(by="Ann", length=1))
        await s.relate(a, Towpath.tied, c, edge=Towrope(length=2))
    async with db.session() as s:
        statement = select(Towpath).traverse(Towpath.tied, edge_alias="e", optional=False).alias("t")
        [row] = await s.all_with_edges(statement.where(Towrope.by == "Ann", on="e").return_nodes("t").return_edge("e"))
        edge, path = row
        assert (path.id, edge.by, edge.length) == ("b", "Ann", 1)
        a = await s.get(Towpath, "a", fetch=["tied"])
        assert [path.id for path in a.tied] == ["c", "b"]
        assert sorted((edge.by, path.id) for edge, path in await s.edges(a, Towpath.tied)) == [
            ("Ann", "b"), ("nobody", "c")
        ]  # fmt: skip


async def test_self_and_an_order_by_name(db: Database) -> None:
    root = Towpath(id="r", branches=[Towpath(id=str(rank), rank=rank) for rank in (2, 3, 1)])
    await db.save(root, *root.branches)
    async with db.session() as s:
        found = await s.get(Towpath, "r", fetch=["branches"])
        assert [branch.rank for branch in found.branches] == [3, 2, 1]
        await s.load(found.branches, "parent")
        assert {branch.parent for branch in found.branches} == {found}
        ordered = await s.scalars(select(Towpath).order_by(desc("rank"), "id"))
        assert [path.id for path in ordered] == ["3", "2", "1", "r"]
        fetched = await s.one(select(Towpath).where(Towpath.id == "r").fetch("branches", order_by=desc("id"), limit=1))
        assert fetched.branches[0].id == "3"


async def test_annotated_optional_is_taken_out(db: Database) -> None:
    await db.save(Towpath(id="a", note="x"))
    async with db.session() as s:
        path = await s.get(Towpath, "a")
        path.note = None
    [(_, row)] = (await db.dump()).nodes
    assert "note" not in row


async def test_generic_parent_keeps_the_types_that_it_is_given(db: Database) -> None:
    await db.save(
        Salinity(id="a", value=1.5, others=[1.0, 2.5], place="p"), Strata(id="b", value=Decimal("1.10"), others=[])
    )
    async with db.session() as s:
        salinity, strata = await s.get(Salinity, "a"), await s.get(Strata, "b")
        assert (salinity.value, salinity.others) == (1.5, [1.0, 2.5])
        assert (str(strata.value), strata.others) == ("1.10", [])
        assert await s.scalars(select(Salinity).where(Salinity.value > 1.0)) == [salinity]
        strata.value = 1.1
        with pytest.raises(FieldValidationError, match=r"Strata\.value: expected Decimal"):
            await s.flush()
        strata.value = Decimal("1.10")


@pytest.mark.parametrize(
    ("stored", "field", "reason"),
    [
        ("stops: [1]", "stops", "item 0: expected str, got 1"),
        ("stops: 'ab'", "stops", "expected list, got 'ab'"),
        ("depths: ['x', 'y']", "depths", "item 0: expected int, got 'x'"),
    ],
    ids=["numbers", "text", "texts"],
)
async def test_stored_list_of_another_type_is_told_when_read(
    db: Database, stored: str, field: str, reason: str
) -> None:
    await db.execute(f"CREATE (:Towpath {{id: 'a', rank: 1, by: 'x', {stored}}})")
    async with db.session() as s:
        with pytest.raises(FieldValidationError, match=rf"Towpath\.{field}: the database holds .*{reason}"):
            await s.get(Towpath, "a")
