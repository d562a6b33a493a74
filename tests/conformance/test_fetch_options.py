"""Section 3: `fetch` with an order, a filter, a limit for each parent and a depth; lists that show a part say so."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Edge, Node, QueryError, Relation, RelationValueError, asc, desc, is_partial, param, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Painting, Sculpture, Showing


async def seed(db: Database) -> None:
    """Artist a has works p0 to p4 of 1500 to 1504, b has s, c none; x shows p0 to p3 in positions that fall."""
    async with db.session() as s:
        works = [Painting(id=f"p{i}", title="even" if i % 2 == 0 else "odd", year=1500 + i) for i in range(5)]
        stone = Sculpture(id="s", title="odd", year=1490)
        a, b = Artist(id="a", name="A", works=works), Artist(id="b", name="B", works=[stone])
        c = Artist(id="c", name="C", gallery=Gallery(id="g", name="G"))
        x = Exhibition(id="x", title="X")
        s.add_all([*works, stone, a, b, c, c.gallery, x])
        for i in range(4):
            room = "red" if i < 2 else "blue"
            await s.relate(x, Exhibition.works, works[i], edge=Showing(room=room, position=10 - i))


def keys(found: list[Any]) -> list[str]:
    return [entity.id for entity in found]


async def works_of(s: Any, statement: Any) -> dict[str, list[str]]:
    return {artist.id: keys(artist.works) for artist in await s.scalars(statement)}


CASES: dict[str, tuple[Any, list[str], list[str]]] = {
    "order": ({"order_by": desc(Artwork.year)}, ["p4", "p3", "p2", "p1", "p0"], ["s"]),
    "two orders": ({"order_by": [Artwork.title, desc(Artwork.year)]}, ["p4", "p2", "p0", "p3", "p1"], ["s"]),
    "limit": ({"order_by": "year", "limit": 2}, ["p0", "p1"], ["s"]),
    "limit by the other end": ({"order_by": desc(Artwork.year), "limit": 2}, ["p4", "p3"], ["s"]),
    "limit of nothing": ({"limit": 0}, [], []),
    "filter": ({"where": Artwork.title == "odd", "order_by": asc(Artwork.year)}, ["p1", "p3"], ["s"]),
    "filters": ({"where": [Artwork.title == "even", Artwork.year > 1500], "order_by": "year"}, ["p2", "p4"], []),
    "or": ({"where": (Artwork.year < 1501) | (Artwork.year > 1503), "order_by": "year"}, ["p0", "p4"], ["s"]),
    "all of them": ({"where": Artwork.year > 1495, "order_by": desc(Artwork.year), "limit": 1}, ["p4"], []),
}


@pytest.mark.parametrize("case", list(CASES))
async def test_option_is_for_each_parent(db: Database, case: str) -> None:
    """Demand 17: limit parents, not rows; page a relation per parent."""
    await seed(db)
    options, of_a, of_b = CASES[case]
    async with db.session() as s:
        statement = select(Artist).fetch(Artist.works, **options).order_by("id")
        with db.count() as sent:
            found = await works_of(s, statement)
        assert found == {"a": of_a, "b": of_b, "c": []}
        assert len(sent) == 1


async def test_parents_are_limited_by_the_statement(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).order_by("id").limit(1).fetch(Artist.works, order_by="year", limit=3)
        assert await works_of(s, statement) == {"a": ["p0", "p1", "p2"]}


async def test_edge_orders_and_filters(db: Database) -> None:
    """Demand 18: filter a relation by a property of its edge."""
    await seed(db)
    async with db.session() as s:
        shows = await s.scalars(select(Exhibition).fetch(Exhibition.works, where=Showing.position > 7, limit=2))
        assert keys(shows[0].works) == ["p2", "p1"]  # by position, the relation's own order
    async with db.session() as s:
        shows = await s.scalars(
            select(Exhibition).fetch("works", where=Showing.room == "red", order_by=desc(Showing.position))
        )
        assert keys(shows[0].works) == ["p0", "p1"]


class Rung(Edge, type="CLIMBS"):
    height: int = 0


class Ladder(Node):
    id: str
    height: int = 0
    rungs: list[Ladder] = Relation(relationship="CLIMBS", edge_model=Rung)


async def test_name_of_both_sides_is_told_by_its_class(db: Database) -> None:
    """Of the edge or of the target, as the attribute says; a bare name is the target's."""
    ladders = [Ladder(id=f"l{i}", height=i) for i in range(3)]
    async with db.session() as s:
        s.add_all([*ladders, root := Ladder(id="root")])
        await s.relate_all(Ladder.rungs, [(root, ladder, Rung(height=-ladder.height)) for ladder in ladders])
    orders = ((Ladder.height, ["l0", "l1", "l2"]), (Rung.height, ["l2", "l1", "l0"]), ("height", ["l0", "l1", "l2"]))
    query = select(Ladder).where(Ladder.id == "root")
    for order, expected in orders:
        async with db.session() as s:
            [found] = await s.scalars(query.fetch(Ladder.rungs, order_by=order))
            assert keys(found.rungs) == expected
    for condition in (Rung.height == -2, Ladder.height == 2):
        async with db.session() as s:
            [found] = await s.scalars(query.fetch(Ladder.rungs, where=condition))
            assert keys(found.rungs) == ["l2"]


