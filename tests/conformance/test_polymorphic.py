"""Rule 16: each entity comes as its most specific class."""

from __future__ import annotations

import pytest

from runic.ogm import Field, Node, Relation, exists, select
from runic.ogm.query.related import count_related

from .harness import Database
from .models import Artist, Artwork, Exhibition, Fresco, Instrument, Lender, Painting, Sculpture


async def seed(db: Database) -> None:
    await db.save(
        w := Artwork(id="w", title="W"),
        p := Painting(id="p", title="P", technique="oil"),
        f := Fresco(id="f", title="F", technique="lime", wall="north"),
        c := Sculpture(id="c", title="C", weight=2.5),
        Artist(id="a", name="A", works=[w, p, f, c]),
    )


KINDS = {"w": Artwork, "p": Painting, "f": Fresco, "c": Sculpture}


@pytest.mark.requires("supports_multiple_labels")
async def test_labels_are_all_stored(db: Database) -> None:
    """Rule 16."""
    await seed(db)
    graph = await db.dump()
    assert graph.labels("f") == {"Artwork", "Painting", "Fresco"}
    assert graph.labels("c") == {"Artwork", "Sculpture"}


@pytest.mark.parametrize("key", list(KINDS))
async def test_get_by_the_root_gives_the_class(db: Database, key: str) -> None:
    """Rule 16."""
    await seed(db)
    async with db.session() as s:
        assert type(await s.get(Artwork, key)) is KINDS[key]


class Gauge(Node, labels=["Gauge"]):
    """Measures, in one of several ways."""

    id: str = Field(primary_key=True)


class Pipe(Node, labels=["Pipe"]):
    """What gauges are on."""

    id: str = Field(primary_key=True)


class Dial(Gauge):
    """Shows a number."""

    shown: int | None = None
    read: list[Pipe] = Relation(relationship="IS_ON")
    controls: list[Dial] = Relation(relationship="CONTROLS")


class Lamp(Gauge):
    """Shows a colour."""

    shown: str | None = None
    watched: list[Pipe] = Relation(relationship="IS_ON")


class Level(Gauge):
    """Shows a fraction, under a name of its own."""

    fraction: float | None = Field(default=None, name="shown")


async def test_one_name_of_several_types(db: Database) -> None:
    """Classes of a hierarchy may store different types under one name: the base class reads them all."""
    await db.save(Dial(id="d", shown=3), Lamp(id="l", shown="red"), Level(id="v", fraction=0.5), Gauge(id="g"))
    async with db.session() as s:
        dial, gauge, lamp, level = await s.scalars(select(Gauge).order_by("id"))
        assert (dial.shown, lamp.shown, level.fraction, type(gauge)) == (3, "red", 0.5, Gauge)
    async with db.session() as s:
        assert [(await s.get(Gauge, key)).id for key in "dglv"] == list("dglv")


async def test_question_of_a_subclass_is_about_that_class_only(db: Database) -> None:
    """A sibling's edges of the same type are those of another relation, also within another question."""
    await db.save(pipe := Pipe(id="p"), Dial(id="d", read=[pipe]), Lamp(id="l", watched=[pipe]))
    async with db.session() as s:
        reading = exists(Dial.read, Pipe.id == "p")
        assert [gauge.id for gauge in await s.scalars(select(Gauge).where(reading))] == ["d"]
        assert sorted(gauge.id for gauge in await s.scalars(select(Gauge).where(~reading))) == ["l"]
        rows = await s.all_rows(select(Gauge).project("id", count_related(Dial.read).as_("n")).order_by("id"))
        assert [(row["id"], row["n"]) for row in rows] == [("d", 1), ("l", 0)]


async def test_step_of_a_subclass_starts_at_that_class_only(db: Database) -> None:
    """A sibling may have edges of the same type, which are those of another relation."""
    await db.save(pipe := Pipe(id="p"), Dial(id="d", read=[pipe]), Lamp(id="l", watched=[pipe]))
    async with db.session() as s:
        found = await s.scalars(select(Gauge).traverse(Dial.read, optional=False))
        steps = select(Gauge).alias("g").traverse(Dial.read).alias("p").return_nodes("g", "p")
        rows = await s.all_with_edges(steps)
        assert {(gauge.id, pipe and pipe.id) for gauge, pipe in rows} == {("d", "p"), ("l", None)}
        both = select(Gauge).where(Gauge.id == "l").union(select(Dial)).alias("g").traverse(Dial.read).alias("p")
        rows = await s.all_with_edges(both.return_nodes("g", "p"))
        assert {(gauge.id, pipe and pipe.id) for gauge, pipe in rows} == {("d", "p"), ("l", None)}
    assert [gauge.id for gauge in found] == ["d"]


