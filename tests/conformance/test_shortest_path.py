"""Section 3: `shortest_path(relation, to=...)`: a path is its nodes and edges, as entities of the session."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Path, QueryError, desc, hops, ref, select

from .harness import Database
from .models import Artist, Artwork, Change, Exhibition, Painting, Sculpture, Station


async def seed(db: Database) -> None:
    """A ring s0 to s5 with a shortcut s0-s3, changes one way s0, s1, s2 and back; x stands alone."""
    async with db.session() as s:
        ring = [Station(code=f"s{i}", zone=i) for i in range(6)]
        s.add_all([*ring, Station(code="x", zone=9)])
        for left, right in zip(ring, [*ring[1:], ring[0]], strict=True):
            await s.relate(left, Station.neighbours, right)
        await s.relate(ring[0], Station.neighbours, ring[3])
        await s.relate(ring[0], Station.changes, ring[1], edge=Change(minutes=2))
        await s.relate(ring[2], Station.changes, ring[1], edge=Change(minutes=3))


async def teach(db: Database) -> None:
    """a learnt from b, b from c, c from d, and a from c too, through another edge's end."""
    artists = {key: Artist(id=key, name=key.upper(), born=1400 + i) for i, key in enumerate("abcde")}
    async with db.session() as s:
        s.add_all(artists.values())
        for pupil, teacher in ("ab", "bc", "cd", "ec"):
            await s.relate(artists[pupil], Artist.teacher, artists[teacher])


def codes(path: Any) -> list[str]:
    return [station.code for station in path]


def start(code: str) -> Any:
    return select(Station).where(Station.code == code)


@pytest.mark.parametrize("to", ["key", "entity", "predicate", "predicates"])
async def test_end_is_told_in_any_way(db: Database, to: str) -> None:
    await seed(db)
    async with db.session() as s:
        ends = {
            "key": "s2",
            "entity": await s.get(Station, "s2"),
            "predicate": Station.code == "s2",
            "predicates": [Station.zone > 1, Station.zone < 3],
        }
        [path] = await s.scalars(start("s1").shortest_path(Station.neighbours, to=ends[to]))
        assert isinstance(path, Path)
        assert codes(path) == ["s1", "s2"]
        assert (path.start.code, path.end.code, path.hops, len(path)) == ("s1", "s2", 1, 2)
        assert path.end is await s.get(Station, "s2")


