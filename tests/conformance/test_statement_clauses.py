"""Section 3: what reaches beyond one page and one step: exists, repeat, with_, union, parameters."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import (
    QueryError,
    UnsupportedFeatureError,
    col,
    count,
    count_related,
    desc,
    exists,
    param,
    ref,
    select,
    sum_,
)

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Ingredient, Painting, Sculpture, Showing, Station


async def seed(db: Database) -> None:
    """Artists a to d: a made three works, b one, c and d none; d taught c, c taught b, b taught a."""
    async with db.session() as s:
        works = [Painting(id=f"p{i}", title=t, year=1500 + i) for i, t in enumerate("xyz")]
        stone = Sculpture(id="s", title="x", year=1490)
        d = Artist(id="d", name="D", born=1400)
        c = Artist(id="c", name="C", born=1430, teacher=d)
        b = Artist(id="b", name="B", born=1450, teacher=c, works=[stone])
        a = Artist(id="a", name="A", born=1470, teacher=b, works=works, gallery=Gallery(id="g", name="G"))
        shows = [Exhibition(id=f"e{i}", title=f"E{i}") for i in range(2)]
        s.add_all([*works, stone, a, b, c, d, a.gallery, *shows])
        await s.relate(shows[0], Exhibition.works, works[0], edge=Showing(room="red", position=1))
        await s.relate(shows[0], Exhibition.works, stone, edge=Showing(room="blue", position=2))
        await s.relate(shows[1], Exhibition.works, works[0], edge=Showing(room="blue", position=3))


async def ids(s: Any, statement: Any) -> list[str]:
    return [found.id for found in await s.scalars(statement)]


CASES: dict[str, Any] = {
    "exists": (lambda q: q.where(exists(Artist.works)), "ab"),
    "nothing exists": (lambda q: q.where(~exists(Artist.works)), "cd"),
    "exists with a field": (lambda q: q.where(exists(Artist.works, Artwork.title == "x")), "ab"),
    "exists with two": (lambda q: q.where(exists(Artist.works, Artwork.title == "x", Artwork.year > 1495)), "a"),
    "exists with an or": (
        lambda q: q.where(exists(Artist.works, (Artwork.year < 1495) | (Artwork.title == "z"))),
        "ab",
    ),
    "exists beside another": (lambda q: q.where(exists(Artist.works) | (Artist.born == 1400)), "abd"),
    "exists and another": (lambda q: q.where(exists(Artist.works)).where(Artist.born < 1460), "b"),
    "exists of the other direction": (lambda q: q.where(exists(Artist.pupils)), "bcd"),
    "exists of the outside": (lambda q: q.where(exists(Artist.works, Artwork.year > Artist.born + 30)), "ab"),
    "method": (lambda q: q.exists("works", Artwork.title == "z"), "a"),
    "count": (lambda q: q.where(count_related(Artist.works) == 3), "a"),
    "count of some": (lambda q: q.where(count_related(Artist.works, Artwork.year > 1500) >= 2), "a"),
    "count of none": (lambda q: q.where(count_related(Artist.works) == 0), "cd"),
    "after a page": (lambda q: q.order_by("id").limit(3).traverse("teacher").where(exists(Artist.works), on="q"), "ab"),
    "on another step": (lambda q: q.traverse("teacher", optional=False).exists("works", on="q"), "ab"),
    "param": (lambda q: q.where(Artist.born > param("year")).params(year=1440), "ab"),
    "param for a list": (lambda q: q.where(Artist.id.in_(param("ids"))).params(ids=["a", "d", "x"]), "ad"),
    "param for no list": (lambda q: q.where(Artist.id.not_in_(param("ids"))).params(ids=("a", "d")), "bc"),
    "required after optional": (lambda q: q.traverse("gallery").traverse("works", on="q", optional=False), "aaab"),
}


@pytest.mark.parametrize("case", list(CASES))
async def test_clause_finds(db: Database, case: str) -> None:
    await seed(db)
    extend, expected = CASES[case]
    async with db.session() as s:
        statement = extend(select(Artist).alias("q"))
        assert sorted(await ids(s, statement)) == list(expected)
        assert await s.count(statement) == len(expected)
        assert await s.exists(statement)


async def test_edge_of_exists_is_filtered(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        blue = exists(Artwork.exhibitions, Showing.room == "blue", Exhibition.id == "e0")
        assert await ids(s, select(Artwork).where(blue)) == ["s"]


NESTED: dict[str, Any] = {
    "exists": (exists(Artist.works, exists(Artwork.exhibitions)), "ab"),
    "exists with a field": (exists(Artist.works, exists(Artwork.exhibitions, Exhibition.title == "E1")), "a"),
    "exists with another": (exists(Artist.works, exists(Artwork.exhibitions), Artwork.year < 1495), "b"),
    "edge": (exists(Artist.works, exists(Artwork.exhibitions, Showing.room == "red")), "a"),
    "nothing exists": (exists(Artist.works, ~exists(Artwork.exhibitions)), "a"),
    "not the whole": (~exists(Artist.works, exists(Artwork.exhibitions)), "cd"),
    "or": (exists(Artist.works, exists(Artwork.exhibitions, Showing.position == 2) | (Artwork.title == "z")), "ab"),
    "count of those": (count_related(Artist.works, ~exists(Artwork.exhibitions)) == 2, "a"),
    "of a count": (exists(Artist.works, count_related(Artwork.exhibitions) > 1), "a"),
    "beside another": (exists(Artist.works, exists(Artwork.exhibitions)) | (Artist.born == 1400), "abd"),
    "two in one": (
        exists(Artist.works, exists(Artwork.exhibitions, Showing.room == "red"), exists(Artwork.artist)),
        "a",
    ),
    "of three": (exists(Artist.pupils, exists(Artist.works, exists(Artwork.exhibitions))), "bc"),
    "of the outside": (exists(Artist.works, exists(Artwork.exhibitions, Showing.position > Artist.born - 1450)), "b"),
}


@pytest.mark.parametrize("case", list(NESTED))
async def test_exists_within_exists(db: Database, case: str) -> None:
    await seed(db)
    predicate, expected = NESTED[case]
    async with db.session() as s:
        statement = select(Artist).where(predicate)
        assert sorted(await ids(s, statement)) == list(expected)
        assert await s.count(statement) == len(expected)
        assert sorted(
            await ids(s, select(Artist).alias("a").traverse("teacher", optional=False).where(predicate, on="a"))
        ) == [artist for artist in expected if artist != "d"]


async def test_exists_within_exists_as_a_value(db: Database) -> None:
    await seed(db)
    shown = count_related(Artist.works, exists(Artwork.exhibitions))
    async with db.session() as s:
        assert await ids(s, select(Artist).order_by(shown, desc(Artist.id))) == ["d", "c", "b", "a"]
        rows = await s.all_rows(select(Artist).project(Artist.id, shown.as_("n")).order_by("id"))
        assert rows == [{"id": artist, "n": n} for artist, n in zip("abcd", (1, 1, 0, 0), strict=True)]
        named = select(Artist).alias("q").with_("q", shown.as_("n")).where(ref("n") > 0).order_by("id")
        assert await ids(s, named) == ["a", "b"]
        rows = await s.all_rows(select(Artist).aggregate(count().as_("artists"), group_by=shown.as_("n")).order_by("n"))
        assert rows == [{"n": 0, "artists": 2}, {"n": 1, "artists": 2}]


async def test_exists_within_exists_of_an_update(db: Database) -> None:
    """Where the database cannot, it says so before anything is sent."""
    await seed(db)
    statement = select(Artist).update(born=count_related(Artist.works, exists(Artwork.exhibitions)))
    async with db.session() as s:
        if db.dialect.supports_subqueries_in_where:
            await s.execute(statement)
            await s.commit()
            assert [artist.born for artist in await s.scalars(select(Artist).order_by("id"))] == [1, 1, 0, 0]
        else:
            with pytest.raises(UnsupportedFeatureError, match="traverse"):
                await s.execute(statement)


async def test_order_by_what_is_related(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).order_by(desc(count_related(Artist.works)), desc(Artist.id))
        assert await ids(s, statement) == ["a", "b", "d", "c"]


async def test_exists_on_a_required_step(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).traverse("works", optional=False).where(exists(Artwork.exhibitions))
        assert sorted(await ids(s, statement)) == ["a", "b"]


async def test_exists_on_an_optional_step(db: Database) -> None:
    """Where the database cannot, it says so before anything is sent."""
    await seed(db)
    statement = select(Artist).traverse("works").alias("w").where(exists(Artwork.exhibitions)).return_target("w")
    async with db.session() as s:
        if db.dialect.supports_subqueries_in_where and db.dialect.asks_in_optional_steps:
            found = await s.scalars(statement)
            assert sorted(work.id for work in found if work) == ["p0", "s"]
            assert found.count(None) == 2  # of those without any
        else:
            with pytest.raises(UnsupportedFeatureError, match="optional"):
                await s.scalars(statement)


@pytest.mark.parametrize(
    ("hops", "expected"),
    [((), "bcd"), ((1, 1), "b"), ((1, 2), "bc"), ((2, 2), "c"), ((2,), "cd"), ((0, 1), "ab"), ((4,), "")],
)
async def test_repeat_reaches_each_once(db: Database, hops: tuple[int, ...], expected: str) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .where(Artist.id == "a")
            .repeat(Artist.teacher, *hops, optional=False)
            .alias("t")
            .return_target("t")
            .order_by("id")
        )
        assert await ids(s, statement) == list(expected)


async def test_repeat_starts_from_an_optional_step(db: Database) -> None:
    """Where that found nothing, an optional repetition finds nothing, and a required one leaves the row out."""
    await seed(db)
    async with db.session() as s:
        pupils = select(Artist).alias("a").traverse(Artist.teacher).alias("t")
        optional = pupils.repeat(Artist.teacher, 0, 2).alias("all").return_nodes("a", "t", "all")
        found = [tuple(node and node.id for node in row) for row in await s.all_rows(optional)]
        assert sorted(found, key=str) == [
            ("a", "b", "b"), ("a", "b", "c"), ("a", "b", "d"), ("b", "c", "c"), ("b", "c", "d"), ("c", "d", "d"),
            ("d", None, None),
        ]  # fmt: skip
        required = pupils.repeat(Artist.teacher, 0, 0, optional=False).alias("same").return_target("same")
        assert sorted(await ids(s, required)) == ["b", "c", "d"]


async def test_sum_of_nothing_is_zero(db: Database) -> None:
    await db.save(Artist(id="a", name="A"), Artist(id="b", name="B"), Artist(id="c", name="B", born=3))
    async with db.session() as s:
        rows = await s.all_rows(select(Artist).aggregate(sum_(Artist.born).as_("sum"), group_by=Artist.name))
        assert sorted(row["sum"] for row in rows) == [0, 3]
        nobody = select(Artist).where(Artist.id == "nobody")
        assert await s.all_rows(nobody.aggregate(sum_(Artist.born).as_("sum"))) == [{"sum": 0}]


async def test_repeat_gives_what_two_ways_lead_to_once(db: Database) -> None:
    d = Ingredient(id="d")
    b, c = Ingredient(id="b", substitutes=[d]), Ingredient(id="c", substitutes=[d])
    await db.save(d, b, c, Ingredient(id="a", substitutes=[b, c]))
    async with db.session() as s:
        reached = select(Ingredient).where(Ingredient.id == "a").repeat(Ingredient.substitutes, 1, 2, optional=False)
        assert await s.count(reached) == 3
        assert await ids(s, reached.alias("t").return_target("t").order_by("id")) == ["b", "c", "d"]


async def test_repeat_of_a_ring_ends(db: Database) -> None:
    stations = [Station(code=f"s{i}") for i in range(5)]
    for left, right in zip(stations, [*stations[1:], stations[0]], strict=True):
        left.neighbours.append(right)
    await db.save(*stations)
    async with db.session() as s:
        near = (
            select(Station)
            .where(Station.code == "s0")
            .repeat(Station.neighbours, 1, 2, optional=False)
            .alias("t")
            .where(Station.code != "s0")
            .return_target("t")
            .order_by("code")
        )
        assert [station.code for station in await s.scalars(near)] == ["s1", "s2", "s3", "s4"]


async def test_optional_repeat_keeps_the_row(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist).alias("q").repeat(Artist.teacher).alias("t").where(Artist.id == "d").return_nodes("q", "t")
        )
        rows = await s.all_with_edges(statement)
        assert sorted((q.id, t and t.id) for q, t in rows) == [("a", "d"), ("b", "d"), ("c", "d"), ("d", None)]


async def test_page_of_roots_then_steps(db: Database) -> None:
    """The limit is of the roots, the order stays."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .alias("q")
            .order_by(Artist.id)
            .limit(2)
            .traverse("works", optional=False)
            .alias("w")
            .return_nodes("q", "w")
        )
        rows = await s.all_with_edges(statement)
        assert [q.id for q, _ in rows] == ["a", "a", "a", "b"]
        assert len(await s.all_with_edges(statement.limit(2))) == 2


