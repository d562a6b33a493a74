"""Changes of relations from one side, the other and by relate(): what is shown is what is stored."""

from __future__ import annotations

import random

import pytest

from runic.ogm import CardinalityError, DetachedEntityError, FieldValidationError, select

from .harness import Database
from .models import Artist, Exhibition, Gallery, Painting, Recipe, Station, Visitor


async def hang(db: Database) -> list[Exhibition]:
    """Store a visitor of four exhibitions."""
    shows = [Exhibition(id=f"x{i}", title="X") for i in range(4)]
    await db.save(*shows, Visitor(id="v", name="V", visits=shows))
    return shows


async def test_exchange_of_two_places_loses_none(db: Database) -> None:
    await hang(db)
    async with db.session() as s:
        visitor = await s.get(Visitor, "v", fetch=["visits"])
        visits = visitor.visits
        visits[0], visits[1] = visits[1], visits[0]
        random.Random(7).shuffle(visits)
        assert sorted(show.id for show in visits) == ["x0", "x1", "x2", "x3"]
    assert len((await db.dump()).pairs("VISITED")) == 4


async def test_list_times_nothing_is_empty(db: Database) -> None:
    await hang(db)
    async with db.session() as s:
        visitor = await s.get(Visitor, "v", fetch=["visits"])
        visits = visitor.visits
        visits *= 1
        assert len(visits) == 4
        visits *= 0
    assert (await db.dump()).pairs("VISITED") == []


async def test_removal_after_relate_removes_what_was_stored(db: Database) -> None:
    """relate() does not tell whether the edge was there."""
    await hang(db)
    async with db.session() as s:
        show = await s.get(Exhibition, "x0", fetch=["visitors"])
        [visitor] = show.visitors
        await s.relate(visitor, "visits", show)
        await s.load(show, "visitors")
        show.visitors.remove(visitor)
    assert len((await db.dump()).pairs("VISITED")) == 3


async def test_single_of_both_ends_leaves_the_former(db: Database) -> None:
    """A twin that another takes is shown by its former twin no more, so that it can be given back."""
    await db.save(*(Station(code=code) for code in "abc"))
    async with db.session() as s:
        a, b, c = await s.get_many(Station, ["a", "b", "c"])
        a.twin = b
        await s.commit()
    async with db.session() as s:
        a = await s.get(Station, "a", fetch=["twin"])
        b, c = await s.get_many(Station, ["b", "c"])
        c.twin = b
        await s.commit()
        assert sorted(sorted(pair) for pair in (await db.dump()).pairs("TWIN_OF")) == [["b", "c"]]
        await s.load(a, "twin")
        assert a.twin is None
        a.twin = b
    assert sorted(sorted(pair) for pair in (await db.dump()).pairs("TWIN_OF")) == [["a", "b"]]


async def test_other_side_replaces_what_was_assigned(db: Database) -> None:
    await db.save(Gallery(id="g", name="G"), *(Artist(id=key, name="N") for key in "ab"))
    async with db.session() as s:
        a, b = await s.get_many(Artist, ["a", "b"])
        gallery = await s.get(Gallery, "g")
        a.gallery = gallery
        gallery.artists = [b]
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("b", "g")]


async def test_other_side_replaces_what_was_related(db: Database) -> None:
    await db.save(*(Gallery(id=key, name="G") for key in "gh"), Artist(id="a", name="N"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        first, second = await s.get_many(Gallery, ["g", "h"])
        await s.relate(artist, "gallery", first)
        second.artists = [artist]
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "h")]


async def test_entity_of_another_session_is_refused_at_once(db: Database) -> None:
    await db.save(Gallery(id="g", name="G"), Artist(id="a", name="N"))
    async with db.session() as one, db.session() as other:
        gallery = await one.get(Gallery, "g", fetch=["artists"])
        artist = await other.get(Artist, "a")
        for change in (
            lambda: gallery.artists.append(artist),
            lambda: setattr(gallery, "artists", [artist]),
            lambda: gallery.artists.extend([artist]),
        ):
            with pytest.raises(DetachedEntityError, match="another open session"):
                change()
            assert gallery.artists == []
    assert (await db.dump()).pairs("REPRESENTED_BY") == []


@pytest.mark.parametrize("how", ["deleted", "expired and changed"])
async def test_changed_key_leads_to_no_other_node(db: Database, how: str) -> None:
    await db.save(Artist(id="a", name="A"), Artist(id="b", name="B"))
    s = db.open()
    artist = await s.get(Artist, "a")
    artist.id = "b"
    if how == "deleted":
        s.delete(artist)
    else:
        s.expire(artist)
        artist.name = "changed"
    with pytest.raises(FieldValidationError, match="key of a stored entity cannot change"):
        await s.commit()
    await s.rollback()
    await s.close()
    graph = await db.dump()
    assert (graph.keys("Artist"), sorted(row["name"] for _, row in graph.nodes)) == (["a", "b"], ["A", "B"])


