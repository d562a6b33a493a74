"""Repository and AsyncRepository: the list of section 2, and classes of one's own."""

from __future__ import annotations

from typing import TypeVar

import pytest

from runic.ogm import AsyncRepository, Node, OGMError, Repository

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Painting, Sculpture, Showing

N = TypeVar("N", bound=Node)


class Shows(Repository[Exhibition]):
    """Finders of one's own, sync."""

    def hanging(self, show: str, work: str) -> Showing | None:
        rows = _hanging(self.query(), show, work).all_with_edges()
        return rows[0][1] if rows else None

    def named(self, title: str) -> list[Exhibition]:
        return self.query().where(Exhibition.title == title).all()


class AsyncShows(AsyncRepository[Exhibition]):
    """Finders of one's own, async."""

    async def hanging(self, show: str, work: str) -> Showing | None:
        rows = await _hanging(self.query(), show, work).all_with_edges()
        return rows[0][1] if rows else None

    async def named(self, title: str) -> list[Exhibition]:
        return await self.query().where(Exhibition.title == title).all()


def _hanging(query, show: str, work: str):  # noqa: ANN001, ANN202 - a bound query of either mode
    return (
        query.where(Exhibition.id == show)
        .alias("x")
        .traverse(Exhibition.works, edge_alias="e", optional=False)
        .alias("w")
        .where(Artwork.id == work, on="w")
        .return_nodes("x", "w")
        .return_edge("e")
    )


OWN = (Shows, AsyncShows)


async def seed(db: Database) -> None:
    g, p = Gallery(id="g", name="G"), Painting(id="p", title="P")
    artists = [Artist(id=f"a{i}", name="xy"[i % 2], born=i, gallery=g) for i in range(6)]
    artists[0].works = [p]
    await db.save(g, p, *artists)


