"""`merge` and `merge_all`: upsert by key; `reference`: a stand-in without a read."""

from __future__ import annotations

import pytest

from runic.ogm import Field, Node, OGMError, StaleEntityError, TypeConverter, Vector, select

from .harness import Database
from .models import Artist, Artwork, Exhibition, Gallery, Lender, Loan, Painting, Recipe, Sculpture, Station


async def test_merge_creates_what_is_absent(db: Database) -> None:
    async with db.session() as s:
        s.merge(Artist(id="a", name="A"))
    assert (await db.dump()).node("a")["name"] == "A"


async def test_merge_updates_what_is_stored(db: Database) -> None:
    await db.save(Artist(id="a", name="A", born=1))
    async with db.session() as s:
        s.merge(Artist(id="a", name="B", born=2))
    graph = await db.dump()
    assert graph.keys("Artist") == ["a"]
    assert (graph.node("a")["name"], graph.node("a")["born"]) == ("B", 2)


async def test_merge_costs_one_statement(db: Database) -> None:
    """An upsert needs no read."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        with db.count() as sent:
            s.merge(Artist(id="a", name="B"))
            await s.commit()
        assert len(sent) == 1


async def test_merge_all_upserts_in_one_statement(db: Database) -> None:
    """Rule 1: a second run of an import."""
    await db.save(*[Station(code=f"s{i}", zone=0) for i in range(100)])
    async with db.session() as s:
        s.merge_all(Station(code=f"s{i}", zone=1) for i in range(200))
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 1
    graph = await db.dump()
    assert len(graph.nodes) == 200
    assert all(properties["zone"] == 1 for _, properties in graph.nodes)


async def test_merge_twice_is_one_node(db: Database) -> None:
    for _ in range(2):
        async with db.session() as s:
            s.merge(Station(code="s"))
    assert (await db.dump()).keys("Station") == ["s"]


async def test_merge_of_one_key_twice_in_a_unit(db: Database) -> None:
    """The last value wins, one node."""
    async with db.session() as s:
        s.merge(Station(code="s", name="first"))
        s.merge(Station(code="s", name="last"))
    graph = await db.dump()
    assert graph.keys("Station") == ["s"]
    assert graph.node("s")["name"] == "last"


async def test_merge_onto_a_loaded_entity(db: Database) -> None:
    """Rule 4: the known object shows the merged values."""
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = await s.get(Artist, "a")
        s.merge(Artist(id="a", name="B"))
        await s.commit()
        assert await s.get(Artist, "a") is artist
        assert artist.name == "B"
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_merge_of_a_subclass(db: Database) -> None:
    """Rule 16: found by the root's label and key."""
    await db.save(Sculpture(id="c", title="C"))
    async with db.session() as s:
        s.merge(Sculpture(id="c", title="D", weight=1.5))
    async with db.session() as s:
        work = await s.get(Artwork, "c")
        assert (type(work), work.title, work.weight) == (Sculpture, "D", 1.5)


async def test_merge_of_new_and_stored_subclass_nodes_in_one_batch(db: Database) -> None:
    await db.save(*[Sculpture(id=f"w{i}", title="old", material="wood") for i in range(5)])
    for title in ("new", "newer"):
        async with db.session() as s:
            with db.count() as sent:
                s.merge_all(Sculpture(id=f"w{i}", title=title, weight=i / 2) for i in range(10))
                await s.commit()
            assert len(sent) == 1
    async with db.session() as s:
        works = await s.get_many(Sculpture, [f"w{i}" for i in range(10)])
        assert [(w.title, w.material, w.weight) for w in works] == [("newer", "stone", i / 2) for i in range(10)]
    assert len((await db.dump()).nodes) == 10


@pytest.mark.requires("supports_multiple_labels")
async def test_merge_gives_a_found_node_its_labels(db: Database) -> None:
    await db.execute("CREATE (:Artwork {id: 'c', title: 'C'})")
    async with db.session() as s:
        s.merge(Sculpture(id="c", title="D"))
    async with db.session() as s:
        assert type(await s.get(Artwork, "c")) is Sculpture


@pytest.mark.usefixtures("registry")
async def test_merge_changes_a_vector(db: Database) -> None:
    class Sound(Node, labels=["Sound"]):
        id: str
        spectrum: Vector

    class Chord(Sound, labels=["Sound", "Chord"], primary_label="Sound"):
        pass

    for cls in (Sound, Chord):
        for values in ([1.0, 2.0, 3.0], [4.0, 5.0, 7.0], [4.0, 5.0, 6.0]):
            async with db.session() as s:
                s.merge(cls(id=cls.__name__, spectrum=Vector(values)))
            async with db.session() as s:
                assert (await s.get(Sound, cls.__name__)).spectrum == Vector(values)


