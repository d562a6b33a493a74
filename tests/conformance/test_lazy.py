"""Rule 12: access loads, and the siblings of the result with it. Rule 13: where it must not."""

from __future__ import annotations

import pytest

from runic.ogm import DetachedEntityError, LazyLoadError, select

from .harness import Database
from .models import Artist, Artwork, Gallery, Lender, Line, Painting, Station

sync_only = pytest.mark.sync_only
async_only = pytest.mark.async_only


async def seed(db: Database, size: int = 20) -> None:
    galleries = [Gallery(id=f"g{i}", name=f"G{i}") for i in range(4)]
    artists = [Artist(id=f"a{i:02}", name="n", gallery=galleries[i % 4]) for i in range(size)]
    works = [Painting(id=f"p{i:02}", title="t") for i in range(size)]
    for artist, work in zip(artists, works, strict=True):
        artist.works = [work]
    await db.save(*galleries, *artists, *works)


@sync_only
async def test_access_loads_with_one_statement(db: Database) -> None:
    """Rule 12."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01")
        with db.count() as sent:
            assert artist.gallery.id == "g1"
        assert len(sent) == 1
        with db.count() as sent:
            assert artist.gallery.id == "g1"
        assert len(sent) == 0


@sync_only
async def test_get_loads_no_relation(db: Database) -> None:
    """Rule 12: one statement for the entity alone."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            await s.get(Artist, "a01")
        assert len(sent) == 1


@sync_only
async def test_loop_costs_three_statements(db: Database) -> None:
    """Rule 12. Demand 19: not one for each entity."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            found = [artist.gallery.id for artist in await s.scalars(select(Artist).order_by(Artist.id))]
        assert found == [f"g{i % 4}" for i in range(20)]
        assert len(sent) == 3


@sync_only
async def test_loop_over_collections_costs_three(db: Database) -> None:
    """Rule 12."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            for artist in await db.repository(s, Artist).find_all():
                assert [work.id[1:] for work in artist.works] == [artist.id[1:]]
        assert len(sent) == 3


@sync_only
async def test_each_relation_has_siblings_of_its_own(db: Database) -> None:
    """Rule 12: two relations, two statements each beside the query."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            for artist in await s.scalars(select(Artist)):
                assert artist.gallery is not None
                assert artist.works != []
        assert len(sent) == 5


@sync_only
async def test_siblings_of_get_many(db: Database) -> None:
    """Rule 12: the same result is what one call gave."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            for artist in await s.get_many(Artist, [f"a{i:02}" for i in range(10)]):
                assert artist.gallery is not None
        assert len(sent) == 3


@sync_only
async def test_siblings_of_a_lazy_collection(db: Database) -> None:
    """Rule 12: members of a loaded collection are siblings too."""
    await seed(db)
    async with db.session() as s:
        gallery = await s.get(Gallery, "g0")
        with db.count() as sent:
            for artist in gallery.artists:
                assert len(artist.works) == 1
        assert len(sent) == 3


@sync_only
async def test_first_access_loads_one_alone(db: Database) -> None:
    """Rule 12: the second access is what loads the others."""
    await seed(db)
    async with db.session() as s:
        artists = await s.scalars(select(Artist).order_by(Artist.id))
        _ = artists[0].gallery
        with db.count() as sent:
            _ = artists[5].gallery
        assert len(sent) == 1
        with db.count() as sent:
            assert all(artist.gallery is not None for artist in artists)
        assert len(sent) == 0


@sync_only
async def test_sibling_without_target_is_none(db: Database) -> None:
    """Rule 12: an absent target is known afterwards, not asked again."""
    await db.save(*[Artist(id=f"a{i}", name="n") for i in range(5)])
    async with db.session() as s:
        with db.count() as sent:
            assert [artist.gallery for artist in await s.scalars(select(Artist))] == [None] * 5
            assert [artist.works for artist in await s.scalars(select(Artist))] == [[]] * 5
        assert len(sent) <= 6


@sync_only
async def test_siblings_keep_unflushed_changes(db: Database) -> None:
    """Rule 4 and 12: loading for the others never overwrites an assigned relation."""
    await seed(db)
    async with db.session(autoflush=False) as s:
        artists = await s.scalars(select(Artist).order_by(Artist.id))
        artists[7].gallery = None
        assert [artist.gallery is None for artist in artists] == [i == 7 for i in range(20)]
    assert ("a07", "g3") not in (await db.dump()).pairs("REPRESENTED_BY")


