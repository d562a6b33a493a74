"""Unions whose parts may find nothing where they look."""

from __future__ import annotations

from runic.ogm import select

from .harness import Database
from .models import Artist, Gallery, Painting, Sculpture


async def seed(db: Database) -> None:
    """a and b are of gallery g, c of none; h has nobody."""
    gallery = Gallery(id="g", name="G")
    artists = [Artist(id=key, name="x", gallery=gallery if key < "c" else None) for key in "abc"]
    await db.save(gallery, Gallery(id="h", name="H"), *artists)


async def test_part_that_finds_nothing_gives_none(db: Database) -> None:
    """As it does alone."""
    await seed(db)
    ends = select(Artist).traverse("gallery").alias("g").return_target("g")
    async with db.session() as s:
        assert {gallery and gallery.id for gallery in await s.scalars(ends)} == {"g", None}
        both = ends.union(select(Gallery))
        found = await s.scalars(both)
        assert sorted(gallery.id for gallery in found if gallery) == ["g", "h"]
        assert found.count(None) == 1
        assert await s.count(both) == 3
        page = await s.after(both, None, 2)
        rest = await s.after(both, page.cursor, 5)
        assert [gallery and gallery.id for gallery in (*page, *rest)] == ["g", "h", None]
        steps = both.traverse("artists").alias("a").return_target("a")
        assert sorted(artist.id for artist in await s.scalars(steps) if artist) == ["a", "b"]
        loaded = await s.scalars(both.fetch("artists"))
        assert sorted(len(gallery.artists) for gallery in loaded if gallery) == [0, 2]


async def test_nothing_is_not_changed(db: Database) -> None:
    await seed(db)
    both = select(Artist).traverse("gallery").alias("g").return_target("g").union(select(Gallery))
    async with db.session() as s:
        assert (await s.execute(both.update(name="n")))[0]["count"] == 2
        assert (await s.execute(both.delete()))[0]["count"] == 2
    assert (await db.dump()).keys("Gallery") == []


async def test_filtered_union_that_may_find_nothing_is_loaded(db: Database) -> None:
    await seed(db)
    ends = select(Artist).traverse("gallery").alias("g").return_target("g")
    named = ends.union(select(Gallery)).where(Gallery.name == "G")
    async with db.session() as s:
        [gallery] = await s.scalars(named.fetch("artists"))
        assert sorted(artist.id for artist in gallery.artists) == ["a", "b"]


async def test_union_of_unlike_classes_is_streamed(db: Database) -> None:
    """Without a key that all results share."""
    await seed(db)
    galleries = [Gallery(id=f"i{i}", name="I") for i in range(9)]
    await db.save(*galleries, *(Artist(id=f"d{i}", name="d", gallery=galleries[i]) for i in range(9)))
    both = select(Artist).union(select(Gallery)).traverse(Artist.gallery).alias("g")
    async with db.session() as s:
        for size in (1, 2, 5):
            found = [entity.id async for entity in s.stream(both, batch=size)]
            assert sorted(found) == sorted([*"abcgh", *(f"{kind}{i}" for kind in "di" for i in range(9))])


async def test_relation_by_name_is_that_of_the_class_above(db: Database) -> None:
    """A union of subclasses goes on from all of them."""
    works = Painting(id="p", title="P"), Sculpture(id="s", title="S")
    await db.save(*works, Artist(id="a", name="A", works=[*works]))
    steps = select(Painting).union(select(Sculpture)).alias("w").traverse("artist", optional=False)
    async with db.session() as s:
        assert sorted(work.id for work in await s.scalars(steps)) == ["p", "s"]
