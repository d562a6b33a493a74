"""What one mapper keeps apart: values that look alike, lists that change in place, mistakes and their places."""

from __future__ import annotations

import gc
import math
from decimal import Decimal
from typing import Any
from weakref import ref

import pytest

from runic.ogm.cypher.dialect import Dialect
from runic.ogm.exceptions import FieldValidationError
from runic.ogm.mapping.mapper import EntityMapper, Mapper
from runic.ogm.model.base import Node, expired_class
from runic.ogm.model.fields import Field
from runic.ogm.model.registry import metadata
from runic.ogm.model.state import Link
from tests.unit.mapping.herbarium import DIALECT, Loan, Sheet

MAPPER = Mapper(DIALECT)
LINK = Link(None)
SHEETS = MAPPER.entity(Sheet)


def sheet(**given: Any) -> Sheet:
    return Sheet(**{"id": "s1", "number": 1, "pressed": True, **given})


def written(**given: Any) -> Sheet:
    entity = sheet(**given)
    (entity._row,) = SHEETS.snapshots([entity], SHEETS.dump([entity]))
    return entity


def row_of(**given: Any) -> list[Any]:
    row = SHEETS.dump([sheet()])[0]
    for name, wire in given.items():
        row[SHEETS.index(name)] = wire
    return [*row, "#1"]


def changed_names(entity: Sheet) -> list[str]:
    return [SHEETS.properties[index].name for _, indexes in SHEETS.changed([entity]) for index in indexes]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("number", 1, True),
        ("height", 1.0, 1),
        ("title", None, ""),
        ("title", "a", None),
        ("weight", Decimal("1.0"), Decimal("1.00")),
        ("loose", [1, [2]], [1, [True]]),
        ("loose", [1], [1.0]),
        ("loose", [], None),
        ("notes", None, {}),
    ],
)
def test_values_that_look_alike_are_changes(name: str, old: object, new: object) -> None:
    entity = written(**{name: old})
    setattr(entity, name, new)
    assert changed_names(entity) == [name]


def test_equal_tuple_of_other_types_is_looked_at() -> None:
    entity = written(sizes=(1, 2))
    entity.sizes = (True, 2)
    with pytest.raises(FieldValidationError, match=r"Sheet.sizes: item 0: expected int, got True"):
        changed_names(entity)


@pytest.mark.parametrize(
    ("name", "value"),
    [("height", 3), ("number", 10**3), ("loose", [math.nan]), ("colours", {"b", "a"}), ("sizes", (1,))],
)
def test_what_was_written_is_no_change(name: str, value: object) -> None:
    assert changed_names(written(**{name: value})) == []


@pytest.mark.parametrize("name", ["words", "loose"])
def test_change_in_place_is_seen(name: str) -> None:
    written_one = written(**{name: ["x"]})
    loaded = MAPPER.family((Sheet,)).load([row_of(**{name: ["x"]})], {}, LINK)[0]
    for entity in (written_one, loaded):
        assert changed_names(entity) == []
        getattr(entity, name).append("y")
        assert changed_names(entity) == [name]
        SHEETS.restore(entity, entity._row)
        assert getattr(entity, name) == ["x"]
        getattr(entity, name).append("y")
        assert changed_names(entity) == [name]


def test_nested_change_in_place_is_seen() -> None:
    entity = written(loose=[[1], {"a": [2]}], notes={"a": [1]})
    entity.loose[1]["a"].append(3)
    entity.notes["a"].append(2)
    assert changed_names(entity) == ["notes", "loose"]


def test_spelling_of_another_program_is_no_change() -> None:
    row = row_of(notes='{"a" : 1}', colours=["red", "blue"])
    entity = MAPPER.family((Sheet,)).load([row], {}, LINK)[0]
    assert changed_names(entity) == []
    entity.colours.add("green")
    assert changed_names(entity) == ["colours"]


def test_transient_entities_have_no_changes() -> None:
    assert SHEETS.changed([sheet()]) == []


def test_refused_value_names_class_field_and_key() -> None:
    entities = [sheet(), sheet(id="bad", number=2**63)]
    with pytest.raises(FieldValidationError, match=r"^Sheet\.number: .*64 bits.*id='bad'") as caught:
        SHEETS.dump(entities)
    assert (caught.value.entity, caught.value.field) == ("Sheet", "number")


@pytest.mark.parametrize(("name", "value"), [("pressed", 1), ("words", "text"), ("words", [1]), ("height", math.nan)])
def test_refused_in_all_ways(name: str, value: object) -> None:
    entity = sheet(**{name: value})
    index = SHEETS.index(name)
    for refused in (
        lambda: SHEETS.dump([entity]),
        lambda: SHEETS.dump_values([entity], [index]),
        lambda: SHEETS.encode(name, value),
        lambda: SHEETS.encode(index, value),
    ):
        with pytest.raises(FieldValidationError, match=rf"^Sheet\.{name}: "):
            refused()


@pytest.mark.parametrize("name", ["id", "number", "pressed", "words"])
def test_none_where_it_is_not_allowed(name: str) -> None:
    with pytest.raises(FieldValidationError, match=rf"^Sheet\.{name}: may not be None"):
        SHEETS.dump([sheet(**{name: None})])
    with pytest.raises(FieldValidationError, match="may not be None"):
        SHEETS.encode(name, None)
    assert SHEETS.encode("title", None) is None