AFTER_A_PAGE: dict[str, tuple[Any, list[str]]] = {
    "of its results": (lambda q: q.where(Artist.id != "d"), ["c"]),
    "of what they lead to": (lambda q: q.where(~exists(Artist.teacher)), ["d"]),
    "of both": (lambda q: q.where(Artist.id != "d", ~exists(Artist.works)), ["c"]),
    "of what was named": (lambda q: q.where(ref("key") == "c"), ["c"]),
    "of a later page": (lambda q: q.order_by("id").limit(1).with_("q").where(Artist.id != "d"), ["c"]),
    "that none fulfils": (lambda q: q.where(Artist.id == "a"), []),
}


@pytest.mark.parametrize("case", list(AFTER_A_PAGE))
async def test_condition_after_a_page_is_of_the_page(db: Database, case: str) -> None:
    """What comes before the page is not looked for again."""
    await seed(db)
    extend, expected = AFTER_A_PAGE[case]
    page = select(Artist).alias("q").order_by(desc(Artist.id)).limit(2).with_("q", col(Artist.id).as_("key"))
    async with db.session() as s:
        assert await ids(s, extend(page)) == expected
        assert await s.count(extend(page)) == len(expected)
        assert await s.exists(extend(page)) is bool(expected)


async def test_condition_on_a_step_after_a_page(db: Database) -> None:
    await seed(db)
    page = select(Artist).alias("q").order_by(desc(Artist.id)).limit(3).with_("q").traverse("works").alias("w")
    async with db.session() as s:
        found = page.where(Artwork.id != "none").return_nodes("q", "w").order_by(desc(ref("q", Artist.id)))
        assert [q.id for q, _ in await s.all_with_edges(found)][:2] == ["d", "c"]
        chosen = page.with_("q", count(Artwork.id).as_("n")).where(ref("n") == 0).order_by(desc(ref("q", Artist.id)))
        assert await ids(s, chosen) == ["d", "c"]


