"""Rule 4: one node, one object a session; loading never overwrites an unflushed change."""

from __future__ import annotations

from runic.ogm import select

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
