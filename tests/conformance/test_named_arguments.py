"""Wrong arguments of reads and of repositories are refused by their names, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import AsyncRepository, Field, Node, Relation, Repository

from .harness import Database


class Satchel(Node, labels=["NamSatchel"]):
    id: str = Field(primary_key=True)
    inside: list[Satchel] = Relation(relationship="NAM_INSIDE")
    under: Satchel | None = Relation(relationship="NAM_UNDER")

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize("entities", [None, 5, "ab", b"ab"], ids=repr)
async def test_entities_to_load(db: Database, entities: object) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises(TypeError, match="entities must be a list of nodes"):
            await s.load(entities, "inside")
        assert len(sent) == 0


@pytest.mark.parametrize("keys", ["ab", b"ab", ""], ids=repr)
async def test_keys_in_a_text(db: Database, keys: object) -> None:
    async with db.session() as s:
        repo = db.repository(s, Satchel)
        for read in (lambda: s.get_many(Satchel, keys), lambda: repo.find_all_by_ids(keys)):
            with db.count() as sent, pytest.raises(TypeError, match="keys must be a list of keys"):
                await read()
            assert len(sent) == 0


@pytest.mark.parametrize("fetch", ["inside", b"inside", None, 5], ids=repr)
async def test_fetch_of_a_repository(db: Database, fetch: object) -> None:
    async with db.session() as s:
        repo = db.repository(s, Satchel)
        for read in (
            lambda: repo.get("a", fetch=fetch),
            lambda: repo.find_all_by_ids(["a"], fetch=fetch),
            lambda: repo.find_all(fetch=fetch),
            lambda: repo.find_by(id="a", fetch=fetch),
            lambda: repo.find_one_by(fetch=fetch),
        ):
            with db.count() as sent, pytest.raises(TypeError, match="fetch takes a list of relation names"):
                await read()
            assert len(sent) == 0


async def test_fetch_of_one_attribute(db: Database) -> None:
    """As `get` takes it."""
    await db.save(Satchel(id="a", inside=[]))
    async with db.session() as s:
        repo = db.repository(s, Satchel)
        for read in (repo.find_all, repo.find_by):
            assert [one.inside for one in await read(fetch=Satchel.inside)] == [[]]
            assert [one.inside for one in await read(fetch=iter(["inside", Satchel.under]))] == [[]]


@pytest.mark.parametrize("session", [None, 5, Satchel, "bolt://"], ids=repr)
@pytest.mark.parametrize("kind", [Repository, AsyncRepository], ids=lambda kind: kind.__name__)
def test_session_of_a_repository(kind: Any, session: object) -> None:
    for arguments in ((session, Satchel), (session, None), (session,)):
        with pytest.raises(TypeError, match=r"session must be an? (Async)?Session, not"):
            kind(*arguments)


async def test_related_node_that_is_false(db: Database) -> None:
    """A class may say how long its entities are."""
    below = Satchel(id="b")
    await db.save(below, Satchel(id="a", under=below, inside=[below]))
    async with db.session() as s:
        found = await s.get(Satchel, "a", fetch=["under.under", "inside"])
        assert found.to_dict("under", "inside") == {"id": "a", "under": {"id": "b"}, "inside": [{"id": "b"}]}
        assert found.under.to_dict("under") == {"id": "b", "under": None}