async def test_path_is_the_shortest(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        [path] = await s.scalars(start("s0").shortest_path(Station.neighbours, to="s3"))
        assert codes(path) == ["s0", "s3"]
        [path] = await s.scalars(start("s5").shortest_path(Station.neighbours, to="s2"))
        assert path.hops == 3
        assert codes(path)[::3] == ["s5", "s2"]


async def test_relation_has_its_direction(db: Database) -> None:
    await teach(db)
    async with db.session() as s:
        up = await s.scalars(select(Artist).where(Artist.id == "a").shortest_path(Artist.teacher, to="d"))
        down = await s.scalars(select(Artist).where(Artist.id == "d").shortest_path(Artist.pupils, to="a"))
        assert [[artist.id for artist in path] for path in (*up, *down)] == [list("abcd"), list("dcba")]
        assert not await s.scalars(select(Artist).where(Artist.id == "d").shortest_path("teacher", to="a"))


async def test_path_brings_its_edges(db: Database) -> None:
    """They are tracked, with the ends that they have in the graph."""
    await seed(db)
    async with db.session() as s:
        [path] = await s.scalars(start("s0").shortest_path(Station.changes, to="s2"))
        assert [edge.minutes for edge in path.edges] == [2, 3]
        assert [(edge.source.code, edge.target.code) for edge in path.edges] == [("s0", "s1"), ("s2", "s1")]
        assert path.edges[0].source is path.nodes[0]
        path.edges[0].minutes = 7
    assert {row["minutes"] for kind, _, _, row in (await db.dump()).edges if kind == "CHANGES_TO"} == {7, 3}


async def test_edges_without_a_class_are_told_apart(db: Database) -> None:
    await teach(db)
    async with db.session() as s:
        [path] = await s.scalars(select(Artist).where(Artist.id == "a").shortest_path(Artist.teacher, to="c"))
        assert len({id(edge) for edge in path.edges}) == 2
        s.delete(path.edges[1])
    assert ("b", "c") not in (await db.dump()).pairs("LEARNT_FROM")


async def test_max_hops_bound_it(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        for bound, found in ((1, 0), (2, 0), (3, 1), (9, 1)):
            statement = start("s5").shortest_path(Station.neighbours, to="s2", max_hops=bound)
            assert len(await s.scalars(statement)) == found
            assert await s.count(statement) == found
            assert await s.exists(statement) is bool(found)


async def test_condition_on_its_length(db: Database) -> None:
    """Beside others, before a page and a further step, and of several paths."""
    await teach(db)
    async with db.session() as s:
        paths = select(Artist).alias("from").shortest_path(Artist.teacher, to=Artist.id > "a").alias("to")
        longer = paths.where(hops() > 1, Artist.id != "c").order_by(desc(hops()), ref("from", Artist.id))
        found = await s.scalars(longer)
        assert [(path.start.id, path.end.id) for path in found] == [("a", "d"), ("b", "d"), ("e", "d")]
        assert await s.count(longer.where(hops() < 3)) == 2
        assert await s.count(paths.limit(2).where((hops() == 1) | (ref("from", Artist.id) == "x"))) == 2
        assert await s.exists(paths.where(hops() > 3)) is False
        onwards = paths.where(hops() == 2).traverse("pupils", on="to", optional=False)
        assert await s.count(onwards.where(Artist.id == "c")) == 2


async def test_no_way_is_no_path(db: Database) -> None:
    """Nor does one lead from a node to itself."""
    await seed(db)
    async with db.session() as s:
        assert await s.scalars(start("s0").shortest_path(Station.neighbours, to="x")) == []
        assert await s.scalars(start("s0").shortest_path(Station.neighbours, to="s0")) == []
        assert await s.scalar(start("s0").shortest_path(Station.neighbours, to="nowhere")) is None


async def test_every_pair_has_its_path(db: Database) -> None:
    await teach(db)
    async with db.session() as s:
        paths = await s.scalars(select(Artist).shortest_path(Artist.teacher, to=Artist.born > 1401))
        found = sorted("".join(artist.id for artist in path) for path in paths)
        assert found == ["abc", "abcd", "bc", "bcd", "cd", "ec", "ecd"]


async def test_paths_are_ordered_and_paged(db: Database) -> None:
    await teach(db)
    async with db.session() as s:
        paths = select(Artist).shortest_path(Artist.teacher, to="d").alias("end")
        assert [path.hops for path in await s.scalars(paths.order_by(hops()))] == [1, 2, 2, 3]
        assert [path.hops for path in await s.scalars(paths.order_by(desc(hops())).limit(1))] == [3]
        nearest = await s.one(paths.where(Artist.id == "d", on="end").order_by(hops()).limit(1))
        assert nearest.start.id == "c"
        rows = await s.all_rows(paths.alias("end").project(hops().as_("far")).order_by("far"))
        assert rows == [{"far": 1}, {"far": 2}, {"far": 2}, {"far": 3}]


async def test_path_from_a_step(db: Database) -> None:
    await teach(db)
    await db.execute("MATCH (a:Artist {id: 'a'}) CREATE (a)-[:MADE]->(:Artwork {id: 'w', title: 'W'})")
    async with db.session() as s:
        steps = select(Artwork).alias("w").traverse("artist", optional=False).shortest_path(Artist.teacher, to="c")
        [path] = await s.scalars(steps)
        assert [artist.id for artist in path] == list("abc")


async def test_relation_of_a_subclass_begins_at_its_own_nodes(db: Database) -> None:
    """Others may have edges of its type as well."""
    await db.save(Painting(id="p", title="P"), Sculpture(id="s", title="S"), Artwork(id="w", title="W"))
    await db.execute("MATCH (a:Artwork), (w:Artwork {id: 'w'}) WHERE a.id <> 'w' CREATE (a)-[:SKETCHED_IN]->(w)")
    async with db.session() as s:
        paths = await s.scalars(select(Artwork).shortest_path(Painting.sketches, to="w"))
        assert [[work.id for work in path] for path in paths] == [["p", "w"]]
        assert await s.count(select(Artwork).shortest_path(Painting.sketches, to="w")) == 1


IMPOSSIBLE: dict[str, Any] = {
    "relation that does not go on": lambda: select(Exhibition).shortest_path(Exhibition.works, to="x"),
    "end of another class": lambda: select(Artist).shortest_path(Artist.teacher, to=Station(code="x")),
    "two paths": lambda: start("a").shortest_path(Station.neighbours, to="b").shortest_path("neighbours", to="c"),
    "hops() without a path": lambda: start("a").order_by(hops()).build(),
    "hops() in a condition without a path": lambda: start("a").where(hops() > 1).build(),
    "distinct": lambda: start("a").shortest_path(Station.neighbours, to="b").distinct().build(),
}


@pytest.mark.parametrize("case", list(IMPOSSIBLE))
async def test_impossible_path_is_refused(db: Database, case: str) -> None:
    assert db.dialect
    with pytest.raises(QueryError):
        IMPOSSIBLE[case]()


ODD = [{"to": True}, {"to": None}, *({"to": "x", "max_hops": bound} for bound in (0, -1, "3", 1.5))]


@pytest.mark.parametrize("options", ODD, ids=str)
async def test_odd_argument_is_refused(db: Database, options: dict[str, Any]) -> None:
    """Rule 19."""
    assert db.dialect
    with pytest.raises((TypeError, ValueError)):
        start("a").shortest_path(Station.neighbours, **options)
