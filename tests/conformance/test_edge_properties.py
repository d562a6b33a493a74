"""Rule 9: relate with an edge overwrites its fields; what identifies an edge is declared."""

from __future__ import annotations

import pytest

from runic.ogm import FieldValidationError

from .harness import Database
from .models import Amount, Change, Exhibition, Ingredient, Painting, Recipe, Showing, Station


async def seed(db: Database) -> None:
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1", position=3, note="left"))


async def relate_again(db: Database, edge: Showing | None) -> None:
    async with db.session() as s:
        x, p = await s.get(Exhibition, "x"), await s.get(Painting, "p")
        await s.relate(x, Exhibition.works, p, edge=edge)


async def test_edge_properties_are_stored(db: Database) -> None:
    """Rule 9."""
    await seed(db)
    assert (await db.dump()).edge("SHOWS", "x", "p") == {"room": "1", "position": 3, "note": "left"}


async def test_relate_again_overwrites(db: Database) -> None:
    """Rule 9."""
    await seed(db)
    await relate_again(db, Showing(room="2", position=4, note="right"))
    assert (await db.dump()).edge("SHOWS", "x", "p") == {"room": "2", "position": 4, "note": "right"}


async def test_relate_again_overwrites_with_none(db: Database) -> None:
    """Rule 9: a None included."""
    await seed(db)
    await relate_again(db, Showing(room="2"))
    assert (await db.dump()).edge("SHOWS", "x", "p") == {"room": "2", "position": 0}


async def test_changed_value_makes_no_second_edge(db: Database) -> None:
    """Rule 9. Demand 13: an edge property must not turn MERGE into CREATE."""
    await seed(db)
    for room in "2345":
        await relate_again(db, Showing(room=room))
    assert (await db.dump()).pairs("SHOWS") == [("x", "p")]


async def test_relate_without_edge_keeps_properties(db: Database) -> None:
    """Rule 9: no edge, nothing to overwrite."""
    await seed(db)
    await relate_again(db, None)
    assert (await db.dump()).edge("SHOWS", "x", "p") == {"room": "1", "position": 3, "note": "left"}


async def test_last_edge_of_a_unit_wins(db: Database) -> None:
    """Rule 9: related twice before a flush."""
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1", note="first"))
        await s.relate(x, Exhibition.works, p, edge=Showing(room="2"))
    graph = await db.dump()
    assert graph.pairs("SHOWS") == [("x", "p")]
    assert graph.edge("SHOWS", "x", "p") == {"room": "2", "position": 0}


async def test_edge_written_through_the_mirror(db: Database) -> None:
    """Rule 9."""
    await seed(db)
    async with db.session() as s:
        x, p = await s.get(Exhibition, "x"), await s.get(Painting, "p")
        await s.relate(p, Painting.exhibitions, x, edge=Showing(room="9"))
    assert (await db.dump()).edge("SHOWS", "x", "p") == {"room": "9", "position": 0}


async def test_edge_on_both_from_either_side(db: Database) -> None:
    """Rule 9 and 15."""
    await db.save(Station(code="a"), Station(code="b"))
    for left, right, minutes in (("a", "b", 1), ("b", "a", 2)):
        async with db.session() as s:
            await s.relate(
                await s.get(Station, left), Station.changes, await s.get(Station, right), edge=Change(minutes=minutes)
            )
    [(_, _, _, properties)] = (await db.dump()).edges
    assert properties == {"minutes": 2}


async def test_both_ways_in_one_unit_is_one_edge(db: Database) -> None:
    """Rule 9 and 15."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        await s.relate(a, Station.changes, b, edge=Change(minutes=1, covered=True))
        await s.relate(b, Station.changes, a, edge=Change(minutes=2))
    [(_, _, _, properties)] = (await db.dump()).edges
    assert properties == {"minutes": 2}


async def test_bad_edge_value_names_the_field(db: Database) -> None:
    """Refused before anything is sent."""
    await seed(db)
    s = db.open()
    x, p = await s.get(Exhibition, "x"), await s.get(Painting, "p")
    with db.count() as sent, pytest.raises(FieldValidationError, match=r"Showing.*position"):
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1", position="three"))
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()


async def test_defaults_of_an_edge_are_stored(db: Database) -> None:
    async with db.session() as s:
        recipe, salt = Recipe(id="r", title="R"), Ingredient(id="salt")
        s.add_all([recipe, salt])
        await s.relate(recipe, Recipe.ingredients, salt, edge=Amount())
    assert (await db.dump()).edge("NEEDS", "r", "salt")["grams"] == 0


async def test_many_edges_have_their_own_properties(db: Database) -> None:
    """Demand 20: bulk edges with properties per row, one statement."""
    async with db.session() as s:
        x = Exhibition(id="x", title="X")
        works = [Painting(id=f"p{i:03}", title="t") for i in range(200)]
        s.add_all([x, *works])
        await s.commit()
        await s.relate_all(Exhibition.works, [(x, work, Showing(room="r", position=i)) for i, work in enumerate(works)])
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 1
    graph = await db.dump()
    assert [graph.edge("SHOWS", "x", f"p{i:03}")["position"] for i in (0, 99, 199)] == [0, 99, 199]


async def test_relate_overwrites_a_pending_change(db: Database) -> None:
    """Rule 9: what was told last is what is stored."""
    await seed(db)
    async with db.session() as s:
        x, p = await s.get(Exhibition, "x"), await s.get(Painting, "p")
        [(edge, _)] = await s.edges(x, Exhibition.works)
        edge.position = 7
        await s.relate(x, Exhibition.works, p, edge=Showing(room="2"))
    assert (await db.dump()).edge("SHOWS", "x", "p") == {"room": "2", "position": 0}
