"""A relation that a subclass declares anew is loaded as each entity's own class says, along every way of loading."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import pytest

from runic.ogm import Field, Node, QueryError, Relation, RelationValueError, desc, param, select

from .harness import Database

T = TypeVar("T", bound=Node)


class Treadle(Node, labels=["OvrTreadle"]):
    id: str = Field(primary_key=True)
    up: Treadle | None = Relation(relationship="OVR_IN")
    xs: list[Treadle] = Relation(relationship="OVR_XS")
    beside: list[Treadle] = Relation(relationship="OVR_BESIDE")


class Spindle(Treadle, labels=["OvrTreadle", "OvrSpindle"]):
    up: Treadle | None = Relation(relationship="OVR_ON")
    xs: list[Spindle] = Relation(relationship="OVR_XS")  # type: ignore[assignment] # narrower than its base's


class Tine(Spindle, labels=["OvrTreadle", "OvrSpindle", "OvrTine"]):
    """Inherits what Spindle declares anew."""


class Coffer(Node, labels=["OvrCoffer"]):
    id: str = Field(primary_key=True)
    inside: list[Treadle] = Relation(relationship="OVR_INSIDE")
    stack: list[Pippin | Trowel] = Relation(relationship="OVR_STACK", target=("Pippin", "Trowel"))


class Pippin(Node, labels=["OvrPippin"]):
    id: str = Field(primary_key=True)
    near: Treadle | None = Relation(relationship="OVR_APPLE")


class Trowel(Node, labels=["OvrTrowel"]):
    id: str = Field(primary_key=True)
    near: Treadle | None = Relation(relationship="OVR_BRICK", direction="OUTGOING")


class Tray(Node, Generic[T], labels=["OvrTray"]):
    id: str = Field(primary_key=True)
    held: list[T] = Relation(relationship="OVR_HELD")


class TreadleTray(Tray[Treadle], labels=["OvrTray", "OvrTreadleTray"]):
    """Holds treadles."""


class PippinTray(Tray[Pippin], labels=["OvrTray", "OvrPippinTray"]):
    """Holds pippins."""


async def store(db: Database) -> None:
    """Store one node of each class, each with another target."""
    rungs = [Treadle(id=f"r{i}") for i in range(3)]
    spokes = [Spindle(id=f"s{i}") for i in range(3)]
    sources = [
        Treadle(id="l", up=rungs[0], xs=[rungs[0], spokes[0]]),
        Spindle(id="t", up=rungs[1], xs=spokes[:1]),
        Tine(id="u", up=rungs[2], xs=spokes[1:]),
    ]
    await db.save(*rungs, *spokes, *sources, Coffer(id="c", inside=sources))


def shown(entities: list[Any]) -> dict[str, tuple[str | None, list[str]]]:
    """Return what entities show, by their keys, without that anything is loaded for it in asyncio."""
    return {
        entity.id: (None if entity.up is None else entity.up.id, sorted(target.id for target in entity.xs))
        for entity in entities
    }


WANTED = {"l": ("r0", ["r0", "s0"]), "t": ("r1", ["s0"]), "u": ("r2", ["s1", "s2"])}


@pytest.mark.parametrize("keys", ["ltu", "utl", "tlu"])
async def test_fetch_of_several_keys(db: Database, keys: str) -> None:
    await store(db)
    async with db.session() as s:
        assert shown(await s.get_many(Treadle, list(keys), fetch=["up", "xs"])) == WANTED


@pytest.mark.parametrize("key", list("ltu"))
async def test_fetch_of_one_key(db: Database, key: str) -> None:
    await store(db)
    async with db.session() as s:
        assert shown([await s.get(Treadle, key, fetch=["up", "xs"])]) == {key: WANTED[key]}


@pytest.mark.parametrize("keys", ["ltu", "utl", "tlu"])
@pytest.mark.parametrize("names", [("up", "xs"), (Treadle.up, Spindle.xs), (Tine.up, "xs")], ids=repr)
async def test_load(db: Database, keys: str, names: tuple[Any, ...]) -> None:
    await store(db)
    async with db.session() as s:
        found = await s.get_many(Treadle, list(keys))
        await s.load(found, *names)
        assert shown(found) == WANTED


async def test_query_and_find_all(db: Database) -> None:
    await store(db)
    for statement in (
        select(Treadle).where(Treadle.id.in_(list("ltu"))).fetch("up", "xs"),  # type: ignore[attr-defined]
        select(Coffer).traverse(Coffer.inside, optional=False).alias("i").return_target("i").fetch("up", "xs"),
    ):
        async with db.session() as s:
            assert shown(await s.scalars(statement)) == WANTED
    async with db.session() as s:
        found = await db.repository(s, Treadle).find_all(fetch=["up", "xs"])
        assert shown([one for one in found if one.id in WANTED]) == WANTED
    async with db.session() as s:
        found = await db.repository(s, Spindle).find_all(fetch=["up", "xs"])
        assert shown([one for one in found if one.id in "tu"]) == {key: WANTED[key] for key in "tu"}


async def test_options(db: Database) -> None:
    """What is asked of a relation is asked of each that is declared under its name."""
    await store(db)
    few = select(Treadle).where(Treadle.id.in_(list("ltu")))  # type: ignore[attr-defined]
    for statement, wanted in (
        (few.fetch("xs", where=Treadle.id == "s0"), {"l": ["s0"], "t": ["s0"], "u": []}),
        (
            few.fetch("xs", where=Treadle.id != param("not"), order_by="id").params(**{"not": "s1"}),
            {"l": ["r0", "s0"], "t": ["s0"], "u": ["s2"]},
        ),
        (few.fetch("xs", order_by=desc(Treadle.id), limit=1), {"l": ["s0"], "t": ["s0"], "u": ["s2"]}),
        (few.fetch("xs", order_by=desc("id")), {"l": ["s0", "r0"], "t": ["s0"], "u": ["s2", "s1"]}),
    ):
        async with db.session() as s:
            found = await s.scalars(statement)
            assert {one.id: [target.id for target in one.xs] for one in found} == wanted


async def test_way_back(db: Database) -> None:
    """Each step of a depth goes on as the class that it came to says."""
    last = Treadle(id="r")
    spindle = Spindle(id="s", up=last)
    first = Treadle(id="f", up=spindle)
    await db.save(last, spindle, first)
    async with db.session() as s:
        [found] = await s.scalars(select(Treadle).where(Treadle.id == "f").fetch("up", depth=3))
        assert (found.up.id, found.up.up.id, found.up.up.up) == ("s", "r", None)


async def test_second_step(db: Database) -> None:
    """What a path goes on to has classes of its own."""
    await store(db)
    async with db.session() as s:
        crate = await s.get(Coffer, "c", fetch=["inside.up", "inside.xs.up", "inside.up.beside"])
        assert shown(crate.inside) == WANTED
        assert [target.up for source in crate.inside for target in source.xs] == [None] * 5
    async with db.session() as s:
        crate = await s.get(Coffer, "c")
        await s.load(crate, "inside.up", "inside.xs.beside")
        assert shown(crate.inside) == WANTED
    async with db.session() as s:
        crate = await s.get(Coffer, "c")
        await s.refresh(crate, fetch=["inside.up", "inside.xs"])
        assert shown(crate.inside) == WANTED


@pytest.mark.sync_only
@pytest.mark.parametrize("keys", ["ltu", "utl", "tlu"])
async def test_lazy_siblings(db: Database, keys: str) -> None:
    """The second that is read loads those of its kind with it, and none in another's way."""
    await store(db)
    async with db.session() as s:
        found = await s.get_many(Treadle, ["r0", "s0", *keys])
        assert shown(found) == {**WANTED, "r0": (None, []), "s0": (None, [])}


