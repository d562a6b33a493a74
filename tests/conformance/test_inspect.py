"""An existing graph becomes classes, and these read it."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from runic.ogm import metadata, select
from runic.ogm.inspection import ModelDescription, inspect_graph, inspect_graph_async, write_models
from runic.ogm.model.registry import Snapshot

from .harness import Database
from .models import Amount, Artist, Cook, Exhibition, Gallery, Ingredient, Painting, Recipe, Sculpture, Showing


@pytest.fixture
def clean() -> Iterator[None]:
    """Bring back the classes of the suite, whose labels `declare` gives to others."""
    before = metadata.snapshot()
    yield
    metadata.restore(before)


async def inspect(db: Database, **options: Any) -> ModelDescription:
    if db.is_async:
        return await inspect_graph_async(db.driver, **options)
    return inspect_graph(db.driver, **options)


def declare(description: ModelDescription) -> Any:
    """Run the written module, as in a process that has no other classes."""
    metadata.restore(Snapshot((), ()))
    module = types.ModuleType("inspected_models")
    sys.modules[module.__name__] = module
    exec(compile(write_models(description), "inspected_models.py", "exec"), module.__dict__)
    return module


async def make_museum(db: Database) -> None:
    async with db.session() as s:
        ada, ben = Artist(id="a", name="Ada", born=1900), Artist(id="b", name="Ben")
        works = [Painting(id="p", title="P"), Sculpture(id="s", title="S", weight=2.5)]
        show = Exhibition(id="x", title="X")
        s.add_all([Gallery(id="g", name="G", artists=[ada, ben]), ada, ben, *works, show])
        ada.works = works
        ben.teacher = ada
        await s.flush()
        for position, work in enumerate(works):
            await s.relate(show, Exhibition.works, work, edge=Showing(room="east", position=position))


@pytest.mark.usefixtures("clean")
async def test_classes_read_what_they_were_made_of(db: Database) -> None:
    await make_museum(db)
    found = declare(await inspect(db))
    async with db.session() as s:
        ada = await s.get(found.Artist, "a", fetch=["made", "learnt_from_from"])
        assert (ada.name, ada.born, {work.title for work in ada.made}) == ("Ada", 1900, {"P", "S"})
        assert ada.learnt_from_from.id == "b"
        assert await s.count(select(found.Artist)) == 2
        show = await s.get(found.Exhibition, "x")
        edges = await s.edges(show, "shows")
        assert {(edge.room, edge.position, work.id) for edge, work in edges} == {("east", 0, "p"), ("east", 1, "s")}


async def test_relations_have_direction_and_cardinality(db: Database) -> None:
    await make_museum(db)
    artist = next(node for node in (await inspect(db)).nodes if node.name == "Artist")
    relations = {relation.name: (relation.type, relation.direction, relation.many) for relation in artist.relations}
    assert relations == {
        "learnt_from": ("LEARNT_FROM", "OUTGOING", False),
        "learnt_from_from": ("LEARNT_FROM", "INCOMING", False),
        "made": ("MADE", "OUTGOING", True),
        "represented_by": ("REPRESENTED_BY", "OUTGOING", False),
    }


async def test_property_of_some_nodes_is_optional(db: Database) -> None:
    await make_museum(db)
    artist = next(node for node in (await inspect(db)).nodes if node.name == "Artist")
    found = {prop.name: (prop.type, prop.optional, prop.key) for prop in artist.properties}
    assert found["id"] == ("str", False, True)
    assert found["name"] == ("str", False, False)
    assert found["born"] == ("int", True, False)


@pytest.mark.requires("supports_multiple_labels")
async def test_hierarchy_is_seen_in_label_sets(db: Database) -> None:
    await make_museum(db)
    found = {node.name: node for node in (await inspect(db)).nodes}
    assert (found["Artwork"].parents, found["Painting"].parents, found["Sculpture"].parents) == (
        [],
        ["Artwork"],
        ["Artwork"],
    )
    assert (found["Artwork"].count, found["Artwork"].primary_label) == (0, "Artwork")
    assert [prop.name for prop in found["Artwork"].properties] == ["id", "title"]
    assert [prop.name for prop in found["Sculpture"].properties] == ["material", "weight"]


PORTS = (
    "CREATE (:Place {id: 'a', name: 'A'}), (p:Place:Port {id: 'b', name: 'B', depth: 9}), "
    "(:Place:Capital {id: 'c', name: 'C', people: 3}), "
    "(q:Place:Port:Capital {id: 'd', name: 'D', depth: 7, people: 5, flag: 'red'}), (p)-[:FERRY]->(q)"
)


@pytest.mark.usefixtures("clean")
@pytest.mark.requires("supports_multiple_labels")
async def test_nodes_of_two_classes_have_both_parents(db: Database) -> None:
    await db.execute(PORTS)
    description = await inspect(db)
    both = next(node for node in description.nodes if node.name == "PortCapital")
    assert (both.parents, [prop.name for prop in both.properties]) == (["Port", "Capital"], ["flag"])
    found = declare(description)
    for step, cls in enumerate((found.Place, found.Port, found.Capital, found.PortCapital)):
        async with db.session() as s:
            place = await s.get(cls, "d")
            assert type(place) is found.PortCapital
            assert (place.name, place.depth, place.people, place.flag) == ("D", 7 + step, 5 + step, "red")
            place.people += 1
            place.depth += 1
    async with db.session() as s:
        assert await s.count(select(found.Capital)) == await s.count(select(found.Port)) == 2
        [ferry] = await s.scalars(select(found.Port).traverse("ferry", optional=False).alias("to").return_target("to"))
        assert (ferry.depth, ferry.people) == (11, 9)


@pytest.mark.usefixtures("clean")
@pytest.mark.requires("supports_multiple_labels")
async def test_parents_that_differ_in_a_name_are_not_joined(db: Database) -> None:
    """Classes of one name with two meanings cannot be both; nodes of two hierarchies have the key of one."""
    await db.execute(
        "CREATE (:Place {id: 'a'}), (:Place:Port {id: 'b', code: 1}), (:Place:Capital {id: 'c', code: 'x'}), "
        "(:Place:Port:Capital {id: 'd', code: 2}), (:Club {id: 'e'}), (:Team {id: 'f'}), (:Club:Team {id: 'g'})"
    )
    description = await inspect(db)
    assert sorted(len(node.parents) for node in description.nodes if len(node.labels) > 1) == [1, 1, 1, 1]
    found = declare(description)
    async with db.session() as s:
        assert (await s.get(found.Port, "d")).code == 2
        assert len(await s.scalars(select(found.Team))) == 2


@pytest.mark.usefixtures("clean")
@pytest.mark.requires("supports_multiple_labels")
async def test_base_class_reads_its_subclasses(db: Database) -> None:
    await make_museum(db)
    found = declare(await inspect(db))
    async with db.session() as s:
        works = await s.scalars(select(found.Artwork).order_by(found.Artwork.id))
        assert [type(work) for work in works] == [found.Painting, found.Sculpture]


async def test_edges_to_several_classes_are_a_union(db: Database) -> None:
    await db.execute(
        "CREATE (a:Keeper {code: 1}), (b:Cage {id: 'b'}), (c:Pond {id: 'c'}), (d:Keeper {code: 2}), "
        "(a)-[:TENDS]->(b), (a)-[:TENDS]->(c), (d)-[:TENDS]->(c)"
    )
    found = {node.name: node for node in (await inspect(db)).nodes}
    (relation,) = found["Keeper"].relations
    assert (list(relation.targets), relation.many) == (["Cage", "Pond"], True)
    assert [back.many for back in [*found["Cage"].relations, *found["Pond"].relations]] == [False, True]


async def test_key_is_what_all_have_and_none_share(db: Database) -> None:
    await db.execute(
        "CREATE (:Book {title: 't', isbn: 'x', id: 1, shelf_code: 'a'}), (:Book {title: 't', isbn: 'y', id: 1, "
        "shelf_code: 'b'}), (:Loose {weight: 0.5}), (:Pen {name: 'p'}), (:Pen)"
    )
    description = await inspect(db)
    assert [(node.name, node.properties[0].name) for node in description.nodes] == [("Book", "shelf_code")]
    assert sorted(note.split(" have ")[0] for note in description.notes) == [
        "1 nodes with the labels 'Loose'",
        "2 nodes with the labels 'Pen'",
    ]


async def test_parallel_edges_get_a_key(db: Database) -> None:
    await db.execute(
        "CREATE (a:Bank {id: 'a'}), (b:Bank {id: 'b'}), (a)-[:PAID {amount: 1, number: 1}]->(b), "
        "(a)-[:PAID {amount: 1, number: 2}]->(b), (a)-[:OWES]->(b), (a)-[:OWES]->(b)"
    )
    description = await inspect(db)
    (edge,) = description.edges
    assert [(prop.name, prop.key) for prop in edge.properties] == [("number", True), ("amount", False)]
    assert [note.split(", which")[0] for note in description.notes] == [
        "1 pairs of nodes have several edges of the type 'OWES'"
    ]


async def test_property_outside_the_sample_is_found(db: Database) -> None:
    await db.execute("UNWIND range(1, 50) AS i CREATE (:Drop {id: i})")
    await db.execute("MATCH (n:Drop) WHERE n.id = 50 SET n.rare = 'x'")
    (drop,) = (await inspect(db, sample=5)).nodes
    assert (drop.count, drop.sampled) == (50, 5)
    assert [(prop.name, prop.type, prop.optional) for prop in drop.properties] == [
        ("id", "int", False),
        ("rare", "str", True),
    ]


@pytest.mark.usefixtures("clean")
async def test_hostile_names_are_read(db: Database) -> None:
    await db.execute(
        'CREATE (a:`class` {id: 1, `self`: \'x\', `a b`: 2, `"""`: [1, 2], mixed: 1}), '
        "(b:`class` {id: 2, `self`: 'y', `a b`: 3, `\"\"\"`: [], mixed: 'one'}), "
        "(c:`None` {`to_dict`: 'k'}), (a)-[:`); import os` {`x y`: true}]->(c), "
        "(b)-[:`); import os` {`x y`: false}]->(c)"
    )
    description = await inspect(db)
    found = declare(description)
    async with db.session() as s:
        first, second = await s.scalars(select(found.Class).order_by(found.Class.id))
        assert (first.self_, first.a_b, first.mixed, second.mixed) == ("x", 2, 1, "one")
        assert (first.field, second.field) == ([1, 2], [])
        kind = next(node for node in description.nodes if node.name == "Class")
        ((edge, target),) = await s.edges(first, kind.relations[0].name)
        assert (type(target), target.to_dict_, edge.x_y) == (found.None_, "k", True)


async def test_empty_graph_has_no_classes(db: Database) -> None:
    description = await inspect(db)
    assert (description.nodes, description.edges, description.notes) == ([], [], ())
    compile(write_models(description), "models.py", "exec")


@pytest.mark.parametrize("sample", [0, -1, 1.5, "9"])
async def test_sample_must_be_a_number(db: Database, sample: Any) -> None:
    with pytest.raises(ValueError, match="sample"):
        await inspect(db, sample=sample)


@pytest.mark.usefixtures("clean")
async def test_cyclic_graph_with_edges_of_the_package(db: Database) -> None:
    async with db.session() as s:
        flour, salt = Ingredient(id="f", name="flour"), Ingredient(id="s", name="salt")
        flour.substitutes = [salt]
        bread = Recipe(title="bread", author=Cook(name="C"))
        s.add_all([bread, flour, salt])
        await s.relate(bread, Recipe.ingredients, flour, edge=Amount(grams=500))
        key = bread.id
    found = declare(await inspect(db))
    async with db.session() as s:
        bread = await s.get(found.Recipe, key, fetch=["needs", "written_by"])
        assert (bread.needs.name, bread.written_by.name) == ("flour", "C")
