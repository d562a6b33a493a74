"""`load`, `refresh`, `expire`, `expunge`, `expunge_all` and `in`."""

from __future__ import annotations

import pytest

from runic.ogm import DatabaseError, EntityNotFoundError, OGMError, select

from .harness import Database
from .models import Artist, Exhibition, Gallery, Painting, Showing, Station


async def seed(db: Database) -> None:
    g, p = Gallery(id="g", name="G"), Painting(id="p", title="P")
    await db.save(g, p, Artist(id="a", name="A", gallery=g, works=[p]), Artist(id="b", name="B"))


async def test_load_of_many_is_one_statement(db: Database) -> None:
    """Many entities, one statement."""
    await seed(db)
    async with db.session() as s:
        artists = await s.scalars(select(Artist).order_by(Artist.id))
        with db.count() as sent:
            await s.load(artists, Artist.gallery)
            assert [artist.gallery and artist.gallery.id for artist in artists] == ["g", None]
        assert len(sent) == 1


async def test_load_of_one_takes_names_and_attributes(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        await s.load(artist, "gallery", Artist.works)
        assert artist.gallery.id == "g"
        assert [work.id for work in artist.works] == ["p"]


async def test_load_takes_paths(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        await s.load([artist], "gallery.artists")
        assert artist.gallery.artists == [artist]


async def test_load_of_nothing_sends_nothing(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent:
            await s.load([], "gallery")
        assert len(sent) == 0


async def test_load_of_unknown_relation_is_refused(db: Database) -> None:
    """Rule 14."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        with db.count() as sent, pytest.raises((OGMError, ValueError)):
            await s.load(artist, "galery")
        assert len(sent) == 0


async def test_load_of_mixed_subclasses(db: Database) -> None:
    """Entities of several classes that share the relation."""
    await seed(db)
    async with db.session() as s:
        await db.save(x := Exhibition(id="x", title="X"))
        work = await s.get(Painting, "p")
        await s.relate(s.reference(Exhibition, x.id), Exhibition.works, work, edge=Showing(room="1"))
        await s.load(work, Painting.exhibitions, "artist")
        assert [show.id for show in work.exhibitions] == ["x"]
        assert work.artist.id == "a"


async def test_refresh_takes_the_stored_values(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        await db.execute("MATCH (n:Artist {id: 'a'}) SET n.name = 'theirs'")
        await s.refresh(artist)
        assert artist.name == "theirs"


async def test_refresh_drops_unflushed_changes(db: Database) -> None:
    """As in SQLAlchemy: refresh overwrites."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.name = "mine"
        await s.refresh(artist)
        assert artist.name == "A"
    assert (await db.dump()).node("a")["name"] == "A"


async def test_refresh_with_fetch_loads(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        await db.execute("MATCH (a:Artist {id: 'a'})-[r:MADE]->() DELETE r")
        await s.refresh(artist, fetch=["works", "gallery"])
        assert artist.works == []
        assert artist.gallery.id == "g"


async def test_refresh_of_vanished_entity_raises(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "b")
        await db.execute("MATCH (n:Artist {id: 'b'}) DELETE n")
        with pytest.raises(EntityNotFoundError, match="Artist"):
            await s.refresh(artist)
        s.expunge(artist)


async def test_refresh_of_foreign_entity_is_refused(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with pytest.raises(OGMError):
            await s.refresh(Artist(id="a", name="A"))


async def test_refresh_of_an_edge(db: Database) -> None:
    """Rule 10: edges are entities."""
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="1"))
        await s.commit()
        [(edge, _)] = await s.edges(x, Exhibition.works)
        await db.execute("MATCH ()-[r:SHOWS]->() SET r.room = '9'")
        await s.refresh(edge)
        assert edge.room == "9"


async def test_expired_entity_is_read_again(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        await db.execute("MATCH (n:Artist {id: 'a'}) SET n.name = 'theirs'")
        s.expire(artist)
        assert await s.get(Artist, "a") is artist
        assert artist.name == "theirs"


async def test_expire_forgets_loaded_relations(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        await db.execute("MATCH (a:Artist {id: 'a'})-[r:MADE]->() DELETE r")
        s.expire(artist)
        await s.get(Artist, "a", fetch=["works"])
        assert artist.works == []


async def test_expire_drops_unflushed_changes(db: Database) -> None:
    """As in SQLAlchemy."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.name = "mine"
        s.expire(artist)
    assert (await db.dump()).node("a")["name"] == "A"


async def test_in_tells_what_the_session_holds(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist, new = await s.get(Artist, "a"), Artist(id="n", name="N")
        assert artist in s
        assert new not in s
        s.add(new)
        assert new in s
        s.expunge(new)
        assert new not in s


async def test_expunged_changes_are_not_written(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        artist.name = "mine"
        s.expunge(artist)
        assert artist not in s
    assert (await db.dump()).node("a")["name"] == "A"


async def test_expunged_entity_is_replaced(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        s.expunge(artist)
        again = await s.get(Artist, "a")
        assert again is not artist
        assert again.name == "A"


async def test_expunge_all_empties_the_session(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        artist, new = await s.get(Artist, "a"), Station(code="s")
        artist.name = "mine"
        s.add(new)
        s.expunge_all()
        assert artist not in s
        assert new not in s
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0
    assert (await db.dump()).node("a")["name"] == "A"


async def test_expunge_of_foreign_entity_is_refused(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises(OGMError):
            s.expunge(Artist(id="a", name="A"))


async def test_expire_of_no_entity_is_a_type_error(db: Database) -> None:
    """Rule 19."""
    async with db.session() as s:
        for value in ("x", None, Artist, object()):
            with pytest.raises(TypeError, match="expire"):
                s.expire(value)


@pytest.mark.parametrize("fails", [False, True], ids=["open transaction", "failed transaction"])
@pytest.mark.parametrize(("give_up", "left"), [("expunge", ["flushed"]), ("delete", [])])
async def test_expunge_takes_back_nothing_that_was_flushed(
    db: Database, give_up: str, left: list[str], *, fails: bool
) -> None:
    """As in SQLAlchemy; a transaction that failed in between, and is done again by the commit, makes no difference."""
    async with db.session() as s:
        s.add(artist := Artist(id="flushed", name="F"))
        await s.flush()
        if fails:
            with pytest.raises(DatabaseError):
                await s.execute("RETURN 1 / 0 AS x")
        getattr(s, give_up)(artist)
        s.add(other := Artist(id="staged", name="S"))
        s.expunge(other)
    assert (await db.dump()).keys("Artist") == left


@pytest.mark.parametrize("give_up", ["refresh", "expire"])
async def test_assigned_relations_are_given_up(db: Database, give_up: str) -> None:
    """Both sides are as they are stored, and the relation can be assigned again."""
    await seed(db)
    async with db.session(autoflush=False) as s:
        a, b, g = await s.get(Artist, "a"), await s.get(Artist, "b"), await s.get(Gallery, "g", fetch=["artists"])
        await s.load([a, b], "gallery", "works")
        work = a.works[0]
        await s.load(work, "artist")
        a.gallery, b.gallery = None, g
        b.works = [work, Painting(id="new", title="N")]
        for entity in (a, b):
            if give_up == "expire":
                s.expire(entity)
            else:
                await s.refresh(entity)
        await s.load([a, b], "gallery", "works")
        await s.load(g, "artists")
        await s.load(work, "artist")
        assert (a.gallery, b.gallery, g.artists) == (g, None, [a])
        assert (a.works, b.works, work.artist) == ([work], [], a)
    dump = await db.dump()
    assert (dump.pairs("REPRESENTED_BY"), dump.pairs("MADE")) == ([("a", "g")], [("a", "p")])


async def test_the_other_side_keeps_what_it_was_given(db: Database) -> None:
    await seed(db)
    async with db.session(autoflush=False) as s:
        b, g = await s.get(Artist, "b", fetch=["gallery"]), await s.get(Gallery, "g", fetch=["artists"])
        b.gallery = g
        await s.refresh(g)
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g"), ("b", "g")]


async def test_appended_members_are_given_up_with_all_they_changed(db: Database) -> None:
    await seed(db)
    async with db.session(autoflush=False) as s:
        other = Gallery(id="h", name="H")
        s.add(other)
        await s.flush()
        a, g = await s.get(Artist, "a", fetch=["gallery"]), await s.get(Gallery, "g", fetch=["artists"])
        await s.load(other, "artists")
        other.artists.append(a)
        assert (a.gallery, g.artists) == (other, [])
        await s.refresh(other)
        await s.load(a, "gallery")
        await s.load(g, "artists")
        assert (a.gallery, g.artists) == (g, [a])
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g")]


async def test_what_relate_was_told_stays(db: Database) -> None:
    await seed(db)
    async with db.session(autoflush=False) as s:
        a, b, g = await s.get(Artist, "a"), await s.get(Artist, "b"), await s.get(Gallery, "g")
        await s.relate(b, "gallery", g)
        await s.unrelate(a, "gallery", g)
        await s.refresh(a)
        await s.refresh(b)
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("b", "g")]