async def test_get_is_the_sessions_get(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        artist = await repo.get("a0", fetch=["gallery", "works"])
        assert artist is await s.get(Artist, "a0")
        assert (artist.gallery.id, len(artist.works)) == ("g", 1)
        assert await repo.get("nobody") is None


async def test_find_all_finds_all(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert {artist.id for artist in await db.repository(s, Artist).find_all()} == {f"a{i}" for i in range(6)}


async def test_find_all_with_fetch_is_one_statement(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            artists = await db.repository(s, Artist).find_all(fetch=["gallery", Artist.works])
            assert all(artist.gallery.id == "g" for artist in artists)
            assert sum(len(artist.works) for artist in artists) == 1
        assert len(sent) == 1


async def test_find_all_pages_and_orders(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        assert [a.id for a in await repo.find_all(skip=1, limit=2, order_by=Artist.id)] == ["a1", "a2"]
        assert [a.id for a in await repo.find_all(order_by="id")] == [f"a{i}" for i in range(6)]
        assert await repo.find_all(limit=0) == []


async def test_find_all_of_a_hierarchy(db: Database) -> None:
    """Rule 16."""
    await db.save(Painting(id="p", title="P"), Sculpture(id="c", title="C"))
    async with db.session() as s:
        assert {type(work) for work in await db.repository(s, Artwork).find_all()} == {Painting, Sculpture}
        assert [work.id for work in await db.repository(s, Sculpture).find_all()] == ["c"]


async def test_find_all_by_ids_gives_those(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        found = await db.repository(s, Artist).find_all_by_ids(["a3", "a1", "nobody"])
        assert {artist.id for artist in found if artist is not None} == {"a1", "a3"}


async def test_find_by_compares(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        assert {artist.id for artist in await repo.find_by(name="x")} == {"a0", "a2", "a4"}
        assert [artist.id for artist in await repo.find_by(name="x", born=2)] == ["a2"]
        assert await repo.find_by(name="nobody") == []


async def test_find_by_none_is_null(db: Database) -> None:
    await seed(db)
    await db.save(Artist(id="unborn", name="u"))
    async with db.session() as s:
        assert [artist.id for artist in await db.repository(s, Artist).find_by(born=None)] == ["unborn"]


async def test_find_one_by_gives_one_or_none(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        assert (await repo.find_one_by(born=4)).id == "a4"
        assert await repo.find_one_by(born=99) is None


@pytest.mark.parametrize("name", ["nmae", "id; DETACH DELETE", "gallery", "", "__class__"])
async def test_find_by_unknown_name_is_refused(db: Database, name: str) -> None:
    async with db.session() as s:
        repo = db.repository(s, Artist)
        with db.count() as sent, pytest.raises((OGMError, TypeError, ValueError)):
            await repo.find_by(**{name: "x"})
        assert len(sent) == 0


async def test_count_counts_all(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        assert await db.repository(s, Artist).count() == 6
        assert await db.repository(s, Exhibition).count() == 0


async def test_exists_tells_by_key(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        assert await repo.exists("a1") is True
        assert await repo.exists("nobody") is False


async def test_add_and_delete_are_staged(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        with db.count() as sent:
            repo.add(Artist(id="new", name="N"))
        assert len(sent) == 0
        repo.delete(await repo.get("a0"))
    assert (await db.dump()).keys("Artist") == ["a1", "a2", "a3", "a4", "a5", "new"]


async def test_add_of_another_class_is_refused(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises((OGMError, TypeError)):
            db.repository(s, Artist).add(Gallery(id="g", name="G"))


async def test_page_has_items_and_total(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        page = await repo.page(1, 4)
        assert (len(page.items), page.total, page.number, page.size) == (4, 6, 1, 4)
        rest = await repo.page(2, 4)
        assert (len(rest.items), rest.total) == (2, 6)
        assert {artist.id for artist in [*page.items, *rest.items]} == {f"a{i}" for i in range(6)}


async def test_query_is_bound(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        query = db.repository(s, Artist).query()
        assert [artist.id for artist in await query.where(Artist.born == 5).all()] == ["a5"]


async def test_finder_of_ones_own(db: Database) -> None:
    """`class Shows(Repository[Exhibition])`."""
    async with db.session() as s:
        x, p = Exhibition(id="x", title="X"), Painting(id="p", title="P")
        s.add_all([x, p])
        await s.relate(x, Exhibition.works, p, edge=Showing(room="red"))
    async with db.session() as s:
        repo = db.repository(s, Exhibition, OWN)
        assert (await repo.hanging("x", "p")).room == "red"
        assert await repo.hanging("x", "q") is None
        assert [show.id for show in await repo.named("X")] == ["x"]


async def test_own_class_knows_its_model(db: Database) -> None:
    """Without the model as an argument."""
    await db.save(Exhibition(id="x", title="X"))
    async with db.session() as s:
        if db.is_async:
            assert [show.id for show in await AsyncShows(s).find_all()] == ["x"]
            assert [show.id for show in await AsyncRepository[Exhibition](s).find_all()] == ["x"]
        else:
            assert [show.id for show in Shows(s._target).find_all()] == ["x"]
            assert [show.id for show in Repository[Exhibition](s._target).find_all()] == ["x"]


async def test_missing_model_is_refused(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises(TypeError, match="model"):
            repo = AsyncRepository(s) if db.is_async else Repository(s._target)
            result = repo.find_all()
            if db.is_async:
                await result


@pytest.mark.parametrize("model", [str, "Artist", 3], ids=repr)
async def test_no_model_is_refused(db: Database, model: object) -> None:
    """Rule 19."""
    async with db.session() as s:
        with pytest.raises((TypeError, OGMError)):
            repo = db.repository(s, model)
            await repo.find_all()


class Named(Repository[N]):
    """A generic class between, sync."""

    def called(self, name: str) -> list[N]:
        return self.find_by(name=name)


class AsyncNamed(AsyncRepository[N]):
    """A generic class between, async."""

    async def called(self, name: str) -> list[N]:
        return await self.find_by(name=name)


class Artists(Named[Artist]):
    """The model is two classes up."""


class AsyncArtists(AsyncNamed[Artist]):
    """The model is two classes up, async."""


async def test_model_comes_through_generic_classes(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = AsyncArtists(s) if db.is_async else Artists(s._target)
        assert repo.model is Artist
        found = repo.called("x")
        assert {artist.id for artist in (await found if db.is_async else found)} == {"a0", "a2", "a4"}


async def test_cypher_gives_entities(db: Database) -> None:
    """They are those of the session, in the order of the rows."""
    await seed(db)
    text = "MATCH (a:Artist) WHERE a.born >= $least RETURN a ORDER BY a.born DESC"
    async with db.session() as s:
        repo = db.repository(s, Artist)
        found = await repo.cypher(text, {"least": 4})
        assert [artist.id for artist in found] == ["a5", "a4"]
        assert found[0] is await s.get(Artist, "a5")
        assert await repo.cypher_one(text, {"least": 5}) is found[0]
        assert await repo.cypher_one(text, {"least": 99}) is None


async def test_cypher_returns_another_class(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        [gallery] = await repo.cypher("MATCH (g:Gallery) RETURN g", returns=Gallery)
        assert type(gallery) is Gallery
        with pytest.raises(OGMError, match="Artist"):
            await repo.cypher("MATCH (g:Gallery) RETURN g")
        with pytest.raises(OGMError, match="Artist"):
            await repo.cypher("MATCH (a:Artist) RETURN a.id")


async def test_cypher_raw_gives_rows(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        repo = db.repository(s, Artist)
        rows = await repo.cypher_raw("MATCH (a:Artist) WHERE a.born < 2 RETURN a.id AS id, a.born AS born ORDER BY id")
        assert (rows.columns, list(rows)) == (["id", "born"], [{"id": "a0", "born": 0}, {"id": "a1", "born": 1}])
        await repo.cypher_raw("MATCH (a:Artist) WHERE a.id = $id SET a.name = 'z'", {"id": "a0"}, write=True)
        assert (await repo.find_one_by(name="z")).id == "a0"
