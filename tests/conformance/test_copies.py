"""Copies and pickles of entities: what of them is known, what is not, and what a session makes of them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from runic.ogm import ConstraintViolationError, DetachedEntityError, is_partial, select
from runic.ogm.export import to_networkx

from .harness import Database
from .models import Artist, Exhibition, Gallery, Painting, Recipe, Showing, Visitor

WAYS = {
    "copied": copy.copy,
    "copied in depth": copy.deepcopy,
    "unpickled": lambda entity: pickle.loads(pickle.dumps(entity)),
    "unpickled of old": lambda entity: pickle.loads(pickle.dumps(entity, protocol=0)),
}
each_way = pytest.mark.parametrize("twin", WAYS.values(), ids=WAYS)


async def hang(db: Database) -> None:
    """Store an artist of a gallery, and an exhibition of one of two paintings."""
    painting = Painting(id="p", title="P")
    await db.save(Gallery(id="g", name="G"), Gallery(id="h", name="H"), painting, Painting(id="q", title="Q"))
    async with db.session() as s:
        show = Exhibition(id="x", title="X")
        s.add_all([show, Artist(id="a", name="A", gallery=await s.get(Gallery, "g"))])
        await s.relate(show, "works", await s.get(Painting, "p"), edge=Showing(room="north"))


@each_way
async def test_copy_of_stored_entity_knows_what_is_not_loaded(db: Database, twin: Any) -> None:
    await hang(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        copied = twin(artist)
        for relation in ("gallery", "works"):
            with pytest.raises(DetachedEntityError, match=rf"Artist\.{relation}"):
                getattr(copied, relation)
        assert (copied.name, copied in s, artist in s) == ("A", False, True)


@each_way
@pytest.mark.parametrize("how", ["expired", "reference"])
async def test_copy_of_unread_entity_is_unread(db: Database, twin: Any, how: str) -> None:
    await hang(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a") if how == "expired" else s.reference(Artist, "a")
        if how == "expired":
            s.expire(artist)
        copied = twin(artist)
    assert copied.id == "a"
    assert isinstance(copied, Artist)
    with pytest.raises(DetachedEntityError, match="name"):
        _ = copied.name
    async with db.session() as s:
        s.add(copied)
        await s.refresh(copied)
        assert copied.name == "A"
    assert (await db.dump()).node("a")["name"] == "A"


@each_way
async def test_loaded_relations_of_copy_stay_loaded(db: Database, twin: Any) -> None:
    await hang(db)
    async with db.session() as s:
        gallery = await s.get(Gallery, "g", fetch=["artists"])
        copied = twin(gallery)
        assert [artist.id for artist in copied.artists] == ["a"]
        with pytest.raises(DetachedEntityError, match="cannot change"):
            copied.artists.append(Artist(id="b", name="B"))
        assert [artist.id for artist in copied.artists] == ["a"]
        gallery.artists.append(Artist(id="c", name="C"))
        s.add(gallery.artists[-1])
        assert [artist.id for artist in copied.artists] == ["a"]
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g"), ("c", "g")]


@each_way
async def test_partial_list_of_copy_is_partial(db: Database, twin: Any) -> None:
    shows = [Exhibition(id=f"x{i}", title="X") for i in range(3)]
    await db.save(*shows, Visitor(id="v", name="V", visits=shows))
    async with db.session() as s:
        visitor = await s.one(select(Visitor).fetch(Visitor.visits, limit=1))
        copied = twin(visitor)
        assert is_partial(copied, Visitor.visits)
        assert len(copied.visits) == 1


@each_way
async def test_copy_of_stored_entity_added_writes_its_changes(db: Database, twin: Any) -> None:
    await hang(db)
    async with db.session() as s:
        copied = twin(await s.get(Artist, "a", fetch=["gallery", "works"]))
    with pytest.raises(DetachedEntityError):
        copied.works.append(Painting(id="n", title="N"))
    copied.name = "B"
    async with db.session() as s:
        s.add(copied)
        copied.gallery = await s.get(Gallery, "h")
        copied.works.append(await s.get(Painting, "q"))
    graph = await db.dump()
    assert graph.node("a")["name"] == "B"
    assert (graph.pairs("REPRESENTED_BY"), graph.pairs("MADE")) == ([("a", "h")], [("a", "q")])


@each_way
async def test_copy_of_new_entity_is_new(db: Database, twin: Any) -> None:
    s = db.open()
    recipe = Recipe(title="R", minutes=3)
    s.add(recipe)
    copied = twin(recipe)
    copied.id = "other"
    assert (copied.ingredients, copied.author) == ([], None)
    await s.rollback()
    s.add(copied)
    await s.commit()
    await s.close()
    graph = await db.dump()
    assert graph.keys("Recipe") == ["other"]
    assert graph.node("other")["minutes"] == 3


@each_way
async def test_copy_of_deleted_entity_is_new_when_added(db: Database, twin: Any) -> None:
    await hang(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        s.delete(artist)
        await s.commit()
        copied = twin(artist)
        s.add(copied)
    graph = await db.dump()
    assert (graph.keys("Artist"), graph.node("a")["name"]) == (["a"], "A")


@each_way
async def test_copied_edge_is_a_new_edge(db: Database, twin: Any) -> None:
    await hang(db)
    async with db.session() as s:
        show, other = await s.get(Exhibition, "x"), await s.get(Painting, "q")
        [(edge, _)] = await s.edges(show, "works")
        copied = twin(edge)
        assert (copied.room, copied in s) == ("north", False)
        await s.relate(show, "works", other, edge=copied)
        await s.commit()
        copied.room = "south"
        await s.commit()
        edge.position = 7
    async with db.session() as s:
        found = await s.edges(await s.get(Exhibition, "x"), "works")
        assert {(edge.room, edge.position, work.id) for edge, work in found} == {("north", 7, "p"), ("south", 0, "q")}


@each_way
async def test_edge_without_a_class_can_be_copied(db: Database, twin: Any) -> None:
    await hang(db)
    async with db.session() as s:
        [(edge, _)] = await s.edges(await s.get(Artist, "a"), "gallery")
        copied = twin(edge)
        assert type(copied) is type(edge)
        assert (copied.source.id, copied.target.id) == ("a", "g")


async def test_copies_of_parallel_edges_stay_apart_in_a_graph(db: Database) -> None:
    await hang(db)
    for _ in range(2):
        await db.execute("MATCH (a:Artist {id: 'a'}), (g:Gallery {id: 'g'}) CREATE (a)-[:REPRESENTED_BY]->(g)")
    async with db.session() as s:
        stored = await s.edges(await s.get(Artist, "a"), "gallery")
        assert len(stored) == 3
        copies = pickle.loads(pickle.dumps(stored))
    assert to_networkx(copies).number_of_edges() == to_networkx(stored).number_of_edges() == 3


async def test_copy_is_no_second_object_of_its_session(db: Database) -> None:
    await hang(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        with pytest.raises(ConstraintViolationError, match="as another object"):
            s.add(copy.copy(artist))
        copied = copy.copy(artist)
        copied.name = "B"
        assert s.merge(copied) is artist
    assert (await db.dump()).node("a")["name"] == "B"


@pytest.mark.parametrize("how", ["read before", "expunged", "deleted"])
async def test_edge_that_left_its_session_is_a_new_edge(db: Database, how: str) -> None:
    await hang(db)
    s = db.open()
    show, work = await s.get(Exhibition, "x"), await s.get(Painting, "p" if how == "deleted" else "q")
    [(edge, _)] = await s.edges(show, "works")
    if how == "read before":
        await s.close()
        s = db.open()
        show, work = await s.get(Exhibition, "x"), await s.get(Painting, "q")
    elif how == "expunged":
        s.expunge(edge)
    else:
        s.delete(edge)
        await s.commit()
    await s.relate(show, "works", work, edge=edge)
    await s.commit()
    edge.room = "south"
    await s.commit()
    await s.close()
    kept = [] if how == "deleted" else [("north", "p")]
    async with db.session() as s:
        found = await s.edges(await s.get(Exhibition, "x"), "works")
        assert sorted((edge.room, work.id) for edge, work in found) == [*kept, ("south", work.id)]
