"""The generated functions do what plain loops over the metadata do."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.state import Link
from runic.ogm.session.written import keep
from tests.unit.mapping.herbarium import DIALECT, Leaf, Loan, Sheet, attributes, changes, values, wires

MAPPER = Mapper(DIALECT)
some = settings(max_examples=40)
LINK = Link(None)

texts = st.text(max_size=5)
numbers = st.integers(-(2**63), 2**63 - 1)
scalars = st.none() | st.booleans() | st.integers(-9, 9) | texts
PROPERTIES: dict[str, st.SearchStrategy[Any]] = {
    "title": st.none() | texts,
    "number": numbers,
    "height": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "pressed": st.booleans(),
    "found_at": st.none() | st.datetimes() | st.datetimes(timezones=st.just(UTC)),
    "weight": st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    "uuid": st.none() | st.uuids(),
    "leaf": st.none() | st.sampled_from(Leaf),
    "words": st.lists(texts, max_size=3),
    "colours": st.none() | st.sets(texts, max_size=3),
    "notes": st.none()
    | st.dictionaries(texts, st.recursive(scalars, lambda inner: st.lists(inner, max_size=2)), max_size=2),
    "sizes": st.none() | st.lists(numbers, max_size=3).map(tuple),
    "loose": st.none() | st.lists(scalars | st.lists(scalars, max_size=2), max_size=2),
}
sheets = st.lists(st.fixed_dictionaries(PROPERTIES), max_size=4).map(
    lambda found: [Sheet(id=f"s{index}", **given) for index, given in enumerate(found)]
)


@some
@given(sheets)
def test_dump(entities: list[Sheet]) -> None:
    mapper = MAPPER.entity(Sheet)
    assert mapper.dump(entities) == [wires(entity) for entity in entities]
    every = range(len(mapper.properties))
    assert mapper.dump_values(entities, every) == mapper.dump(entities)
    assert mapper.dump_values(entities, every[1:3]) == [row[1:3] for row in mapper.dump(entities)]
    assert mapper.keys(entities) == [mapper.encode("id", entity.id) for entity in entities]


def stored(entities: list[Sheet]) -> list[list[Any]]:
    """Return what a database would reply: new objects, with an id at the end."""
    rows = json.loads(json.dumps([wires(entity) for entity in entities]))
    return [[*row, f"#{index}"] for index, row in enumerate(rows)]


@some
@given(sheets, st.integers(0, 2), st.booleans())
def test_load(entities: list[Sheet], offset: int, nullable: bool) -> None:
    rows = [[*range(offset), *row] for row in stored(entities)]
    expected = [values(Sheet, row[offset:]) for row in deepcopy(rows)]
    identity: dict[str, dict[Any, Any]] = {}
    loaded = MAPPER.family((Sheet,)).load(rows, identity, LINK, offset, nullable=nullable)
    assert [attributes(entity) for entity in loaded] == expected
    assert [list(map(type, attributes(entity))) for entity in loaded] == [list(map(type, row)) for row in expected]
    assert all(type(entity) is Sheet and entity._ogm is LINK for entity in loaded)
    assert identity.get("Sheet", {}) == {entity.id: entity for entity in loaded}
    assert MAPPER.entity(Sheet).changed(loaded) == []


@some
@given(sheets, st.data())
def test_changed(entities: list[Sheet], data: st.DataObject) -> None:
    loaded = MAPPER.family((Sheet,)).load(stored(entities), {}, LINK)
    before = deepcopy([wires(entity) for entity in loaded])
    for entity in loaded:
        for name in data.draw(st.sets(st.sampled_from(sorted(PROPERTIES)), max_size=3)):
            setattr(entity, name, data.draw(PROPERTIES[name]))
        if data.draw(st.booleans()):
            entity.words.append("one more")
    found = MAPPER.entity(Sheet).changed(loaded)
    assert found == changes(before, loaded)
    for entity in loaded:
        MAPPER.entity(Sheet).restore(entity, entity._row)
    assert [wires(entity) for entity in loaded] == before
    assert MAPPER.entity(Sheet).changed(loaded) == []


@some
@given(sheets, st.data())
def test_renewed_rows_are_snapshots_and_the_old_ones_stay(entities: list[Sheet], data: st.DataObject) -> None:
    mapper = MAPPER.entity(Sheet)
    loaded = MAPPER.family((Sheet,)).load(stored(entities), {}, LINK)
    before = [(entity._row, deepcopy(entity._row)) for entity in loaded]
    names = data.draw(st.sets(st.sampled_from(sorted(PROPERTIES)), min_size=1, max_size=3))
    for entity in loaded:
        for name in names:
            setattr(entity, name, data.draw(PROPERTIES[name]))
    keep(loaded, mapper.renewals(loaded, [mapper.index(name) for name in names]))
    width = len(mapper.properties)  # a row that was read may go on with the id
    assert [entity._row[:width] for entity in loaded] == [mapper.snapshot(entity) for entity in loaded]
    assert mapper.changed(loaded) == []
    assert [row for row, _ in before] == [copy for _, copy in before]


@some
@given(sheets)
def test_written_entities_are_clean_and_see_later_changes(entities: list[Sheet]) -> None:
    mapper = MAPPER.entity(Sheet)
    keep(entities, mapper.snapshots(entities, mapper.dump(entities)))
    assert [mapper.snapshot(entity) for entity in entities] == [entity._row for entity in entities]
    assert mapper.changed(entities) == []
    for entity in entities:
        entity.words.append("later")
        entity.loose = [*(entity.loose or []), 1]
    assert mapper.changed(entities) == [(entity, (9, 13)) for entity in entities]


@some
@given(st.lists(st.tuples(numbers, st.none() | texts, st.lists(texts, max_size=2)), max_size=4), st.integers(0, 3))
def test_edges(given_values: list[tuple[int, str | None, list[str]]], offset: int) -> None:
    rows: list[list[Any]] = [[*range(offset), *deepcopy(row), "#1"] for row in given_values]
    mapper = MAPPER.entity(Loan)
    edges = mapper.make_edges(rows, offset, LINK)
    assert [attributes(edge) for edge in edges] == [list(row) for row in given_values]
    assert mapper.changed(edges) == []
    assert mapper.dump(edges) == [wires(edge) for edge in edges]
