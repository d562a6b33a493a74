"""Demands 9, 10, 11, 12 and 14: what relations lead to, and how far they are followed."""

from __future__ import annotations

import pytest

from runic.ogm import CardinalityError, Edge, Node, Relation

from .harness import Database
from .models import Artist, Artwork, Exhibition, Fresco, Instrument, Lender, Painting, Sculpture


class Tasting(Edge, type="JUDGED"):
    """A judgement of a wine."""

    points: int


class Inspection(Edge, type="JUDGED"):
    """A judgement of a cellar."""

    passed: bool


class Wine(Node):
    """Is tasted."""

    id: str


class Cellar(Node):
    """Is inspected, and has one keeper, who keeps one cellar."""

    id: str
    keeper: Judge | None = Relation(relationship="KEEPS", direction="INCOMING", target="Judge")


class Judge(Node):
    """Judges by edges of one type, whose class follows from what they lead to."""

    id: str
    wines: list[Wine] = Relation(relationship="JUDGED", target=Wine, edge_model=Tasting)
    cellars: list[Cellar] = Relation(relationship="JUDGED", target=Cellar, edge_model=Inspection)
    cellar: Cellar | None = Relation(relationship="KEEPS", target=Cellar)


async def test_target_is_of_its_own_class_with_its_own_relations(db: Database) -> None:
    """Demand 9: a relation that only a subclass has is loaded where there is one."""
    sketch, hall = Painting(id="sketch", title="Sketch"), Fresco(id="hall", title="Hall", wall="north")
    hall.sketches = [sketch]
    show = Exhibition(id="x", title="X")
    bust = Sculpture(id="bust", title="Bust", material="bronze")
    await db.save(sketch, hall, show, bust)
    async with db.session() as s:
        artist = Artist(id="a", name="A", works=[await s.get(Artwork, "hall"), await s.get(Artwork, "bust")])
        s.add(artist)
    async with db.session() as s:
        with db.count() as counted:
            artist = await s.get(Artist, "a", fetch=["works.sketches"])
        works = {work.id: work for work in artist.works}
        assert type(works["hall"]) is Fresco
        assert works["hall"].wall == "north"
        assert type(works["bust"]) is Sculpture
        assert works["bust"].material == "bronze"
        assert [work.id for work in works["hall"].sketches] == ["sketch"]
        assert len(counted) == 1


async def test_union_of_targets_is_read_as_what_each_is(db: Database) -> None:
    """Demand 10: classes that have nothing in common."""
    async with db.session() as s:
        lender = Lender(name="L")
        lender.treasures = [Sculpture(id="s", title="S"), Instrument(id="i", maker="M")]
        s.add_all([lender, *lender.treasures])
        await s.commit()
        key = lender.id
    async with db.session() as s:
        lender = await s.get(Lender, key, fetch=["treasures"])
        assert {type(treasure): treasure.id for treasure in lender.treasures} == {Sculpture: "s", Instrument: "i"}


async def test_one_type_has_the_edge_class_of_its_ends(db: Database) -> None:
    """Demand 11."""
    async with db.session() as s:
        judge, wine, cellar = Judge(id="j"), Wine(id="w"), Cellar(id="c")
        s.add_all([judge, wine, cellar])
        await s.relate(judge, Judge.wines, wine, edge=Tasting(points=91))
        await s.relate(judge, Judge.cellars, cellar, edge=Inspection(passed=True))
    async with db.session() as s:
        judge = await s.get(Judge, "j", fetch=["wines", "cellars"])
        assert [wine.id for wine in judge.wines] == ["w"]
        assert [cellar.id for cellar in judge.cellars] == ["c"]
        [(tasting, _)] = await s.edges(judge, Judge.wines)
        [(inspection, _)] = await s.edges(judge, Judge.cellars)
        assert type(tasting) is Tasting
        assert tasting.points == 91
        assert type(inspection) is Inspection
        assert inspection.passed is True
        inspection.passed = False
    graph = await db.dump()
    assert graph.edge("JUDGED", "j", "c") == {"passed": False}
    assert graph.edge("JUDGED", "j", "w") == {"points": 91}


async def test_one_to_one_holds_on_both_ends(db: Database) -> None:
    """Demand 12: who takes over a cellar takes it from the former keeper, and leaves the cellar of before."""
    first, second = Judge(id="j1", cellar=Cellar(id="c1")), Judge(id="j2", cellar=Cellar(id="c2"))
    await db.save(first, second, first.cellar, second.cellar)
    async with db.session() as s:
        (await s.get(Judge, "j1")).cellar = await s.get(Cellar, "c2")
    assert (await db.dump()).pairs("KEEPS") == [("j1", "c2")]
    async with db.session() as s:
        found = {judge.id: judge.cellar and judge.cellar.id for judge in await s.query(Judge).fetch("cellar").all()}
        assert found == {"j1": "c2", "j2": None}
        assert (await s.get(Cellar, "c1", fetch=["keeper"])).keeper is None


async def test_several_where_one_is_declared_are_named(db: Database) -> None:
    """Demand 12: what others wrote is not hidden."""
    await db.save(Judge(id="j"), Cellar(id="c1"), Cellar(id="c2"))
    await db.execute("MATCH (j:Judge), (c:Cellar) CREATE (j)-[:KEEPS]->(c)")
    s = db.open()
    with pytest.raises(CardinalityError, match=r"Judge.*cellar"):
        await s.get(Judge, "j", fetch=["cellar"])
    await s.close()


async def test_cycle_is_loaded_as_far_as_it_is_asked_for(db: Database) -> None:
    """Demand 14: a circle of forty, of which two steps are read, with nothing twice, and shown without an end."""
    artists = [Artist(id=f"a{number:02}", name="N") for number in range(40)]
    for number, artist in enumerate(artists):
        artist.teacher = artists[number - 1]
    await db.save(*artists)
    async with db.session() as s:
        with db.count() as counted:
            artist = await s.get(Artist, "a05", fetch=["teacher.teacher"])
        assert (artist.teacher.id, artist.teacher.teacher.id) == ("a04", "a03")
        assert len(counted) == 1
        known = [number for number in range(40) if s._unit.identity.find(Artist, f"a{number:02}")]
        assert known == [3, 4, 5]
        assert "a05" in repr(artist)
