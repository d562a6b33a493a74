"""What is stored and does not fit is told alike by raw Cypher and by statements."""

from __future__ import annotations

from uuid import UUID

import pytest

from runic.ogm import FieldValidationError, Node, select

from .harness import Database


class Misfit(Node, labels=["Misfit"]):
    id: UUID
    weight: int = 0


async def test_key_that_does_not_fit_is_a_named_error(db: Database) -> None:
    await db.save(Misfit(id=UUID(int=1)))
    await db.execute("MATCH (n:Misfit) SET n.id = 'no id'")
    async with db.session() as s:
        with pytest.raises(FieldValidationError, match=r"Misfit\.id: the database holds 'no id'"):
            await s.scalars(select(Misfit))
        with pytest.raises(FieldValidationError, match=r"Misfit\.id: the database holds 'no id'"):
            await db.repository(s, Misfit).cypher("MATCH (n:Misfit) RETURN n")