async def test_field_of_a_subclass_orders_and_filters(db: Database) -> None:
    """Targets of other classes have none, and come last."""
    await seed(db)
    await db.save(Sculpture(id="t", title="T", weight=1.0))
    async with db.session() as s:
        (await s.get(Sculpture, "s")).weight = 2.0
        for key in ("s", "t"):
            await s.relate(await s.get(Artist, "a"), Artist.works, await s.get(Artwork, key))
    async with db.session() as s:
        [found] = await s.scalars(select(Artist).where(Artist.id == "a").fetch(Artist.works, order_by=Sculpture.weight))
        assert keys(found.works)[:2] == ["t", "s"]
        assert len(found.works) == 7
    async with db.session() as s:
        heavy = select(Artist).where(Artist.id == "a").fetch(Artist.works, where=Sculpture.weight > 1)
        [found] = await s.scalars(heavy)
        assert keys(found.works) == ["s"]


async def test_param_in_a_filter(db: Database) -> None:
    await seed(db)
    statement = select(Artist).where(Artist.id == param("who")).fetch("works", where=Artwork.year == param("year"))
    async with db.session() as s:
        assert await works_of(s, statement.params(who="a", year=1502)) == {"a": ["p2"]}
        with pytest.raises(QueryError, match="year"):
            await s.scalars(statement.params(who="a"))


@pytest.mark.parametrize("name", ["keys", "key", "rows"])
async def test_param_may_be_named_as_one_of_ours(db: Database, name: str) -> None:
    """What a page shows is read by the keys of its results."""
    await seed(db)
    statement = select(Artist).where(Artist.id == "a").fetch("works", where=Artwork.year == param(name))
    async with db.session() as s:
        assert await works_of(s, statement.params(**{name: 1502})) == {"a": ["p2"]}
    async with db.session() as s:
        page = await s.after(statement.params(**{name: 1502}), None, 5)
        assert [keys(artist.works) for artist in page.items] == [["p2"]]


async def test_path_has_its_options_at_the_end(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .where(Artist.id == "a")
            .fetch("works.exhibitions", limit=1)
            .fetch("works", order_by="year", limit=2)
        )
        with db.count() as sent:
            [a] = await s.scalars(statement)
            assert [keys(work.exhibitions) for work in a.works] == [["x"], ["x"]]
        assert len(sent) == 1


async def teach(db: Database) -> None:
    """One teaches two and three, two teaches four, four teaches five."""
    artists = [Artist(id=str(i), name=str(i)) for i in range(1, 6)]
    for pupil, teacher in ((2, 1), (3, 1), (4, 2), (5, 4)):
        artists[pupil - 1].teacher = artists[teacher - 1]
    await db.save(*artists)


@pytest.mark.parametrize("depth", [1, 2, 3, 9])
async def test_depth_follows_a_self_relation(db: Database, depth: int) -> None:
    await teach(db)
    async with db.session() as s:
        with db.count() as sent:
            [one] = await s.scalars(select(Artist).where(Artist.id == "1").fetch(Artist.pupils, depth=depth))
            levels, level = [], [one]
            for _ in range(min(depth, 4)):
                level = [pupil for artist in level for pupil in artist.pupils]
                levels.append(sorted(keys(level)))
        assert levels == [["2", "3"], ["4"], ["5"], []][:depth]
        assert len(sent) == 1


async def test_depth_of_a_single_relation(db: Database) -> None:
    await teach(db)
    async with db.session() as s:
        with db.count() as sent:
            [five] = await s.scalars(select(Artist).where(Artist.id == "5").fetch(Artist.teacher, depth=3))
            assert five.teacher.teacher.teacher.id == "1"
        assert len(sent) == 1


async def test_depth_limits_on_each_level(db: Database) -> None:
    await teach(db)
    async with db.session() as s:
        statement = select(Artist).where(Artist.id == "1").fetch("pupils", order_by="id", limit=1, depth=2)
        [one] = await s.scalars(statement)
        assert (keys(one.pupils), keys(one.pupils[0].pupils)) == (["2"], ["4"])


