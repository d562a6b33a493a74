"""Rule 4: one node, one object a session; loading never overwrites an unflushed change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from runic.ogm import Field, Node, Relation, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Fresco, Gallery, Painting, Showing, Station


async def seed(db: Database) -> None:
    async with db.session() as s:
        a, g, p = Artist(id="a", name="A"), Gallery(id="g", name="G"), Fresco(id="p", title="P")
        x = Exhibition(id="x", title="X")
        s.add_all([a, g, p, x])
        await s.relate(a, Artist.gallery, g)
        await s.relate(a, Artist.works, p)
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1"))


async def test_get_twice_is_one_object(db: Database) -> None:
    """Rule 4."""
    await seed(db)
    async with db.session() as s:
        first = await s.get(Artist, "a")
        with db.count() as sent:
            assert await s.get(Artist, "a") is first
        assert len(sent) == 0


async def test_get_by_each_class_is_one_object(db: Database) -> None:
    """Rule 4: identity is (primary label, key)."""
    await seed(db)
    async with db.session() as s:
        work = await s.get(Artwork, "p")
        assert type(work) is Fresco
        assert await s.get(Painting, "p") is work
        assert await s.get(Fresco, "p") is work


async def test_fetch_registers_targets(db: Database) -> None:
    """Rule 4."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery", "works"])
        with db.count() as sent:
            assert await s.get(Gallery, "g") is artist.gallery
            assert await s.get(Artwork, "p") is artist.works[0]
        assert len(sent) == 0


async def test_query_returns_the_known_object(db: Database) -> None:
    """Rule 4."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        assert (await s.scalars(select(Artist)))[0] is artist
        assert await s.query(Artist).first() is artist


async def test_edges_return_the_known_object(db: Database) -> None:
    """Rule 4."""
    await seed(db)
    async with db.session() as s:
        work = await s.get(Artwork, "p")
        show = await s.get(Exhibition, "x")
        [(edge, target)] = await s.edges(show, Exhibition.works)
        assert target is work
        assert edge.source is show
        assert edge.target is work


async def test_edge_read_twice_is_one_object(db: Database) -> None:
    """Rule 4, for edges."""
    await seed(db)
    async with db.session() as s:
        show = await s.get(Exhibition, "x")
        [(first, _)] = await s.edges(show, Exhibition.works)
        [(again, _)] = await s.edges(show, Exhibition.works)
        assert again is first


async def test_rows_share_one_object(db: Database) -> None:
    """Rule 4: a target reached from two sources."""
    async with db.session() as s:
        g = Gallery(id="g", name="G")
        s.add_all([g, *[Artist(id=f"a{i}", name="n", gallery=g) for i in range(4)]])
    async with db.session() as s:
        artists = await db.repository(s, Artist).find_all(fetch=["gallery"])
        assert len({id(artist.gallery) for artist in artists}) == 1


async def test_self_relation_shares_objects(db: Database) -> None:
    """Rule 4."""
    async with db.session() as s:
        a, b = Station(code="a"), Station(code="b")
        s.add_all([a, b])
        await s.relate(a, Station.neighbours, b)
    async with db.session() as s:
        a = await s.get(Station, "a", fetch=["neighbours.neighbours"])
        assert a.neighbours[0].neighbours[0] is a


async def test_query_keeps_unflushed_change(db: Database) -> None:
    """Rule 4: loading never overwrites."""
    await seed(db)
    async with db.session(autoflush=False) as s:
        artist = await s.get(Artist, "a")
        artist.name = "mine"
        await s.scalars(select(Artist))
        assert artist.name == "mine"
    assert (await db.dump()).node("a")["name"] == "mine"


async def test_fetch_keeps_unflushed_change(db: Database) -> None:
    """Rule 4."""
    await seed(db)
    async with db.session(autoflush=False) as s:
        gallery = await s.get(Gallery, "g")
        gallery.name = "mine"
        artist = await s.get(Artist, "a", fetch=["gallery"])
        assert artist.gallery is gallery
        assert gallery.name == "mine"


async def test_load_keeps_unflushed_relation(db: Database) -> None:
    """Rule 4: an assigned relation survives a read of the same relation."""
    await seed(db)
    await db.save(Gallery(id="other", name="O"))
    async with db.session(autoflush=False) as s:
        artist = await s.get(Artist, "a")
        other = await s.get(Gallery, "other")
        artist.gallery = other
        await s.scalars(select(Artist))
        again = await s.get(Artist, "a", fetch=["gallery"])
        assert again.gallery is other
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "other")]


async def test_edges_keep_unflushed_change(db: Database) -> None:
    """Rule 4, for edges."""
    await seed(db)
    async with db.session(autoflush=False) as s:
        show = await s.get(Exhibition, "x")
        [(edge, _)] = await s.edges(show, Exhibition.works)
        edge.room = "mine"
        await s.edges(show, Exhibition.works)
        assert edge.room == "mine"
    assert (await db.dump()).edge("SHOWS", "x", "p")["room"] == "mine"


async def test_sessions_have_objects_of_their_own(db: Database) -> None:
    await seed(db)
    async with db.session() as one, db.session() as two:
        assert await one.get(Artist, "a") is not await two.get(Artist, "a")


async def test_committed_entity_stays_the_object(db: Database) -> None:
    """Rule 4: what add stored is what get gives."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        s.add(artist)
        await s.commit()
        assert await s.get(Artist, "a") is artist