@pytest.mark.parametrize("name", ["title", "words"])
def test_deleted_attribute(name: str) -> None:
    entity = written()
    delattr(entity, name)
    for use in (SHEETS.dump, SHEETS.changed):
        with pytest.raises(FieldValidationError, match=rf"^Sheet\.{name}: the attribute was deleted.*id='s1'"):
            use([entity])


def test_value_that_cannot_be_compared_is_refused_by_name() -> None:
    class Stubborn:
        def __ne__(self, other: object) -> bool:
            raise TypeError("not comparable")

        __hash__ = None  # type: ignore[assignment]

    entity = written()
    entity.number = Stubborn()  # type: ignore[assignment]
    with pytest.raises(FieldValidationError, match=r"^Sheet\.number: expected int"):
        SHEETS.changed([entity])


@pytest.mark.parametrize(
    ("name", "wire"),
    [("uuid", "no uuid"), ("uuid", 5), ("number", "7"), ("pressed", 1), ("title", 3), ("notes", "{"), ("leaf", "stem")],
)
def test_stored_value_that_does_not_fit(name: str, wire: object) -> None:
    family, known = MAPPER.family((Sheet,)), {}
    with pytest.raises(FieldValidationError, match=rf"^Sheet\.{name}: the database holds {wire!r}.*\(id 's1'\)"):
        family.load([row_of(**{name: wire})], known, LINK)
    assert known == {"Sheet": {}}


def test_stored_int_becomes_float() -> None:
    entity = MAPPER.family((Sheet,)).load([row_of(height=3)], {}, LINK)[0]
    assert type(entity.height) is float
    assert changed_names(entity) == []


def test_stored_node_without_key() -> None:
    with pytest.raises(FieldValidationError, match=r"^Sheet\.id: a stored node has no key"):
        MAPPER.family((Sheet,)).load([row_of(id=None)], {}, LINK)


def test_missing_property_is_none() -> None:
    entity = MAPPER.family((Sheet,)).load([row_of(number=None, words=None)], {}, LINK)[0]
    assert entity.number is None
    assert entity.words is None
    assert changed_names(entity) == []


def test_known_entity_is_left_alone() -> None:
    entity = written(title="mine")
    known = {"Sheet": {"s1": entity}}
    link = Link(None)
    assert MAPPER.family((Sheet,)).load([row_of(title="theirs"), row_of()], known, link) == [entity, entity]
    assert entity.title == "mine"
    assert entity._ogm is link


def test_expired_entity_is_filled_but_for_what_was_assigned() -> None:
    entity: Any = expired_class(Sheet).__new__(expired_class(Sheet))
    entity.id, entity.number = "s1", 5
    loaded = MAPPER.family((Sheet,)).load([row_of(title="stored", words=["a"])], {"Sheet": {"s1": entity}}, LINK)
    assert loaded == [entity]
    assert type(entity) is Sheet
    assert (entity.title, entity.words, entity.number) == ("stored", ["a"], 5)
    assert changed_names(entity) == ["number"]


def test_expired_edge_is_filled() -> None:
    edge: Any = expired_class(Loan).__new__(expired_class(Loan))
    mapper = MAPPER.entity(Loan)
    mapper.load_values(edge, ["x", 1901, None, ["a"]], 1, LINK)
    assert type(edge) is Loan
    assert (edge.year, edge.reason, edge.stamps) == (1901, None, ["a"])
    assert mapper.changed([edge]) == []
    with pytest.raises(FieldValidationError, match=r"^Loan\.year: the database holds 'x'"):
        mapper.load_values(edge, ["x", None, None], 0, LINK)


def test_edges_that_an_optional_step_did_not_find() -> None:
    edges = MAPPER.entity(Loan).make_edges([[1, None, [], "#1"], [None] * 4], 0, LINK, 3)
    assert [edge and edge.year for edge in edges] == [1, None]


def test_row_is_kept_only_where_it_is_the_entity() -> None:
    family = MAPPER.family((Sheet,))
    for padding, shared in ((0, True), (2, True), (20, False)):
        row = [*row_of(), *[None] * padding]
        assert (family.load([row], {}, LINK)[0]._row is row) is shared


def test_columns_and_wires() -> None:
    assert SHEETS.columns("n")[:2] == ["n.`id`", "n.`title`"]
    assert "n.`leaf_form`" in SHEETS.columns("n")
    assert SHEETS.wires[:5] == ("str", "str", "int", "float", "bool")
    assert MAPPER.entity(expired_class(Sheet)) is SHEETS
    with pytest.raises(TypeError, match="has no key"):
        MAPPER.entity(Loan).loader()


def test_a_class_goes_with_its_mapper() -> None:
    mapper = Mapper(DIALECT)

    def define() -> tuple[ref[Any], ref[Any]]:
        class Passing(Node, labels=["Passing"]):
            id: str = Field(primary_key=True)

        mapper.family((Passing,)).load([["a", "#1"]], {}, Link(None))
        mapper.entity(Passing).dump([Passing(id="a")])
        return ref(Passing), ref(mapper.entity(Passing))

    found = define()
    gc.collect()
    assert [reference() for reference in found] == [None, None]
    assert "Passing" not in [cls.__name__ for cls in metadata.all_nodes()]


def test_a_mapper_goes_with_its_dialect() -> None:
    dialect = Dialect()
    mapper = Mapper(dialect)
    held: EntityMapper = mapper.entity(Sheet)
    assert mapper.entity(Sheet) is held
    assert held is not SHEETS
    gone = ref(held)
    del held, mapper, dialect
    gc.collect()
    assert gone() is None
