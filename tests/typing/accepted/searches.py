"""Searches and the schema: what they take and give."""

from __future__ import annotations

from typing import Any, assert_type

from runic.ogm import (
    AsyncQuery,
    AsyncSchemaManager,
    AsyncSession,
    Edge,
    Field,
    Node,
    Property,
    Query,
    SchemaManager,
    SchemaPlan,
    Session,
    Vector,
    desc,
    score,
)


class Track(Node, unique_together=[("album", "number")]):
    id: str
    album: str
    number: int
    words: str | None = Field(default=None, index_type="FULLTEXT")
    sound: Vector | None = Field(default=None, index_type="VECTOR", dimensions=3)


class Precise(Node):
    id: Property[str]
    words: Property[str] = Property(default="", index_type="FULLTEXT")
    sound: Property[Vector | None] = Property(default=None, index_type="VECTOR", dimensions=3)


class Play(Edge, type="PLAYED", unique_together=(("day", "hour"),)):
    day: int
    hour: int


def search(session: Session) -> None:
    assert_type(session.fulltext_search(Track, query="rain"), Query[Track])
    assert_type(session.fulltext_search(Track, "rain", fields=[Track.words, "words"], raw=True).all(), list[Track])
    assert_type(session.fulltext_search(Precise, "rain", [Precise.words]).first(), Precise | None)
    assert_type(session.vector_search(Track, field=Track.sound, vector=Vector([1, 2, 3]), k=5).one(), Track)
    assert_type(session.vector_search(Precise, Precise.sound, [1.0, 2, 3]), Query[Precise])
    near = session.vector_search(Track, "sound", [1, 2, 3]).where(score() > 0.5).order_by(desc(score()), "number")
    assert_type(near.limit(3).count(), int)
    assert_type(near.project("id", score().as_("fit")).all_rows(), list[Any])


async def search_async(session: AsyncSession) -> None:
    assert_type(session.fulltext_search(Track, query="rain"), AsyncQuery[Track])
    assert_type(await session.vector_search(Track, "sound", [1, 2, 3]).all(), list[Track])


def schema(manager: SchemaManager) -> None:
    manager.create(Track, Play)
    plan = manager.diff()
    assert_type(plan, SchemaPlan)
    assert_type([item.label for item in plan.missing], list[str])
    assert_type(manager.sync(Track, drop_extra=True), SchemaPlan)
    assert_type(manager.validate(), SchemaPlan)
    manager.drop()


async def schema_async(manager: AsyncSchemaManager) -> None:
    await manager.create(Track)
    assert_type(await manager.diff(Track), SchemaPlan)
