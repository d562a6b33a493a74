"""Rule 14: fetch takes names, attributes and paths, and never multiplies rows."""

from __future__ import annotations

import itertools

import pytest

from runic.ogm import OGMError, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Line, Painting, Showing, Station, Visitor


async def seed(db: Database) -> None:
    async with db.session() as s:
        g, old = Gallery(id="g", name="G"), Artist(id="old", name="Old")
        works = [Painting(id=f"p{i}", title="t") for i in range(3)]
        pupils = [Artist(id=f"k{i}", name="k") for i in range(4)]
        a = Artist(id="a", name="A", gallery=g, teacher=old, works=works, pupils=pupils)
        x = Exhibition(id="x", title="X")
        s.add_all([g, old, a, x, *works, *pupils])
        old.gallery = g
        for i, work in enumerate(works[:2]):
            await s.relate(x, Exhibition.works, work, edge=Showing(room="r", position=i))


@pytest.mark.parametrize("spelling", ["name", "attribute", "tuple"])
async def test_each_spelling_of_one_relation(db: Database, spelling: str) -> None:
    """Rule 14."""
    await seed(db)
    fetch = {"name": ["gallery"], "attribute": [Artist.gallery], "tuple": ("gallery",)}[spelling]
    async with db.session() as s:
        with db.count() as sent:
            artist = await s.get(Artist, "a", fetch=fetch)
            assert artist.gallery.id == "g"
        assert len(sent) == 1


async def test_several_relations_one_statement(db: Database) -> None:
    """Rule 14."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            artist = await s.get(Artist, "a", fetch=["gallery", Artist.works, "teacher", "pupils"])
            assert artist.gallery.id == "g"
            assert artist.teacher.id == "old"
            assert sorted(work.id for work in artist.works) == ["p0", "p1", "p2"]
            assert sorted(pupil.id for pupil in artist.pupils) == ["k0", "k1", "k2", "k3"]
        assert len(sent) == 1


async def test_path_loads_each_step(db: Database) -> None:
    """Rule 14."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            artist = await s.get(Artist, "a", fetch=["teacher.gallery"])
            assert artist.teacher.gallery.id == "g"
        assert len(sent) == 1


async def test_paths_through_collections(db: Database) -> None:
    """Rule 14."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works.exhibitions.works", "gallery"])
        shows = {work.id: [show.id for show in work.exhibitions] for work in artist.works}
        assert shows == {"p0": ["x"], "p1": ["x"], "p2": []}
        [show] = next(work.exhibitions for work in artist.works if work.id == "p0")
        assert [work.id for work in show.works] == ["p0", "p1"]


async def test_long_path(db: Database) -> None:
    """Rule 14: a chain of five."""
    stations = [Station(code=f"s{i}") for i in range(6)]
    for left, right in itertools.pairwise(stations):
        left.neighbours.append(right)
    await db.save(*stations)
    async with db.session() as s:
        found = await s.get(Station, "s0", fetch=["neighbours.neighbours.neighbours"])
        two = next(n for n in found.neighbours[0].neighbours if n.code == "s2")
        assert sorted(n.code for n in two.neighbours) == ["s1", "s3"]


async def test_empty_results_are_loaded(db: Database) -> None:
    """Rule 14: nothing found is a value."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery", "works", "pupils.works"])
        with db.count() as sent:
            assert (artist.gallery, artist.works, artist.pupils) == (None, [], [])
        assert len(sent) == 0


async def test_rows_are_not_multiplied(db: Database) -> None:
    """Rule 14: two collections of one parent are no product."""
    await seed(db)
    async with db.session() as s:
        artists = await db.repository(s, Artist).find_all(fetch=["works", "pupils"])
        assert len(artists) == 6
        by_key = {artist.id: artist for artist in artists}
        assert len(by_key["a"].works) == 3
        assert len(by_key["a"].pupils) == 4


async def test_limit_counts_parents(db: Database) -> None:
    """Rule 14: limit bounds parents, not rows."""
    await seed(db)
    async with db.session() as s:
        found = await db.repository(s, Artist).find_all(fetch=["works", "pupils"], limit=3, order_by="id")
        assert [artist.id for artist in found] == ["a", "k0", "k1"]
        assert len(found[0].works) == 3


async def test_missing_relations_are_loaded_for_the_known(db: Database) -> None:
    """The entity is in the map already; fetch asks for what is missing alone."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["gallery"])
        with db.count() as sent:
            assert await s.get(Artist, "a", fetch=["gallery", "works"]) is artist
            assert len(artist.works) == 3
        assert len(sent) == 1
        with db.count() as sent:
            await s.get(Artist, "a", fetch=["gallery", "works"])
        assert len(sent) == 0


async def test_missing_steps_of_a_path_are_loaded(db: Database) -> None:
    """Rule 14: the first step is there, the second is not."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["teacher"])
        await s.get(Artist, "a", fetch=["teacher.gallery"])
        assert artist.teacher.gallery.id == "g"