async def a_part(s: Any, **options: Any) -> Artist:
    options = options or {"order_by": "year", "limit": 2}
    [a] = await s.scalars(select(Artist).where(Artist.id == "a").fetch(Artist.works, **options))
    return a


async def test_part_says_that_it_is_one(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        a = await a_part(s)
        assert is_partial(a, Artist.works)
        assert is_partial(a, "works")
        assert not is_partial(a, Artist.gallery)
        with pytest.raises(TypeError, match="relation"):
            is_partial(a, "name")
    async with db.session() as s:
        assert not is_partial(await a_part(s, order_by="year"), Artist.works)


async def test_part_is_not_written_back_as_the_whole(db: Database) -> None:
    """Demands 1 and 2: what was not loaded is not touched."""
    await seed(db)
    async with db.session() as s:
        a = await a_part(s)
        a.name = "changed"
    assert len((await db.dump()).pairs("MADE")) == 6


async def test_append_to_a_part_adds_one(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        a = await a_part(s)
        new = Painting(id="new", title="N")
        s.add(new)
        a.works.append(new)
        assert keys(a.works) == ["p0", "p1", "new"]
    assert [end for start, end in (await db.dump()).pairs("MADE") if start == "a"] == [
        "new", "p0", "p1", "p2", "p3", "p4",
    ]  # fmt: skip


async def test_plus_equals_on_a_part_adds(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        a = await a_part(s)
        a.works += [await s.get(Artwork, "s")]
    assert ("a", "s") in (await db.dump()).pairs("MADE")
    assert len([pair for pair in (await db.dump()).pairs("MADE") if pair[0] == "a"]) == 6


async def test_remove_from_a_part_removes_that_one(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        a = await a_part(s)
        a.works.remove(a.works[1])
        del a.works[0]
    assert [end for start, end in (await db.dump()).pairs("MADE") if start == "a"] == ["p2", "p3", "p4"]


async def test_whole_of_a_part_cannot_change(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        works: Any = (await a_part(s)).works
        for change in (works.clear, lambda: works.__setitem__(slice(None), []), lambda: works.__delitem__(slice(1))):
            with pytest.raises(RelationValueError, match="part"):
                change()
        assert keys(works) == ["p0", "p1"]
    assert len((await db.dump()).pairs("MADE")) == 6


async def test_assignment_replaces_what_is_stored(db: Database) -> None:
    """Rule 6: as of a collection that was never loaded."""
    await seed(db)
    async with db.session() as s:
        a = await a_part(s)
        a.works = [a.works[1]]
    assert [end for start, end in (await db.dump()).pairs("MADE") if start == "a"] == ["p1"]


async def test_load_makes_it_whole(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        a = await a_part(s)
        await s.load(a, "works")
        assert len(a.works) == 5
        assert not is_partial(a, Artist.works)
    async with db.session() as s:
        a = await a_part(s)
        assert (await s.get(Artist, "a", fetch=["works"])) is a
        assert len(a.works) == 5


async def test_another_part_replaces_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert keys((await a_part(s)).works) == ["p0", "p1"]
        assert keys((await a_part(s, where=Artwork.year == 1503)).works) == ["p3"]


async def test_whole_stays_whole(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        a = await s.get(Artist, "a", fetch=["works"])
        assert await a_part(s) is a
        assert len(a.works) == 5
        assert not is_partial(a, Artist.works)


IMPOSSIBLE: dict[str, Any] = {
    "limit of a single relation": ((Artist.gallery,), {"limit": 1}),
    "filter of a single relation": ((Artist.gallery,), {"where": Gallery.name == "G"}),
    "filter of another class": ((Artist.works,), {"where": Gallery.name == "G"}),
    "filter of the parent": ((Artist.works,), {"where": Artist.name == "A"}),
    "depth of no self relation": ((Artist.works,), {"depth": 2}),
    "order by what is not there": ((Artist.works,), {"order_by": "nothing"}),
    "unknown relation": (("nothing",), {"limit": 1}),
}


@pytest.mark.parametrize("case", list(IMPOSSIBLE))
async def test_impossible_option_is_refused(db: Database, case: str) -> None:
    relations, options = IMPOSSIBLE[case]
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError):
            await s.scalars(select(Artist).fetch(*relations, **options))
        assert len(sent) == 0


@pytest.mark.parametrize(
    "options",
    [{"limit": -1}, {"limit": 1.5}, {"limit": "1"}, {"depth": 0}, {"where": True}, {"where": [True]}],
    ids=str,
)
async def test_odd_option_is_refused(db: Database, options: dict[str, Any]) -> None:
    """Rule 19."""
    with pytest.raises((TypeError, ValueError)):
        select(Artist).fetch(Artist.works, **options)
    with pytest.raises(TypeError):
        select(Artist).fetch(limit=1)
