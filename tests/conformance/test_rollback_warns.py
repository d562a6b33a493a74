"""A rollback where a database has no transactions: it says what stays."""

from __future__ import annotations

import pytest

from runic.ogm import Node, RollbackWarning, select

from .harness import Database


class Logbook(Node, labels=["Logbook"]):
    id: str
    pages: int = 1


async def written(db: Database) -> int:
    return (await db.dump()).node("l")["pages"]


@pytest.mark.parametrize("how", ["statement", "cypher"])
async def test_statements_that_wrote_by_themselves_are_told(db: Database, how: str) -> None:
    await db.save(Logbook(id="l"))
    async with db.session() as s:
        if how == "statement":
            await s.execute(select(Logbook).update(pages=2))
        else:
            await s.execute("MATCH (n:Logbook) SET n.pages = 2", write=True)
        if db.dialect.supports_transactions:
            await s.rollback()
        else:
            with pytest.warns(RollbackWarning, match=r"stays \(statements that wrote: 1\)"):
                await s.rollback()
        await s.rollback()
    assert await written(db) == (1 if db.dialect.supports_transactions else 2)


async def test_what_was_committed_or_only_read_is_not_told(db: Database) -> None:
    await db.save(Logbook(id="l"))
    async with db.session() as s:
        await s.execute(select(Logbook).update(pages=2))
        await s.commit()
        await s.execute("MATCH (n:Logbook) RETURN n.pages AS pages")
        await s.rollback()
    assert await written(db) == 2
