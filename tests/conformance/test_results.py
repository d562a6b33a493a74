"""The endings that run a statement: scalars, scalar, one, count, exists, all_rows, all_with_edges, stream."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest

from runic.ogm import CardinalityError, EntityNotFoundError, Field, Node, QueryError, count, select

from .harness import Database
from .models import Artist, Artwork, Gallery, Painting, Sculpture


class Tick(Node, labels=["Tick"]):
    id: int = Field(primary_key=True)


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


@pytest.mark.parametrize("descending", [False, True])
async def test_stream_repeats_and_misses_nothing_that_was_there_all_the_time(db: Database, descending: bool) -> None:
    """Whatever is removed before the place that it came to, or added there, and whatever changes."""
    await seed(db, 40)
    order = Artist.id.desc() if descending else Artist.id
    statements = [select(Artist).order_by(order), select(Artist).where(Artist.born >= 0).order_by(order)]
    if db.dialect.scans_by_id or db.dialect.orders_by_index:
        statements.append(select(Artist))
    for turn, statement in enumerate(statements):
        seen = list[str]()
        async with db.session() as s, aclosing(s.stream(statement, batch=10)) as stream:
            async for artist in stream:
                seen.append(artist.id)
                if len(seen) in (10, 20):
                    await disturb(db, seen[-4:-2], f"{turn}-{len(seen)}")
        there = [name for name in seen if name.startswith("a0")]
        assert len(there) == len(set(there))
        async with db.session() as s:
            left = {artist.id for artist in await s.scalars(select(Artist).where(Artist.id.startswith("a0")))}
        assert left
        assert left <= set(there)


async def disturb(db: Database, seen: list[str], name: str) -> None:
    """Delete some that were seen, change all that are there, and add some at either end."""
    async with db.session() as s:
        for key in seen:
            s.delete(await s.get(Artist, key))
        for artist in await s.scalars(select(Artist)):
            artist.born = (artist.born or 0) + 1000
        s.add_all([Artist(id=f"{end}{name}-{i}", name="N") for end in "Az" for i in range(3)])


@pytest.mark.parametrize("statement", [select(Artist), select(Artist).order_by(Artist.id)], ids=["plain", "ordered"])
async def test_stream_sends_a_statement_a_batch(db: Database, statement: Any) -> None:
    """None skips what was read where a place leads on, and none is sent once a batch was not full."""
    await seed(db, 25)
    async with db.session() as s:
        with db.count() as sent:
            assert len([artist async for artist in s.stream(statement, batch=10)]) == 25
        texts = [event.text for event in sent if "RETURN" in event.text]
        assert len(texts) == 3
        by_place = statement.selection.stage.order or db.dialect.scans_by_id or db.dialect.orders_by_index
        assert any("SKIP" in text for text in texts) is not bool(by_place)


async def test_stream_without_an_order_honours_skip_and_limit(db: Database) -> None:
    await seed(db, 30)
    async with db.session() as s:
        for filters in ((), (Artist.born >= 0,)):
            statement = select(Artist).where(*filters).skip(5).limit(12)
            found = [artist.id async for artist in s.stream(statement, batch=5)]
            assert len(set(found)) == len(found) == 12


@pytest.mark.parametrize("batch", [1, 2, 4])
async def test_stream_of_integer_keys_however_far_apart(db: Database, batch: int) -> None:
    """FalkorDB orders integers by subtracting, so that the far ones have no order to be streamed in."""
    keys = [-(2**63) + 1, -(2**62), 0, 2**53, 2**53 + 1, 2**62, 2**63 - 1]
    await db.save(*[Tick(id=key) for key in keys])
    async with db.session() as s:
        for statement in (select(Tick), select(Tick).order_by(Tick.id))[: 1 + db.dialect.compares_all_integers]:
            assert sorted([tick.id async for tick in s.stream(statement, batch=batch)]) == keys


async def test_stream_loads_what_is_fetched(db: Database) -> None:
    works = [Painting(id=f"p{i}", title="P") for i in range(12)]
    await db.save(*works, *[Artist(id=f"a{i}", name="N", works=[work]) for i, work in enumerate(works)])
    async with db.session() as s:
        for filters in ((), (Artist.name == "N",)):
            found = [artist async for artist in s.stream(select(Artist).where(*filters).fetch(Artist.works), batch=5)]
            with db.count() as sent:
                assert {(a.id, work.id) for a in found for work in a.works} == {(f"a{i}", f"p{i}") for i in range(12)}
            assert len(sent) == 0


async def test_stream_by_another_order_gives_it(db: Database) -> None:
    """Results with an order of their own, and such as are no nodes of one class, are skipped through."""
    await seed(db, 30)
    async with db.session() as s:
        found = [a.id async for a in s.stream(select(Artist).order_by(Artist.born.desc(), Artist.id), batch=7)]
        assert found == [f"a{i:03}" for i in reversed(range(30))]
        both = select(Artist).where(Artist.born < 5).union(select(Artist).where(Artist.born >= 25))
        assert {a.id async for a in s.stream(both, batch=100)} == {f"a{i:03}" for i in [*range(5), *range(25, 30)]}


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


@pytest.mark.parametrize("ending", ["scalars", "scalar", "one", "all_with_edges"])
async def test_rows_of_values_are_no_entities(db: Database, ending: str) -> None:
    """What a projection leaves out, or a condition on its rows, would be overlooked."""
    await seed(db)
    async with db.session() as s:
        for rows in (select(Artist).project("name"), select(Artist).aggregate(count().as_("n"), group_by=Artist.name)):
            with pytest.raises(QueryError, match="all_rows"):
                await getattr(s, ending)(rows)


async def test_aggregate_over_nothing_is_a_row(db: Database) -> None:
    async with db.session() as s:
        statement = select(Artist).aggregate(count().as_("n"))
        assert (await s.count(statement), await s.exists(statement)) == (1, True)
        assert await s.exists(select(Artist).aggregate(count().as_("n"), group_by=Artist.name)) is False


@pytest.mark.parametrize("batch", [1, 3, 4, 7])
async def test_stream_goes_on_where_it_was_among_equals(db: Database, batch: int) -> None:
    """An order in which many are alike, or none at all over steps: each row comes once, whatever the batches."""
    galleries = [Gallery(id=f"g{i}", name="G") for i in range(3)]
    artists = [Artist(id=f"a{i:02}", name="xy"[i % 2], gallery=galleries[i % 3]) for i in range(20)]
    await db.save(*galleries, *artists)
    async with db.session() as s:
        alike = [artist.id async for artist in s.stream(select(Artist).order_by("name"), batch)]
        assert sorted(alike[:10]) == [f"a{i:02}" for i in range(0, 20, 2)]
        assert sorted(alike) == [artist.id for artist in artists]
        steps = select(Gallery).traverse("artists").alias("a")
        ends = [artist.id async for artist in s.stream(steps.return_target("a"), batch)]
        assert sorted(ends) == [artist.id for artist in artists]
        pairs = [row async for row in s.stream(select(Gallery, Artist).traverse("artists"), batch)]
        assert sorted((gallery.id, artist.id) for gallery, artist in pairs) == sorted(
            (artist.gallery.id, artist.id) for artist in artists
        )


@pytest.mark.parametrize("batch", [1, 2, 10])
async def test_stream_of_what_may_be_missing_goes_on_behind_it(db: Database, batch: int) -> None:
    """What an optional step did not find is None also where something is fetched, and ends no stream."""
    galleries = [Gallery(id=f"g{i}", name="G") for i in range(3)]
    homeless = [Artist(id=f"a{i}", name="A") for i in range(2)]
    await db.save(*galleries, *homeless, *(Artist(id=f"b{i}", name="B", gallery=galleries[i]) for i in range(3)))
    async with db.session() as s:
        homes = select(Artist).alias("r").order_by("id").traverse("gallery").alias("g").return_target("g")
        found = [gallery async for gallery in s.stream(homes.fetch("artists"), batch=batch)]
        assert found[:2] == [None, None]
        assert [(gallery.id, [artist.id for artist in gallery.artists]) for gallery in found[2:]] == [
            (f"g{i}", [f"b{i}"]) for i in range(3)
        ]
        assert [one and one.id for one in await s.scalars(homes.fetch("artists"))] == [None, None, "g0", "g1", "g2"]
        assert await s.count(homes.fetch("artists")) == 5
        assert [one and one.id async for one in s.stream(homes, batch=batch)] == [None, None, "g0", "g1", "g2"]