async def test_stage_hands_on_what_it_names(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .alias("q")
            .traverse("works", optional=False)
            .alias("w")
            .order_by(desc(Artwork.year))
            .limit(1)
            .with_("w")
            .traverse(Artwork.exhibitions, optional=False)
            .alias("x")
            .return_nodes("w", "x")
        )
        assert await s.all_with_edges(statement) == []
        with pytest.raises(QueryError):
            statement.where(Artist.id == "a")


async def test_distinct_stage(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .alias("q")
            .traverse("works", optional=False)
            .distinct()
            .with_("q")
            .traverse("teacher")
            .alias("t")
            .return_nodes("q", "t")
        )
        rows = await s.all_with_edges(statement)
        assert sorted((q.id, t.id) for q, t in rows) == [("a", "b"), ("b", "c")]


async def test_union_gives_each_once(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        young, makers = select(Artist).where(Artist.born > 1440), select(Artist).where(exists(Artist.works))
        last = select(Artist).order_by(desc(Artist.id)).limit(1)
        both = young.union(makers).union(last)
        assert await ids(s, both.order_by("id")) == ["a", "b", "d"]
        assert await s.count(both) == 3
        assert await ids(s, both.order_by("id").skip(1).limit(1)) == ["b"]
        assert await ids(s, both.where(Artist.id != "b").order_by("id")) == ["a", "d"]
        assert await ids(s, both.traverse("works", optional=False).order_by(Artwork.id)) == ["a", "a", "a", "b"]


async def test_union_is_gone_on_from(db: Database) -> None:
    """A part that is a union itself; relations fetched, rows, conditions, a change."""
    await seed(db)
    async with db.session() as s:
        inner = select(Artist).where(Artist.id == "a").union(select(Artist).where(Artist.id == "b"))
        united = inner.order_by("id").limit(2).union(select(Artist).where(Artist.id == "d"))
        found = await s.scalars(united.fetch("works").order_by("id"))
        assert [(artist.id, len(artist.works)) for artist in found] == [("a", 3), ("b", 1), ("d", 0)]
        assert await s.all_rows(united.aggregate(count().as_("n"))) == [{"n": 3}]
        assert await s.exists(united.where(exists(Artist.works)))
        assert await s.count(united.union(select(Artist).where(Artist.id == "nobody"))) == 3
        nobody = select(Artist).where(Artist.id == "no").union(select(Artist).where(Artist.id == "one"))
        assert not await s.exists(nobody)
    async with db.session() as s:
        result = await s.execute(united.where(Artist.id != "a").update(name="changed"))
        assert result[0]["count"] == 2
    async with db.session() as s:
        assert await ids(s, select(Artist).where(Artist.name == "changed").order_by("id")) == ["b", "d"]


@pytest.mark.requires("supports_explain")
async def test_union_is_explained(db: Database) -> None:
    """With the plans of its parts."""
    await seed(db)
    async with db.session() as s:
        united = select(Artist).where(Artist.id == "a").union(select(Artist).where(Artist.id == "d"))
        plan = await s.explain(united)
        assert len(plan.steps) > len((await s.explain(select(Artist))).steps)


async def test_union_of_targets(db: Database) -> None:
    """Steps of each part, and classes of both."""
    await seed(db)
    async with db.session() as s:
        shown = select(Exhibition).traverse("works", optional=False).alias("w").return_target("w")
        flat = select(Painting).where(Painting.title == "z")
        found = await s.scalars(shown.union(flat))
        assert {work.id: type(work) for work in found} == {"p0": Painting, "s": Sculpture, "p2": Painting}
