"""Section 3 and 2: pages by number with the total, and keyset pages in any order, on sessions and repositories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from runic.ogm import Field, Node, QueryError, avg, col, desc, fn, param, ref, select
from runic.ogm.query.related import count_related

from .harness import Database
from .models import Artist, Artwork, Depot, Exhibition, Gallery, Lender, Line, Painting, Sculpture, Showing, Station

BORN = (1400, None, 1420, 1400, 1390, None, 1420)


async def seed(db: Database) -> None:
    """Seven artists, two of them without a year, some of one year; a0 to a2 with works."""
    works = [Painting(id=f"p{i}", title="xyx"[i], year=1500 + i) for i in range(3)]
    artists = [Artist(id=f"a{i}", name="xy"[i % 2], born=born) for i, born in enumerate(BORN)]
    artists[0].works, artists[1].works = works[:2], works[2:]
    await db.save(*works, *artists)


async def walked(s: Any, statement: Any, size: int) -> list[Any]:
    """Return all results, page by page; only the last page has no cursor, and none is empty."""
    found: list[Any] = []
    cursor = None
    while True:
        page = await s.after(statement, cursor, size)
        found += page.items
        assert len(page.items) == size or page.cursor is None
        assert page.items
        if page.cursor is None:
            return found
        cursor = page.cursor


def keys(found: list[Any]) -> list[str]:
    return [entity.id for entity in found]


ORDERS: dict[str, tuple[Any, list[str]]] = {
    "by key": (lambda q: q, ["a0", "a1", "a2", "a3", "a4", "a5", "a6"]),
    "by key, turned around": (lambda q: q.order_by(desc(Artist.id)), ["a6", "a5", "a4", "a3", "a2", "a1", "a0"]),
    "with missing values": (lambda q: q.order_by("born"), ["a4", "a0", "a3", "a2", "a6", "a1", "a5"]),
    "turned around": (lambda q: q.order_by(desc(Artist.born)), ["a1", "a5", "a2", "a6", "a0", "a3", "a4"]),
    "by two": (lambda q: q.order_by("name", desc(Artist.born)), ["a2", "a6", "a0", "a4", "a1", "a5", "a3"]),
    "by two others": (lambda q: q.order_by(desc(Artist.name), "born"), ["a3", "a1", "a5", "a4", "a0", "a2", "a6"]),
    "of some": (lambda q: q.where(Artist.name == "x").order_by(desc(Artist.born)), ["a2", "a6", "a0", "a4"]),
    "by what is computed": (
        lambda q: q.order_by(desc(col(Artist.born) * -1)),
        ["a1", "a5", "a4", "a0", "a3", "a2", "a6"],
    ),
    "by a function": (lambda q: q.order_by(fn("abs", Artist.born)), ["a4", "a0", "a3", "a2", "a6", "a1", "a5"]),
    "by what is related": (
        lambda q: q.order_by(desc(count_related(Artist.works)), desc(Artist.id)),
        ["a0", "a1", "a6", "a5", "a4", "a3", "a2"],
    ),
    "of a page": (lambda q: q.order_by("born").limit(3).with_("q").order_by("id"), ["a0", "a3", "a4"]),
}  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("order", list(ORDERS))
async def test_cursors_lead_through_all(db: Database, order: str, size: int) -> None:
    await seed(db)
    extend, expected = ORDERS[order]
    async with db.session() as s:
        assert keys(await walked(s, extend(select(Artist).alias("q")), size)) == expected


async def test_results_of_a_step(db: Database) -> None:
    """Each result once for each place in the order."""
    await seed(db)
    async with db.session() as s:
        steps = select(Artist).alias("q").traverse("works", optional=False).alias("w")
        for size in (1, 2, 3):
            assert keys(await walked(s, steps.return_target("w").order_by(desc(Artist.id)), size)) == ["p2", "p0", "p1"]
            assert keys(await walked(s, steps.order_by(Artist.name), size)) == ["a0", "a1"]
            by_title = steps.order_by(Artwork.title)
            assert keys(await walked(s, by_title, size)) == ["a0", "a1", "a0"]  # a0 has one of each title


async def test_optional_step_orders(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).traverse("works").where(Artwork.title == "x").order_by(desc(Artwork.id))
        assert keys(await walked(s, statement, 2)) == ["a2", "a3", "a4", "a5", "a6", "a1", "a0"]


@pytest.mark.parametrize("turned", [False, True], ids=["up", "down"])
async def test_results_that_are_not_there_are_paged(db: Database, turned: bool) -> None:
    """An optional step that found nothing gives one result without an entity, in the place of missing values."""
    await seed(db)
    made = select(Artist).traverse("works").alias("w").return_target("w")
    async with db.session() as s:
        for size in (1, 2, 3, 4):
            found = await walked(s, made.order_by(Artwork.id, desc=turned), size)
            ids = [None if work is None else work.id for work in found]
            assert ids == ([None, "p2", "p1", "p0"] if turned else ["p0", "p1", "p2", None])


async def test_union_is_paged(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).where(Artist.born == 1400).union(select(Artist).where(Artist.name == "y"))
        assert keys(await walked(s, statement.order_by(Artist.born), 2)) == [
            "a0", "a3", "a1", "a5",
        ]  # fmt: skip


async def test_hierarchy_is_paged(db: Database) -> None:
    await seed(db)
    await db.save(Sculpture(id="p1b", title="s"))
    async with db.session() as s:
        found = await walked(s, select(Artwork), 2)
        assert [(work.id, type(work)) for work in found][1:3] == [("p1", Painting), ("p1b", Sculpture)]


async def test_pages_are_stable_under_changes(db: Database) -> None:
    """What comes before the cursor does not matter any more, not even the row that it was made of."""
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).order_by("born")
        first = await s.after(statement, None, 3)
        assert keys(first.items) == ["a4", "a0", "a3"]
        s.add(Artist(id="a00", name="new", born=1300))
        s.delete(first.items[2])
        await s.flush()
        s.add(Artist(id="late", name="new", born=1410))
        await s.flush()
        second = await s.after(statement, first.cursor, 3)
        assert keys(second.items) == ["late", "a2", "a6"]


async def test_cursor_is_text_for_another_session(db: Database) -> None:
    await seed(db)
    statement = select(Artist).where(Artist.name == param("name")).order_by("born")
    async with db.session() as s:
        cursor = (await s.after(statement.params(name="x"), None, 2)).cursor
    assert isinstance(cursor, str)
    assert cursor.isascii()
    async with db.session() as s:
        assert keys((await s.after(statement.params(name="x"), cursor, 2)).items) == ["a2", "a6"]


async def test_page_fetches(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        page = await s.after(select(Artist).fetch("works"), None, 2)
        with db.count() as sent:
            assert [len(artist.works) for artist in page] == [2, 1]
        assert len(sent) == 0


class Sample(Node):
    """Keys of every kind that has an order."""

    id: int = Field(primary_key=True)
    at: datetime | None = None
    price: Decimal | None = None
    share: float | None = None
    done: bool | None = None
    span: timedelta | None = None


SPRING = datetime(2025, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
VALUES: dict[str, list[Any]] = {
    "at": [SPRING, SPRING + timedelta(microseconds=1), SPRING, SPRING - timedelta(days=900), None],
    "price": [Decimal("6.5"), Decimal(-1), Decimal("6.50"), Decimal("6.49"), None],
    "share": [0.1 + 0.2, 0.3, 0.1 + 0.2, 1 / 3, 0.30000000000000010, -1e-17, 0.0, 1e300 / 7, None, 0.1 + 0.2],
    "done": [True, False, None, True, False],
    "span": [timedelta(days=2), timedelta(hours=1), timedelta(microseconds=1), None, timedelta(hours=1)],
}


@pytest.mark.parametrize("turned", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("name", list(VALUES))
async def test_key_of_any_type(db: Database, name: str, turned: bool) -> None:
    """Each once, in the order that one statement gives them, also floats that differ in their last bit."""
    await db.save(*(Sample(id=i, **{name: value}) for i, value in enumerate(VALUES[name])))
    async with db.session() as s:
        statement = select(Sample).order_by(name, desc=turned)
        whole = [sample.id for sample in await s.scalars(statement.order_by("id"))]
        for size in (1, 2):
            assert [sample.id for sample in await walked(s, statement, size)] == whole


@pytest.mark.parametrize("turned", [False, True], ids=["up", "down"])
async def test_key_of_computed_floats(db: Database, turned: bool) -> None:
    """Also where whole numbers become floats, and where two differ in their last bit."""
    shares = [0.1 + 0.2, 0.3, 1 / 3, None, 0.30000000000000010, 1e-17, 0.1 + 0.2]
    await db.save(*(Sample(id=i, share=value) for i, value in enumerate(shares)))
    share, number = col(Sample.share), col(Sample.id)
    async with db.session() as s:
        for key in (share / 7, number * 0.1, 0.1 * number, number * share, share - number / 3.0):
            statement = select(Sample).order_by(desc(key) if turned else key)
            whole = [sample.id for sample in await s.scalars(statement.order_by(desc(key) if turned else key, "id"))]
            for size in (1, 2):
                assert [sample.id for sample in await walked(s, statement, size)] == whole


async def test_keys_of_other_types(db: Database) -> None:
    depots = [Depot(uid=UUID(int=i * 7919 % 11), name=str(i)) for i in range(5)]
    await db.save(*depots, *(Line(number=i) for i in (10, 9, 100)))
    async with db.session() as s:
        assert [line.number for line in await walked(s, select(Line), 1)] == [9, 10, 100]
        found = await walked(s, select(Depot), 2)
        assert [depot.uid for depot in found] == sorted(depot.uid for depot in depots)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6, 7])
async def test_repository_has_no_empty_page(db: Database, size: int) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        found: list[str] = []
        cursor, pages = None, 0
        while cursor is not None or pages == 0:
            page = await repo.after(cursor, size)
            found, cursor, pages = found + keys(page.items), page.cursor, pages + 1
        assert found == [f"a{i}" for i in range(7)]
        assert pages == -(-7 // size)


async def test_repository_orders_keyset_pages(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        first = await repo.after(None, 4, order_by=[desc(Artist.name), "born"])
        assert keys(first.items) == ["a3", "a1", "a5", "a4"]
        rest = await repo.after(first.cursor, 4, order_by=[desc(Artist.name), "born"])
        assert (keys(rest.items), rest.cursor) == (["a0", "a2", "a6"], None)
        assert (await repo.after(None, 2, order_by="born")).cursor != first.cursor


async def test_nothing_is_one_empty_page(db: Database) -> None:
    async with db.session() as s:
        page = await s.after(select(Gallery), None, 3)
        assert (page.items, page.cursor, len(page)) == ([], None, 0)
        numbered = await s.page(select(Gallery), 1, 3)
        assert (numbered.items, numbered.total, numbered.pages) == ([], 0, 0)


async def test_page_of_a_statement_has_the_total(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).where(Artist.born != None).order_by("born")  # noqa: E711 - builds a condition
        pages = [await s.page(statement, number, 2) for number in (1, 2, 3, 4)]
        assert [keys(page.items) for page in pages] == [["a4", "a0"], ["a3", "a2"], ["a6"], []]
        assert {(page.total, page.pages, page.size) for page in pages} == {(5, 3, 2)}


async def test_page_of_steps_and_distinct(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        steps = select(Artist).traverse("works", optional=False)
        assert (await s.page(steps, 1, 2)).total == 3
        distinct = await s.page(steps.distinct(), 1, 2)
        assert (keys(distinct.items), distinct.total) == (["a0", "a1"], 2)


async def test_bound_query_is_paged(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        query = s.query(Artist).where(Artist.name == "x")
        assert (await query.page(2, 3)).total == 4
        page = await query.after(None, 3)
        assert keys((await query.after(page.cursor, 3)).items) == ["a6"]


async def test_repository_page_takes_an_order(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        page = await db.repository(s, Artist).page(2, 3, order_by=[desc(Artist.born)])
        assert (keys(page.items), page.total) == (["a6", "a0", "a3"], 7)


IMPOSSIBLE: dict[str, Any] = {
    "limit": lambda: select(Artist).limit(3),
    "skip": lambda: select(Artist).skip(0),
    "projection": lambda: select(Artist).project("name"),
    "tuples": lambda: select(Exhibition, Showing, Artwork).traverse("works"),
    "change": lambda: select(Artist).delete(),
    "path": lambda: select(Station).shortest_path(Station.neighbours, to="x"),
    "union of keys": lambda: select(Lender).alias("l").traverse("treasures").alias("t").return_target("t"),
}


@pytest.mark.parametrize("case", list(IMPOSSIBLE))
async def test_what_has_no_key_is_not_paged(db: Database, case: str) -> None:
    async with db.session() as s:
        with db.count() as sent:
            with pytest.raises(QueryError):
                await s.after(IMPOSSIBLE[case](), None, 2)
            with pytest.raises(QueryError):
                await s.page(IMPOSSIBLE[case](), 1, 2)
        assert len(sent) == 0


async def test_cursor_of_another_order_is_refused(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        cursor = (await s.after(select(Artist).order_by("born"), None, 2)).cursor
        for other in (select(Artist), select(Artist).order_by(desc(Artist.born)), select(Gallery).order_by("name")):
            with pytest.raises(ValueError, match="cursor"):
                await s.after(other, cursor, 2)


@pytest.mark.parametrize("size", [1, 2])
async def test_floats_that_nobody_declared_lead_on(db: Database, size: int) -> None:
    """Averages and functions: a reply may carry fewer of their digits than the database compares."""
    await seed(db)
    async with db.session() as s:
        makers = select(Artist).alias("a").traverse("works").with_("a", avg(Artwork.year).as_("mean"))
        by_mean = makers.order_by(desc(ref("mean")), "id")
        assert keys(await walked(s, by_mean, size)) == keys(await s.scalars(by_mean))
        by_root = select(Artist).where(Artist.born.is_not_null()).order_by(fn("sqrt", Artist.born))
        assert keys(await walked(s, by_root, size)) == ["a4", "a0", "a3", "a2", "a6"]
        thirds = select(Artist).alias("a").with_("a", (col(Artist.born) / 3.0).as_("third")).order_by(ref("third"))
        assert keys(await walked(s, thirds, size)) == ["a4", "a0", "a3", "a2", "a6", "a1", "a5"]


async def test_condition_behind_a_page_is_decided_after_it(db: Database) -> None:
    """Also where a part of it speaks of the page alone."""
    await seed(db)
    steps = select(Artist).alias("a").order_by("id").limit(2).traverse(Artist.works, optional=False).alias("w")
    async with db.session() as s:
        for title, found in (("z", []), ("y", ["a0"])):
            both = steps.where((ref("a", Artist.name) == "x") & (Artwork.title == title))
            assert keys(await s.scalars(both)) == found
        one = select(Artist).alias("a").order_by("id").limit(1).traverse(Artist.works, optional=False).alias("w")
        assert await s.scalars(one.where((ref("a", Artist.name) == "y") & (Artwork.year > 1))) == []


async def test_key_of_another_step_is_no_total_order(db: Database) -> None:
    """The results' own key still comes last."""
    artists = [Artist(id=f"a{i}", name="x") for i in range(6)]
    await db.save(top := Artist(id="top", name="top"), *artists)
    async with db.session() as s:
        for artist in reversed(await s.scalars(select(Artist).where(Artist.name == "x"))):
            artist.teacher = await s.get(Artist, top.id)
    taught = select(Artist).alias("a").traverse("teacher", optional=False).alias("t").order_by(ref("t", Artist.id))
    async with db.session() as s:
        assert keys(await walked(s, taught, 2)) == keys(artists)
        pages = [await s.page(taught, number, 2) for number in (1, 2, 3)]
        assert [artist.id for page in pages for artist in page] == keys(artists)


async def test_page_by_a_named_value_is_changed(db: Database) -> None:
    await seed(db)
    made = select(Artist).alias("a").with_("a", count_related(Artist.works).as_("n"))
    async with db.session() as s:
        changed = await s.execute(made.order_by(desc(ref("n")), "id").limit(2).update(name="busy"))
        assert changed[0]["count"] == 2
    async with db.session() as s:
        assert keys(await s.scalars(select(Artist).where(Artist.name == "busy").order_by("id"))) == ["a0", "a1"]
