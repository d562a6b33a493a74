"""The endings that run a statement: scalars, scalar, one, count, exists, all_rows, all_with_edges, stream."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from runic.ogm import CardinalityError, EntityNotFoundError, select

from .harness import Database
from .models import Artist, Artwork, Gallery, Painting, Sculpture


async def seed(db: Database, size: int = 5) -> None:
    await db.save(*[Artist(id=f"a{i:03}", name=f"n{i}", born=i) for i in range(size)])


async def test_scalars_is_a_list(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        found = await s.scalars(select(Artist).order_by(Artist.id))
        assert isinstance(found, list)
        assert [artist.id for artist in found] == [f"a{i:03}" for i in range(5)]


async def test_scalar_is_the_first_or_none(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert (await s.scalar(select(Artist).order_by(Artist.id))).id == "a000"
        assert await s.scalar(select(Artist).where(Artist.id == "nobody")) is None


async def test_one_is_exactly_one(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert (await s.one(select(Artist).where(Artist.born == 3))).id == "a003"


async def test_one_of_several_raises(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with pytest.raises(CardinalityError, match="Artist"):
            await s.one(select(Artist))


async def test_one_of_none_raises(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises((CardinalityError, EntityNotFoundError), match="Artist"):
            await s.one(select(Artist))


async def test_count_counts(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await s.count(select(Artist)) == 5
        assert await s.count(select(Artist).where(Artist.born >= 3)) == 2
        assert await s.count(select(Gallery)) == 0


@pytest.mark.parametrize(
    ("skip", "limit", "expected"), [(0, 2, 2), (4, None, 1), (3, 10, 2), (9, None, 0), (0, 0, 0), (1, 2, 2)]
)
async def test_count_honours_skip_and_limit(db: Database, skip: int, limit: int | None, expected: int) -> None:
    """Rule 17."""
    await seed(db)
    statement = select(Artist).skip(skip)
    if limit is not None:
        statement = statement.limit(limit)
    async with db.session() as s:
        assert await s.count(statement) == expected
        assert len(await s.scalars(statement)) == expected


async def test_count_is_one_small_statement(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            await s.count(select(Artist))
        assert len(sent) == 1


async def test_exists_tells(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await s.exists(select(Artist).where(Artist.born == 4)) is True
        assert await s.exists(select(Artist).where(Artist.born == 9)) is False


async def test_all_rows_gives_projections(db: Database) -> None:
    """A row key is the field's name."""
    await seed(db, 2)
    async with db.session() as s:
        rows = await s.all_rows(select(Artist).order_by(Artist.id).project(Artist.id, Artist.born))
        assert [dict(row) for row in rows] == [{"id": "a000", "born": 0}, {"id": "a001", "born": 1}]


async def test_all_with_edges_without_a_class(db: Database) -> None:
    """A relation without an edge class has None, or an edge, in the middle."""
    await db.save(p := Painting(id="p", title="P"), Artist(id="a", name="A", works=[p]))
    async with db.session() as s:
        statement = (
            select(Artist)
            .alias("a")
            .traverse(Artist.works, edge_alias="e", optional=False)
            .alias("w")
            .return_nodes("a", "w")
            .return_edge("e")
        )
        [(artist, _, work)] = await s.all_with_edges(statement)
        assert (artist.id, work.id) == ("a", "p")


@pytest.mark.parametrize("batch", [1, 7, 100, 1000])
async def test_stream_gives_all_in_batches(db: Database, batch: int) -> None:
    await seed(db, 100)
    async with db.session() as s:
        found = [artist.id async for artist in s.stream(select(Artist).order_by(Artist.id), batch=batch)]
        assert found == [f"a{i:03}" for i in range(100)]


async def test_stream_gives_each_class(db: Database) -> None:
    """Rule 16."""
    await db.save(Painting(id="p", title="P"), Sculpture(id="c", title="C"))
    async with db.session() as s:
        assert {type(work) async for work in s.stream(select(Artwork))} == {Painting, Sculpture}


async def test_stream_can_be_left_early(db: Database) -> None:
    await seed(db, 50)
    async with db.session() as s:
        async with aclosing(s.stream(select(Artist).order_by(Artist.id), batch=10)) as stream:
            async for artist in stream:
                assert artist.id == "a000"
                break
        assert await s.count(select(Artist)) == 50


async def test_stream_of_nothing(db: Database) -> None:
    async with db.session() as s:
        assert [artist async for artist in s.stream(select(Artist))] == []


async def test_stream_honours_skip_and_limit(db: Database) -> None:
    await seed(db, 30)
    async with db.session() as s:
        statement = select(Artist).order_by(Artist.id).skip(5).limit(12)
        found = [artist.id async for artist in s.stream(statement, batch=5)]
        assert found == [f"a{i:03}" for i in range(5, 17)]


@pytest.mark.parametrize("batch", [0, -1, 1.5, "10", None, True])
async def test_stream_of_an_odd_batch_is_refused(db: Database, batch: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises((TypeError, ValueError), match="batch"):
            [artist async for artist in s.stream(select(Artist), batch=batch)]
        assert len(sent) == 0


@pytest.mark.parametrize("statement", ["MATCH (n) RETURN n", None, Artist, 1], ids=str)
@pytest.mark.parametrize("ending", ["scalars", "scalar", "one", "count", "exists", "all_rows", "all_with_edges"])
async def test_no_statement_is_refused(db: Database, ending: str, statement: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises(TypeError):
            await getattr(s, ending)(statement)
        assert len(sent) == 0


async def test_bound_query_has_the_endings(db: Database) -> None:
    """`query(cls)` is a select bound to the session."""
    await seed(db)
    async with db.session() as s:
        query = s.query(Artist).where(Artist.born >= 1).order_by(Artist.id)
        assert [artist.id for artist in await query.all()] == ["a001", "a002", "a003", "a004"]
        assert (await query.first()).id == "a001"
        assert (await query.limit(1).one()).id == "a001"
        assert await query.count() == 4
        assert await query.where(Artist.born > 9).first() is None


async def test_bound_query_is_immutable(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        base = s.query(Artist)
        narrow = base.where(Artist.born == 1)
        assert await base.count() == 5
        assert await narrow.count() == 1