async def test_path_of_a_subclass_starts_at_that_class_of_a_page(db: Database) -> None:
    """The page is chosen before."""
    await db.save(one := Dial(id="z"), Dial(id="c", controls=[one]), Lamp(id="a"))
    async with db.session() as s:
        for limit, starts in ((1, []), (3, ["c"])):
            page = select(Gauge).alias("g").order_by("id").limit(limit)
            paths = await s.scalars(page.shortest_path(Dial.controls, to="z"))
            assert [path.start.id for path in paths] == starts


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_subclass_is_streamed_whole(db: Database, size: int) -> None:
    """A database may scan for any of its labels, in any order."""
    await db.save(*(Fresco(id=f"f{i}", title="F") for i in range(4)))
    await db.save(*(Painting(id=f"p{i}", title="P") for i in range(31)))
    await db.save(*(Fresco(id=f"g{i}", title="G") for i in range(3)), *(Artwork(id=f"w{i}", title="W") for i in "ab"))
    async with db.session() as s:
        for cls, number in ((Fresco, 7), (Painting, 38), (Artwork, 40)):
            found = [work.id async for work in s.stream(select(cls), batch=size)]
            assert len(found) == len(set(found)) == number


async def test_properties_of_the_subclass_are_read(db: Database) -> None:
    """Rule 16: by a query of the root."""
    await seed(db)
    async with db.session() as s:
        found = {work.id: work for work in await s.scalars(select(Artwork))}
        assert {key: type(work) for key, work in found.items()} == KINDS
        assert (found["f"].technique, found["f"].wall) == ("lime", "north")
        assert (found["c"].material, found["c"].weight) == ("stone", 2.5)


async def test_subclass_query_matches_all_labels(db: Database) -> None:
    """Rule 16."""
    await seed(db)
    async with db.session() as s:
        assert {work.id for work in await s.scalars(select(Painting))} == {"p", "f"}
        assert [work.id for work in await s.scalars(select(Fresco))] == ["f"]
        assert await s.count(select(Sculpture)) == 1


async def test_get_by_a_sibling_class_is_none(db: Database) -> None:
    """Rule 16: a sculpture is no painting."""
    await seed(db)
    async with db.session() as s:
        assert await s.get(Painting, "c") is None
        assert await s.get(Fresco, "p") is None


async def test_get_by_a_sibling_class_of_the_known(db: Database) -> None:
    """Rule 16: the identity map is no way around it."""
    await seed(db)
    async with db.session() as s:
        await s.get(Artwork, "c")
        assert await s.get(Painting, "c") is None


async def test_collection_gives_each_class(db: Database) -> None:
    """Rule 16. Demand 9."""
    await seed(db)
    async with db.session() as s:
        artist = await s.get(Artist, "a", fetch=["works"])
        assert {work.id: type(work) for work in artist.works} == KINDS


async def test_relation_to_a_subclass_gives_only_that(db: Database) -> None:
    """Rule 16."""
    await seed(db)
    await db.save(Exhibition(id="x", title="X"))
    await db.execute("MATCH (x:Exhibition), (w:Artwork) CREATE (x)-[:OPENS_WITH]->(w)")
    async with db.session() as s:
        show = await s.get(Exhibition, "x", fetch=["paintings"])
        assert {work.id for work in show.paintings} == {"p", "f"}


async def test_save_of_a_subclass_writes_its_fields(db: Database) -> None:
    """Rule 16: found by the root, changed, stored."""
    await seed(db)
    async with db.session() as s:
        work = await s.get(Artwork, "f")
        work.wall, work.title = "south", "new"
    stored = (await db.dump()).node("f")
    assert (stored["wall"], stored["title"]) == ("south", "new")


async def test_filter_of_the_root_holds_for_all(db: Database) -> None:
    """Rule 16."""
    await seed(db)
    async with db.session() as s:
        found = await s.scalars(select(Artwork).where(Artwork.id > "c"))
        assert {type(work) for work in found} == {Artwork, Painting, Fresco}


async def test_inherited_attribute_filters_the_subclass(db: Database) -> None:
    """Rule 16: `Painting.title` and `Artwork.title` both serve."""
    await seed(db)
    async with db.session() as s:
        assert [w.id for w in await s.scalars(select(Painting).where(Painting.title == "F"))] == ["f"]
        assert [w.id for w in await s.scalars(select(Painting).where(Artwork.title == "F"))] == ["f"]


async def test_delete_by_the_root_deletes(db: Database) -> None:
    """Rule 16."""
    await seed(db)
    async with db.session() as s:
        s.delete(await s.get(Artwork, "f"))
    assert (await db.dump()).keys("Artwork") == ["c", "p", "w"]


