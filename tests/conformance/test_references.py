"""Section 3: self-joins by `ref`, named values in `with_`, and conditions on rows that were made of others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from runic.ogm import QueryError, avg, col, collect, count, desc, exists, max_, min_, ref, select, sum_
from runic.ogm.query.related import count_related

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Painting, Showing


async def seed(db: Database) -> None:
    """a of 1400 taught b of 1390 and c of 1420; b has three works, c one; x shows p0 twice as far back as p1."""
    async with db.session() as s:
        works = [Painting(id=f"p{i}", title="tt uu"[i : i + 1] or "t", year=1500 + i) for i in range(4)]
        a, b = Artist(id="a", name="A", born=1400), Artist(id="b", name="B", born=1390, works=works[:3])
        c = Artist(id="c", name="B", born=1420, works=works[3:], gallery=Gallery(id="g", name="B"))
        b.teacher = c.teacher = a
        x, y = Exhibition(id="x", title="X"), Exhibition(id="y", title="Y")
        s.add_all([*works, a, b, c, c.gallery, x, y])
        for show, work, room, position in ((x, 0, "red", 1), (x, 1, "red", 5), (y, 0, "blue", 9), (y, 3, "red", 2)):
            await s.relate(show, Exhibition.works, works[work], edge=Showing(room=room, position=position))


def ids(found: list[Any]) -> list[str]:
    return [entity.id for entity in found]


def pupils() -> Any:
    return select(Artist).alias("t").traverse("pupils", optional=False).alias("p").return_target("p").order_by("id")


SELF_JOINS: dict[str, tuple[Any, list[str]]] = {
    "younger": (lambda: pupils().where(ref("p", Artist.born) > ref("t", Artist.born)), ["c"]),
    "older by ten": (lambda: pupils().where(ref("p", Artist.born) == ref("t", Artist.born) - 10), ["b"]),
    "one side by the step": (lambda: pupils().where(Artist.born < ref("t", Artist.born)), ["b"]),
    "both in an or": (
        lambda: pupils().where((ref("t", Artist.born) < 1300) | (ref("p", Artist.born) == 1420)),
        ["c"],
    ),
    "of one step alone": (lambda: pupils().where(ref("t", Artist.name) == "A", Artist.born > 1400), ["c"]),
    "none": (lambda: pupils().where(ref("t", Artist.name) == "B"), []),
    "within exists": (
        lambda: select(Artist).alias("q").where(exists(Artist.pupils, Artist.born > ref("q", Artist.born))),
        ["a"],
    ),
    "two classes": (
        lambda: (
            select(Artist).alias("q").traverse("gallery", optional=False).alias("g")
            .where(Gallery.name == ref("q", Artist.name))
        ),
        ["c"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(SELF_JOINS))
async def test_reference_speaks_of_its_step(db: Database, case: str) -> None:
    await seed(db)
    build, expected = SELF_JOINS[case]
    async with db.session() as s:
        assert ids(await s.scalars(build())) == expected


async def test_two_edges_of_one_relation(db: Database) -> None:
    """Works that hang in two shows, further back in the second."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artwork)
            .alias("w")
            .traverse(Artwork.exhibitions, edge_alias="e", optional=False)
            .traverse(Artwork.exhibitions, edge_alias="f", optional=False, on="w")
            .where(ref("f", Showing.position) > ref("e", Showing.position))
        )
        assert ids(await s.scalars(statement)) == ["p0"]
        assert await s.scalars(statement.where(Showing.room == "red", on="f")) == []
        assert len(await s.scalars(statement.where(ref("e", Showing.room) == "red"))) == 1