class LowerCase(TypeConverter[str]):
    """Stores names that differ in their case as one."""

    def to_graph(self, value: str) -> str:
        return value.lower()

    def from_graph(self, value: str) -> str:
        return value


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("labels", [["Word"], ["Word", "Noun"]], ids=len)
async def test_merge_of_keys_that_are_stored_alike_is_one_node(db: Database, labels: list[str]) -> None:
    class Word(Node, labels=labels, primary_label="Word"):
        text: str = Field(primary_key=True, converter=LowerCase())
        count: int

    if len(labels) > 1 and not db.dialect.supports_multiple_labels:
        return
    async with db.session() as s:
        s.merge_all([Word(text="Sky", count=1), Word(text="sea", count=2), Word(text="sky", count=3)])
    graph = await db.dump()
    assert sorted((node["text"], node["count"]) for _, node in graph.nodes) == [("sea", 2), ("sky", 3)]


async def test_merge_keeps_unmapped_properties(db: Database) -> None:
    await db.save(Artist(id="a", name="A"))
    await db.execute("MATCH (n:Artist) SET n.hidden = 1")
    async with db.session() as s:
        s.merge(Artist(id="a", name="B"))
    assert (await db.dump()).node("a")["hidden"] == 1


async def test_merge_with_relations(db: Database) -> None:
    """What is given is related; what is not given is left."""
    await db.save(Gallery(id="g", name="G"), Painting(id="p", title="P"))
    async with db.session() as s:
        gallery = await s.get(Gallery, "g")
        s.merge(Artist(id="a", name="A", gallery=gallery))
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g")]


async def test_merged_entities_can_be_related(db: Database) -> None:
    """An import: nodes and edges, run twice."""
    for _ in range(2):
        async with db.session() as s:
            s.merge_all([Station(code="a"), Station(code="b")])
            await s.relate(s.reference(Station, "a"), Station.neighbours, s.reference(Station, "b"))
    graph = await db.dump()
    assert graph.keys("Station") == ["a", "b"]
    assert len(graph.pairs("LINKS_TO")) == 1


async def test_reference_sends_nothing(db: Database) -> None:
    async with db.session() as s:
        with db.count() as sent:
            artist = s.reference(Artist, "a")
            assert artist.id == "a"
            assert isinstance(artist, Artist)
        assert len(sent) == 0


async def test_edge_between_known_keys_costs_no_read(db: Database) -> None:
    """Demand 7: one write, neither end loaded."""
    await db.save(Artist(id="a", name="A"), Painting(id="p", title="P"))
    async with db.session() as s:
        with db.count() as sent:
            await s.relate(s.reference(Artist, "a"), Artist.works, s.reference(Artwork, "p"))
            await s.commit()
        assert len(sent) == 1
    assert (await db.dump()).pairs("MADE") == [("a", "p")]


async def test_edge_with_properties_between_known_keys(db: Database) -> None:
    """Demand 7."""
    lender = Lender(name="L")
    await db.save(lender, Exhibition(id="x", title="X"))
    async with db.session() as s:
        with db.count() as sent:
            source, target = s.reference(Lender, lender.id), s.reference(Exhibition, "x")
            await s.relate(source, Lender.loans, target, edge=Loan(number="1"))
            await s.commit()
        assert len(sent) == 1
    assert len((await db.dump()).pairs("LENT")) == 1


async def test_reference_twice_is_one_object(db: Database) -> None:
    async with db.session() as s:
        assert s.reference(Artist, "a") is s.reference(Artist, "a")


async def test_reference_of_loaded_entity_is_it(db: Database) -> None:
    """Rule 4."""
    await db.save(Painting(id="p", title="P"))
    async with db.session() as s:
        work = await s.get(Artwork, "p")
        assert s.reference(Artwork, "p") is work


async def test_unused_reference_writes_nothing(db: Database) -> None:
    async with db.session() as s:
        s.reference(Artist, "a")
        with db.count() as sent:
            await s.commit()
        assert len(sent) == 0
    assert (await db.dump()).nodes == []


async def test_reference_can_be_assigned(db: Database) -> None:
    """Rule 6: a stand-in as target."""
    await db.save(Artist(id="a", name="A"), Gallery(id="g", name="G"))
    async with db.session() as s:
        (await s.get(Artist, "a")).gallery = s.reference(Gallery, "g")
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g")]


async def test_change_of_a_reference_is_written(db: Database) -> None:
    """Rule 5: only what was set."""
    await db.save(Artist(id="a", name="A", born=1))
    async with db.session() as s:
        s.reference(Artist, "a").born = 2
    stored = (await db.dump()).node("a")
    assert (stored["name"], stored["born"]) == ("A", 2)


async def test_reference_of_a_bad_key_is_refused(db: Database) -> None:
    async with db.session() as s:
        with pytest.raises((OGMError, TypeError, ValueError)):
            s.reference(Artist, 7)
        with pytest.raises((OGMError, TypeError, ValueError)):
            s.reference(Recipe, None)


async def test_reference_is_filled_by_refresh(db: Database) -> None:
    await db.save(Artist(id="a", name="A"))
    async with db.session() as s:
        artist = s.reference(Artist, "a")
        await s.refresh(artist)
        assert artist.name == "A"


