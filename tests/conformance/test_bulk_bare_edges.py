"""Edges of rows that say nothing of properties are still whole edges of their class."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Edge, Field, FieldValidationError, Node, Relation
from runic.ogm.bulk import load_edges, load_edges_async

from .harness import Database


class LandingFee(Edge, type="FEE_BETWEEN"):
    cents: int


class LandingPassage(Edge, type="PASSES_TO"):
    flag: str = "blue"
    note: str | None = None
    made: list[str] = Field(default_factory=list)


class Landing(Node):
    id: str
    fees: list[Landing] = Relation(relationship="FEE_BETWEEN", edge_model=LandingFee)
    passages: list[Landing] = Relation(relationship="PASSES_TO", edge_model=LandingPassage)


PAIR = {"source": "a", "target": "b"}


async def load(db: Database, relation: Any, rows: list[dict[str, Any]]) -> int:
    if db.is_async:
        return await load_edges_async(db.driver, relation, rows)
    return load_edges(db.driver, relation, rows)


async def test_edge_without_a_required_field_is_refused(db: Database) -> None:
    await db.save(Landing(id="a"), Landing(id="b"))
    with pytest.raises(FieldValidationError, match=r"LandingFee.cents: there is no value.*\(row 1\)"):
        await load(db, Landing.fees, [PAIR])
    assert (await db.dump()).edges == []


async def test_new_edge_has_the_defaults_and_a_stored_one_keeps_its_own(db: Database) -> None:
    await db.save(Landing(id="a"), Landing(id="b"))
    await load(db, Landing.passages, [PAIR | {"flag": "red", "note": "old", "made": ["x"]}])
    assert await load(db, Landing.passages, [PAIR, {"source": "b", "target": "a"}]) == 2
    async with db.session() as s:
        ((stored, _),) = await s.edges(await s.get(Landing, "a"), "passages")
        ((new, _),) = await s.edges(await s.get(Landing, "b"), "passages")
        assert (stored.flag, stored.note, stored.made) == ("red", "old", ["x"])
        assert (new.flag, new.note, new.made) == ("blue", None, [])
