"""`order_by`, `skip`, `limit`, and that a statement never changes."""

from __future__ import annotations

import threading

import pytest

from runic.ogm import OGMError, QueryError, Session, desc, ref, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Painting, Showing, Station


async def seed(db: Database) -> None:
    await db.save(*[Artist(id=f"a{i}", name="xy"[i % 2], born=i) for i in range(6)])


async def ids(s, statement) -> list[str]:  # noqa: ANN001 - a session of either mode
    return [artist.id for artist in await s.scalars(statement)]


async def test_order_ascends(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await ids(s, select(Artist).order_by(Artist.born)) == [f"a{i}" for i in range(6)]


async def test_order_descends(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        expected = [f"a{i}" for i in range(5, -1, -1)]
        assert await ids(s, select(Artist).order_by(Artist.born, desc=True)) == expected
        assert await ids(s, select(Artist).order_by(desc(Artist.born))) == expected


async def test_order_by_two_keys(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).order_by(Artist.name).order_by(Artist.born, desc=True)
        assert await ids(s, statement) == ["a4", "a2", "a0", "a5", "a3", "a1"]


async def test_skip_and_limit_page(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        ordered = select(Artist).order_by(Artist.id)
        assert await ids(s, ordered.limit(2)) == ["a0", "a1"]
        assert await ids(s, ordered.skip(4)) == ["a4", "a5"]
        assert await ids(s, ordered.skip(1).limit(2)) == ["a1", "a2"]
        assert await ids(s, ordered.limit(0)) == []
        assert await ids(s, ordered.skip(99)) == []


async def test_limit_beyond_the_rows_of_an_optional_step(db: Database) -> None:
    """No row comes twice, in any order."""
    works = [Artwork(id=f"w{i}", title="x") for i in range(2)]
    await db.save(*works, Artist(id="a", name="A", works=works), Artist(id="b", name="B"))
    async with db.session() as s:
        statement = select(Artist).alias("a").traverse("works").alias("w").limit(9)
        assert sorted(artist.id for artist in await s.scalars(statement)) == ["a", "a", "b"]
        assert await s.count(statement) == 3
        assert await s.count(statement.skip(1)) == 2
        assert len(await s.all_with_edges(statement)) == 3
        assert len(await s.all_rows(statement.project(ref("w", Artwork.id).as_("w")))) == 3
        assert await s.count(statement.traverse("teacher", on="a")) == 3


async def test_order_by_a_property_of_the_step(db: Database) -> None:
    works = [Painting(id=f"p{i}", title=t) for i, t in enumerate("bca")]
    await db.save(*works, *[Artist(id=f"a{i}", name="n", works=[work]) for i, work in enumerate(works)])
    async with db.session() as s:
        statement = select(Artist).traverse(Artist.works, optional=False).alias("w").order_by(Artwork.title)
        assert await ids(s, statement) == ["a2", "a0", "a1"]


async def test_order_by_an_edge_property(db: Database) -> None:
    """Demand 16, in a query."""
    async with db.session() as s:
        x, works = Exhibition(id="x", title="X"), [Painting(id=f"p{i}", title="t") for i in range(3)]
        s.add_all([x, *works])
        for work, position in zip(works, (2, 0, 1), strict=True):
            await s.relate(x, Exhibition.works, work, edge=Showing(room="r", position=position))
        statement = (
            select(Exhibition)
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .return_nodes("x", "w")
            .return_edge("e")
            .order_by(Showing.position)
        )
        assert [work.id for _, _, work in await s.all_with_edges(statement)] == ["p1", "p2", "p0"]


@pytest.mark.parametrize("limit", [None, 2])
async def test_order_by_an_edge_that_is_not_returned(db: Database, limit: int | None) -> None:
    async with db.session() as s:
        x, works = Exhibition(id="x", title="X"), [Painting(id=f"p{i}", title="t") for i in range(3)]
        s.add_all([x, *works])
        for work, position in zip(works, (2, 0, 1), strict=True):
            await s.relate(x, Exhibition.works, work, edge=Showing(room="r", position=position))
        shown = select(Exhibition).traverse(Exhibition.works, edge_alias="e", optional=False).alias("w")
        statement = shown.order_by(ref("e", Showing.position)).return_target("w")
        statement = statement if limit is None else statement.limit(limit)
        expected = ["p1", "p2", "p0"][:limit]
        assert [work.id for work in await s.scalars(statement)] == expected
        assert [work.id for work in await s.scalars(statement.fetch(Artwork.artist))] == expected
        assert [row["id"] for row in await s.all_rows(statement.project(ref("w", Artwork.id)))] == expected


ODD = [-1, 1.0, 1.5, "1", None, True, False, 2**63, float("nan"), float("inf"), [1], b"1"]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("method", ["limit", "skip"])
def test_odd_bounds_are_refused(method: str, value: object) -> None:
    """Whole numbers that are not negative, nothing else."""
    with pytest.raises((TypeError, ValueError, QueryError), match=method):
        getattr(select(Artist), method)(value)


@pytest.mark.parametrize("key", ["n.born DESC", "born", None, 1, Artist.works], ids=repr)
async def test_odd_order_is_refused_or_a_field(db: Database, key: object) -> None:
    """A field, or its name; never text that reaches the statement."""
    await seed(db)
    async with db.session() as s:
        try:
            with db.count() as sent:
                found = await ids(s, select(Artist).order_by(key))
        except (OGMError, TypeError, ValueError):
            assert len(sent) == 0
        else:
            assert key == "born"
            assert found == [f"a{i}" for i in range(6)]


async def test_order_by_another_class_is_refused(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError):
            await s.scalars(select(Artist).order_by(Station.zone))
        assert len(sent) == 0


async def test_shared_statement_never_changes(db: Database) -> None:
    """Extended twice, each extension has its own part alone."""
    await seed(db)
    base = select(Artist).where(Artist.born >= 1)
    low, high = base.where(Artist.born <= 2), base.where(Artist.born >= 4)
    async with db.session() as s:
        assert await ids(s, low.order_by(Artist.id)) == ["a1", "a2"]
        assert await ids(s, high.order_by(Artist.id)) == ["a4", "a5"]
        assert await s.count(base) == 5


@pytest.mark.parametrize(
    "extend",
    [
        lambda q: q.where(Artist.id == "a0"),
        lambda q: q.alias("z"),
        lambda q: q.traverse(Artist.works),
        lambda q: q.order_by(Artist.id),
        lambda q: q.skip(1),
        lambda q: q.limit(1),
    ],
    ids=["where", "alias", "traverse", "order_by", "skip", "limit"],
)
def test_each_method_returns_another(extend) -> None:  # noqa: ANN001 - a function of a Select
    """The text of the first stays what it was."""
    base = select(Artist)
    before = base.build()
    extended = extend(base)
    assert extended is not base
    assert base.build() == before


async def test_running_changes_nothing(db: Database) -> None:
    await seed(db)
    statement = select(Artist).order_by(Artist.id).limit(3)
    before = statement.build(db.dialect)
    async with db.session() as s:
        await s.count(statement)
        await s.exists(statement)
        await s.scalar(statement)
        assert await ids(s, statement) == ["a0", "a1", "a2"]
    assert statement.build(db.dialect) == before


@pytest.mark.sync_only
async def test_shared_by_threads(db: Database) -> None:
    await seed(db)
    base, results = select(Artist).order_by(Artist.id), {}

    def work(i: int) -> None:
        with Session(db.driver) as session:
            results[i] = [a.id for a in session.scalars(base.where(Artist.born == i))]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {i: [f"a{i}"] for i in range(6)}


async def test_values_are_parameters(db: Database) -> None:
    """Nothing that a caller passes is in the text."""
    text, parameters = select(Artist).where(Artist.name == "very-unusual").build(db.dialect)
    assert "very-unusual" not in text
    assert "very-unusual" in str(parameters)
