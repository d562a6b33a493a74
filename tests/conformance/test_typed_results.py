"""Section 3: `select(A, E, B)` and `all_with_edges(A, E, B)` name the classes that rows must have."""

from __future__ import annotations

import pytest

from runic.ogm import OGMError, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Loan, Painting, Showing


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