@pytest.mark.parametrize("name", ["galery", "gallery.nothing", "name", "", ".", "gallery.", "works..artist"])
async def test_unknown_name_is_refused(db: Database, name: str) -> None:
    """Rule 14: an unknown name is an error, before anything is sent."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent, pytest.raises((OGMError, ValueError)):
            await s.get(Artist, "a", fetch=[name])
        assert len(sent) == 0


async def test_relation_of_another_class_is_refused(db: Database) -> None:
    """Rule 14."""
    await seed(db)
    async with db.session() as s:
        with pytest.raises((OGMError, ValueError)):
            await s.get(Artist, "a", fetch=[Gallery.artists])


async def test_fetch_as_plain_text_is_refused(db: Database) -> None:
    """Rule 19: `fetch="gallery"` is seven names of one letter."""
    await seed(db)
    async with db.session() as s:
        with pytest.raises((OGMError, TypeError, ValueError)):
            await s.get(Artist, "a", fetch="gallery")


async def test_subclass_relation_is_fetched(db: Database) -> None:
    """Rule 14 and 16: a relation that only the subclass has."""
    async with db.session() as s:
        p, q = Painting(id="p", title="P"), Painting(id="q", title="Q")
        s.add_all([p, q])
        p.sketches = [q]
    async with db.session() as s:
        found = await s.get(Painting, "p", fetch=["sketches", "artist"])
        assert [work.id for work in found.sketches] == ["q"]


async def test_fetch_of_absent_entity_is_none(db: Database) -> None:
    async with db.session() as s:
        assert await s.get(Artist, "nobody", fetch=["gallery", "works"]) is None


async def test_fetch_in_get_many(db: Database) -> None:
    """One statement, with relations."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            a, nobody, old = await s.get_many(Artist, ["a", "nobody", "old"], fetch=["gallery", "works"])
            assert nobody is None
            assert a.gallery is old.gallery
            assert (len(a.works), old.works) == (3, [])
        assert len(sent) == 1


async def test_order_of_edge_property(db: Database) -> None:
    """Demand 16: ordered by a property of the edge."""
    async with db.session() as s:
        x, works = Exhibition(id="x", title="X"), [Painting(id=f"p{i}", title="t") for i in range(6)]
        s.add_all([x, *works])
        for position, i in enumerate((3, 1, 5, 0, 2, 4)):
            await s.relate(x, Exhibition.works, works[i], edge=Showing(room="r", position=position))
    async with db.session() as s:
        found = await s.get(Exhibition, "x", fetch=["works"])
        assert [work.id for work in found.works] == ["p3", "p1", "p5", "p0", "p2", "p4"]


async def test_order_of_target_property(db: Database) -> None:
    """Demand 16: ordered by a property of the target."""
    names = ["m", "c", "x", "a", "q"]
    await db.save(
        x := Exhibition(id="x", title="X"),
        *[Visitor(id=f"v{n}", name=n, visits=[x]) for n in names],
    )
    await db.save(line := Line(number=1), *[Station(code=f"s{n}", name=n, line=line) for n in names])
    async with db.session() as s:
        found = await s.get(Exhibition, "x", fetch=["visitors"])
        assert [visitor.name for visitor in found.visitors] == sorted(names)
        found = await s.get(Line, 1)
        await s.load(found, Line.stations)
        assert [station.name for station in found.stations] == sorted(names)


async def test_order_holds_for_each_parent(db: Database) -> None:
    """Demand 16: of several parents in one read."""
    lines = [Line(number=i) for i in range(3)]
    await db.save(*lines, *[Station(code=f"s{n}{i}", name=n, line=lines[i]) for n in "cab" for i in range(3)])
    async with db.session() as s:
        for line in await db.repository(s, Line).find_all(fetch=["stations"]):
            assert [station.name for station in line.stations] == ["a", "b", "c"]


async def test_query_then_load_is_two_statements(db: Database) -> None:
    """Demand 15: a plan per call."""
    await seed(db)
    async with db.session() as s:
        with db.count() as sent:
            artists = await s.scalars(select(Artist))
            await s.load(artists, "gallery", "works.exhibitions")
            assert sum(len(artist.works) for artist in artists) == 3
        assert len(sent) <= 3


async def test_two_paths_share_their_start(db: Database) -> None:
    """Rule 14: `a.b` and `a.c` load `a` once."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["teacher.gallery", "teacher.pupils", "teacher"])
        assert artist.teacher.gallery.id == "g"
        assert artist.teacher.pupils == [artist]


async def test_mirror_of_fetched_relation_agrees(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        work = await s.get(Artwork, "p0", fetch=["artist.works"])
        assert work in work.artist.works
