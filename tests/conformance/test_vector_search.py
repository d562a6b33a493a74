"""Vector searches: where a statement begins, and goes on as any other."""

from __future__ import annotations

import math
from typing import Any

import pytest

from runic.ogm import (
    FieldValidationError,
    QueryError,
    Vector,
    score,
)

from .harness import Database
from .theatre import Author, Comedy, Play

vectors = pytest.mark.requires("supports_vector_index")


def place(x: float, y: float) -> Vector:
    return Vector([x, y])


async def seed_vectors(db: Database) -> None:
    await db.schema().create(Play, Comedy, Author)
    ann = Author(id="ann")
    plays = [
        Play(id="east", about=place(1, 0), place=place(0, 0), acts=1),
        Play(id="north", about=place(0, 2), place=place(0, 2), acts=2),
        Comedy(id="north-east", about=place(3, 3), place=place(3, 0), acts=3),
        Comedy(id="west", about=place(-1, 0), place=place(0, -4), acts=4),
        Play(id="nowhere"),
    ]
    ann.plays.append(plays[0])
    ann.plays.append(plays[2])
    await db.save(ann, *plays)


async def ids(query: Any) -> list[str]:
    return [found.id for found in await query.all()]


@vectors
async def test_nearest_by_angle_come_first(db: Database) -> None:
    await seed_vectors(db)
    async with db.session() as s:
        rows = await s.vector_search(Play, field=Play.about, vector=Vector([2, 0])).project("id", score()).all_rows()
        assert [row["id"] for row in rows] == ["east", "north-east", "north", "west"]
        expected = [1.0, (1 + math.sqrt(0.5)) / 2, 0.5, 0.0]
        assert [row["score"] for row in rows] == pytest.approx(expected, abs=1e-6)
        assert all(0 <= row["score"] <= 1 for row in rows)


@vectors
async def test_nearest_by_distance_come_first(db: Database) -> None:
    await seed_vectors(db)
    async with db.session() as s:
        rows = await s.vector_search(Play, "place", [0.0, 0.0], k=9).project("id", score()).all_rows()
        assert [row["id"] for row in rows] == ["east", "north", "north-east", "west"]
        assert [row["score"] for row in rows] == pytest.approx([1, 1 / 5, 1 / 10, 1 / 17], abs=1e-6)


@vectors
async def test_k_is_how_many_are_near(db: Database) -> None:
    await seed_vectors(db)
    async with db.session() as s:
        nearest = s.vector_search(Play, "about", [1, 0], k=2)
        assert await ids(nearest) == ["east", "north-east"]
        assert await ids(nearest.where(Play.acts > 1)) == ["north-east"]
        assert await ids(nearest.where(score() > 0.9)) == ["east"]
        assert await ids(nearest.order_by("id").limit(1)) == ["east"]
        assert await ids(nearest.limit(1)) == ["east"]
        assert await nearest.count() == 2
        assert (await nearest.first()).id == "east"


@vectors
async def test_nearest_of_a_subclass(db: Database) -> None:
    """The nearest of that class, though others are nearer."""
    await seed_vectors(db)
    async with db.session() as s:
        assert await ids(s.vector_search(Comedy, "about", [0, 1], k=1)) == ["north-east"]
        rows = await s.vector_search(Comedy, "place", [0, 0], k=5).project("id", score()).all_rows()
        assert [row["id"] for row in rows] == ["north-east", "west"]
        assert [row["score"] for row in rows] == pytest.approx([1 / 10, 1 / 17], abs=1e-6)
        assert await ids(s.vector_search(Comedy, "place", [0, 0], k=1).where(Comedy.acts == 4)) == []


