"""`return_target` with the class of what comes: the same nodes, or a refusal before anything is sent."""

from __future__ import annotations

import pytest

from runic.ogm import Node, QueryError, select

from .harness import Database
from .models import Artist, Artwork, Gallery, Lender, Painting, Sculpture, Showing

WORKS = select(Artist).alias("a").traverse("works", edge_alias="m", optional=False).alias("w")


async def test_named_class_gives_the_same(db: Database) -> None:
    works = [Painting(id="p", title="P", technique="oil"), Sculpture(id="s", title="S")]
    await db.save(Artist(id="a", name="A", works=works), *works)
    async with db.session() as s:
        plain = await s.scalars(WORKS.return_target("w").order_by("id"))
        assert [(type(work), work.id) for work in plain] == [(Painting, "p"), (Sculpture, "s")]
        for cls in (Artwork, Node):
            assert await s.scalars(WORKS.return_target("w", cls).order_by("id")) == plain
        bound = s.query(Artist).traverse("works", optional=False).alias("w")
        assert await bound.return_target("w", Artwork).order_by("id").all() == plain
        assert await bound.return_target("w", Artwork).where(Artwork.id == "s").one() is plain[1]
        assert [artist.id for artist in await s.scalars(WORKS.return_target("a", Artist))] == ["a", "a"]


@pytest.mark.parametrize(
    ("alias", "cls", "text"),
    [("w", Gallery, "'w' is Artwork, not Gallery"), ("w", Painting, "'w' is Artwork, not Painting"),
     ("a", Artwork, "'a' is Artist, not Artwork"), ("m", Artwork, "'m' is an edge"), ("x", Artwork, "no alias 'x'")],
    ids=str,
)  # fmt: skip
async def test_other_class_is_refused(db: Database, alias: str, cls: type[Node], text: str) -> None:
    async with db.session() as s:
        for statement in (WORKS, s.query(Artist).alias("a").traverse("works", edge_alias="m").alias("w")):
            with db.count() as sent, pytest.raises(QueryError, match=text):
                statement.return_target(alias, cls)
            assert len(sent) == 0


def test_union_of_targets_needs_a_common_base() -> None:
    treasures = select(Lender).traverse("treasures").alias("t")
    with pytest.raises(QueryError, match="'t' is Artwork or Instrument, not Artwork"):
        treasures.return_target("t", Artwork)
    assert treasures.return_target("t", Node).build() == treasures.return_target("t").build()


@pytest.mark.parametrize("cls", ["Artwork", Showing, int, 3], ids=str)
def test_what_is_no_node_class_is_refused(cls: object) -> None:
    given: type[Artwork] = cls  # type: ignore[assignment]
    with pytest.raises(TypeError, match="takes a node class"):
        WORKS.return_target("w", given)
