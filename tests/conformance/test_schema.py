"""Indexes and constraints: declared, compared, made, replaced and removed."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runic.ogm import (
    ConstraintViolationError,
    Field,
    Node,
    SchemaDriftError,
    SchemaManager,
    Session,
    TransientDatabaseError,
    metadata,
    on_statement,
    select,
)
from runic.ogm.cypher.ddl import SchemaItem

from .harness import Database, step
from .theatre import Booking, Comedy, Guest, Opera, Play, Seat

constraints = pytest.mark.requires("supports_constraints")
edge_constraints = pytest.mark.requires("supports_edge_constraints")
vectors = pytest.mark.requires("supports_vector_index")
fulltext = pytest.mark.requires("supports_fulltext_index")


async def make(db: Database, item: SchemaItem) -> None:
    """Make an index as another program might have done it."""
    for statement in db.dialect.ddl_make(item):
        reply = db.driver.execute(statement)
        if db.is_async:
            await reply


def lines(plan: object) -> set[str]:
    return set(str(plan).splitlines())


async def test_created_schema_is_as_declared(db: Database) -> None:
    await db.schema().create(Seat, Guest)
    plan = await db.schema().diff(Seat, Guest)
    assert not plan
    assert str(plan) == "the schema is as declared"


async def test_create_twice_makes_nothing(db: Database) -> None:
    await db.schema().create(Seat, Guest)
    texts: list[str] = []
    with on_statement(db.driver, lambda event: texts.append(event.text)):
        await db.schema().create(Seat, Guest)
    assert texts
    assert not [text for text in texts if "CREATE" in text]


async def test_diff_names_what_is_missing(db: Database) -> None:
    plan = await db.schema().diff(Guest)
    assert "+ unique constraint on (:Guest) id: declared by Guest, missing" in lines(plan)
    assert "+ index on (:Guest) shoe size: declared by Guest, missing" in lines(plan)
    assert plan.drifted


async def test_diff_tells_what_is_extra(db: Database) -> None:
    await db.schema().create(Guest)
    await make(db, SchemaItem("index", "node", "Guest", ("hat",)))
    plan = await db.schema().diff(Guest)
    assert lines(plan) == {"- index on (:Guest) hat: found, not declared"}
    assert not plan.drifted
    assert await db.schema().validate(Guest) == plan


async def test_validate_names_declared_and_found(db: Database) -> None:
    await db.schema().create(Guest)
    await db.schema().validate(Guest)
    with pytest.raises(SchemaDriftError, match=r"index on \(:Seat\) price: declared by Seat, missing") as caught:
        await db.schema().validate(Seat)
    assert SchemaItem("index", "node", "Seat", ("price",)) in caught.value.plan.missing


@vectors
async def test_other_dimensions_are_drift(db: Database) -> None:
    await make(db, SchemaItem("vector", "node", "Play", ("about",), 3, "euclidean"))
    wanted = (
        "~ vector index on (:Play) about (2 dimensions, cosine): declared by Play, "
        "found is vector index on (:Play) about (3 dimensions, euclidean)"
    )
    assert wanted in lines(await db.schema().diff(Play))
    with pytest.raises(SchemaDriftError, match="sync"):
        await db.schema().create(Play)
    await db.schema().sync(Play)
    assert not await db.schema().diff(Play)


@fulltext
async def test_field_that_joins_a_fulltext_index_is_drift(db: Database) -> None:
    await make(db, SchemaItem("fulltext", "node", "Play", ("title",)))
    [(declared, found)] = (await db.schema().diff(Play)).different
    assert (declared.properties, found.properties) == (("plot", "title"), ("title",))
    await db.schema().sync(Play)
    assert not await db.schema().diff(Play)


async def test_sync_leaves_or_removes_what_is_extra(db: Database) -> None:
    hat = SchemaItem("index", "node", "Guest", ("hat",))
    await make(db, hat)
    plan = await db.schema().sync(Guest)
    assert plan.missing
    assert (await db.schema().diff(Guest)).extra == (hat,)
    await db.schema().sync(Guest, drop_extra=True)
    assert not await db.schema().diff(Guest)


@constraints
async def test_sync_removes_an_extra_constraint_with_what_is_under_it(db: Database) -> None:
    await db.schema().create(Guest)
    await make(db, SchemaItem("unique", "node", "Guest", ("hat",)))
    assert [item.kind for item in (await db.schema().diff(Guest)).extra] == ["unique"]
    await db.schema().sync(Guest, drop_extra=True)
    assert not await db.schema().diff(Guest)


async def test_drop_removes_what_is_declared(db: Database) -> None:
    await db.schema().create(Seat, Guest)
    await db.schema().drop(Seat)
    plan = await db.schema().diff(Seat, Guest)
    assert {item.label for item in plan.missing} == {"Seat"}
    assert not plan.extra
    await db.schema().drop(Seat)


async def test_drop_removes_every_kind(db: Database) -> None:
    kinds = [Guest, *([Play, Opera] if db.dialect.supports_fulltext_index and db.dialect.supports_vector_index else [])]
    empty = await db.schema().diff(*kinds)
    await db.schema().create(*kinds)
    await db.schema().drop(*kinds)
    assert await db.schema().diff(*kinds) == empty
    await db.schema().create(*kinds)
    assert not await db.schema().diff(*kinds)


@constraints
async def test_unique_field_refuses_a_second(db: Database) -> None:
    await db.schema().create(Seat)
    await db.save(Seat(id="a", row="A", number=1, plaque="Ada"), Seat(id="b", row="A", number=2, plaque=None))
    await db.save(Seat(id="c", row="A", number=3, plaque=None))
    with pytest.raises(ConstraintViolationError, match="plaque"):
        await db.save(Seat(id="d", row="A", number=4, plaque="Ada"))
    async with db.session() as s:
        assert await s.count(select(Seat)) == 3


@constraints
async def test_fields_are_unique_together(db: Database) -> None:
    await db.schema().create(Seat)
    await db.save(Seat(id="a", row="A", number=1), Seat(id="b", row="A", number=2), Seat(id="c", row="B", number=1))
    with pytest.raises(ConstraintViolationError, match="number"):
        await db.save(Seat(id="d", row="B", number=1))


@edge_constraints
async def test_edges_are_unique(db: Database) -> None:
    await db.schema().create(Booking)
    assert not await db.schema().diff(Booking)
    ann, seats = Guest(id="ann"), [Seat(id=f"s{i}", row="A", number=i) for i in range(2)]
    await db.save(ann, *seats)
    with pytest.raises(ConstraintViolationError, match="code"):
        async with db.session() as s:
            guest = await s.get(Guest, "ann")
            for seat in await s.get_many(Seat, ["s0", "s1"]):
                await s.relate(guest, Guest.seats, seat, edge=Booking(code="x"))


@constraints
async def test_violation_by_stored_data_is_named(db: Database) -> None:
    await db.save(Seat(id="a", row="A", number=1), Seat(id="b", row="A", number=1))
    with pytest.raises(ConstraintViolationError, match=r"\(:Seat\) number, row") as caught:
        await db.schema().create(Seat)
    assert "number=1" in str(caught.value)
    assert "2 nodes" in str(caught.value)
    assert [item.properties for item in (await db.schema().diff(Seat)).missing if len(item.properties) > 1]
    async with db.session() as s:
        (await s.get(Seat, "b")).number = 2
    await db.schema().create(Seat)
    assert not await db.schema().diff(Seat)


async def test_two_that_create_at_once(db: Database) -> None:
    if db.is_async:
        await asyncio.gather(*(db.schema().create(Seat, Guest) for _ in range(4)))
    else:
        with ThreadPoolExecutor(4) as pool:
            waits = [pool.submit(SchemaManager(db.driver).create, Seat, Guest) for _ in range(4)]
            for wait in waits:
                wait.result()
    assert not await db.schema().diff(Seat, Guest)


async def test_schema_is_usable_when_create_returns(db: Database) -> None:
    rows = [[f"s{i}", i] for i in range(5000)]
    await db.execute(
        "UNWIND $rows AS row CREATE (:Seat {id: row[0], row: 'A', number: row[1], price: row[1]})", {"rows": rows}
    )
    await db.schema().create(Seat)
    async with db.session() as s:
        assert await s.count(select(Seat).where(Seat.price >= 4000)) == 1000
    if db.dialect.supports_constraints:
        with pytest.raises(ConstraintViolationError):
            await db.save(Seat(id="new", row="A", number=17))


@fulltext
@vectors
async def test_subclass_shares_the_index_of_its_parent(db: Database) -> None:
    if db.dialect.has_class_indexes:
        pytest.skip(f"{type(db.dialect).__name__}.has_class_indexes is True")
    plan = await db.schema().diff(Comedy)
    assert {item.label for item in plan.missing if item.properties != ("jokes",)} == {"Play"}
    assert {item.label for item in plan.missing if item.properties == ("jokes",)} == {"Comedy"}


@fulltext
async def test_subclass_with_more_text_has_its_own_fulltext_index(db: Database) -> None:
    if db.dialect.has_class_indexes:
        pytest.skip(f"{type(db.dialect).__name__}.has_class_indexes is True")
    missing = (await db.schema().diff(Opera, Comedy)).missing
    texts = {(item.label, item.properties) for item in missing if item.kind == "fulltext"}
    assert texts == {("Opera", ("libretto", "plot", "title")), ("Play", ("plot", "title"))}


async def test_without_classes_all_that_are_registered(db: Database, registry: None) -> None:
    metadata.restore(metadata.snapshot()._replace(nodes=(Guest,), edges=()))

    class Stray(Node):
        id: str
        note: str | None = Field(default=None, index=True)

    await db.schema().create()
    assert not await db.schema().diff(Guest, Stray)
    metadata.restore(metadata.snapshot()._replace(nodes=(Guest,), edges=()))
    extra = {item for item in (await db.schema().diff()).extra if item.label == "Stray"}
    assert SchemaItem("index", "node", "Stray", ("note",)) in extra


async def test_only_classes_have_a_schema(db: Database) -> None:
    wrong: Any = "Seat"
    with pytest.raises(TypeError, match="node and edge classes"):
        await db.schema().create(wrong)
    with pytest.raises(TypeError, match="drop_extra"):
        await db.schema().sync(Seat, drop_extra=wrong)


@pytest.mark.sync_only
async def test_names_of_every_kind(db: Database, registry: None) -> None:
    class Prop(Node, labels=["Stage prop: 'x' é"]):
        id: str = Field(primary_key=True, name="the key?")
        colour: str | None = Field(default=None, index=True, name='a "colour"')

    await db.schema().create(Prop)
    assert not await db.schema().diff(Prop)
    with Session(db.driver) as s:
        s.add(Prop(id="p", colour="red"))
    with Session(db.driver) as s:
        assert s.scalars(select(Prop).where(Prop.colour == "red"))[0].id == "p"
    await db.schema().drop(Prop)
    assert {item.properties for item in (await db.schema().diff(Prop)).missing} == {("the key?",), ('a "colour"',)}


async def test_many_that_create_at_once(db: Database) -> None:
    """So many that each meets another's constraint half made: its index is there, and not yet its own."""
    if db.is_async:
        await asyncio.gather(*(db.schema().create(Seat, Guest) for _ in range(12)))
    else:
        with ThreadPoolExecutor(12) as pool:
            waits = [pool.submit(SchemaManager(db.driver).create, Seat, Guest) for _ in range(12)]
            for wait in waits:
                wait.result()
    assert not await db.schema().diff(Seat, Guest)


@pytest.mark.requires("concurrent")
async def test_many_that_commit_first_make_the_key_together(db: Database) -> None:
    async def save(number: int) -> None:
        driver, tries = db.create_driver(db.url, ensure_keys=True), 0
        try:
            while tries < 30:  # ArcadeDB refuses one of two writers that meet on a page
                try:
                    async with db.session(driver) as s:
                        s.add(Seat(id=f"seat {number}", row="A", number=number))
                        s.add(Guest(id=f"guest {number}"))
                except TransientDatabaseError:
                    tries += 1
                else:
                    return
            raise AssertionError("was refused thirty times")
        finally:
            await db.close(driver)

    if db.is_async:
        await asyncio.gather(*map(save, range(8)))
    else:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(step, map(save, range(8))))
    async with db.session() as s:
        assert (await s.count(select(Seat)), await s.count(select(Guest))) == (8, 8)