@vectors
async def test_vector_search_goes_on(db: Database) -> None:
    await seed_vectors(db)
    async with db.session() as s:
        nearest = s.vector_search(Play, "about", [1, 0], k=3).alias("p")
        authors = nearest.traverse(Play.author).alias("a").return_nodes("p", "a")
        rows = await authors.all_rows()
        assert [(play.id, author and author.id) for play, author in rows] == [
            ("east", "ann"), ("north-east", "ann"), ("north", None),
        ]  # fmt: skip
        one = nearest.limit(1).traverse(Play.author, optional=False).alias("a").return_target("a")
        assert await ids(one) == ["ann"]
        others = nearest.traverse(Play.author, optional=False).alias("a").distinct().return_target("a")
        assert await ids(others) == ["ann"]
        [play] = await s.vector_search(Play, "about", [1, 0], k=1).fetch("author.plays").all()
        assert sorted(other.id for other in play.author.plays) == ["east", "north-east"]


@vectors
async def test_changed_and_deleted_vectors(db: Database) -> None:
    await seed_vectors(db)
    async with db.session() as s:
        (await s.get(Play, "east")).about = place(-1, -1)
        s.delete(await s.get(Play, "north-east"))
        (await s.get(Play, "nowhere")).about = place(5, 1)
    async with db.session() as s:
        assert await ids(s.vector_search(Play, "about", [1, 0])) == ["nowhere", "north", "east", "west"]
        (await s.get(Play, "nowhere")).about = None
    async with db.session() as s:
        assert await ids(s.vector_search(Play, "about", [1, 0], k=1)) == ["north"]


@vectors
async def test_entries_that_are_gone_take_no_place(db: Database) -> None:
    """Every change of a node may leave an entry behind in the index."""
    await seed_vectors(db)
    for step in range(30):
        async with db.session() as s:
            (await s.get(Play, "east")).about = place(9, step % 3)
            (await s.get(Play, "west")).acts = step
    async with db.session() as s:
        assert await ids(s.vector_search(Play, "about", [1, 0], k=2)) == ["east", "north-east"]
        [play] = await s.vector_search(Play, "about", [1, 0], k=1).fetch("author").all()
        assert play.author.id == "ann"
        assert len(await ids(s.vector_search(Play, "about", [1, 0], k=50))) == 4


@vectors
async def test_vector_of_another_length_is_refused(db: Database) -> None:
    await db.schema().create(Play)
    async with db.session() as s:
        with db.count() as statements:
            for wrong in ([1, 2, 3], [1], [], "ab", [1, "x"], [1, math.nan], 7):
                with pytest.raises(FieldValidationError, match=r"Play\.about"):
                    s.vector_search(Play, Play.about, wrong)
            with pytest.raises(FieldValidationError, match="direction"):
                s.vector_search(Play, Play.about, [0, 0])
            assert s.vector_search(Play, Play.place, [0, 0])
        assert len(statements) == 0
        with pytest.raises(FieldValidationError, match=r"Play\.about: expected a vector of 2 dimensions, got one of 3"):
            await db.save(Play(id="x", about=Vector([1, 2, 3])))
        with pytest.raises(FieldValidationError, match="direction"):
            await db.save(Play(id="x", about=Vector([0, 0])))


@vectors
async def test_vector_search_without_the_index_is_refused(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises(QueryError, match=r"vector index on \(:Play\) about .*create\(Play\)"):
            await s.vector_search(Play, "about", [1, 0]).all()


@vectors
@pytest.mark.parametrize("size", [1, 3])
async def test_keyset_pages_of_a_search(db: Database, size: int) -> None:
    """Scores have more digits than some replies carry."""
    await db.schema().create(Play)
    await db.save(*(Play(id=f"p{n}", title="T", about=place(0.1 + n / 7, 0.9 - n / 13)) for n in range(8)))
    async with db.session() as s:
        nearest = s.vector_search(Play, "about", [0.3, 0.7], k=8)
        found, cursor = list[str](), None
        for _ in range(9):
            page = await nearest.after(cursor, size)
            found += [play.id for play in page]
            cursor = page.cursor
            if cursor is None:
                break
        assert cursor is None
        assert found == await ids(nearest)
