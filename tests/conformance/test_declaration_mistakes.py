"""Section 1: which mistakes of a declaration are refused, with a named error. No database is needed."""

from __future__ import annotations

from datetime import date

import pytest

from runic.ogm import Edge, Field, MetadataError, Node, OGMError, Relation, col, select

from .harness import Database
from .models import Artist, Artwork, Showing

pytestmark = pytest.mark.usefixtures("registry")

REFUSED = (MetadataError, TypeError, ValueError)


def use(model: type[Node]) -> None:
    """Make a first use that needs every part of a declaration."""
    statement = select(model)
    statement.build()
    for name in ("things", "thing"):
        if hasattr(model, name):
            statement.traverse(getattr(model, name)).alias("t").build()


def test_no_key_is_refused() -> None:
    with pytest.raises(MetadataError, match="Varnish"):

        class Varnish(Node, labels=["Varnish"]):
            name: str


def test_two_keys_are_refused() -> None:
    with pytest.raises(MetadataError, match=r"first.*second|second.*first"):

        class Canvas(Node, labels=["Canvas"]):
            first: str = Field(primary_key=True)
            second: str = Field(primary_key=True)


@pytest.mark.parametrize("kind", [int, float, date, bytes], ids=lambda kind: kind.__name__)
def test_generated_key_of_another_type_is_refused(kind: type) -> None:
    """Only a str or a UUID can be made on the client."""
    namespace = {"__annotations__": {"id": kind}, "id": Field(primary_key=True, generated=True), "__module__": __name__}
    with pytest.raises(MetadataError, match="generated"):
        use(type("Brush", (Node,), namespace, labels=["Brush"]))


@pytest.mark.parametrize("default", [[], {}, set(), [1]], ids=repr)
def test_mutable_default_is_refused(default: object) -> None:
    """As dataclasses do."""
    annotation = {"__annotations__": {"id": str, "tags": type(default)}, "__module__": __name__, "tags": default}
    with pytest.raises(REFUSED, match="default_factory"):
        type("Sponge", (Node,), annotation, labels=["Sponge"])
    with pytest.raises(REFUSED, match="default_factory"):
        Field(default=default)


def test_unknown_argument_is_named() -> None:
    with pytest.raises(TypeError, match="nmae"):
        Artist(id="a", nmae="A")  # type: ignore[call-arg]


def test_missing_argument_is_named() -> None:
    with pytest.raises(TypeError, match="name"):
        Artist(id="a")  # type: ignore[call-arg]


def test_other_class_with_the_same_labels_is_refused() -> None:
    class Mould(Node, labels=["Mould"]):
        id: str

    with pytest.raises(MetadataError, match=r"Mould.*Cast|Cast.*Mould"):

        class Cast(Node, labels=["Mould"]):
            id: str

        use(Cast)


def test_edge_type_differs_from_its_relation() -> None:
    class Glue(Edge, type="GLUED_TO"):
        strength: int = 0

    with pytest.raises(MetadataError, match=r"(?s)GLUED_TO.*STUCK_TO|STUCK_TO.*GLUED_TO"):

        class Shard(Node, labels=["Shard"]):
            id: str
            things: list[Shard] = Relation(relationship="STUCK_TO", target="Shard", edge_model=Glue)

        use(Shard)


def test_edge_type_that_differs_at_class_creation_or_use() -> None:
    """The same fault on a single relation."""
    with pytest.raises(MetadataError):

        class Nail(Node, labels=["Nail"]):
            id: str
            thing: Artist | None = Relation(relationship="HITS", target="Artist", edge_model=Showing)

        use(Nail)


def test_target_differs_from_annotation() -> None:
    with pytest.raises(MetadataError, match=r"(?s)Artist.*Artwork|Artwork.*Artist"):

        class Vitrine(Node, labels=["Vitrine"]):
            id: str
            things: list[Artist] = Relation(relationship="HOLDS", target=Artwork)

        use(Vitrine)


def test_two_relations_that_clash_are_refused() -> None:
    """The same edge type and direction to the same class, with different edge classes."""

    class Tight(Edge, type="TIED"):
        knots: int = 0

    class Loose(Edge, type="TIED"):
        loops: int = 0

    with pytest.raises(MetadataError, match=r"(?s)things.*others|others.*things|Tight.*Loose|Loose.*Tight"):

        class Rope(Node, labels=["Rope"]):
            id: str
            things: list[Rope] = Relation(relationship="TIED", target="Rope", edge_model=Tight)
            others: list[Rope] = Relation(relationship="TIED", target="Rope", edge_model=Loose)

        use(Rope)


def test_unknown_target_is_named() -> None:
    class Crate(Node, labels=["Crate"]):
        id: str
        things: list[Nowhere] = Relation(relationship="HOLDS", target="Nowhere")  # noqa: F821 - unknown on purpose

    with pytest.raises(MetadataError, match="Nowhere"):
        use(Crate)


