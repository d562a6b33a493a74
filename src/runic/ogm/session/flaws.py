"""Refuses values that an index of the database could not hold, before they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runic.ogm.exceptions import ConstraintViolationError, FieldValidationError
from runic.ogm.expressions import Operand
from runic.ogm.model.indexes import indexed_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.cypher.statement import Operation
    from runic.ogm.model.metadata import ClassMeta
    from runic.ogm.query.pattern import Selection
    from runic.ogm.session.flush import Flushing


def refuse_flawed(unit: Flushing, changed: Iterable[tuple[Any, tuple[int, ...]]]) -> Operation[None]:
    """Raise FieldValidationError for a value that is to be written to an indexed field which cannot hold it."""
    if not unit.dialect.has_index_flaws:
        return
    metas = metas_written(unit, changed)
    yield from unit.keys.learn(metas)
    held = {meta.cls: fields for meta in metas if (fields := unit.keys.held(meta))}
    for entity, indexes in _written(unit, changed) if held else ():
        mapper = unit.mapper.entity(entity.__meta__.cls)
        for prop in held.get(entity.__meta__.cls, ()):
            if indexes is None or mapper.index(prop.name) in indexes:
                _check(unit, entity.__meta__.name, prop.name, mapper.encode(prop.name, getattr(entity, prop.name)))


def metas_written(unit: Flushing, changed: Iterable[tuple[Any, object]]) -> list[ClassMeta]:
    """Return the metadata of the classes whose entities a unit writes."""
    kinds: set[Any] = {*map(type, unit.new.values()), *map(type, unit.merged.values())}
    kinds |= {type(pair.edge) for pair in unit.pairs.values() if pair.edge is not None}
    kinds |= {type(entity) for entity, _ in changed}
    return list({kind.__meta__.cls: kind.__meta__ for kind in kinds}.values())


def _written(
    unit: Flushing, changed: Iterable[tuple[Any, tuple[int, ...]]]
) -> list[tuple[Any, tuple[int, ...] | None]]:
    """Return what a unit writes: entities, and the indexes of their changed properties, or None for all."""
    edges = [pair.edge for pair in unit.pairs.values() if pair.add and pair.edge is not None]
    whole = [*unit.new.values(), *unit.merged.values(), *edges]
    return [*((entity, None) for entity in whole), *changed]


def name_unique_fields(
    unit: Flushing, error: ConstraintViolationError, changed: Iterable[tuple[Any, tuple[int, ...]]]
) -> None:
    """Add the unique fields that a unit writes to an error of the database that does not tell which it was."""
    fields: dict[str, None] = {}
    for entity, indexes in _written(unit, changed):
        meta, mapper = entity.__meta__, unit.mapper.entity(entity.__meta__.cls)
        for prop, _, unique in indexed_fields(meta):
            if unique and (indexes is None or mapper.index(prop.name) in indexes):
                fields[f"{meta.name}.{prop.name}"] = None
    text = str(error)
    if fields and not {field.partition(".")[2] for field in fields} & {*re.findall(r"\w+", text)}:
        error.args = (f"{text}: what this unit gives {' or '.join(fields)} is taken; change it, or what has it",)


def refuse_flawed_changes(unit: Flushing, selection: Selection) -> Operation[None]:
    """Raise FieldValidationError for an `update()` that would write such a value."""
    metas = [change.prop.owner.__meta__ for change in selection.changes]
    yield from unit.keys.learn(metas)
    for change, meta in zip(selection.changes, metas, strict=True):
        if _is_plain(change.value) and any(prop.name == change.prop.name for prop in unit.keys.held(meta)):
            wire = unit.mapper.entity(meta.cls).encode(change.prop.name, change.value)
            _check(unit, meta.name, change.prop.name, wire)


def _is_plain(value: object) -> bool:
    return value is not None and not isinstance(value, Operand)


def _check(unit: Flushing, entity: str, field: str, wire: object) -> None:
    flaw = unit.dialect.first_index_flaw([wire])
    if flaw is not None:
        raise FieldValidationError(entity, field, flaw[1])
