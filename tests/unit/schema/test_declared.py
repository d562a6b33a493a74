"""What the classes declare, and under which label."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import Edge, Field, MetadataError, Node, UnsupportedFeatureError, Vector, metadata
from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.cypher.ddl import SchemaItem
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.schema.declared import checked_classes, declared_items


class PerClass(Dialect):
    """A database whose labels do not share their indexes."""

    has_class_indexes = True


class Craft(Node, unique_together=[("yard", "hull")]):
    id: str
    yard: str = ""
    hull: int = Field(default=0, name="hull no")
    name: str = Field(default="", index=True)
    radio: str | None = Field(default=None, unique=True, index=True)
    log: str = Field(default="", index_type="FULLTEXT")
    shape: Vector | None = Field(default=None, index_type="VECTOR", dimensions=3)


class Tug(Craft):
    pull: int = Field(default=0, index=True)


class Ferry(Craft, labels=["Craft", "Boat", "Ferry"], unique_together=[["deck", "yard"]]):
    deck: str = ""
    menu: str = Field(default="", index_type="FULLTEXT")
    name: str = Field(default="", unique=True)


class Tow(Edge, type="TOWS", unique_together=[("line", "day")]):
    code: str = Field(default="", primary_key=True)
    line: str = Field(default="", index=True)
    day: int = 0
    report: str = Field(default="", index_type="FULLTEXT")


def items(*classes: type[Any], dialect: Dialect | None = None) -> set[SchemaItem]:
    return set(declared_items(classes, dialect or Dialect()))


CRAFT = {
    SchemaItem("unique", "node", "Craft", ("id",)),
    SchemaItem("unique", "node", "Craft", ("hull no", "yard")),
    SchemaItem("index", "node", "Craft", ("name",)),
    SchemaItem("unique", "node", "Craft", ("radio",)),
    SchemaItem("fulltext", "node", "Craft", ("log",)),
    SchemaItem("vector", "node", "Craft", ("shape",), 3, "cosine"),
}


def test_every_kind_is_declared_once() -> None:
    assert items(Craft) == CRAFT
    assert items(Craft, Craft) == CRAFT


def test_subclass_shares_what_it_inherits() -> None:
    assert items(Tug) - CRAFT == {SchemaItem("index", "node", "Tug", ("pull",))}


def test_what_a_subclass_declares_anew_is_its_own() -> None:
    assert items(Ferry) - CRAFT == {
        SchemaItem("unique", "node", "Boat", ("name",)),
        SchemaItem("unique", "node", "Boat", ("deck", "yard")),
        SchemaItem("fulltext", "node", "Boat", ("log", "menu")),
    }
    assert SchemaItem("index", "node", "Craft", ("name",)) not in items(Ferry)


def test_each_class_has_its_own_where_labels_share_nothing() -> None:
    own = {item for item in items(Tug, dialect=PerClass()) if item.label == "Tug"}
    assert {(item.kind, item.properties) for item in own} == {
        *((item.kind, item.properties) for item in CRAFT),
        ("index", ("pull",)),
    }
    assert items(Tug, dialect=PerClass()) == own


def test_edges_are_declared_under_their_type() -> None:
    """An edge's key tells parallel edges of two nodes apart: it is not unique among all."""
    assert items(Tow) == {
        SchemaItem("index", "edge", "TOWS", ("line",)),
        SchemaItem("unique", "edge", "TOWS", ("day", "line")),
        SchemaItem("fulltext", "edge", "TOWS", ("report",)),
    }


def test_messages_name_the_declaring_class() -> None:
    owners = {item.properties: item.owner for item in declared_items([Tug], Dialect())}
    assert owners["name",] == "Craft"
    assert owners["pull",] == "Tug"


def test_index_on_the_wrong_type_is_refused() -> None:
    class Wrong(Node):
        id: str
        shape: str = Field(default="", index_type="VECTOR", dimensions=3)

    class Also(Node):
        id: str
        count: int = Field(default=0, index_type="FULLTEXT")

    with pytest.raises(MetadataError, match=r"Wrong\.shape.*Vector"):
        items(Wrong)
    with pytest.raises(MetadataError, match=r"Also\.count.*text"):
        items(Also)


@pytest.mark.parametrize(
    "groups", ["yard", ["yard"], [("yard",)], [("yard", "yard")], [("yard", "nope")], [("yard", 3)], 7, [7]]
)
def test_groups_that_make_no_sense_are_refused(groups: Any) -> None:
    with pytest.raises(MetadataError, match="unique_together"):

        class Bad(Node, unique_together=groups):
            id: str
            yard: str = ""


def test_key_with_an_odd_name_is_only_indexed_where_constraints_need_plain_ones() -> None:
    class Odd(Node, labels=["Odd label"]):
        id: str
        code: str | None = Field(default=None, unique=True)

    assert SchemaItem("unique", "node", "Odd label", ("id",)) in items(Odd)
    with pytest.raises(UnsupportedFeatureError, match=r"\(:Odd label\) code.*'Odd label'"):
        items(Odd, dialect=FalkorDBDialect())

    class Strange(Node, labels=["Strange label"]):
        id: str

    assert items(Strange, dialect=FalkorDBDialect()) == {SchemaItem("index", "node", "Strange label", ("id",))}


@pytest.mark.parametrize(
    ("flag", "cls"),
    [
        ("supports_fulltext_index", Craft),
        ("supports_vector_index", Craft),
        ("supports_constraints", Craft),
        ("supports_edge_constraints", Tow),
    ],
)
def test_what_the_database_cannot_have_is_refused(flag: str, cls: type[Any]) -> None:
    lacking = type("Lacking", (Dialect,), {flag: False})()
    with pytest.raises(UnsupportedFeatureError, match=f"declared by {cls.__name__}"):
        items(cls, dialect=lacking)


def test_only_mapped_classes_are_taken() -> None:
    assert checked_classes([Tug]) == [Tug]
    assert set(checked_classes([])) == {*metadata.all_nodes(), *metadata.all_edges()}
    for wrong in (Node, Edge, int, "Tug", None):
        with pytest.raises(TypeError):
            checked_classes([wrong])
