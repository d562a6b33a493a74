"""Relations of merged nodes: what is given is added to what is stored, and what is stored is never taken for gone."""

from __future__ import annotations

import pytest

from runic.ogm import Node, Relation

from .harness import Database


class Troupe(Node, labels=["Troupe"]):
    id: str
    size: int = 0
    dancers: list[Dancer] = Relation(relationship="DANCES_WITH", target="Dancer")
    patron: Dancer | None = Relation(relationship="PATRON_IS", target="Dancer")


class Dancer(Node, labels=["Dancer"]):
    id: str


async def stage(db: Database) -> None:
    dancers = [Dancer(id="a"), Dancer(id="b")]
    await db.save(*dancers, Troupe(id="t", dancers=dancers, patron=dancers[0]))


async def test_merged_collection_is_the_whole_one_when_it_is_read(db: Database) -> None:
    await stage(db)
    async with db.session() as s:
        troupe = s.merge(Troupe(id="t", dancers=[s.reference(Dancer, "b")]))
        await s.commit()
        await s.load(troupe, "dancers")
        assert sorted(dancer.id for dancer in troupe.dancers) == ["a", "b"]


async def test_merged_collection_that_is_emptied_loses_all(db: Database) -> None:
    await stage(db)
    async with db.session() as s:
        troupe = s.merge(Troupe(id="t", dancers=[s.reference(Dancer, "b")]))
        await s.commit()
        troupe.dancers = []
    assert (await db.dump()).pairs("DANCES_WITH") == []


@pytest.mark.parametrize("given", [{}, {"dancers": [], "patron": None}], ids=["left out", "empty"])
async def test_relations_that_were_given_empty_are_still_stored(db: Database, given: dict[str, object]) -> None:
    await stage(db)
    async with db.session() as s:
        troupe = s.merge(Troupe(id="t", **given))  # type: ignore[arg-type]
        await s.commit()
        await s.load(troupe, "dancers", "patron")
        assert sorted(dancer.id for dancer in troupe.dancers) == ["a", "b"]
        assert troupe.patron.id == "a"


async def test_single_relation_that_was_given_is_known(db: Database) -> None:
    """It leads to nothing else: merge() replaces it."""
    await stage(db)
    async with db.session() as s:
        other = await s.get(Dancer, "b")
        troupe = s.merge(Troupe(id="t", patron=other))
        await s.commit()
        assert troupe.patron is other
        troupe.patron = None
    assert (await db.dump()).pairs("PATRON_IS") == []


@pytest.mark.requires("supports_transactions")
async def test_rollback_leaves_a_merged_node_what_it_was_given(db: Database) -> None:
    await stage(db)
    async with db.session() as s:
        dancer = await s.get(Dancer, "b")
        troupe = s.merge(Troupe(id="u", dancers=[dancer]))
        await s.flush()
        await s.rollback()
        assert troupe not in s
        assert troupe.dancers == [dancer]
