"""A key that is a set or a tuple, which databases hold as a list, finds what its node is related to."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Field, Node, Relation, select

from .harness import Database


class Triad(Node, labels=["SvlTriad"]):
    tones: frozenset[int] = Field(primary_key=True)
    next: list[Triad] = Relation(relationship="SVL_NEXT")


class Stanza(Node, labels=["SvlStanza"]):
    words: tuple[str, ...] = Field(primary_key=True)
    next: list[Stanza] = Relation(relationship="SVL_THEN")


KINDS: list[tuple[Any, Any]] = [
    (Triad, [frozenset({3, 1}), frozenset({1, 5}), frozenset({9})]),
    (Stanza, [("o", "a"), ("a", "o"), ("x",)]),
]


@pytest.mark.parametrize(("cls", "keys"), KINDS, ids=["set", "tuple"])
async def test_relations(db: Database, cls: Any, keys: list[Any]) -> None:
    name = cls.__meta__.key.name
    nodes = [cls(**{name: key}) for key in keys]
    nodes[0].next, nodes[1].next = nodes[1:], nodes[2:]
    await db.save(*nodes)
    wanted = {keys[0]: {*keys[1:]}, keys[1]: {keys[2]}, keys[2]: set()}

    def shown(found: list[Any]) -> dict[Any, set[Any]]:
        return {getattr(one, name): {getattr(target, name) for target in one.next} for one in found}

    async with db.session() as s:
        assert shown(await s.get_many(cls, keys, fetch=["next"])) == wanted
    async with db.session() as s:
        found = await s.get_many(cls, [*keys, keys[0]])
        await s.load(found, "next.next")
        assert shown(found) == wanted
    async with db.session() as s:
        one = await s.get(cls, keys[1])
        await s.refresh(one, fetch=["next"])
        assert shown([one]) == {keys[1]: wanted[keys[1]]}
        assert [target for _, target in await s.edges(one, "next")] == one.next
    async with db.session() as s:
        assert shown(await s.scalars(select(cls).fetch("next"))) == wanted


@pytest.mark.sync_only
async def test_on_access(db: Database) -> None:
    nodes = [Triad(tones=frozenset({1})), Triad(tones=frozenset({2, 4}))]
    nodes[0].next, nodes[1].next = nodes, nodes[:1]
    await db.save(*nodes)
    async with db.session() as s:
        found = await s.scalars(select(Triad))
        assert sorted(len(one.next) for one in found) == [1, 2]
