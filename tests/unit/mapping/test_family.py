"""A table serves a hierarchy or a union; each row becomes the most specific class that its labels allow."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.conversion import codec_for
from runic.ogm.exceptions import FieldValidationError, MetadataError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.mapping.result import Projection
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Field
from runic.ogm.model.state import Link
from tests.unit.mapping.herbarium import DIALECT, Leaf

MAPPER = Mapper(DIALECT)


class Rack(Node):
    id: str = Field(primary_key=True)
    height: int


class Drawer(Rack, labels=["Rack", "Drawer, small"]):
    lock: str | None = None


class Cabinet(Rack):
    doors: int
    lock: str | None = None


class Vault(Cabinet):
    doors: str  # type: ignore[assignment] # another form under the same name


class Keeper(Node, labels=["Keeper"]):
    number: int = Field(primary_key=True)
    lock: str | None = None


def test_leaf_class_has_no_labels_column() -> None:
    family = MAPPER.family((Vault,))
    assert family.columns("n") == ["n.`id`", "n.`height`", "n.`doors`", "n.`lock`", "elementId(n)"]
    assert family.wires == ("str", "int", "str", "str", "str")
    assert (family.width, family.id_position, family.labels_position) == (5, 4, None)
    assert Mapper(FalkorDBDialect()).family((Vault,)).wires[-1] == "int"


def test_columns_of_hierarchy_are_shared() -> None:
    family = MAPPER.family((Rack,))
    assert family.columns("s")[:2] == ["s.`id`", "s.`height`"]
    assert sorted(zip(family.columns("s"), family.wires, strict=True))[:4] == [
        ("coalesce(s.`doors`)", "str"),  # a second type, and a name may stand once in what is returned
        ("elementId(s)", "str"),
        ("labels(s)", "labels"),
        ("s.`doors`", "int"),
    ]
    assert family.columns("s").count("s.`lock`") == 1
    assert family.labels_position == family.width - 2 == family.id_position - 1


def table(family: Any, *nodes: dict[str, Any]) -> list[list[Any]]:
    """Return rows for nodes given as property values by (name, wire), with `id` and `labels`."""
    columns = list(
        zip(
            (text.split(".")[-1].removesuffix("`)").strip("`") for text in family.columns("n")),
            family.wires,
            strict=True,
        )
    )
    return [
        [node["labels"] if wire == "labels" else node.get(f"{name}:{wire}", node.get(name)) for name, wire in columns]
        for node in nodes
    ]


def text(*labels: str) -> str:
    return "[" + ", ".join(labels) + "]"


@pytest.mark.parametrize("spell", [lambda *labels: tuple(labels), text], ids=["typed", "untyped"])
def test_rows_become_their_classes_in_order(spell: Any) -> None:
    family = MAPPER.family((Rack,))
    nodes = [
        {"id": "a", "height": 1, "labels": spell("Rack")},
        {"id": "b", "height": 2, "lock": "x", "labels": spell("Rack", "Drawer, small")},
        {"id": "c", "height": 3, "doors:int": 2, "lock": "y", "labels": spell("Rack", "Cabinet")},
        {"id": "d", "height": 4, "doors:str": "two", "labels": spell("Unknown", "Vault", "Cabinet", "Rack")},
        {"id": "e", "height": 5, "labels": spell("Other", "Rack")},
    ]
    for order in permutations(nodes, 5):
        identity: dict[str, dict[Any, Any]] = {}
        link = Link(None)
        loaded = family.load(table(family, *order), identity, link)
        assert [entity.id for entity in loaded] == [node["id"] for node in order]
        by_id = {entity.id: entity for entity in loaded}
        assert [type(by_id[key]) for key in "abcde"] == [Rack, Drawer, Cabinet, Vault, Rack]
        assert (by_id["b"].lock, by_id["c"].doors, by_id["d"].doors) == ("x", 2, "two")
        assert identity == {"Rack": by_id}
        assert link.siblings == loaded
        assert link.siblings is not loaded
        for entity in loaded:
            assert MAPPER.entity(type(entity)).changed([entity]) == []


def test_union_of_unrelated_classes() -> None:
    family = MAPPER.family((Rack, Keeper))
    rows = table(
        family,
        {"number": 7, "lock": "k", "labels": "[Keeper]"},
        {"id": "a", "height": 1, "labels": "[Rack]"},
        {"number": 8, "labels": "[Keeper]"},
    )
    identity: dict[str, dict[Any, Any]] = {}
    assert [type(entity) for entity in family.load(rows, identity, Link(None))] == [Keeper, Rack, Keeper]
    assert {label: list(known) for label, known in identity.items()} == {"Keeper": [7, 8], "Rack": ["a"]}


def test_one_class_for_all_rows_at_an_offset() -> None:
    family = MAPPER.family((Rack,))
    rows = table(family, *({"id": str(i), "height": i, "labels": ("Rack",)} for i in range(3)))
    loaded = family.load([["before", *row, "after"] for row in rows], {}, Link(None), 1)
    assert [(entity.id, entity.height) for entity in loaded] == [("0", 0), ("1", 1), ("2", 2)]


def test_rows_of_optional_steps() -> None:
    for cls in (Rack, Vault):
        family = MAPPER.family((cls,))
        node = {"id": "a", "height": 1, "doors:str": "x", "elementId(n)": "#1", "labels": ("Rack", "Cabinet", "Vault")}
        rows = [*table(family, node), [None] * family.width]
        link = Link(None)
        loaded = family.load(rows, {}, link, nullable=True)
        assert [type(entity) for entity in loaded] == [Vault, type(None)]
        assert link.siblings == loaded[:1]
        assert family.load([[None] * family.width], {}, link, nullable=True) == [None]
        assert link.siblings == []


def test_no_rows() -> None:
    link = Link(None)
    for cls in (Rack, Vault):
        assert MAPPER.family((cls,)).load([], {}, link) == []
    assert link.siblings == []


@pytest.mark.parametrize("labels", [("Ghost",), "[Ghost]", "[]", ()])
def test_node_that_fits_no_class(labels: object) -> None:
    family = MAPPER.family((Cabinet,))
    with pytest.raises(MetadataError, match=r"labels .* fits no class among Cabinet"):
        family.load(table(family, {"id": "a", "labels": labels}), {}, Link(None))


def test_families_follow_the_registry() -> None:
    before = MAPPER.family((Keeper,))
    assert MAPPER.family((Keeper,)) is before
    assert before.labels_position is None

    class Curator(Keeper):
        rank: int | None = None

    after = MAPPER.family((Keeper,))
    assert after.labels_position == after.width - 2
    assert type(after.load([[1, None, 3, ("Keeper", "Curator"), "#1"]], {}, Link(None))[0]) is Curator


def test_projection() -> None:
    projection = Projection([("leaf", codec_for(Leaf)), ("n", None), ('odd "name"', codec_for(int))], offset=1)
    rows = [[0, "broad", [1], 2], [0, None, None, None]]
    assert projection.load(rows) == [
        {"leaf": Leaf.BROAD, "n": [1], 'odd "name"': 2},
        {"leaf": None, "n": None, 'odd "name"': None},
    ]
    with pytest.raises(FieldValidationError, match="leaf: the database holds 'x'"):
        projection.load([[0, "broad", 1, 2], [0, "x", 1, 2]])
    assert Projection([]).load([[1]]) == [{}]
