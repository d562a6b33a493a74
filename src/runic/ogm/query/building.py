"""What the methods of a statement add to its data, checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Aliased, FunctionCall, Ordering
from runic.ogm.model.base import Entity, Node
from runic.ogm.model.fields import FieldName, Property, as_operand
from runic.ogm.query.pattern import ROOT, Change, Projected, Selection, Sort, Stage
from runic.ogm.query.references import Column, Hops, is_column
from runic.ogm.query.related import RelatedCount
from runic.ogm.query.scope import (
    aggregates,
    check_new_alias,
    columns_of,
    describe,
    parts_of,
    place_named,
    property_named,
    resolve_places,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.model.metadata import PropertyMeta
    from runic.ogm.query.pattern import Filter, Place


def new_selection(classes: Sequence[object]) -> Selection:
    """Return the selection of `select(*classes)`: the first class is the root."""
    checked = [_checked_class(cls) for cls in classes]
    root = checked[0]
    if not issubclass(root, Node):
        raise QueryError(f"select() starts at a node class, not at the edge class {root.__name__}")
    return Selection((root,), tuple(checked))


def _checked_class(cls: object) -> type[Entity]:
    if isinstance(cls, type) and issubclass(cls, Entity) and hasattr(cls, "__meta__"):
        checked: type[Entity] = cls.__meta__.cls
        return checked
    raise TypeError(f"select() takes mapped classes, derived from Node or Edge, not {cls!r}")


def filtered(selection: Selection, condition: Filter) -> Selection:
    """Put a condition where it can be decided: to its latest step, or to the stage if that is an earlier one's.

    One that speaks of rows made of others, by an aggregate or a column's name, is decided on those.
    """
    rows = {item.name for item in selection.projected} - selection.columns.keys()
    if selection.projected and (
        aggregates(condition.predicate) or not rows.isdisjoint(columns_of(condition.predicate))
    ):
        return selection.but(having=(*selection.having, condition))
    if _measures_path(condition.predicate) and selection.path is not None:
        return _after_path(selection, selection.path).with_filter(condition)
    place = condition.latest
    if place != ROOT:
        step = selection.step_at(place)
        if step.stage == len(selection.stages) - 1:
            return selection.with_step(place, filters=(*step.filters, condition))
    return selection.with_filter(condition)


def _measures_path(expression: object) -> bool:
    """Tell whether a condition speaks of the shortest path, which is found after its end."""
    return isinstance(expression, Hops) or any(map(_measures_path, parts_of(expression)))


def _after_path(selection: Selection, path: Place) -> Selection:
    """Return the selection with a stage that begins where the path is known, and goes on as the open one does."""
    stage = selection.stage
    if selection.step_at(path).stage < len(selection.stages) - 1:
        return selection
    before = Stage(filters=stage.filters)
    return selection.but(stages=(*selection.stages[:-1], before, replace(stage, filters=())))


def sort(selection: Selection, key: object, *, descending: bool) -> Sort:
    """Return one key of an order: a field, the name of a field or of a column, or `asc(...)` and `desc(...)`."""
    if isinstance(key, str):
        column = next((item for item in selection.projected if key in (item.name, function_name(item))), None)
        if column is not None:
            return Sort(column.operand, descending, column.places)
        if key in selection.columns:
            return Sort(Column(key), descending, {})
        prop, place = property_named(selection, key, "order_by()")
        return Sort(Property.bound(prop), descending, {prop: place})
    if isinstance(key, Ordering):
        if isinstance(key.operand, FieldName):
            return sort(selection, key.operand.name, descending=key.descending)
        return Sort(key.operand, key.descending, resolve_places(selection, key.operand))
    operand = as_operand(key)
    return Sort(operand, descending, resolve_places(selection, operand))


def projected(selection: Selection, value: object) -> Projected:
    """Return one column of a projection."""
    if isinstance(value, str):
        if value in selection.columns:
            return Projected(value, Column(value), {})
        prop, place = property_named(selection, value, "project()")
        return Projected(None, Property.bound(prop), {prop: place})
    name, plain = _unaliased(value)
    operand = as_operand(plain)
    if name is None:
        name = operand.name if is_column(operand) else None
    return Projected(name, operand, resolve_places(selection, operand))


def staged(selection: Selection, items: Sequence[object]) -> Selection:
    """End a stage: `items` are the aliases and columns that go on, and the values that are named for what follows."""
    names = [item for item in items if isinstance(item, str)]
    carry = [place_named(selection, name, "with_()") for name in names if name not in selection.columns]
    kept = [name for name in names if name in selection.columns]
    values = [item for item in items if not isinstance(item, str)]
    if not carry and not kept and not values:
        raise QueryError(f"with_() takes the aliases that go on. {describe(selection)}")
    if values and selection.stage != Stage(selection.stage.filters):  # these are of the rows before
        selection = selection.but(stages=(*selection.stages, Stage()))
    computed = tuple(_computed(selection, value) for value in values)
    selection = selection.with_stage(carry=tuple(sorted(carry)), kept=tuple(kept), computed=computed)
    return selection.but(stages=(*selection.stages, Stage()))


def _computed(selection: Selection, value: object) -> Projected:
    found = projected(selection, value)
    name = found.name or function_name(found)
    if name is None:
        raise QueryError("with_(): a value needs a name for what follows: .as_(name)")
    return replace(found, name=check_new_alias(selection, name, None))


def function_name(item: Projected) -> str | None:
    """Return what a column is called that no one named, and that is no field."""
    operand = item.operand
    if isinstance(operand, FunctionCall):
        return operand.name
    return operand.relation.name if isinstance(operand, RelatedCount) else None


def _unaliased(value: object) -> tuple[str | None, object]:
    return (value.name, value.operand) if _is_aliased(value) else (None, value)


def _is_aliased(value: object) -> TypeGuard[Aliased[Any]]:
    return isinstance(value, Aliased)


def changed(selection: Selection, name: str, value: object) -> Change:
    """Return the change of a field of the results."""
    place = selection.result
    found: list[PropertyMeta] = [
        cls.__meta__.properties[name] for cls in selection.nodes_at(place) if name in cls.__meta__.properties
    ]
    if not found:
        raise QueryError(f"update(): {name!r} is no field of the results; {describe(selection)}")
    prop = found[0]
    lacking = [cls.__name__ for cls in selection.nodes_at(place) if not _has_field(cls, prop)]
    if lacking:
        raise QueryError(
            f"update(): {' and '.join(lacking)} has no field like {prop.owner.__name__}.{name}: update the results of "
            f"each class by themselves; {describe(selection)}"
        )
    if prop.options.primary_key or any(cls.__meta__.key.name == name for cls in selection.nodes_at(place)):
        raise QueryError(f"update(): {prop.owner.__name__}.{name} is the key, which cannot change")
    if prop.options.version:
        raise QueryError(f"update(): {prop.owner.__name__}.{name} counts the changes by itself")
    places = resolve_places(selection, value)
    if any(at != place for at in places.values()):
        raise QueryError(f"update(): {name!r} can only be made of other fields of the same node; {describe(selection)}")
    return Change(prop, value, places)


def _has_field(cls: type[Node], prop: PropertyMeta) -> bool:
    """Tell whether the nodes of a class have a field that is written as this one is."""
    own = cls.__meta__.properties.get(prop.name)
    return own is not None and (own.graph_name, own.type) == (prop.graph_name, prop.type)


def unite(one: Selection, other: Selection) -> Selection:
    """Return the selection that goes on from the results of both."""
    for part in (one, other):
        if part.projected or part.writes or part.fetched or len(part.classes) > 1:
            raise QueryError(
                "union() takes statements that give entities: project, fetch or write after it, not before. "
                f"{describe(part)}"
            )
        if part.result not in part.visible:
            raise QueryError(f"with_() left the root behind: name the result with return_target(). {describe(part)}")
    classes = [cls for part in (one, other) for cls in part.nodes_at(part.result)]
    roots = tuple(dict.fromkeys(classes))
    values = {**one.values, **other.values}
    return Selection(roots, one.classes, stages=(Stage(),), united=(one, other), values=values)
