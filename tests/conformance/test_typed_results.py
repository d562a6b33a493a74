"""Section 3: `select(A, E, B)` and `all_with_edges(A, E, B)` name the classes that rows must have."""

from __future__ import annotations

import pytest

from runic.ogm import OGMError, count, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Lender, Loan, Painting, Showing


async def seed(db: Database) -> None:
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="red"))


async def test_typed_ending_gives_the_rows(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        query = (
            s.query(Exhibition)
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .return_nodes("x", "w")
            .return_edge("e")
        )
        [(show, edge, work)] = await query.all_with_edges(Exhibition, Showing, Artwork)
        assert (show.id, edge.room, type(work)) == ("x", "red", Painting)


@pytest.mark.parametrize("classes", [(Exhibition, Showing, Artist), (Exhibition, Loan, Artwork), (Exhibition, Showing)])
async def test_other_classes_are_refused(db: Database, classes: tuple[type, ...]) -> None:
    """Checked at run time too."""
    await seed(db)
    async with db.session() as s:
        query = (
            s.query(Exhibition)
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .return_nodes("x", "w")
            .return_edge("e")
        )
        with pytest.raises((OGMError, TypeError)):
            await query.all_with_edges(*classes)


async def test_typed_select_gives_the_rows(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Exhibition, Showing, Artwork)
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .return_nodes("x", "w")
            .return_edge("e")
        )
        [(show, edge, work)] = await s.all_with_edges(statement)
        assert (show.id, edge.room, work.id) == ("x", "red", "p")


async def test_places_are_found_by_their_classes(db: Database) -> None:
    """The first of the pattern that fit, in their order; what is not named is left out."""
    await seed(db)
    shown = select(Exhibition, Showing, Artwork).traverse(Exhibition.works, edge_alias="e", optional=False)
    without_edge = select(Exhibition, Artwork).traverse(Exhibition.works, optional=False)
    edge_and_end = select(Exhibition, Painting).traverse(Exhibition.works).traverse(Painting.sketches)
    async with db.session() as s:
        [(show, edge, work)] = await s.all_with_edges(shown)
        assert (show.id, edge.room, work.id) == ("x", "red", "p")
        [(show, work)] = await s.all_with_edges(without_edge)
        assert (show.id, type(work)) == ("x", Painting)
        [(show, work)] = await s.all_with_edges(edge_and_end)
        assert (show.id, work.id) == ("x", "p")
        for statement in (shown, without_edge, edge_and_end):
            assert await s.count(statement) == 1
            assert await s.exists(statement)
            assert not await s.exists(statement.skip(1))


async def test_distinct_tuples_are_counted(db: Database) -> None:
    """Two loans between the same two are two rows, and one where the edge is left out."""
    async with db.session() as s:
        s.add_all([lender := Lender(name="L"), x := Exhibition(id="x", title="X")])
        for number in "12":
            await s.relate(lender, Lender.loans, x, edge=Loan(number=number))
    pairs = select(Lender, Exhibition).traverse(Lender.loans, optional=False)
    async with db.session() as s:
        for statement, expected in ((pairs, 2), (pairs.distinct(), 1), (pairs.limit(1), 1), (pairs.skip(1), 1)):
            assert await s.count(statement) == len(await s.all_with_edges(statement)) == expected
        [row] = await s.all_rows(select(Lender).traverse(Lender.loans).aggregate(count().as_("n")))
        assert row == {"n": 2}
        assert await s.exists(pairs.skip(1))
        assert not await s.exists(pairs.skip(2))
        assert not await s.exists(pairs.distinct().skip(1))
