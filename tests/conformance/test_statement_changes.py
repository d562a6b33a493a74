"""`update` and `delete` of what a statement finds: each of its results once, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import FieldValidationError, QueryError, count, desc, param, ref, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Painting, Recipe, Sculpture, Showing


async def seed(db: Database) -> None:
    """a made p0 to p2, b made s, c nothing; a and c learnt from b."""
    async with db.session() as s:
        works = [Painting(id=f"p{i}", title=t, year=1500 + i) for i, t in enumerate("xyz")]
        stone = Sculpture(id="s", title="x", year=1490)
        b = Artist(id="b", name="B", born=1450, works=[stone])
        a = Artist(id="a", name="A", born=1470, works=works, teacher=b)
        c = Artist(id="c", name="C", teacher=b)
        show = Exhibition(id="e", title="E")
        s.add_all([*works, stone, a, b, c, show])
        await s.relate(show, Exhibition.works, works[0], edge=Showing(room="red", position=1))


async def years(db: Database) -> dict[str, Any]:
    async with db.session() as s:
        return {work.id: work.year for work in await s.scalars(select(Artwork))}


async def run(db: Database, statement: Any) -> int:
    async with db.session() as s:
        return (await s.execute(statement))[0]["count"]


ALL = {"p0": 1500, "p1": 1501, "p2": 1502, "s": 1490}
UPDATES: dict[str, tuple[Any, int, dict[str, Any]]] = {
    "value": (lambda q: q.where(Artwork.title == "x").update(year=1), 2, {"p0": 1, "s": 1}),
    "nothing": (lambda q: q.where(Artwork.title == "w").update(year=1), 0, {}),
    "missing": (lambda q: q.where(Artwork.id == "p1").update(year=None), 1, {"p1": None}),
    "expression": (lambda q: q.where(Artwork.id == "p1").update(year=Artwork.year * 2 - 1), 1, {"p1": 3001}),
    "parameter": (lambda q: q.where(Artwork.id == "p1").update(year=param("y")).params(y=7), 1, {"p1": 7}),
    "page": (lambda q: q.order_by(desc(Artwork.year)).limit(2).update(year=0), 2, {"p2": 0, "p1": 0}),
    "later page": (lambda q: q.order_by("year").skip(1).limit(1).update(year=0), 1, {"p0": 0}),
    "step": (
        lambda q: q.traverse("artist", optional=False).where(Artist.born < 1460).update(year=0), 1, {"s": 0}),
}  # fmt: skip


@pytest.mark.parametrize("case", list(UPDATES))
async def test_update_changes_the_results(db: Database, case: str) -> None:
    await seed(db)
    extend, number, changed = UPDATES[case]
    assert await run(db, extend(select(Artwork))) == number
    assert await years(db) == ALL | changed


async def test_two_fields_change_together(db: Database) -> None:
    """Each from what was stored before."""
    await seed(db)
    await run(db, select(Artist).where(Artist.id == "a").update(name="AA", born=Artist.born + 1))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        assert (artist.name, artist.born) == ("AA", 1471)


async def test_update_of_a_target_is_once_each(db: Database) -> None:
    """One that two rows lead to is changed, and counted, once."""
    await seed(db)
    taught = select(Artist).traverse("teacher", optional=False).alias("t").return_target("t")
    assert await run(db, taught.update(born=Artist.born + 1)) == 1
    async with db.session() as s:
        assert [artist.born for artist in await s.scalars(select(Artist).order_by("id"))] == [1470, 1451, None]


async def test_update_of_a_page_is_of_its_rows(db: Database) -> None:
    """A page of rows that lead to one node twice has one result."""
    await seed(db)
    async with db.session() as s:
        s.add(Artist(id="d", name="D", teacher=await s.get(Artist, "c")))
    taught = select(Artist).alias("q").traverse("teacher", optional=False).alias("t").return_target("t")
    page = taught.order_by(ref("q", Artist.id)).limit(2)
    async with db.session() as s:
        assert [artist.id for artist in await s.scalars(page)] == ["b", "b"]
    assert await run(db, page.update(born=0)) == 1
    async with db.session() as s:
        assert [artist.born for artist in await s.scalars(select(Artist).order_by("id"))] == [1470, 0, None, None]


async def test_optional_step_that_found_nothing_is_no_result(db: Database) -> None:
    await seed(db)
    made = select(Artist).traverse("works").alias("w").where(Artwork.year < 1500).return_target("w")
    assert await run(db, made.update(year=0)) == 1
    assert await run(db, made.where(Artwork.year < 0).update(year=1)) == 0
    assert await years(db) == ALL | {"s": 0}


@pytest.mark.parametrize("distinct", [False, True])
@pytest.mark.parametrize(("turned", "wanted"), [(False, ["b", "b", None]), (True, [None])], ids=["all", "the last"])
async def test_page_of_an_optional_step(db: Database, turned: bool, wanted: list[Any], distinct: bool) -> None:
    """The same rows as `scalars` gives; one without an entity has its place in the page, and is changed by nothing."""
    await seed(db)
    taught = select(Artist).traverse("teacher").alias("t").return_target("t").order_by(ref("t", Artist.id), desc=turned)
    rows = list(dict.fromkeys(wanted)) if distinct else wanted
    page = (taught.distinct() if distinct else taught).limit(len(rows))
    async with db.session() as s:
        assert [None if artist is None else artist.id for artist in await s.scalars(page)] == rows
    changed = {*wanted} - {None}
    assert await run(db, page.update(name="T")) == len(changed)
    async with db.session() as s:
        artists = await s.scalars(select(Artist).order_by("id"))
        assert [artist.id for artist in artists if artist.name == "T"] == sorted(changed)


async def test_version_counts_up(db: Database) -> None:
    await db.save(Recipe(id="r", title="Soup", minutes=20))
    await run(db, select(Recipe).update(minutes=30))
    async with db.session() as s:
        recipe = await s.get(Recipe, "r")
        assert (recipe.minutes, recipe.revision) == (30, 1)


async def test_delete_removes_the_results_with_their_edges(db: Database) -> None:
    await seed(db)
    assert await run(db, select(Artwork).where(Artwork.title == "x").delete()) == 2
    graph = await db.dump()
    assert graph.keys("Artwork") == ["p1", "p2"]
    assert graph.pairs("MADE") == [("a", "p1"), ("a", "p2")]
    assert graph.pairs("SHOWS") == []


async def test_delete_of_targets_and_pages(db: Database) -> None:
    await seed(db)
    made = select(Artist).traverse("works").alias("w").return_target("w")
    assert await run(db, made.where(Artwork.year > 1500).delete()) == 2
    assert await run(db, select(Artwork).order_by("year").limit(1).delete()) == 1
    assert await run(db, select(Artwork).where(Artwork.id == "none").delete()) == 0
    assert (await db.dump()).keys("Artwork") == ["p0"]


async def test_delete_keeps_other_classes(db: Database) -> None:
    await seed(db)
    assert await run(db, select(Painting).delete()) == 3
    graph = await db.dump()
    assert graph.keys("Artwork") == ["s"]
    assert graph.keys("Artist") == ["a", "b", "c"]


async def test_mistakes_are_refused(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises(QueryError, match="no field"):
            select(Artwork).update(weight=1)
        with pytest.raises(QueryError, match="key"):
            select(Artwork).update(id="x")
        with pytest.raises(QueryError, match="fields with their values"):
            select(Artwork).update()
        with pytest.raises(QueryError, match="does not go together"):
            select(Artwork).update(year=1).delete()
        with pytest.raises(QueryError, match="same node"):
            select(Artist).alias("a").traverse("works", optional=False).update(born=Artwork.year)
        with pytest.raises(FieldValidationError, match="title"):
            await s.execute(select(Artwork).update(title=None))
        with pytest.raises(FieldValidationError, match="year"):
            await s.execute(select(Artwork).update(year="late"))
        with pytest.raises(QueryError, match="execute"):
            await s.scalars(select(Gallery).delete())


NO_NODES: dict[str, Any] = {
    "rows of groups": lambda: select(Artist).aggregate(count().as_("n"), group_by=Artist.born).where(ref("n") > 5),
    "rows of values": lambda: select(Artwork).project(Artwork.year.as_("y")).where(ref("y") > 5),
    "edges": lambda: select(Exhibition).traverse("works", "e", optional=False).return_edge("e"),
    "paths": lambda: select(Artist).shortest_path("teacher", to="b"),
}


@pytest.mark.parametrize("case", list(NO_NODES))
async def test_what_gives_no_nodes_changes_none(db: Database, case: str) -> None:
    """Its conditions are of rows, which a change could not keep to."""
    await seed(db)
    before = await db.dump()
    async with db.session() as s:
        with pytest.raises(QueryError, match="write to nodes"):
            await s.execute(NO_NODES[case]().delete())
    assert await db.dump() == before


async def test_target_of_a_path_and_ends_of_edges_are_deleted_by_name(db: Database) -> None:
    await seed(db)
    path = select(Artist).where(Artist.id == "a").alias("from").shortest_path("teacher", to="b").alias("end")
    assert await run(db, path.return_target("end").delete()) == 1
    shown = select(Exhibition).traverse("works", "e", optional=False).alias("w").return_nodes("w").return_edge("e")
    assert await run(db, shown.delete()) == 1
    graph = await db.dump()
    assert (graph.keys("Artist"), graph.keys("Artwork")) == (["a", "c"], ["p1", "p2", "s"])


async def test_update_of_unlike_classes_needs_the_field_in_all(db: Database) -> None:
    """It would write the field of one class to nodes of another."""
    await seed(db)
    both = select(Artwork).union(select(Artist))
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError, match=r"update\(\): Artist has no field like Artwork.title"):
            await s.execute(both.update(title="T"))
        assert len(sent) == 0
    galleries = select(Gallery).union(select(Artist))
    assert await run(db, galleries.update(name="N")) == 3