async def test_rollback_gives_a_deleted_entity_its_key_back(db: Database) -> None:
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        s.delete(artist)
        s.add(Artist(id="a", name="new"))
        await s.rollback()
        assert await s.get(Artist, "a") is artist
        artist.name = "changed"
    async with db.session() as s:
        assert [found.name for found in await s.scalars(select(Artist))] == ["changed"]


async def test_rollback_undoes_a_value_that_cannot_be_stored(db: Database) -> None:
    await db.save(Artist(id="a", name="A", nicknames=["x"]), Recipe(id="r", title="R"))
    s = db.open()
    artist, recipe = await s.get(Artist, "a"), await s.get(Recipe, "r")
    artist.nicknames, artist.name, recipe.title = object(), "changed", "changed"
    s.add(Gallery(id="g", name="G"))
    with pytest.raises(FieldValidationError, match="nicknames"):
        await s.commit()
    await s.rollback()
    assert (artist.nicknames, artist.name, recipe.title) == (["x"], "A", "R")
    recipe.title = "kept"
    await s.commit()
    await s.close()
    async with db.session() as s:
        assert (await s.get(Recipe, "r")).title == "kept"
        assert await s.get(Gallery, "g") is None


async def test_rollback_undoes_a_change_of_what_was_not_read(db: Database) -> None:
    await db.save(Recipe(id="r", title="R"), Painting(id="p", title="P"))
    s = db.open()
    recipe = await s.get(Recipe, "r")
    s.expire(recipe)
    recipe.title = "changed"  # it has a version, so it would have to be read before
    s.add(Gallery(id="g", name="G"))
    await s.rollback()
    await s.commit()
    await s.close()
    assert (await db.dump()).keys("Gallery") == []


async def test_ambiguous_single_is_replaced_from_the_other_side(db: Database) -> None:
    await db.save(*(Gallery(id=key, name="G") for key in "ghi"), Artist(id="a", name="N"))
    await db.execute("MATCH (a:Artist), (g:Gallery) WHERE g.id <> 'i' CREATE (a)-[:REPRESENTED_BY]->(g)")
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        with pytest.raises(CardinalityError):
            await s.load(artist, "gallery")
            assert artist.gallery
        last = await s.get(Gallery, "i", fetch=["artists"])
        last.artists.append(artist)
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "i")]


@pytest.mark.parametrize("loaded", [False, True])
async def test_merged_relation_is_the_one_that_was_given(db: Database, *, loaded: bool) -> None:
    """Whether the session knows the entity or not, and whatever is stored."""
    old, other = Gallery(id="g", name="G"), Gallery(id="h", name="H")
    await db.save(old, other, Artist(id="a", name="A", gallery=old), Painting(id="p", title="P"))
    async with db.session() as s:
        if loaded:
            assert await s.get(Artist, "a")
        gallery, painting = await s.get(Gallery, "h"), await s.get(Painting, "p")
        artist = s.merge(Artist(id="a", name="new", gallery=gallery, works=[painting]))
        assert artist.name == "new"
    graph = await db.dump()
    assert (graph.pairs("REPRESENTED_BY"), graph.pairs("MADE")) == ([("a", "h")], [("a", "p")])


async def test_relate_after_an_assignment_shows_on_the_other_side(db: Database) -> None:
    """It adds to what was assigned, also once that is written."""
    await db.save(*(Exhibition(id=f"x{i}", title="X") for i in range(2)), Visitor(id="v", name="V"))
    async with db.session(autoflush=False) as s:
        visitor = await s.get(Visitor, "v")
        first, second = await s.get_many(Exhibition, ["x0", "x1"])
        visitor.visits = [first]
        await s.relate(visitor, "visits", second)
        await s.load(second, "visitors")
        assert second.visitors == [visitor]
        await s.commit()
        assert second.visitors == [visitor]
    assert (await db.dump()).pairs("VISITED") == [("v", "x0"), ("v", "x1")]


async def test_second_assignment_leaves_what_showed_the_first(db: Database) -> None:
    """Also where the first was shown by no load, and the relation was forgotten in between."""
    await db.save(*(Artist(id=name, name=name.upper()) for name in "abc"))
    async with db.session(autoflush=False) as s:
        a, b, c = await s.get_many(Artist, list("abc"))
        await s.load([a, b], "pupils")
        c.teacher = a
        await s.commit()
        assert a.pupils == [c]
        s.expire(c)
        c = await s.get(Artist, "c")
        c.teacher = b
        assert (a.pupils, b.pupils) == ([], [c])
    assert (await db.dump()).pairs("LEARNT_FROM") == [("c", "b")]