async def test_mixed_batch_of_a_hierarchy(db: Database) -> None:
    """Rule 16 and 1: each with its own labels and columns."""
    async with db.session() as s:
        s.add_all([kind(id=f"{kind.__name__}{i}", title="t") for i in range(5) for kind in KINDS.values()])
    async with db.session() as s:
        found = await s.scalars(select(Artwork))
        assert all(work.id.startswith(type(work).__name__) for work in found)
        assert len(found) == 20


async def test_unknown_extra_label_does_no_harm(db: Database) -> None:
    """Rule 16: the most specific registered class."""
    await seed(db)
    if db.dialect.supports_multiple_labels:
        await db.execute("MATCH (n:Artwork {id: 'p'}) SET n:Stolen")
    async with db.session() as s:
        assert type(await s.get(Artwork, "p")) is Painting


async def test_union_gives_each_class(db: Database) -> None:
    """Demand 10: targets of unrelated classes."""
    lender = Lender(name="L", treasures=[p := Painting(id="p", title="P"), i := Instrument(id="i", maker="M")])
    await db.save(lender, p, i)
    async with db.session() as s:
        found = await s.get(Lender, lender.id, fetch=["treasures"])
        kinds = {thing.id: type(thing) for thing in found.treasures}
        assert kinds == {"p": Painting, "i": Instrument}
        [instrument] = [thing for thing in found.treasures if thing.id == "i"]
        assert instrument.maker == "M"


async def test_union_takes_relate_and_unrelate(db: Database) -> None:
    """Demand 10."""
    lender = Lender(name="L")
    await db.save(lender, Painting(id="p", title="P"), Instrument(id="i", maker="M"))
    async with db.session() as s:
        owner = await s.get(Lender, lender.id)
        await s.relate(owner, Lender.treasures, await s.get(Instrument, "i"))
        await s.relate(owner, Lender.treasures, await s.get(Painting, "p"))
    async with db.session() as s:
        owner = await s.get(Lender, lender.id)
        await s.unrelate(owner, Lender.treasures, await s.get(Painting, "p"))
        await s.load(owner, "treasures")
        assert [thing.id for thing in owner.treasures] == ["i"]


async def test_union_with_equal_keys(db: Database) -> None:
    """Demand 10: two classes, the same key, two entities."""
    lender = Lender(name="L", treasures=[p := Painting(id="k", title="P"), i := Instrument(id="k", maker="M")])
    await db.save(lender, p, i)
    async with db.session() as s:
        found = await s.get(Lender, lender.id, fetch=["treasures"])
        assert {type(thing) for thing in found.treasures} == {Painting, Instrument}


async def lend_elsewhere(db: Database) -> None:
    """A lender owns a painting and an instrument; both lenders own a visitor, by the edge of another program."""
    treasures = [Painting(id="p", title="P"), Instrument(id="i", maker="M")]
    await db.save(*treasures, Lender(name="L", treasures=treasures), Lender(name="M"))
    await db.execute("MATCH (l:Lender) CREATE (l)-[:OWNS]->(:Visitor {id: 'v', name: 'V'})")


async def test_step_along_a_union_leads_to_its_classes_only(db: Database) -> None:
    """Another program's edge of the type may lead elsewhere."""
    await lend_elsewhere(db)
    async with db.session() as s:
        rows = await s.all_with_edges(select(Lender).traverse(Lender.treasures, optional=False))
    assert sorted(found[-1].id for found in rows) == ["i", "p"]


async def test_question_along_a_union_is_of_its_classes_only(db: Database) -> None:
    await lend_elsewhere(db)
    async with db.session() as s:
        owners = await s.scalars(select(Lender).where(exists(Lender.treasures)))
        assert [lender.name for lender in owners] == ["L"]
        counted = await s.all_rows(select(Lender).project("name", count_related(Lender.treasures).as_("n")))
        assert sorted((row["name"], row["n"]) for row in counted) == [("L", 2), ("M", 0)]


@pytest.mark.parametrize("limit", [None, 5])
async def test_union_is_fetched_by_its_classes_only(db: Database, limit: int | None) -> None:
    await lend_elsewhere(db)
    async with db.session() as s:
        found = await s.scalars(select(Lender).fetch(Lender.treasures, limit=limit).order_by("name"))
        assert [sorted(thing.id for thing in lender.treasures) for lender in found] == [["i", "p"], []]


async def test_union_is_loaded_by_its_classes_only(db: Database) -> None:
    await lend_elsewhere(db)
    async with db.session() as s:
        found = await s.scalars(select(Lender).order_by("name"))
        await s.load(found, "treasures")
        assert [sorted(thing.id for thing in lender.treasures) for lender in found] == [["i", "p"], []]
