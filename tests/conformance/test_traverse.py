"""`traverse`, aliases, `on=`, optional steps, `all_with_edges` in both styles."""

from __future__ import annotations

import pytest

from runic.ogm import OGMError, QueryError, count, exists, select

from .harness import Database
from .models import Artist, Artwork, Change, Exhibition, Fresco, Gallery, Painting, Sculpture, Showing, Station, Visitor


async def seed(db: Database) -> None:
    async with db.session() as s:
        g = Gallery(id="g", name="G")
        p, q, c = Fresco(id="p", title="P"), Painting(id="q", title="Q"), Sculpture(id="c", title="C")
        a, b = Artist(id="a", name="A", gallery=g, works=[p, q]), Artist(id="b", name="B", works=[c])
        n = Artist(id="n", name="N")
        x, y = Exhibition(id="x", title="X"), Exhibition(id="y", title="Y")
        s.add_all([g, p, q, c, a, b, n, x, y])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="red", position=1))
        await s.relate(x, Exhibition.works, q, edge=Showing(room="blue", position=2))
        await s.relate(y, Exhibition.works, p, edge=Showing(room="blue", position=1))


async def test_filter_of_the_step(db: Database) -> None:
    """`on=` names the step's alias."""
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).traverse(Artist.works, optional=False).alias("w").where(Artwork.title == "Q", on="w")
        assert [artist.id for artist in await s.scalars(statement)] == ["a"]


async def test_filter_of_the_root_by_its_alias(db: Database) -> None:
    """Before any step, alias names the root."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist).alias("a").traverse(Artist.works, optional=False).alias("w").where(Artist.id == "b", on="a")
        )
        assert [artist.id for artist in await s.scalars(statement)] == ["b"]


async def test_root_filter_without_alias(db: Database) -> None:
    """A where without `on=` after steps means the class's own alias."""
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).where(Artist.id == "b").traverse(Artist.works, optional=False).alias("w")
        assert [artist.id for artist in await s.scalars(statement)] == ["b"]


async def test_required_step_drops_roots_without(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        found = await s.scalars(select(Artist).traverse(Artist.gallery, optional=False).alias("g"))
        assert [artist.id for artist in found] == ["a"]


async def test_optional_step_keeps_roots_without(db: Database) -> None:
    """`optional=True` is the default."""
    await seed(db)
    async with db.session() as s:
        found = await s.scalars(select(Artist).traverse(Artist.gallery).alias("g").order_by(Artist.id))
        assert [artist.id for artist in found] == ["a", "b", "n"]


async def test_steps_follow_each_other(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .alias("a")
            .traverse(Artist.works, optional=False)
            .alias("w")
            .traverse(Artwork.exhibitions, edge_alias="e", optional=False)
            .alias("x")
            .where(Exhibition.id == "y", on="x")
        )
        assert {artist.id for artist in await s.scalars(statement)} == {"a"}


async def test_return_target_gives_the_other_end(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist).where(Artist.id == "a").traverse(Artist.works, optional=False).alias("w").return_target("w")
        )
        found = await s.scalars(statement)
        assert {work.id: type(work) for work in found} == {"p": Fresco, "q": Painting}


def rooms(*, optional: bool = False):  # noqa: ANN201 - a Select
    return (
        select(Exhibition)
        .alias("x")
        .traverse(Exhibition.works, edge_alias="e", optional=optional)
        .alias("w")
        .return_nodes("x", "w")
        .return_edge("e")
    )


async def test_all_with_edges_by_a_statement(db: Database) -> None:
    """Node, edge, node, in the order of the pattern."""
    await seed(db)
    async with db.session() as s:
        rows = await s.all_with_edges(rooms().where(Showing.room == "blue", on="e"))
        assert sorted((x.id, e.room, w.id) for x, e, w in rows) == [("x", "blue", "q"), ("y", "blue", "p")]
        assert all(type(row) is tuple and type(row[1]) is Showing for row in rows)