def test_unresolvable_property_is_named() -> None:
    class Ledger(Node, labels=["Ledger"]):
        id: str
        total: Decimul = None  # noqa: F821 - unknown on purpose

    with pytest.raises(MetadataError, match=r"(?s)Ledger.*total.*Decimul"):
        use(Ledger)


def test_unsupported_type_is_named() -> None:
    class Puzzle(Node, labels=["Puzzle"]):
        id: str
        piece: object = None

    with pytest.raises(MetadataError, match=r"(?s)Puzzle.*piece"):
        use(Puzzle)


@pytest.mark.parametrize(
    "options",
    [
        {"relationship": ""},
        {"relationship": "A`B"},
        {"relationship": "A\x00"},
        {"relationship": None},
        {"relationship": 1},
        {"relationship": "X", "direction": "SIDEWAYS"},
        {"relationship": "X", "direction": "outgoing "},
        {"relationship": "X", "lazy": "never"},
        {"relationship": "X", "edge_model": str},
        {"relationship": "X", "target": 5},
        {"relationship": "X", "target": ("Artist", 5)},
        {"relationship": "X", "cascade": "all"},
    ],
    ids=repr,
)
def test_odd_relation_is_refused(options: dict[str, object]) -> None:
    with pytest.raises((OGMError, TypeError, ValueError)):

        class Peg(Node, labels=["Peg"]):
            id: str
            things: list[Artist] = Relation(**options)  # type: ignore[arg-type]

        use(Peg)


@pytest.mark.parametrize(
    "options",
    [
        {"default": 1, "default_factory": int},
        {"default_factory": 3},
        {"name": ""},
        {"name": "a`b"},
        {"name": 4},
        {"converter": str},
        {"index_type": "BTREE"},
        {"index_type": "VECTOR"},
        {"dimensions": -1, "index_type": "VECTOR"},
        {"similarity": "manhattan"},
        {"colour": "red"},
        {"index": "yes"},
        {"required": 1},
        {"unique": None},
    ],
    ids=repr,
)
def test_odd_field_is_refused(options: dict[str, object]) -> None:
    with pytest.raises((OGMError, TypeError, ValueError)):
        Field(**options)  # type: ignore[call-overload]


@pytest.mark.parametrize("labels", ["Text", [], [""], ["A`B"], [1], [None], ["A\n"], 7], ids=repr)
def test_odd_labels_are_refused(labels: object) -> None:
    with pytest.raises((OGMError, TypeError, ValueError)):

        class Lamp(Node, labels=labels):  # type: ignore[arg-type]
            id: str


def test_primary_label_must_be_a_label() -> None:
    with pytest.raises(REFUSED, match="Elsewhere"):

        class Rug(Node, labels=["Rug"], primary_label="Elsewhere"):
            id: str


def test_edge_without_a_type() -> None:
    """An edge class has a type of its own or one made from its name; either way it can be made."""
    with pytest.raises(REFUSED):

        class Thread(Edge, type=""):
            colour: str = "red"


async def test_version_field_must_be_an_int(db: Database) -> None:
    with pytest.raises(MetadataError, match="version"):

        class Draft(Node, labels=["Draft"]):
            id: str
            revision: str = Field(default="", version=True)

        await db.save(Draft(id="d"))


async def test_two_version_fields_are_refused(db: Database) -> None:
    with pytest.raises(MetadataError, match="version"):

        class Copy(Node, labels=["Copy"]):
            id: str
            one: int = Field(default=0, version=True)
            two: int = Field(default=0, version=True)

        await db.save(Copy(id="c"))


def test_two_fields_of_one_property_name_are_refused() -> None:
    with pytest.raises(MetadataError, match="shade"):

        class Paint(Node, labels=["Paint"]):
            id: str
            shade: str = "a"
            hue: str = Field(default="b", name="shade")

        use(Paint)


def test_col_of_a_value_is_refused() -> None:
    with pytest.raises(TypeError):
        col("name")


@pytest.mark.parametrize("base", [Node, Edge], ids=lambda base: base.__name__)
def test_entity_of_no_class_is_refused(base: type) -> None:
    with pytest.raises(TypeError, match=f"{base.__name__} itself is no model"):
        base(id="a")


@pytest.mark.parametrize("name", ["source", "target"])
def test_field_in_the_place_of_an_edges_node(name: str) -> None:
    """edge.source and edge.target are its nodes."""
    with pytest.raises(MetadataError, match=rf"Wick\.{name}.*name='{name}'"):
        type("Wick", (Edge,), {"__annotations__": {name: "str"}, "__module__": __name__}, type="WICK")


def test_relation_of_an_edge_is_refused() -> None:
    with pytest.raises(MetadataError, match=r"Hinge\.artist.*relation"):

        class Hinge(Edge, type="HINGED_TO"):
            artist: Artist | None = Relation(relationship="HINGES")


def test_node_class_as_a_field_is_told_to_be_a_relation() -> None:
    class Shelf(Node, labels=["Shelf"]):
        id: str
        things: list[Artist]

    with pytest.raises(MetadataError, match=r"Shelf\.things.*Relation\(relationship="):
        select(Shelf).build()
