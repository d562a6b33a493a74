"""Declarations that say what cannot be kept: each is refused with the class and the field, none is dropped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Generic, NewType, Self, TypeVar

import pytest

from runic.ogm import Edge, Field, MetadataError, Node, Property, Relation, asc, desc, metadata, select
from runic.ogm.model.annotations import split_optional

T = TypeVar("T")
U = TypeVar("U")


class Slipway(Node):
    code: str = Field(primary_key=True)
    kind: str = "quay"
    tons: int = 0
    owner: Slipway | None = Relation(relationship="OWNS", direction="INCOMING")


class Winch(Node, labels=["Winch", "Gear"], primary_label="Gear"):
    id: str


def test_subclass_keeps_the_key_of_its_primary_label() -> None:
    with pytest.raises(MetadataError, match=r"Buoyed\.slug.*Winch.*whose key is id.*primary_label"):

        class Buoyed(Winch):
            slug: str = Field(primary_key=True)


def test_subclass_keeps_the_name_of_the_key() -> None:
    with pytest.raises(MetadataError, match=r"Renamed\.id"):

        class Renamed(Winch):
            id: str = Field(primary_key=True, name="other")


def test_subclass_with_a_primary_label_has_its_own_key() -> None:
    class Slipped(Winch, labels=["Winch", "Gear", "Slipped"], primary_label="Slipped"):
        slug: str = Field(primary_key=True)

    class Deeper(Slipped):
        id: int = 0

    assert (Slipped.__meta__.key.name, Deeper.__meta__.key.name) == ("slug", "slug")


def test_subclass_has_the_labels_of_its_parents() -> None:
    with pytest.raises(MetadataError, match=r"Firmed: labels \['Firmed', 'Gear'\] leave out \['Winch'\].*Winch"):

        class Firmed(Winch, labels=["Firmed", "Gear"]):
            size: int = 0


@dataclass
class Crew:
    names: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Spell:
    hours: int = 4


@dataclass(frozen=True)
class Shift:
    hours: int = 4


@pytest.mark.parametrize("default", [Crew(), Spell(), bytearray()], ids=repr)
def test_default_that_may_change_is_refused(default: object) -> None:
    with pytest.raises(TypeError, match=r"mutable default.*default_factory"):
        Field(default=default)
    body = {"__module__": __name__, "__annotations__": {"id": str, "crew": type(default)}, "crew": default}
    with pytest.raises(MetadataError, match=r"Mess\.crew.*default_factory"):
        type("Mess", (Node,), body)


@pytest.mark.parametrize(
    "default", [Shift(), (1, 2), frozenset({1}), None, len], ids=["frozen", "tuple", "frozenset", "nothing", "function"]
)
def test_default_that_cannot_change_is_kept(default: object) -> None:
    assert Field(default=default).default is default


@pytest.mark.parametrize("name", ["kind", "code", "owner"])
@pytest.mark.parametrize(
    "value", ["y", None, property(lambda _: "y"), len], ids=["text", "nothing", "property", "function"]
)
def test_override_without_annotation_is_refused(name: str, value: object) -> None:
    with pytest.raises(MetadataError, match=rf"Jetty\.{name} .*Slipway.*annotat"):
        type("Jetty", (Slipway,), {"__module__": __name__, name: value})


def test_class_variable_in_the_place_of_a_field_is_refused() -> None:
    with pytest.raises(MetadataError, match=r"Jetty\.kind"):

        class Jetty(Slipway):
            kind: ClassVar[str] = "y"  # type: ignore[misc] # refused, too, by checkers


def test_field_in_the_place_of_a_relation_is_refused() -> None:
    with pytest.raises(MetadataError, match=r"Jetty\.owner.*relation Slipway\.owner"):

        class Jetty(Slipway):
            owner: str = ""  # type: ignore[assignment] # refused, too, by checkers


def test_edge_with_an_override_without_annotation_is_refused() -> None:
    class Warp(Edge):
        rope: str = "hemp"

    with pytest.raises(MetadataError, match=r"Haul\.rope.*Warp"):
        type("Haul", (Warp,), {"__module__": __name__, "rope": "wire"})


@pytest.mark.parametrize("options", [{}, {"name": "itself"}], ids=repr)
def test_field_named_self_is_refused(options: dict[str, Any]) -> None:
    body = {"__module__": __name__, "__annotations__": {"id": str, "self": str}, "self": Field(**options)}
    with pytest.raises(MetadataError, match=r"Hull\.self.*rename"):
        type("Hull", (Node,), body)


@pytest.mark.parametrize("model", [Slipway, Edge, Node, str, "Warp"], ids=str)
def test_edge_model_that_is_no_edge_is_refused(model: Any) -> None:
    with pytest.raises(TypeError, match="edge_model must be an Edge class"):
        Relation(relationship="TOWS", edge_model=model)


@pytest.mark.parametrize(
    "annotation",
    ["set[Slipway]", "frozenset[Slipway]", "tuple[Slipway, ...]", "dict[str, Slipway]", "set",
     "Iterable[Slipway] | None",
     "'set[Slipway]'", "typing.Collection[Slipway]", "Related[set[Slipway]]", set[Slipway], set[Slipway] | None, tuple],
    ids=str,
)  # fmt: skip
def test_relation_to_a_set_is_refused(annotation: object) -> None:
    body = {
        "__module__": __name__, "__annotations__": {"id": str, "moored": annotation},
        "moored": Relation(relationship="MOORED", target=Slipway),
    }  # fmt: skip
    with pytest.raises(MetadataError, match=r"Roads\.moored.*list\[\.\.\.\]"):
        type("Roads", (Node,), body)


def test_class_of_nodes_may_be_called_set() -> None:
    class Set(Node):
        id: str
        other: Set | None = Relation(relationship="BESIDE")

    assert Set(id="s").other is None


def test_key_is_no_version() -> None:
    with pytest.raises(MetadataError, match=r"Draught\.id.*key"):

        class Draught(Node):
            id: int = Field(primary_key=True, version=True)


@pytest.mark.parametrize(
    "annotation", [Annotated[str | None, "x"], Annotated[Annotated[str | None, 1], "x"], str | None], ids=str
)
def test_annotated_optional_is_optional(annotation: object) -> None:
    assert split_optional(annotation) == (str, True)
    body = {"__module__": __name__, "__annotations__": {"id": str, "note": annotation}, "note": None}
    made: Any = type("Noted", (Node,), body)
    assert made.__meta__.properties["note"].nullable


def test_alias_of_an_optional_is_optional() -> None:
    class TypeAliasType:  # Python 3.12 makes one of `type Depth = int | None`; it is known by its name
        __value__ = int | None

    assert split_optional(TypeAliasType()) == (int, True)
    assert not split_optional(NewType("Depth", int))[1]


def test_relations_of_the_same_edges_clash_however_they_are_spelt() -> None:
    class Lock(Node):
        id: str
        gates: list[Lock] = Relation(relationship="GATED")
        named: list[Lock] = Relation(relationship="GATED", target="Lock")

    with pytest.raises(MetadataError, match=r"Lock\.gates and Lock\.named show the same edges"):
        select(Lock).traverse(Lock.gates).alias("t").build()


def test_single_clashes_with_a_collection() -> None:
    class Millrace(Node):
        id: str
        main: Slipway | None = Relation(relationship="FED_BY")
        every: list[Slipway] = Relation(relationship="FED_BY")

    with pytest.raises(MetadataError, match=r"Millrace\.(main|every) and Millrace\.(main|every)"):
        select(Millrace).traverse(Millrace.every).alias("t").build()


@pytest.mark.parametrize("direction", ["OUTGOING", "INCOMING"])
def test_one_way_clashes_with_both_ways(direction: Any) -> None:
    class Canal(Node):
        id: str
        joined: list[Canal] = Relation(relationship="JOINED", direction="BOTH")
        flows: list[Canal] = Relation(relationship="JOINED", direction=direction)

    with pytest.raises(MetadataError, match=rf"\(JOINED, BOTH and {direction}\)"):
        select(Canal).traverse(Canal.flows).alias("t").build()


def test_relations_to_different_classes_or_ways_do_not_clash() -> None:
    class Undercut(Slipway):
        size: int = 0

    class Basin(Node):
        id: str
        up: list[Basin] = Relation(relationship="RISES", direction="INCOMING")
        down: list[Basin] = Relation(relationship="RISES")
        berths: list[Slipway] = Relation(relationship="HOLDS")
        sluices: list[Undercut] = Relation(relationship="HOLDS")

    for relation in (Basin.up, Basin.down, Basin.berths, Basin.sluices):
        select(Basin).traverse(relation).alias("t").build()


def test_targets_and_mirrors_follow_the_registry() -> None:
    class Fjord(Node):
        id: str
        islands: list[Isle] = Relation(relationship="HAS_ISLE")

    class Isle(Node):
        id: str
        fjord: Fjord | None = Relation(relationship="HAS_ISLE", direction="INCOMING")

    relation: Any = Fjord.__meta__.relations["islands"]
    assert relation.targets == (Isle,)
    assert [*relation.mirrors] == [Isle.__meta__.relations["fjord"]]
    first = Isle

    class Skerry(Isle):
        bare: bool = True

    assert {mirror.owner for mirror in relation.mirrors} == {Isle, Skerry}
    del Skerry

    class Isle(Node):  # type: ignore[no-redef] # as a notebook does
        id: str
        fjord: Fjord | None = Relation(relationship="HAS_ISLE", direction="INCOMING")

    assert relation.targets == (Isle,) != (first,)
    assert Isle.__meta__.relations["fjord"] in relation.mirrors
    assert metadata.find("Isle", __name__) is Isle


def test_self_is_the_class_that_says_so() -> None:
    class Shoal(Node):
        id: str
        parent: Self | None = Relation(relationship="PART_OF")
        parts: list[Self] = Relation(relationship="PART_OF", direction="INCOMING")

    class Karst(Shoal):
        deep: int = 0

    for model in (Shoal, Karst):
        relation: Any = model.__meta__.relations["parent"]
        assert relation.targets == (Shoal,)
        assert model.__meta__.relations["parts"] in relation.mirrors


class Sounding(Node, Generic[T]):
    id: str
    value: T
    others: list[T] = Field(default_factory=list)
    best: T | None = None


class Twofold(Sounding[U], Generic[T, U]):
    label: Property[T]


class Depths(Twofold[str, float]): ...


class Lists(Sounding[list[U]], Generic[U]): ...


class Names(Lists[str]): ...


class Nested(Sounding[list[T]], Generic[T]): ...


class Whole(Nested[int]): ...


@pytest.mark.parametrize(
    ("model", "value", "others"),
    [(Depths, float, list[float]), (Names, list[str], list[list[str]]), (Whole, list[int], list[list[int]])],
    ids=repr,
)
def test_generic_parent_has_the_types_that_it_is_given(model: type[Node], value: object, others: object) -> None:
    properties = model.__meta__.properties
    assert [properties[name].resolved for name in ("value", "others", "best")] == [
        (value, False), (others, False), (value, True)
    ]  # fmt: skip
    assert Depths.__meta__.properties["label"].type is str
    select(model).build()


def test_generic_class_itself_is_refused_with_what_to_do() -> None:
    select(Depths).build()
    with pytest.raises(MetadataError, match=r"Sounding\.value is of a type that Sounding leaves open: declare"):
        select(Sounding).where(Sounding.value == 1).build()


@pytest.mark.parametrize("order", ["-opened", "nowhere", desc("nowhere"), ""], ids=repr)
def test_order_of_a_relation_names_a_field(order: object) -> None:
    class Dock(Node):
        id: str
        berths: list[Slipway] = Relation(relationship="DOCKS", order_by=order)

    with pytest.raises(MetadataError, match=r"Dock\.berths: order_by .*no field of Slipway"):
        select(Dock).traverse(Dock.berths).alias("t").build()


@pytest.mark.parametrize("order", [["kind"], 1, len], ids=["list", "number", "function"])
def test_order_of_a_relation_that_is_no_key_is_refused(order: object) -> None:
    with pytest.raises(TypeError, match="order_by"):
        Relation(relationship="DOCKS", order_by=order)


def test_order_by_a_name_turned_around() -> None:
    text, _ = select(Slipway).order_by(desc("tons"), asc("kind")).build()
    assert text == select(Slipway).order_by(desc(Slipway.tons), Slipway.kind).build()[0]


class Logged:
    """A mixin that is no model."""

    by: str = Field(default="nobody", index=True)


def test_mixin_shows_its_fields_on_the_class() -> None:
    class Folio(Logged, Node):
        id: str

    class Lending(Logged, Edge): ...

    class Quire(Folio): ...

    class Gathered(Folio):
        by: str = "binder"

    class Gilt(Gathered): ...

    for model in (Folio, Lending, Quire, Gathered, Gilt):
        shown: Any = model.by
        assert isinstance(shown, Property)
        assert shown.meta.owner is model
    assert [model(id="x").by for model in (Folio, Quire, Gathered, Gilt)] == ["nobody", "nobody", "binder", "binder"]
    assert Lending().by == "nobody"
    select(Folio).where(Folio.by == "me").order_by(Folio.by).build()
    assert not isinstance(Logged.by, Property)