@sync_only
async def test_lazy_access_flushes_first(db: Database) -> None:
    """Rule 3: a lazy read sees what is staged."""
    await seed(db)
    async with db.session() as s:
        gallery = await s.get(Gallery, "g0")
        s.add(Artist(id="new", name="N", gallery=gallery))
        assert "new" in {artist.id for artist in gallery.artists}


@sync_only
async def test_many_thousands_of_siblings_are_bounded(db: Database) -> None:
    """Rule 12: a limit bounds the siblings, and still far fewer statements than entities."""
    await db.schema().create(Line, Station)  # else each of the edges looks for its ends among all nodes
    await db.save(line := Line(number=1), *[Station(code=f"s{i:05}", line=line) for i in range(3000)])
    async with db.session() as s:
        with db.count() as sent:
            assert all(station.line.number == 1 for station in await s.scalars(select(Station)))
        assert len(sent) <= 30


@async_only
async def test_async_access_names_the_remedy(db: Database) -> None:
    """Rule 13: the text names `fetch=` and `load()`."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01")
        with pytest.raises(LazyLoadError, match=r"Artist\.gallery") as caught:
            _ = artist.gallery
        assert "fetch=" in str(caught.value)
        assert "load(" in str(caught.value)


@async_only
async def test_async_collection_raises_too(db: Database) -> None:
    """Rule 13."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01")
        with db.count() as sent, pytest.raises(LazyLoadError, match="works"):
            _ = artist.works
        assert len(sent) == 0


@async_only
async def test_async_loaded_relation_is_read(db: Database) -> None:
    """Rule 13: after `load`, access is plain."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01")
        await s.load(artist, "gallery", Artist.works)
        assert artist.gallery.id == "g1"
        assert [work.id for work in artist.works] == ["p01"]


@async_only
async def test_async_new_entity_reads_empty(db: Database) -> None:
    """A relation never given on a new entity is known: nothing."""
    async with db.session() as s:
        artist = Artist(id="a", name="A")
        assert (artist.gallery, artist.works) == (None, [])
        s.add(artist)
        assert (artist.gallery, artist.works) == (None, [])


async def test_raise_relation_never_loads_by_access(db: Database) -> None:
    """Demand 19: `lazy="raise"` stops it in sync code too."""
    await db.save(lender := Lender(name="L"))
    async with db.session() as s:
        found = await s.get(Lender, lender.id)
        with db.count() as sent, pytest.raises(LazyLoadError, match=r"Lender\.guarded"):
            _ = found.guarded
        assert len(sent) == 0


async def test_raise_relation_is_loaded_when_told(db: Database) -> None:
    """Demand 19: `fetch` and `load` still do."""
    await db.save(lender := Lender(name="L", guarded=[p := Painting(id="p", title="P")]), p)
    async with db.session() as s:
        found = await s.get(Lender, lender.id, fetch=["guarded"])
        assert [work.id for work in found.guarded] == ["p"]
    async with db.session() as s:
        found = await s.get(Lender, lender.id)
        await s.load(found, Lender.guarded)
        assert [type(work) for work in found.guarded] == [Painting]


async def test_detached_entity_raises(db: Database) -> None:
    """Rule 13: after the session is closed."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01")
    with pytest.raises(DetachedEntityError, match=r"Artist\.gallery"):
        _ = artist.gallery


async def test_detached_entity_keeps_what_it_has(db: Database) -> None:
    """Rule 13: loaded values stay readable."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01", fetch=["gallery"])
    assert artist.name == "n"
    assert artist.gallery.id == "g1"


async def test_expunged_entity_is_detached(db: Database) -> None:
    """Rule 13."""
    await seed(db)
    async with db.session() as s:
        work = await s.get(Artwork, "p01")
        s.expunge(work)
        with pytest.raises(DetachedEntityError):
            _ = work.artist


async def test_repr_never_loads(db: Database) -> None:
    """typing.md: `repr` shows properties only."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01")
        with db.count() as sent:
            assert "a01" in repr(artist)
        assert len(sent) == 0


async def test_repr_of_a_long_value_is_short(db: Database) -> None:
    """Errors show entities: a document or an embedding in one must not fill them."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a01")
        artist.name = "n" * 100_000
        assert len(repr(artist)) < 500
        assert "(100002 characters)" in repr(artist)