async def test_reference_orders_and_projects(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = pupils().project(ref("t", Artist.id).as_("teacher"), ref("p", Artist.id))
        assert await s.all_rows(statement) == [{"teacher": "a", "id": "b"}, {"teacher": "a", "id": "c"}]
        ordered = pupils().order_by(desc(ref("p", Artist.born)))
        assert ids(await s.scalars(ordered)) == ["b", "c"]  # after the key


async def works_of(s: Any, statement: Any) -> dict[str, Any]:
    return {row["id"]: row["n"] for row in await s.all_rows(statement.project(Artist.id, "n"))}


async def test_stage_names_an_aggregate(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        counted = select(Artist).alias("q").traverse("works").alias("w").with_("q", count(Artwork.id).as_("n"))
        assert await works_of(s, counted) == {"a": 0, "b": 3, "c": 1}
        assert await works_of(s, counted.where(ref("n") >= 1)) == {"b": 3, "c": 1}
        assert ids(await s.scalars(counted.where((ref("n") > 1) | (Artist.id == "a")).order_by(desc(ref("n"))))) == [
            "b", "a",
        ]  # fmt: skip
        assert ids(await s.scalars(counted.order_by("n", "id").limit(2))) == ["a", "c"]
        assert await s.count(counted.where(ref("n") > 0)) == 2


async def test_stage_goes_on(db: Database) -> None:
    """From those with two works or more, to the shows of these."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .alias("q")
            .traverse("works", optional=False)
            .with_("q", count().as_("n"), max_(Artwork.year).as_("last"))
            .where(ref("n") > 1)
            .traverse(Artist.works, optional=False)
            .alias("w")
            .where(Artwork.year == ref("last"))
        )
        assert ids(await s.scalars(statement.return_target("w"))) == ["p2"]
        rows = await s.all_rows(statement.project(Artist.id, ref("n"), Artwork.id.as_("w")))  # type: ignore[attr-defined]
        assert rows == [{"id": "b", "n": 3, "w": "p2"}]


async def test_stage_of_values_of_one_row(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist).alias("q").with_("q", (col(Artist.born) / 10).as_("decade")).where(ref("decade") >= 140)
        )
        assert sorted(ids(await s.scalars(statement))) == ["a", "c"]
        twice = statement.with_("q", "decade", (ref("decade") + 1).as_("next")).where(ref("next") == 143)
        assert ids(await s.scalars(twice)) == ["c"]
        with pytest.raises(QueryError, match="decade"):
            statement.with_("q").where(ref("decade") > 1)


async def test_stage_after_a_page_counts_the_page(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        first = select(Artwork).alias("w").order_by("id").limit(3).traverse("artist").alias("a")
        counted = first.with_("a", count().as_("n")).return_target("a")
        assert await works_of(s, counted) == {"b": 3}


def grouped(*aggregates: Any) -> Any:
    return select(Artist).alias("q").traverse("works").aggregate(*aggregates, group_by=Artist.name).order_by("name")


CONDITIONS: dict[str, tuple[Any, list[str]]] = {
    "aggregate": (lambda: grouped(count(Artwork.id)).where(count(Artwork.id) > 0), ["B"]),
    "by name": (lambda: grouped(count(Artwork.id).as_("n")).where(ref("n") == 0), ["A"]),
    "not in the row": (lambda: grouped(count(Artwork.id)).where(min_(Artwork.year) < 1501), ["B"]),
    "two": (lambda: grouped(count(Artwork.id).as_("n")).where(ref("n") > 0).where(max_(Artwork.year) > 1502), ["B"]),
    "two that exclude": (lambda: grouped(count(Artwork.id).as_("n")).where(ref("n") > 0, ref("n") < 4), []),
    "with the group": (
        lambda: grouped(count(Artwork.id).as_("n")).where((ref("n") > 3) | (Artist.name == "A")),
        ["A", "B"],
    ),
    "before and after": (
        lambda: grouped(count(Artwork.id).as_("n")).where(ref("n") == 3).where(Artist.id == "b", on="q"),
        ["B"],
    ),
    "arithmetic": (lambda: grouped(sum_(Artwork.year).as_("s")).where(ref("s") - 6000 > 0), ["B"]),
    "average": (lambda: grouped(count()).where(avg(Artwork.year) == 1501.5), ["B"]),
}


@pytest.mark.parametrize("case", list(CONDITIONS))
async def test_condition_chooses_rows(db: Database, case: str) -> None:
    await seed(db)
    build, expected = CONDITIONS[case]
    async with db.session() as s:
        statement = build()
        assert [row["name"] for row in await s.all_rows(statement)] == expected
        assert await s.count(statement) == len(expected)
        assert await s.exists(statement) is bool(expected)
        assert [row["name"] for row in await s.all_rows(statement.limit(1))] == expected[:1]
        assert await s.count(statement.skip(1)) == max(len(expected) - 1, 0)


async def test_condition_on_a_group_of_nodes(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist).alias("q").traverse("works").aggregate(count(Artwork.id).as_("n"), group_by="q")
            .where((ref("n") > 2) | (Artist.born == 1400)).order_by(desc(ref("n")))
        )  # fmt: skip
        rows = await s.all_rows(statement)
        assert [(row["q"].id, row["n"]) for row in rows] == [("b", 3), ("a", 0)]


async def test_condition_on_a_projection(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).project(Artist.id, (col(Artist.born) + 1).as_("next")).where(ref("next") > 1400)
        assert await s.all_rows(statement.order_by("id")) == [{"id": "a", "next": 1401}, {"id": "c", "next": 1421}]
        assert await s.count(statement) == 2


async def test_condition_keeps_the_type_of_its_column(db: Database) -> None:
    """A Decimal is compared as a number, however it is stored."""
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).aggregate(collect(Artist.id).as_("all"), count().as_("n")).where(ref("n") > 2)
        [row] = await s.all_rows(statement)
        assert sorted(row["all"]) == ["a", "b", "c"]
        with pytest.raises(Exception, match=r"Decimal|int"):
            await s.all_rows(select(Artist).aggregate(count().as_("n")).where(ref("n") > Decimal(2)))


IMPOSSIBLE: dict[str, Any] = {
    "unknown alias": lambda: select(Artist).alias("q").where(ref("r", Artist.born) > 1),
    "field of another class": lambda: select(Artist).alias("q").where(ref("q", Gallery.name) == "x"),
    "unknown column": lambda: select(Artist).where(ref("n") > 1),
    "column before it is there": lambda: select(Artist).where(ref("n") > 1).aggregate(count().as_("n")),
    "value without a name": lambda: select(Artist).alias("q").with_("q", col(Artist.born) + 1),
    "name that is taken": lambda: select(Artist).alias("q").with_("q", count().as_("q")),
    "field that is not grouped": lambda: (
        grouped(count().as_("n")).where((ref("n") > 1) | (Artist.born > 1)).build()
    ),
    "order by what is no part of the rows": lambda: (
        select(Artist).project(Artist.name).where(ref("name") == "x").order_by(Artist.born).build()
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", list(IMPOSSIBLE))
async def test_impossible_reference_is_refused(db: Database, case: str) -> None:
    assert db.dialect
    with pytest.raises(QueryError):
        IMPOSSIBLE[case]()


async def test_named_value_orders_two_stages_in_turn(db: Database) -> None:
    """The first three by it, and these the other way round."""
    await seed(db)
    first = select(Painting).alias("w").with_("w", (col(Painting.year) * 1).as_("when")).order_by(ref("when")).limit(3)
    turned = first.traverse("artist", optional=True).order_by(ref("when"), desc=True).project(ref("when"))
    async with db.session() as s:
        assert [row["when"] for row in await s.all_rows(turned)] == [1502, 1501, 1500]


async def test_named_value_is_compared_within_a_question(db: Database) -> None:
    """Works that are younger than the oldest of the same hand."""
    await seed(db)
    first = (
        select(Artist).alias("q").traverse("works", optional=False).alias("w").with_("q", min_(Artwork.year).as_("y"))
    )
    async with db.session() as s:
        later = first.where(exists(Artist.works, Artwork.year > ref("y"))).return_target("q")
        assert [artist.id for artist in await s.scalars(later)] == ["b"]
        count = count_related(Artist.works, Artwork.year > ref("y")).as_("n")
        rows = await s.all_rows(first.project(ref("q", Artist.id).as_("id"), count).order_by("n"))
        assert [(row["id"], row["n"]) for row in rows] == [("c", 0), ("b", 2)]


async def test_order_of_a_stage_ends_where_rows_are_merged(db: Database) -> None:
    """Aggregates are of what a page has; its order says nothing of them."""
    await seed(db)
    page = select(Artist).alias("q").order_by(desc(Artist.born)).limit(2).with_("q")
    async with db.session() as s:
        assert await s.all_rows(page.aggregate(count().as_("n"), min_(Artist.born).as_("low"))) == [
            {"n": 2, "low": 1400}
        ]
        chosen = page.aggregate(count().as_("n"), group_by=Artist.name).where(count() == 1)
        assert sorted(row["name"] for row in await s.all_rows(chosen)) == ["A", "B"]
        assert {row["born"] for row in await s.all_rows(page.project("born").distinct())} == {1400, 1420}