async def test_reference_becomes_the_object(db: Database) -> None:
    """Rule 4: a reference and a later get are one object, then filled."""
    await seed(db)
    async with db.session() as s:
        stand_in = s.reference(Artist, "a")
        artist = await s.get(Artist, "a")
        assert artist is stand_in
        assert artist.name == "A"


class Band(Node, labels=["Band"]):
    """A band of a spectrum, by its frequency."""

    frequency: Decimal = Field(primary_key=True)
    colour: str = ""


class Reading(Node, labels=["Reading"]):
    at: datetime = Field(primary_key=True)
    value: int = 0


async def test_equal_decimals_are_one_key(db: Database) -> None:
    await db.save(Band(frequency=Decimal("1.0")))
    async with db.session() as s:
        band = await s.get(Band, Decimal("1.00"))
        assert band is not None
        assert await s.get(Band, Decimal(1)) is band
        s.merge(Band(frequency=Decimal("1.000"), colour="red"))
    async with db.session() as s:
        s.merge(Band(frequency=Decimal("1E0"), colour="blue"))
    async with db.session() as s:
        assert [band.colour for band in await s.scalars(select(Band))] == ["blue"]
        assert len(await s.scalars(select(Band).where(Band.frequency == Decimal("1.0000")))) == 1


async def test_one_instant_in_two_zones_is_one_key(db: Database) -> None:
    there = datetime(2031, 5, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    await db.save(Reading(at=there))
    async with db.session() as s:
        reading = await s.get(Reading, there.astimezone(UTC))
        assert reading is not None
        assert reading.at == there
        s.merge(Reading(at=there.astimezone(timezone(timedelta(hours=-3))), value=7))
    async with db.session() as s:
        assert [reading.value for reading in await s.scalars(select(Reading).where(Reading.at == there))] == [7]


class Vehicle(Node, labels=["Vehicle"]):
    plate: str = Field(primary_key=True)


class Tram(Vehicle, labels=["Vehicle", "Tram"], primary_label="Tram"):
    """Its keys are its own."""

    cars: int = 1


async def test_subclass_with_keys_of_its_own_is_found_by_its_base(db: Database) -> None:
    await db.save(Vehicle(plate="v"), Tram(plate="t", cars=3))
    async with db.session() as s:
        tram = await s.get(Vehicle, "t")
        assert isinstance(tram, Tram)
        assert await s.get(Tram, "t") is tram
        found = await s.get_many(Vehicle, ["t", "x", "v"])
        assert [None if one is None else type(one) for one in found] == [Tram, None, Vehicle]
        assert found[0] is tram


class Domino(Node, labels=["Domino"]):
    """A class whose own idea of equality must not matter."""

    id: str
    beside: list[Domino] = Relation(relationship="BESIDE", direction="BOTH", target="Domino")
    before: Domino | None = Relation(relationship="FALLS_ON", direction="INCOMING", target="Domino")
    after: list[Domino] = Relation(relationship="FALLS_ON", target="Domino")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("nodes are told apart by identity")

    def __hash__(self) -> int:
        raise AssertionError("nodes are told apart by identity")


@pytest.mark.parametrize("autoflush", [True, False])
async def test_equality_of_the_class_is_not_asked(db: Database, autoflush: bool) -> None:
    one, two, three = (Domino(id=name) for name in "abc")
    one.beside, two.before = [two, three], one
    await db.save(one, two, three, Domino(id="d"))
    async with db.session(autoflush=autoflush) as s:
        a, b, c, d = await s.get_many(Domino, list("abcd"), fetch=["beside", "before", "after"])
        a.beside.append(d)
        assert [domino.id for domino in d.beside] == ["a"]
        d.before = a
        await s.refresh(b, fetch=["beside"])
        await s.relate(b, Domino.after, c)
        await s.unrelate(a, Domino.beside, c)
        s.delete(c)
        s.merge(Domino(id="e"))
        assert (c in s, [edge.target.id for edge, _ in await s.edges(b, "before")]) == (False, ["b"])
    graph = await db.dump()
    assert sorted(tuple(sorted(pair)) for pair in graph.pairs("BESIDE")) == [("a", "b"), ("a", "d")]
    assert sorted(graph.pairs("FALLS_ON")) == [("a", "b"), ("a", "d")]
