"""Rule 9: an Edge class with a key allows parallel edges, each addressable."""

from __future__ import annotations

from runic.ogm import select

from .harness import Database
from .models import Exhibition, Lender, Loan


async def seed(db: Database) -> Lender:
    lender, show = Lender(name="L"), Exhibition(id="x", title="X")
    async with db.session() as s:
        s.add_all([lender, show])
        await s.relate(lender, Lender.loans, show, edge=Loan(number="1", fee=10))
        await s.relate(lender, Lender.loans, show, edge=Loan(number="2", fee=20))
    return lender


async def loans(db: Database) -> list[tuple[str, int | None]]:
    return sorted((p["number"], p.get("fee")) for type_, _, _, p in (await db.dump()).edges if type_ == "LENT")


async def test_parallel_edges_are_stored(db: Database) -> None:
    """Rule 9. Demand 8."""
    await seed(db)
    assert await loans(db) == [("1", 10), ("2", 20)]


async def test_same_key_is_the_same_edge(db: Database) -> None:
    """Rule 9. Demand 8: MERGE on the key, the rest is overwritten."""
    key = (await seed(db)).id
    async with db.session() as s:
        lender, show = await s.get(Lender, key), await s.get(Exhibition, "x")
        await s.relate(lender, Lender.loans, show, edge=Loan(number="2", fee=21))
        await s.relate(lender, Lender.loans, show, edge=Loan(number="3"))
    assert await loans(db) == [("1", 10), ("2", 21), ("3", None)]


async def test_same_key_in_one_unit_is_one_edge(db: Database) -> None:
    """Rule 9."""
    async with db.session() as s:
        lender, show = Lender(name="L"), Exhibition(id="x", title="X")
        s.add_all([lender, show])
        await s.relate(lender, Lender.loans, show, edge=Loan(number="1", fee=1))
        await s.relate(lender, Lender.loans, show, edge=Loan(number="1", fee=2))
    assert await loans(db) == [("1", 2)]


async def test_edges_lists_each_parallel_edge(db: Database) -> None:
    """Demand 8."""
    key = (await seed(db)).id
    async with db.session() as s:
        rows = await s.edges(await s.get(Lender, key), Lender.loans)
        assert sorted(edge.number for edge, _ in rows) == ["1", "2"]
        assert len({id(target) for _, target in rows}) == 1


async def test_collection_holds_the_target_once(db: Database) -> None:
    """Parallel edges never multiply a collection's members."""
    key = (await seed(db)).id
    async with db.session() as s:
        lender = await s.get(Lender, key, fetch=["loans"])
        assert [show.id for show in lender.loans] == ["x"]


async def test_change_of_one_leaves_the_other(db: Database) -> None:
    """Demand 8."""
    key = (await seed(db)).id
    async with db.session() as s:
        for edge, _ in await s.edges(await s.get(Lender, key), Lender.loans):
            if edge.number == "2":
                edge.fee = 99
    assert await loans(db) == [("1", 10), ("2", 99)]


async def test_delete_removes_one_of_them(db: Database) -> None:
    """Rule 10. Demand 8."""
    key = (await seed(db)).id
    async with db.session() as s:
        for edge, _ in await s.edges(await s.get(Lender, key), Lender.loans):
            if edge.number == "1":
                s.delete(edge)
    assert await loans(db) == [("2", 20)]


async def test_unrelate_with_edge_removes_one(db: Database) -> None:
    """Rule 17. Demand 8."""
    key = (await seed(db)).id
    async with db.session() as s:
        lender, show = await s.get(Lender, key), await s.get(Exhibition, "x")
        [(edge, _)] = [row for row in await s.edges(lender, Lender.loans) if row[0].number == "2"]
        await s.unrelate(lender, Lender.loans, show, edge=edge)
    assert await loans(db) == [("1", 10)]


async def test_unrelate_with_key_alone_removes_one(db: Database) -> None:
    """Rule 17: an edge made by hand with the key tells which."""
    key = (await seed(db)).id
    async with db.session() as s:
        lender, show = await s.get(Lender, key), await s.get(Exhibition, "x")
        await s.unrelate(lender, Lender.loans, show, edge=Loan(number="1"))
    assert await loans(db) == [("2", 20)]


async def test_unrelate_removes_all_of_them(db: Database) -> None:
    """Rule 17: every edge of the relation between the two."""
    key = (await seed(db)).id
    async with db.session() as s:
        await s.unrelate(await s.get(Lender, key), Lender.loans, await s.get(Exhibition, "x"))
    assert await loans(db) == []


async def test_query_finds_one_of_them(db: Database) -> None:
    """Demand 8."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Lender)
            .alias("l")
            .traverse(Lender.loans, edge_alias="e", optional=False)
            .alias("x")
            .where(Loan.number == "2", on="e")
            .return_nodes("l", "x")
            .return_edge("e")
        )
        [(_, edge, _)] = await s.all_with_edges(statement)
        assert (edge.number, edge.fee) == ("2", 20)


async def test_removal_of_an_edge_that_is_not_there_is_none(db: Database) -> None:
    """As without an edge: nothing says that it is there."""
    await db.save(Lender(name="L"), Exhibition(id="x", title="X"))
    async with db.session() as s:
        [lender] = await s.scalars(select(Lender))
        show = await s.get(Exhibition, "x")
        await s.unrelate(lender, Lender.loans, show, edge=Loan(number="1"))
        lender.name = "written"
    async with db.session() as s:
        assert [lender.name for lender in await s.scalars(select(Lender))] == ["written"]
