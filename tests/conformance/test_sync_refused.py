"""A sync() that stored data make impossible leaves the schema that was there."""

from __future__ import annotations

import pytest

from runic.ogm import ConstraintViolationError, Field, Node
from runic.ogm.cypher.ddl import SchemaItem

from .harness import Database


class SyncBadge(Node, labels=["SyncBadge"]):
    id: str
    code: str | None = Field(default=None, unique=True)


@pytest.mark.requires("supports_constraints")
async def test_index_that_a_constraint_cannot_replace_stays(db: Database) -> None:
    index = SchemaItem("index", "node", "SyncBadge", ("code",))
    for statement in [*db.dialect.ddl_class(SyncBadge.__meta__), *db.dialect.ddl_make(index)]:
        reply = db.driver.execute(statement)
        if db.is_async:
            await reply
    await db.save(*(SyncBadge(id=name, code="same") for name in "ab"))
    before = await db.schema().diff(SyncBadge)
    with pytest.raises(ConstraintViolationError, match=r"SyncBadge.*2 nodes have code='same'"):
        await db.schema().sync(SyncBadge)
    after = await db.schema().diff(SyncBadge)
    found = {item for _, item in after.different}
    assert found == {item for _, item in before.different}
    assert index in found or not db.dialect.constraint_replaces_index
