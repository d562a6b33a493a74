"""A key that is set or changed between add() and the flush: the session finds each node by the key that it has."""

from __future__ import annotations

import pytest

from runic.ogm import ConstraintViolationError, Edge, Field, FieldValidationError, Node, Relation, select

from .harness import Database


class Berthing(Edge, type="BERTHED_AT"):
    """Told apart by its number."""

    number: str = Field(primary_key=True)


class Narrowboat(Node, labels=["Narrowboat"]):
    id: str
    load: int = 0
    wharves: list[Wharf] = Relation(relationship="BERTHED_AT", target="Wharf", edge_model=Berthing)


class Wharf(Node, labels=["Wharf"]):
    id: str = Field(primary_key=True, generated=True)


async def test_new_node_stands_under_the_key_that_it_was_given_last(db: Database) -> None:
    await db.save(Narrowboat(id="1", load=1))
    async with db.session() as s:
        boat = Narrowboat(id="1")
        s.add(boat)
        boat.id = "2"
        assert (await s.get(Narrowboat, "1")).load == 1
        await s.commit()
        stored = await s.get(Narrowboat, "1")
        assert (stored.id, stored.load) == ("1", 1)
        assert await s.get(Narrowboat, "2") is boat
        assert {one.id for one in await s.scalars(select(Narrowboat))} == {"1", "2"}


async def test_former_key_leads_to_nothing_after_the_flush(db: Database) -> None:
    async with db.session() as s:
        boat = Narrowboat(id="1")
        s.add(boat)
        boat.id = "2"
        await s.commit()
        assert await s.get(Narrowboat, "1") is None
        assert await s.get(Narrowboat, "2") is boat


async def test_merged_node_stands_under_the_key_that_it_was_given_last(db: Database) -> None:
    await db.save(Narrowboat(id="1", load=1), Narrowboat(id="2", load=2))
    async with db.session() as s:
        boat = s.merge(Narrowboat(id="1", load=3))
        boat.id = "2"
        await s.commit()
        assert (await s.get(Narrowboat, "1")).load == 1
        assert await s.get(Narrowboat, "2") is boat
    assert (await db.dump()).node("2")["load"] == 3


async def test_former_key_is_free_for_another(db: Database) -> None:
    async with db.session() as s:
        first, second = Narrowboat(id="1", load=1), Narrowboat(id="1", load=2)
        s.add(first)
        first.id = "2"
        s.add(second)
        await s.commit()
        assert await s.get(Narrowboat, "1") is second
        assert await s.get(Narrowboat, "2") is first


async def test_exchange_of_keys_before_the_flush(db: Database) -> None:
    async with db.session() as s:
        first, second = Narrowboat(id="1"), Narrowboat(id="2")
        s.add_all([first, second])
        first.id, second.id = second.id, first.id
        await s.commit()
        assert await s.get(Narrowboat, "2") is first
        assert await s.get(Narrowboat, "1") is second


async def test_key_that_another_has_is_refused(db: Database) -> None:
    async with db.session() as s:
        s.add_all([Narrowboat(id="1"), boat := Narrowboat(id="2")])
        boat.id = "1"
        with pytest.raises(ConstraintViolationError, match="in the session already"):
            await s.commit()
        boat.id = "3"
        await s.commit()
        assert await s.get(Narrowboat, "3") is boat
    assert (await db.dump()).keys("Narrowboat") == ["1", "3"]


async def test_former_key_is_free_after_rollback_and_expunge(db: Database) -> None:
    await db.save(Narrowboat(id="1", load=1), Narrowboat(id="3", load=3))
    async with db.session() as s:
        first, second = Narrowboat(id="1"), Narrowboat(id="3")
        s.add_all([first, second])
        first.id, second.id = "2", "4"
        s.expunge(first)
        await s.rollback()
        assert (await s.get(Narrowboat, "1")).load == 1
        assert (await s.get(Narrowboat, "3")).load == 3


async def test_refresh_after_a_changed_key_names_it(db: Database) -> None:
    await db.save(Narrowboat(id="1", load=1))
    async with db.session() as s:
        boat = await s.get(Narrowboat, "1")
        boat.id = "2"
        with pytest.raises(FieldValidationError, match=r"Narrowboat\.id: the key of a stored entity cannot change"):
            await s.refresh(boat)
        boat.id = "1"
        await s.refresh(boat)
        assert boat.load == 1


async def test_key_without_a_hash_is_refused(db: Database) -> None:
    wrong: object = [1]
    await db.save(Narrowboat(id="1"), Wharf(id="q"))
    async with db.session() as s:
        for stage in (s.add, s.merge, lambda boat: s.add_all([boat])):
            with pytest.raises(FieldValidationError, match=r"Narrowboat\.id"):
                stage(Narrowboat(id=wrong))  # type: ignore[arg-type]
        boat, wharf = await s.get(Narrowboat, "1"), await s.get(Wharf, "q")
        with pytest.raises(FieldValidationError, match=r"Berthing\.number"):
            await s.relate(boat, Narrowboat.wharves, wharf, edge=Berthing(number=wrong))  # type: ignore[arg-type]
        late = Narrowboat(id="2")
        s.add(late)
        late.id = wrong  # type: ignore[assignment]
        with pytest.raises(FieldValidationError, match=r"Narrowboat\.id"):
            await s.flush()
        await s.rollback()
        assert await s.get(Narrowboat, "2") is None
