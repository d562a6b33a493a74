"""An entity that was deleted and committed, and is added again: it is a new one with its values."""

from __future__ import annotations

import pytest

from runic.ogm import DetachedEntityError, Field, Node, Relation

from .harness import Database


class Beehive(Node, labels=["Beehive"]):
    id: str
    frames: int = 10
    revision: int = Field(default=1, version=True)
    heaths: list[Heath] = Relation(relationship="FEEDS_ON", target="Heath")
    orchard: Orchard | None = Relation(relationship="STANDS_IN", target="Orchard")


class Heath(Node, labels=["Heath"]):
    id: str
    hives: list[Beehive] = Relation(relationship="FEEDS_ON", direction="INCOMING", target="Beehive")


class Orchard(Node, labels=["Orchard"]):
    id: str


async def settle(db: Database) -> None:
    heaths = [Heath(id="m"), Heath(id="n")]
    orchard = Orchard(id="o")
    await db.save(*heaths, orchard, Beehive(id="h", frames=7, heaths=heaths, orchard=orchard))


async def test_deleted_node_that_is_added_again_is_new(db: Database) -> None:
    await settle(db)
    async with db.session() as s:
        hive = await s.get(Beehive, "h", fetch=["heaths"])
        s.delete(hive)
        await s.commit()
        assert hive not in s
        s.add(hive)
        await s.commit()
        assert await s.get(Beehive, "h") is hive
        hive.frames = 8
    graph = await db.dump()
    assert graph.node("h")["frames"] == 8
    assert graph.pairs("FEEDS_ON") == [("h", "m"), ("h", "n")]
    assert graph.pairs("STANDS_IN") == []  # it was not loaded, so a new one has none


async def test_add_all_and_another_session_take_it_too(db: Database) -> None:
    await settle(db)
    async with db.session() as s:
        hive = await s.get(Beehive, "h")
        s.delete(hive)
    async with db.session() as s:
        s.add_all([hive])
        await s.commit()
        await s.load(hive, "heaths")
        assert hive.heaths == []
    assert (await db.dump()).node("h")["frames"] == 7


async def test_merge_takes_it_too(db: Database) -> None:
    await settle(db)
    async with db.session() as s:
        hive = await s.get(Beehive, "h")
        s.delete(hive)
        await s.commit()
        assert s.merge(hive) is hive
    assert (await db.dump()).node("h")["frames"] == 7


async def test_one_that_was_never_read_is_refused(db: Database) -> None:
    await settle(db)
    async with db.session() as s:
        hive = s.reference(Beehive, "h")
        s.delete(hive)
        await s.commit()
        with pytest.raises(DetachedEntityError, match="deleted before its values were read"):
            s.add(hive)
        assert hive not in s


@pytest.mark.requires("supports_transactions")
@pytest.mark.parametrize("flushed", [False, True], ids=["staged", "flushed"])
async def test_rollback_restores_what_was_deleted_and_added_again(db: Database, flushed: bool) -> None:
    await settle(db)
    async with db.session() as s:
        hive = await s.get(Beehive, "h", fetch=["heaths", "orchard"])
        s.delete(hive)
        await s.flush()
        hive.frames = 9
        s.add(hive)
        if flushed:
            await s.flush()
        await s.rollback()
        assert hive in s
        assert await s.get(Beehive, "h") is hive
        assert hive.frames == 7
        await s.load(hive, "heaths")
        assert sorted(heath.id for heath in hive.heaths) == ["m", "n"]
        hive.frames = 8
    graph = await db.dump()
    assert graph.node("h")["frames"] == 8
    assert len(graph.pairs("FEEDS_ON")) == 2


@pytest.mark.requires("supports_transactions")
async def test_rollback_after_the_flush_of_a_deletion_restores_the_node(db: Database) -> None:
    await settle(db)
    async with db.session() as s:
        hive = await s.get(Beehive, "h", fetch=["heaths"])
        s.delete(hive)
        await s.flush()
        await s.rollback()
        assert hive in s
        hive.frames = 8
    assert (await db.dump()).node("h")["frames"] == 8