async def test_classes_of_a_union(db: Database) -> None:
    """Two classes that have nothing but a relation's name in common."""
    rungs = [Treadle(id=f"r{i}") for i in range(2)]
    stack = [Pippin(id="a", near=rungs[0]), Trowel(id="b", near=rungs[1])]
    await db.save(*rungs, *stack, Coffer(id="c", stack=stack))
    async with db.session() as s:
        crate = await s.get(Coffer, "c", fetch=["stack.near"])
        assert {one.id: one.near.id for one in crate.stack} == {"a": "r0", "b": "r1"}
    async with db.session() as s:
        found = [await s.get(Trowel, "b"), await s.get(Pippin, "a")]
        await s.load(found, "near")
        assert [one.near.id for one in found] == ["r1", "r0"]


async def test_what_is_shown_is_what_is_changed(db: Database) -> None:
    await store(db)
    async with db.session() as s:
        for one in await s.get_many(Treadle, list("ltu"), fetch=["up"]):
            one.up = None
    dump = await db.dump()
    assert dump.pairs("OVR_IN") == dump.pairs("OVR_ON") == []


async def test_costs_nothing_where_all_is_inherited(db: Database) -> None:
    """Rule 12: `beside` is Treadle's in every class."""
    rungs = [Treadle(id="a"), Spindle(id="b"), Tine(id="c")]
    sources = [Treadle(id="l", beside=rungs), Spindle(id="t", beside=rungs[1:]), Tine(id="u", beside=rungs[2:])]
    await db.save(*rungs, *sources)
    async with db.session() as s:
        with db.count() as sent:
            found = await s.get_many(Treadle, list("ltu"), fetch=["beside.beside"])
        assert [len(one.beside) for one in found] == [3, 2, 1]
        assert len(sent) == 1
    async with db.session() as s:
        found = await s.get_many(Treadle, list("utl"))
        with db.count() as sent:
            await s.load(found, "beside")
        assert [len(one.beside) for one in found] == [1, 2, 3]
        assert len(sent) == 1


