"""Pages that begin after a row: a total order of the results, and the statement of those beyond a place in it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.clauses import SelectCompiler
from runic.ogm.cypher.expressions import ExpressionCompiler
from runic.ogm.cypher.order import effective_order, target_of
from runic.ogm.cypher.plan import NodeColumn, ValueColumn
from runic.ogm.cypher.results import result_codec
from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import Comparison, IsNull, all_, any_
from runic.ogm.model.fields import Property
from runic.ogm.query.pattern import Filter, Projected, Sort, Stage
from runic.ogm.query.references import Column, Placed, Stored, is_property
from runic.ogm.query.scope import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.expressions import Operand, Predicate
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.query.pattern import Place, Selection


def total_order(selection: Selection, method: str) -> tuple[Sort, ...]:
    """Return the order of a statement's results, with their key as the last, so that no two are alike.

    Raises QueryError for results that have no key, and for a statement that is paged already.
    """
    if selection.projected or selection.writes or len(selection.classes) > 1 or selection.path is not None:
        raise QueryError(f"{method} pages entities, which this statement does not give. {describe(selection)}")
    if selection.stage.paged:
        raise QueryError(f"{method} pages by itself: leave skip() and limit() out. {describe(selection)}")
    place = target_of(selection)
    classes = selection.nodes_at(place)
    labels = {cls.__meta__.primary_label for cls in classes}
    if len(labels) > 1:
        raise QueryError(f"{method} needs results that share their keys, which {' and '.join(sorted(labels))} do not")
    key = classes[0].__meta__.key
    order = effective_order(selection)
    if any(is_property(sort.operand) and sort.operand.meta is key and place in sort.places.values() for sort in order):
        return order
    return (*order, Sort(Property.bound(key), descending=False, places={key: place}))


@dataclass(frozen=True)
class Keyset:
    """A statement with its total order, and how the values are read that a row is found again by."""

    selection: Selection
    target: Place
    keys: tuple[tuple[Operand[Any], Sort], ...]
    codecs: tuple[Codec | None, ...]
    floats: tuple[bool, ...]

    @property
    def owner(self) -> str:
        """What tells a cursor of this statement from others."""
        order = ", ".join(f"{key!r} {sort.descending}" for key, sort in self.keys)
        return f"{self.selection.nodes_at(self.target)[0].__name__}:{zlib.crc32(order.encode()):08x}"


def plan_keyset(selection: Selection, dialect: Dialect) -> Keyset:
    """Return what pages a statement.

    Where rows may repeat, or the order is by more than fields of one node, each result stands once for each
    combination of keys, which are computed before.
    """
    order, target = total_order(selection, "after()"), target_of(selection)
    codecs = tuple(result_codec(ExpressionCompiler(dialect), sort.operand) for sort in order)
    for codec, sort in zip(codecs, order, strict=True):
        if codec is not None and codec.kind:
            raise QueryError(f"after(): results cannot be paged by {sort.operand!r}, whose values have no order")
    floats = tuple(map(_may_be_float, codecs))
    simple = not (selection.steps or selection.united or len(selection.stages) > 1 or selection.stage.distinct)
    if simple and all(is_property(sort.operand) and not selection.columns for sort in order):
        placed: list[Operand[Any]] = [Placed(sort.operand, sort.places) for sort in order]
        keys = tuple(zip(placed, order, strict=True))
        return Keyset(selection.with_stage(order=()), target, keys, codecs, floats)
    names = [f"_k{number}" for number in range(len(order))]
    computed = tuple(Projected(name, s.operand, s.places) for name, s in zip(names, order, strict=True))
    rows = selection.with_stage(order=(), distinct=True, carry=(target,), computed=computed)
    columns: list[Operand[Any]] = [Column(name) for name in names]
    keys = tuple(zip(columns, order, strict=True))
    return Keyset(replace(rows, stages=(*rows.stages, Stage())), target, keys, codecs, floats)


def _may_be_float(codec: Codec | None) -> bool:
    """Tell whether values may be floats, of which a reply may carry fewer digits than the database compares."""
    return codec is None or codec.wire in ("float", "any")


def compile_keyset(
    plan: Keyset, values: Sequence[object] | None, size: int, dialect: Dialect, mapper: Mapper
) -> CompiledSelect:
    """Return the statement of the first `size` results beyond the row with these values, each with its own."""
    selection = plan.selection if values is None else beyond(plan, values)
    order = tuple(Sort(key, sort.descending, {}) for key, sort in plan.keys)
    selection = selection.with_stage(order=order, limit=size)
    compiler = SelectCompiler(selection, dialect, [plan.target])
    family = mapper.family(selection.nodes_at(plan.target))
    clauses = compiler.clauses()
    nullable = _nullable(plan)
    texts, held = family.row(compiler.names[plan.target], with_id=nullable)
    wires: list[Wire] = [*held]
    columns: list[NodeColumn | ValueColumn] = [NodeColumn("item", family, 0, nullable=nullable)]
    for number, (key, _) in enumerate(plan.keys):
        text, codec = compiler.expressions.render(key, {}), plan.codecs[number]
        exact = plan.floats[number] and dialect.render_exact(text) != text
        columns.append(ValueColumn(f"_k{number}", len(texts), None))
        texts.append(f"{dialect.render_exact(text) if exact else text} AS _v{number}")
        wires.append("any" if codec is None or exact else codec.wire)
    _, ordering = compiler.ordering(clauses, order)
    clauses.append(f"RETURN {', '.join(texts)}{compiler.paging(selection.stage, ordering)}")
    return compiler.finish(clauses, wires, columns, range(len(columns)), single=False)


def _nullable(plan: Keyset) -> bool:
    return plan.selection.may_lack(plan.target)


def beyond(plan: Keyset, values: Sequence[object]) -> Selection:
    """Return the selection with the condition that a row comes after the one with these values."""
    ways: list[Predicate] = []
    equal: list[Predicate] = []
    for (key, sort), value in zip(plan.keys, values, strict=True):
        after = _after(key, value, descending=sort.descending, required=_is_required(sort, plan.selection))
        if after is not None:
            ways.append(all_(*equal, after))
        equal.append(IsNull(key) if value is None else Comparison("=", key, Stored(value)))
    first, sort = plan.keys[0]
    conditions = [any_(*ways)] if ways else [Comparison("<>", Stored(1), Stored(1))]
    if len(plan.keys) > 1 and values[0] is not None and _is_required(sort, plan.selection):
        # Of several alternatives a database makes a scan; this one condition it can look up.
        conditions.insert(0, Comparison("<=" if sort.descending else ">=", first, Stored(values[0])))
    places = {key: place for _, sort in plan.keys for key, place in sort.places.items()}
    known = {} if plan.selection.columns else places
    filters = tuple(Filter(condition, known) for condition in conditions)
    stage = plan.selection.stage
    return plan.selection.with_stage(filters=(*stage.filters, *filters))


def _after(key: Operand[Any], value: object, *, descending: bool, required: bool) -> Predicate | None:
    """Return the condition that a key comes after a value; null is the last of an order, or turned around the first."""
    if descending:
        return IsNull(key, negated=True) if value is None else Comparison("<", key, Stored(value))
    if value is None:
        return None
    later = Comparison(">", key, Stored(value))
    return later if required else any_(later, IsNull(key))


def _is_required(sort: Sort, selection: Selection) -> bool:
    """Tell whether a key is never null: neither the field may be missing, as of other classes, nor the whole node."""
    prop: object = sort.operand
    if not is_property(prop) or prop.meta.nullable or any(map(selection.may_lack, sort.places.values())):
        return False
    classes = [cls for place in sort.places.values() for cls in selection.nodes_at(place)]
    return all(issubclass(cls, prop.meta.owner) for cls in classes)
