"""Rule 15: direction BOTH is one edge, however often and from whichever side it is related."""

from __future__ import annotations

import itertools

import pytest

from runic.ogm import Edge, Field, Node, Relation

from .harness import Database
from .models import Change, Station


async def stations(db: Database, codes: str) -> None:
    await db.save(*[Station(code=code) for code in codes])


async def pairs(db: Database) -> list[frozenset[str]]:
    return sorted((frozenset(pair) for pair in (await db.dump()).pairs("LINKS_TO")), key=sorted)


async def test_both_ends_see_the_edge(db: Database) -> None:
    """Rule 15."""
    await stations(db, "ab")
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"))
        await s.relate(a, Station.neighbours, b)
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"), fetch=["neighbours"])
        assert (a.neighbours, b.neighbours) == ([b], [a])


async def test_related_from_both_sides_in_one_unit(db: Database) -> None:
    """Rule 15."""
    await stations(db, "ab")
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"))
        await s.relate(a, Station.neighbours, b)
        await s.relate(b, Station.neighbours, a)
    assert len(await pairs(db)) == 1


async def test_related_from_the_other_side_later(db: Database) -> None:
    """Rule 15."""
    await stations(db, "ab")
    for left, right in ("ab", "ba", "ab"):
        async with db.session() as s:
            await s.relate(await s.get(Station, left), Station.neighbours, await s.get(Station, right))
    assert len(await pairs(db)) == 1


async def test_existing_edge_of_either_direction_is_reused(db: Database) -> None:
    """Rule 15: edges written by others."""
    await stations(db, "ab")
    await db.execute("MATCH (a:Station {code: 'b'}), (b:Station {code: 'a'}) CREATE (a)-[:LINKS_TO {old: 1}]->(b)")
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"))
        await s.relate(a, Station.neighbours, b)
    assert (await db.dump()).edges == [("LINKS_TO", "b", "a", {"old": 1})]


async def test_all_pairs_of_many(db: Database) -> None:
    """Rule 15: both orders of every pair in one batch."""
    await stations(db, "abcdefg")
    async with db.session() as s:
        found = await s.get_many(Station, list("abcdefg"))
        await s.relate_all(Station.neighbours, itertools.permutations(found, 2))
    assert len(await pairs(db)) == len(set(await pairs(db))) == 21


async def test_self_loop_is_one_edge(db: Database) -> None:
    """Rule 17: a self-loop on a BOTH relation."""
    await stations(db, "a")
    for _ in range(2):
        async with db.session() as s:
            a = await s.get(Station, "a")
            await s.relate(a, Station.neighbours, a)
            await s.relate(a, Station.neighbours, a)
    assert (await db.dump()).pairs("LINKS_TO") == [("a", "a")]
    async with db.session() as s:
        a = await s.get(Station, "a", fetch=["neighbours"])
        assert a.neighbours == [a]


async def test_self_loop_can_be_removed(db: Database) -> None:
    """Rule 17."""
    await test_self_loop_is_one_edge(db)
    async with db.session() as s:
        a = await s.get(Station, "a")
        await s.unrelate(a, Station.neighbours, a)
    assert await pairs(db) == []


async def test_unrelate_from_the_other_side(db: Database) -> None:
    """Rule 15 and 17."""
    await stations(db, "ab")
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"))
        await s.relate(a, Station.neighbours, b)
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"))
        await s.unrelate(b, Station.neighbours, a)
    assert await pairs(db) == []


async def test_assigned_on_both_sides(db: Database) -> None:
    """Rule 6 and 15."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        a.neighbours = [b]
        b.neighbours = [a]
    assert len(await pairs(db)) == 1


async def test_single_both_is_seen_from_either_side(db: Database) -> None:
    """Rule 15, to-one."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        a.twin = b
    async with db.session() as s:
        a, b = await s.get_many(Station, ["a", "b"], fetch=["twin"])
        assert (a.twin, b.twin) == (b, a)


async def test_single_both_is_replaced(db: Database) -> None:
    """Rule 6 and 15: the old twin's edge goes, from whichever side it was written."""
    async with db.session() as s:
        a, b, c = (Station(code=code) for code in "abc")
        s.add_all([a, b, c])
        b.twin = a
    async with db.session() as s:
        a, c = await s.get_many(Station, ["a", "c"], fetch=["twin"])
        a.twin = c
    assert [set(pair) for pair in (await db.dump()).pairs("TWIN_OF")] == [{"a", "c"}]


async def test_collection_has_no_duplicates(db: Database) -> None:
    """Rule 15: two stored edges between one pair are one member."""
    await stations(db, "ab")
    for query in ("CREATE (a)-[:LINKS_TO]->(b)", "CREATE (b)-[:LINKS_TO]->(a)"):
        await db.execute("MATCH (a:Station {code: 'a'}), (b:Station {code: 'b'}) " + query)
    async with db.session() as s:
        a = await s.get(Station, "a", fetch=["neighbours"])
        assert [station.code for station in a.neighbours] == ["b"]


async def test_unrelate_removes_both_directions(db: Database) -> None:
    """Rule 17: every edge of the relation between the two."""
    await test_collection_has_no_duplicates(db)
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"))
        await s.unrelate(a, Station.neighbours, b)
    assert await pairs(db) == []


class Crossing(Edge, type="SAILS_TO"):
    boat: str = Field(primary_key=True)
    minutes: int = 0


class Pier(Node, labels=["Pier"]):
    id: str
    ferries: list[Pier] = Relation(relationship="SAILS_TO", direction="BOTH", edge_model=Crossing)


async def change_minutes(db: Database) -> list[int]:
    return [row["m"] for row in await db.execute("MATCH ()-[r:CHANGES_TO]->() RETURN r.minutes AS m")]


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("back", [False, True])
async def test_edge_related_over_a_stored_one_is_changed_and_deleted(db: Database, back: bool, read: bool) -> None:
    """Rules 10 and 15: the stored edge may lead the other way than it was related now."""
    await stations(db, "ab")
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ba" if back else "ab"))
        await s.relate(a, Station.changes, b, edge=Change(minutes=1))
    async with db.session() as s:
        a, b = await s.get_many(Station, list("ab"))
        edge = Change(minutes=2)
        await s.relate(a, Station.changes, b, edge=edge)
        await s.flush()
        if read:
            assert await s.edges(b, Station.changes) == [(edge, a)]
        edge.minutes = 3
        await s.flush()
        await s.refresh(edge)
        assert edge.minutes == 3
        edge.minutes = 4
        await s.commit()
        assert await change_minutes(db) == [4]
        s.delete(edge)
    assert await change_minutes(db) == []


async def test_keyed_edge_related_over_a_stored_one_is_changed(db: Database) -> None:
    """Rules 9 and 15."""
    await db.save(Pier(id="a"), Pier(id="b"))
    for start, end in ("ab", "ba"):
        async with db.session() as s:
            ferry, other = Crossing(boat="Swan", minutes=10), Crossing(boat=f"Only {start}", minutes=10)
            start_quay, end_quay = await s.get_many(Pier, [start, end])
            await s.relate_all(Pier.ferries, [(start_quay, end_quay, ferry), (start_quay, end_quay, other)])
            await s.flush()
            ferry.minutes = other.minutes = 20
    async with db.session() as s:
        edges = [edge for edge, _ in await s.edges(await s.get(Pier, "a"), Pier.ferries)]
        assert sorted((edge.boat, edge.minutes) for edge in edges) == [("Only a", 20), ("Only b", 20), ("Swan", 20)]