async def test_one_statement_more_for_what_is_declared_anew(db: Database) -> None:
    """Rule 12: Tine inherits what Spindle declares anew, and is loaded with it."""
    await store(db)
    async with db.session() as s:
        with db.count() as sent:
            await s.get_many(Treadle, list("ltu"), fetch=["up"])
        assert len(sent) == 2
        found = await s.get_many(Treadle, ["r0", "s0", "s1"])
        with db.count() as sent:
            await s.load(found, "up", "xs")
        assert len(sent) == 2


async def test_relation_of_another_class(db: Database) -> None:
    """An attribute means the relation of its class, not any of that name."""
    await db.save(Pippin(id="a"), Treadle(id="l"))
    async with db.session() as s:
        pippin, rung = await s.get(Pippin, "a"), await s.get(Treadle, "l")
        with db.count() as sent:
            for attempt in (
                lambda: s.load(pippin, Trowel.near),
                lambda: s.load([pippin], Trowel.near),
                lambda: s.get(Pippin, "a", fetch=[Trowel.near]),
                lambda: s.get_many(Pippin, ["a"], fetch=Trowel.near),
                lambda: s.refresh(pippin, fetch=[Trowel.near]),
                lambda: s.scalars(select(Pippin).fetch(Trowel.near)),
                lambda: db.repository(s, Pippin).find_all(fetch=[Trowel.near]),
            ):
                with pytest.raises(QueryError, match=r"Pippin has no relation Trowel\.near; it has: near"):
                    await attempt()
            for change in (
                lambda: s.relate(pippin, Trowel.near, rung),
                lambda: s.unrelate(pippin, Trowel.near, rung),
                lambda: s.relate_all(Trowel.near, [(pippin, rung)]),
                lambda: s.edges(pippin, Trowel.near),
            ):
                with pytest.raises(RelationValueError, match=r"Pippin\.near: Trowel\.near is a relation of another"):
                    await change()
        assert len(sent) == 0


async def test_classes_of_one_generic_parent(db: Database) -> None:
    """What they inherit leads elsewhere in each of them."""
    rungs: list[Any] = [Treadle(id="r"), Pippin(id="p")]
    held: list[Any] = [TreadleTray(id="t", held=rungs[:1]), PippinTray(id="p", held=rungs[1:])]
    await db.save(*rungs, *held)
    async with db.session() as s:
        found = [await s.get(TreadleTray, "t"), await s.get(PippinTray, "p")]
        with db.count() as sent:
            await s.load(found, "held")
        assert [one.held for one in found] == [[await s.get(Treadle, "r")], [await s.get(Pippin, "p")]]
        assert len(sent) == 2
