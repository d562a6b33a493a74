"""Section 1: what a declaration means. No database is needed."""

from __future__ import annotations

from uuid import UUID

import pytest

from runic.ogm import Field, MetadataError, Node, Property, Related, Relation, col, metadata, select

from .models import Artist, Artwork, Fresco, Painting, Showing

pytestmark = pytest.mark.usefixtures("registry")

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


def test_primary_key_wins_over_id() -> None:
    class Easel(Node, labels=["Easel"]):
        id: str
        serial: str = Field(primary_key=True)

    assert Easel(id="x", serial="y").serial == "y"


def test_bare_annotations_are_fields() -> None:
    class Palette(Node, labels=["Palette"]):
        id: str
        colours: int = 3
        owner: str | None = None

    palette = Palette(id="p")
    assert (palette.colours, palette.owner) == (3, None)


def test_constructor_is_keyword_only() -> None:
    with pytest.raises(TypeError):
        Artist("a", "A")  # type: ignore[misc]


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
        thing: "Artist | None" = Relation(relationship="LABELLED_FOR")

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
