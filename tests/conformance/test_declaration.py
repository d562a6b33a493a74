"""Section 1: what a declaration means, and which mistakes are refused. No database is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from runic.ogm import Edge, Field, MetadataError, Node, OGMError, Property, Related, Relation, col, metadata, select

from .models import Artist, Artwork, Fresco, Painting, Showing


@pytest.fixture(autouse=True)
def registry() -> Iterator[None]:
    """Forget the classes of a test."""
    before = metadata.snapshot()
    yield
    metadata.restore(before)


REFUSED = (MetadataError, TypeError, ValueError)


def use(model: type[Node]) -> None:
    """Make a first use that needs every part of a declaration."""
    statement = select(model)
    statement.build()
    for name in ("things", "thing"):
        if hasattr(model, name):
            statement.traverse(getattr(model, name)).alias("t").build()


def test_labels_default_to_the_class_name() -> None:
    class Kiln(Node):
        id: str

    assert "`Kiln`" in select(Kiln).build()[0] or ":Kiln" in select(Kiln).build()[0]


def test_labels_default_to_the_parents_and_own() -> None:
    class Tool(Node, labels=["Tool"]):
        id: str

    class Chisel(Tool):
        size: int = 1

    text, _ = select(Chisel).build()
    assert "Tool" in text
    assert "Chisel" in text


def test_field_named_id_is_the_key() -> None:
    class Pigment(Node, labels=["Pigment"]):
        id: int
        name: str

    assert Pigment(id=1, name="ochre").id == 1


def test_no_key_is_refused() -> None:
    with pytest.raises(MetadataError, match="Varnish"):

        class Varnish(Node, labels=["Varnish"]):
            name: str


def test_two_keys_are_refused() -> None:
    with pytest.raises(MetadataError, match=r"first.*second|second.*first"):

        class Canvas(Node, labels=["Canvas"]):
            first: str = Field(primary_key=True)
            second: str = Field(primary_key=True)


def test_primary_key_wins_over_id() -> None:
    class Easel(Node, labels=["Easel"]):
        id: str
        serial: str = Field(primary_key=True)

    assert Easel(id="x", serial="y").serial == "y"


@pytest.mark.parametrize("kind", [int, float, date, bytes], ids=lambda kind: kind.__name__)
def test_generated_key_of_another_type_is_refused(kind: type) -> None:
    """Only a str or a UUID can be made on the client."""
    namespace = {"__annotations__": {"id": kind}, "id": Field(primary_key=True, generated=True), "__module__": __name__}
    with pytest.raises(MetadataError, match="generated"):
        use(type("Brush", (Node,), namespace, labels=["Brush"]))


def test_bare_annotations_are_fields() -> None:
    class Palette(Node, labels=["Palette"]):
        id: str
        colours: int = 3
        owner: str | None = None

    palette = Palette(id="p")
    assert (palette.colours, palette.owner) == (3, None)


@pytest.mark.parametrize("default", [[], {}, set(), [1]], ids=repr)
def test_mutable_default_is_refused(default: object) -> None:
    """As dataclasses do."""
    annotation = {"__annotations__": {"id": str, "tags": type(default)}, "__module__": __name__, "tags": default}
    with pytest.raises(REFUSED, match="default_factory"):
        type("Sponge", (Node,), annotation, labels=["Sponge"])
    with pytest.raises(REFUSED, match="default_factory"):
        Field(default=default)


def test_constructor_is_keyword_only() -> None:
    with pytest.raises(TypeError):
        Artist("a", "A")  # type: ignore[misc]


def test_unknown_argument_is_named() -> None:
    with pytest.raises(TypeError, match="nmae"):
        Artist(id="a", nmae="A")  # type: ignore[call-arg]


def test_missing_argument_is_named() -> None:
    with pytest.raises(TypeError, match="name"):
        Artist(id="a")  # type: ignore[call-arg]


def test_default_factory_is_called_for_each() -> None:
    one, two = Artist(id="1", name="n"), Artist(id="2", name="n")
    one.nicknames.append("x")
    assert two.nicknames == []


def test_new_collection_is_empty_and_own() -> None:
    one, two = Artist(id="1", name="n"), Artist(id="2", name="n")
    assert one.works == []
    one.works.append(Artwork(id="w", title="W"))
    assert two.works == []


def test_new_single_is_none() -> None:
    assert Artist(id="a", name="A").gallery is None


def test_init_false_is_no_argument() -> None:
    class Frame(Node, labels=["Frame"]):
        id: str
        cracks: int = Field(default=0, init=False)

    assert Frame(id="f").cracks == 0
    with pytest.raises(TypeError, match="cracks"):
        Frame(id="f", cracks=1)  # type: ignore[call-arg]


def test_subclass_overrides_a_field() -> None:
    class Paper(Node, labels=["Paper"]):
        id: str
        weight: int = 80

    class Card(Paper, labels=["Paper", "Card"]):
        weight: int = 300

    assert (Paper(id="p").weight, Card(id="c").weight) == (80, 300)


def test_subclass_inherits_constructor_arguments() -> None:
    fresco = Fresco(id="f", title="F", wall="north", technique="lime", year=1500)
    assert (fresco.title, fresco.wall, fresco.technique, fresco.year) == ("F", "north", "lime", 1500)


def test_redefinition_replaces() -> None:
    """Notebooks run a cell twice."""

    def define() -> type[Node]:
        class Sketch(Node, labels=["Sketch"]):
            id: str

        return Sketch

    first, second = define(), define()
    assert second in metadata.all_nodes()
    assert first not in metadata.all_nodes()


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

    class Shard(Node, labels=["Shard"]):
        id: str
        things: list[Shard] = Relation(relationship="STUCK_TO", target="Shard", edge_model=Glue)

    with pytest.raises(MetadataError, match=r"(?s)GLUED_TO.*STUCK_TO|STUCK_TO.*GLUED_TO"):
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


def test_version_field_must_be_an_int() -> None:
    with pytest.raises(MetadataError, match="version"):

        class Draft(Node, labels=["Draft"]):
            id: str
            revision: str = Field(default="", version=True)

        use(Draft)


def test_two_version_fields_are_refused() -> None:
    with pytest.raises(MetadataError, match="version"):

        class Copy(Node, labels=["Copy"]):
            id: str
            one: int = Field(default=0, version=True)
            two: int = Field(default=0, version=True)

        use(Copy)


def test_two_fields_of_one_property_name_are_refused() -> None:
    with pytest.raises(MetadataError, match="shade"):

        class Paint(Node, labels=["Paint"]):
            id: str
            shade: str = "a"
            hue: str = Field(default="b", name="shade")

        use(Paint)


def test_precise_annotations_mix_with_plain_ones() -> None:
    class Loupe(Node, labels=["Loupe"]):
        id: str
        power: Property[int]
        lens: Property[str | None] = Property(default=None)
        owner: Related[Artist | None] = Relation(relationship="OWNED_BY")
        things: Related[list[Artwork]] = Relation(relationship="ENLARGES")

    loupe = Loupe(id="l", power=3)
    assert (loupe.power, loupe.lens, loupe.owner, loupe.things) == (3, None, None, [])
    select(Loupe).where(Loupe.power > 2, col(Loupe.id).contains("l")).build()
    use(Loupe)


def test_local_classes_refer_to_each_other() -> None:
    class Coin(Node, labels=["Coin"]):
        id: str
        things: list[Hoard] = Relation(relationship="FOUND_IN")

    class Hoard(Node, labels=["Hoard"]):
        id: UUID = Field(primary_key=True, generated=True)
        things: list[Coin] = Relation(relationship="FOUND_IN", direction="INCOMING")

    use(Coin)
    use(Hoard)


def test_target_may_be_left_out() -> None:
    class Shelf(Node, labels=["Shelf"]):
        id: str
        things: list[Artwork] = Relation(relationship="CARRIES")
        thing: "Artist | None" = Relation(relationship="LABELLED_FOR")  # noqa: UP037 - quoted on purpose

    use(Shelf)


def test_metadata_lists_classes() -> None:
    assert {Artist, Artwork, Painting, Fresco} <= set(metadata.all_nodes())
    assert Showing in set(metadata.all_edges())


def test_restore_forgets_later_classes() -> None:
    before = metadata.snapshot()

    class Fleeting(Node, labels=["Fleeting"]):
        id: str

    assert Fleeting in metadata.all_nodes()
    metadata.restore(before)
    assert Fleeting not in metadata.all_nodes()


def test_entities_are_hashable_and_unequal() -> None:
    """Equality is identity."""
    one, two = Artist(id="a", name="A"), Artist(id="a", name="A")
    assert one != two
    assert len({one, two}) == 2


def test_attribute_names_its_class() -> None:
    assert repr(Painting.title) == "Painting.title"


def test_col_of_a_value_is_refused() -> None:
    with pytest.raises(TypeError):
        col("name")