async def test_merge_counts_the_version_up(db: Database) -> None:
    """Who read the version before learns that it was changed since, and the merged entity can be changed on."""
    await db.save(Recipe(id="r", title="R"))
    async with db.session() as slow:
        mine = await slow.get(Recipe, "r")
        async with db.session() as s:
            (await s.get(Recipe, "r")).title = "theirs"
        async with db.session() as s:
            merged, fresh = s.merge(Recipe(id="r", title="merged")), s.merge(Recipe(id="f", title="F"))
            await s.commit()
            assert (merged.revision, fresh.revision) == (2, 0)
            merged.title, fresh.title = "again", "again"
            await s.commit()
            assert (merged.revision, fresh.revision) == (3, 1)
        mine.title = "lost"
        with pytest.raises(StaleEntityError):
            await slow.commit()
        await slow.rollback()
    async with db.session() as s:
        recipe = await s.get(Recipe, "r")
        assert (recipe.title, recipe.revision) == ("again", 3)


async def test_merge_of_what_is_loaded_keeps_its_version(db: Database) -> None:
    await db.save(Recipe(id="r", title="R"))
    async with db.session() as s:
        recipe = await s.get(Recipe, "r")
        recipe.title = "changed"
        await s.flush()
        assert s.merge(Recipe(id="r", title="merged")) is recipe
        await s.commit()
        assert (recipe.title, recipe.revision) == ("merged", 2)


@pytest.mark.parametrize("stored", [True, False])
async def test_merged_and_deleted_is_not_there(db: Database, stored: bool) -> None:
    await db.save(Exhibition(id="x", title="X"), *([Painting(id="p", title="stored")] if stored else []))
    async with db.session() as s:
        work = s.merge(Painting(id="p", title="merged"))
        await s.relate(await s.get(Exhibition, "x"), Exhibition.paintings, work)
        s.delete(work)
        assert work not in s
    assert (await db.dump()).keys("Artwork") == []


async def test_merged_deleted_and_added_again_is_there(db: Database) -> None:
    await db.save(Painting(id="p", title="stored"))
    async with db.session() as s:
        work = s.merge(Painting(id="p", title="merged"))
        s.delete(work)
        s.add(work)
        await s.flush()
        s.delete(work)
        assert s.merge(work) is work
    async with db.session() as s:
        assert [work.title for work in await s.scalars(select(Painting))] == ["merged"]


async def test_rollback_of_merged_and_deleted_leaves_what_is_stored(db: Database) -> None:
    await db.save(Painting(id="p", title="stored"))
    async with db.session() as s:
        work = s.merge(Painting(id="p", title="merged"))
        s.delete(work)
        await s.rollback()
        assert work not in s
        assert (await s.get(Painting, "p")).title == "stored"


@pytest.mark.parametrize("base", [True, False])
@pytest.mark.parametrize("stored", [True, False])
async def test_merge_of_what_is_only_referred_to(db: Database, base: bool, stored: bool) -> None:
    """The stand-in becomes what is merged, of whatever class that is, whether or not it is stored."""
    if stored:
        await db.save(Painting(id="p", title="stored", technique="ink"))
    await db.save(Exhibition(id="x", title="X"))
    async with db.session() as s:
        stand_in = s.reference(Artwork if base else Painting, "p")
        merged = s.merge(Painting(id="p", title="merged"))
        assert merged is stand_in
        assert type(merged) is Painting
        await s.relate(await s.get(Exhibition, "x"), Exhibition.paintings, merged)
    async with db.session() as s:
        show = await s.get(Exhibition, "x", fetch=["paintings"])
        assert [(work.title, work.technique) for work in show.paintings] == [
            ("merged", Painting(id="", title="").technique)
        ]


async def test_merge_of_a_versioned_stand_in(db: Database) -> None:
    await db.save(Recipe(id="r", title="R"))
    async with db.session() as s:
        s.reference(Recipe, "r")
        recipe = s.merge(Recipe(id="r", title="merged"))
        await s.commit()
        assert (recipe.title, recipe.revision) == ("merged", 1)


@pytest.mark.parametrize("expired", [True, False])
@pytest.mark.parametrize("then", ["nothing", "flush", "delete"])
async def test_rollback_of_a_merged_stand_in_leaves_a_stand_in(db: Database, expired: bool, then: str) -> None:
    await db.save(Painting(id="p", title="stored"))
    async with db.session(autoflush=False) as s:
        if expired:
            s.expire(known := await s.get(Painting, "p"))
        else:
            known = s.reference(Artwork, "p")
        merged = s.merge(Painting(id="p", title="merged"))
        if then == "flush":
            if not db.dialect.supports_transactions:
                return
            await s.flush()
        elif then == "delete":
            s.delete(merged)
        await s.rollback()
        assert known in s
        assert (await s.get(Painting, "p")) is known
        assert known.title == "stored"


async def test_expired_entity_is_deleted_in_whatever_version_it_has(db: Database) -> None:
    """What was read of it is forgotten."""
    await db.save(Recipe(id="r", title="R"))
    async with db.session() as s:
        recipe = await s.get(Recipe, "r")
        async with db.session() as other:
            (await other.get(Recipe, "r")).title = "theirs"
        s.expire(recipe)
        s.delete(recipe)
    assert (await db.dump()).keys("Recipe") == []