async def test_all_with_edges_by_a_bound_query(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        query = (
            s.query(Exhibition)
            .where(Exhibition.id == "x")
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .where(Artwork.id == "p", on="w")
            .return_nodes("x", "w")
            .return_edge("e")
        )
        [(show, edge, work)] = await query.all_with_edges()
        assert (show.id, edge.room, work.id) == ("x", "red", "p")
        assert edge.source is show
        assert edge.target is work


async def test_edge_without_return_nodes_order(db: Database) -> None:
    """The order is the pattern's, whatever the order of the names."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Exhibition)
            .alias("x")
            .traverse(Exhibition.works, edge_alias="e", optional=False)
            .alias("w")
            .return_edge("e")
            .return_nodes("w", "x")
        )
        rows = await s.all_with_edges(statement)
        assert {(type(x), type(e)) for x, e, _ in rows} == {(Exhibition, Showing)}


async def test_optional_step_that_found_nothing(db: Database) -> None:
    """`(x, None, None)`."""
    await db.save(empty := Exhibition(id="z", title="Z"))
    async with db.session() as s:
        [(show, edge, work)] = await s.all_with_edges(rooms(optional=True))
        assert (show.id, edge, work) == (empty.id, None, None)


async def test_two_steps_give_five_columns(db: Database) -> None:
    """Node, edge, node, edge, node."""
    await seed(db)
    async with db.session() as s:
        statement = (
            select(Artist)
            .alias("a")
            .traverse(Artist.works, edge_alias="m", optional=False)
            .alias("w")
            .traverse(Artwork.exhibitions, edge_alias="e", optional=False)
            .alias("x")
            .return_nodes("a", "w", "x")
            .return_edge("m")
            .return_edge("e")
        )
        rows = await s.all_with_edges(statement)
        assert sorted((row[0].id, row[2].id, row[3].room, row[4].id) for row in rows) == [
            ("a", "p", "blue", "y"),
            ("a", "p", "red", "x"),
            ("a", "q", "blue", "x"),
        ]


async def test_edge_filter_and_node_filter(db: Database) -> None:
    """Demand 18: filter by an edge property and get the edge with the node."""
    await seed(db)
    async with db.session() as s:
        statement = rooms().where(Showing.position == 1, on="e").where(Exhibition.id == "y", on="x")
        [(_, edge, work)] = await s.all_with_edges(statement)
        assert (edge.room, work.id) == ("blue", "p")


async def test_traverse_by_the_mirror(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        statement = select(Gallery).traverse(Gallery.artists, optional=False).alias("a").where(Artist.id == "a", on="a")
        assert [gallery.id for gallery in await s.scalars(statement)] == ["g"]


async def test_traverse_both_from_either_side(db: Database) -> None:
    """Rule 15."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        await s.relate(a, Station.changes, b, edge=Change(minutes=3))
    async with db.session() as s:
        for start, end in ("ab", "ba"):
            statement = (
                select(Station)
                .alias("s")
                .where(Station.code == start)
                .traverse(Station.changes, edge_alias="e", optional=False)
                .alias("t")
                .return_nodes("s", "t")
                .return_edge("e")
            )
            [(left, edge, right)] = await s.all_with_edges(statement)
            assert (left.code, edge.minutes, right.code) == (start, 3, end)


async def test_traverse_to_a_subclass_filters(db: Database) -> None:
    """Rule 16: a relation to a subclass finds only that."""
    await seed(db)
    await db.execute("MATCH (x:Exhibition {id: 'x'}), (w:Artwork) CREATE (x)-[:OPENS_WITH]->(w)")
    async with db.session() as s:
        statement = select(Exhibition).traverse(Exhibition.paintings, optional=False).alias("p").return_target("p")
        assert {work.id for work in await s.scalars(statement)} == {"p", "q"}


async def test_results_are_tracked(db: Database) -> None:
    """Rule 4 and 5: what a statement gives is of the session."""
    await seed(db)
    async with db.session() as s:
        for show, edge, work in await s.all_with_edges(rooms().where(Exhibition.id == "y", on="x")):
            show.title, edge.position, work.title = "new", 9, "new"
    graph = await db.dump()
    assert (graph.node("y")["title"], graph.node("p")["title"]) == ("new", "new")
    assert graph.edge("SHOWS", "y", "p")["position"] == 9


async def test_query_is_one_statement(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            await s.all_with_edges(rooms())
        assert len(sent) == 1


async def test_count_of_a_traversal(db: Database) -> None:
    """`count` and `scalars` agree."""
    await seed(db)
    async with db.session() as s:
        statement = select(Artist).traverse(Artist.gallery, optional=False).alias("g")
        assert await s.count(statement) == len(await s.scalars(statement)) == 1


@pytest.mark.parametrize(
    "build",
    [
        lambda: select(Artist).traverse(Exhibition.works),
        lambda: select(Artist).traverse("paints"),
        lambda: select(Artist).traverse(Artist.name),
        lambda: select(Artist).traverse(None),
        lambda: select(Artist).alias("x").traverse(Artist.works).alias("x"),
        lambda: select(Artist).traverse(Artist.works, edge_alias="w").alias("w"),
        lambda: select(Artist).alias("a").return_nodes("b"),
        lambda: select(Artist).alias("a").return_edge("e"),
        lambda: select(Artist).alias("a").return_target("t"),
    ],
    ids=["class", "unknown", "property", "none", "alias twice", "edge alias twice", "nodes", "edge", "target"],
)
async def test_impossible_statement_is_refused(db: Database, build: object) -> None:
    """A named error, at the call or when run, before anything is sent."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises((OGMError, TypeError)):
            await s.scalars(build())
        assert len(sent) == 0


async def test_all_with_edges_of_one_step_needs_an_edge(db: Database) -> None:
    """Without any step there is no edge to give."""
    async with db.session() as s:
        with db.count() as sent, pytest.raises(QueryError):
            await s.all_with_edges(select(Artist))
        assert len(sent) == 0


async def test_each_way_to_a_node_is_a_row(db: Database) -> None:
    """Two steps that lead to it through two nodes, of which nothing is returned."""
    exhibitions = [Exhibition(id=key, title=key) for key in "xy"]
    await db.save(*exhibitions, Visitor(id="v", name="V", visits=exhibitions), Painting(id="p", title="P"))
    async with db.session() as s:
        for exhibition in await s.get_many(Exhibition, ["x", "y"]):
            await s.relate(exhibition, "works", await s.get(Painting, "p"), edge=Showing(room="r"))
    async with db.session() as s:
        steps = select(Visitor).traverse("visits", optional=False).traverse(Exhibition.works, optional=False).alias("w")
        ends = steps.return_target("w")
        assert [work.id for work in await s.scalars(ends)] == ["p", "p"]
        assert await s.count(ends) == 2
        assert await s.count(ends.distinct()) == 1
        assert await s.all_rows(steps.aggregate(count().as_("n"))) == [{"n": 2}]


async def test_edge_whose_end_was_left_behind_is_refused(db: Database) -> None:
    """An edge comes with its ends."""
    steps = select(Exhibition).alias("x").traverse(Exhibition.works, edge_alias="e").alias("w")
    async with db.session() as s:
        for left in (steps.with_("x", "e").return_edge("e"), steps.return_nodes("x", "w").with_("w")):
            with db.count() as sent, pytest.raises(QueryError, match="left behind"):
                await s.all_with_edges(left)
            assert len(sent) == 0


async def test_edge_that_goes_on_keeps_its_rows(db: Database) -> None:
    """Also where nothing speaks of it."""
    await seed(db)
    async with db.session() as s:
        steps = select(Exhibition).alias("x").traverse(Exhibition.works, edge_alias="e", optional=False)
        counted = steps.with_("x", "e", count().as_("n")).order_by("id")
        assert [show.id for show in await s.scalars(counted)] == ["x", "x", "y"]
        assert [show.id for show in await s.scalars(steps.distinct().with_("x", "e").order_by("id"))] == ["x", "x", "y"]


async def test_names_are_not_those_of_questions(db: Database) -> None:
    """Variables that the package makes never meet those that a user names."""
    await seed(db)
    shown = exists(Artwork.exhibitions, Exhibition.id == "y")
    async with db.session() as s:
        for alias in ("_n0", "_e0", "_c1", "_kept"):
            works = select(Artwork).alias(alias).where(shown)
            assert [work.id for work in await s.scalars(works)] == ["p"]
        counted = select(Artist).alias("a").with_("a", count().as_("n1")).traverse(Artist.works, optional=False)
        ends = counted.alias("w").where(exists(Artwork.exhibitions, exists(Exhibition.works, Artwork.id == "q")))
        changed = await s.execute(ends.return_target("w").update(title="shown"))
        assert changed[0]["count"] == 2
    assert (await db.dump()).node("c")["title"] == "C"
