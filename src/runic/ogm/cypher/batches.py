"""Statements that are read batch by batch, each from where the last one ended: by the key, or by the database's ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runic.ogm.cypher.clauses import SelectCompiler
from runic.ogm.cypher.keyset import beyond, plan_keyset
from runic.ogm.cypher.order import effective_order, target_of
from runic.ogm.cypher.plan import NodeColumn, ValueColumn
from runic.ogm.expressions import Comparison
from runic.ogm.model.fields import Property
from runic.ogm.query.pattern import ROOT, Filter, Sort, is_edge
from runic.ogm.query.references import InternalId, Stored, is_property

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.keyset import Keyset
    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Node
    from runic.ogm.query.pattern import Place, Selection


@dataclass(frozen=True)
class KeyBatches:
    """Batches of nodes in the order of their key, which no change of a node moves."""

    plan: Keyset
    codec: Codec

    def place_of(self, node: Node) -> object:
        """Return what a node is found behind: its key, in the form in which the database holds it."""
        return self.codec.encode(getattr(node, node.__meta__.key.name))

    def next(self, last: object | None, skip: int, size: int) -> Selection:
        """Return the statement of the `size` nodes behind the place `last`."""
        [(_, sort)] = self.plan.keys
        selection = self.plan.selection if last is None else beyond(self.plan, [last])
        return selection.with_stage(order=(sort,), skip=skip or None, limit=size)


def plan_key_batches(selection: Selection, dialect: Dialect) -> KeyBatches | None:
    """Return how the nodes of one class are read by their key; None for results that may repeat or have an order.

    A key whose values do not tell the form in which they are stored is no place to go on from. Where pages are sorted,
    an order that nobody asked for would cost more than skipping does.
    """
    if not (_is_plain(selection) and (selection.stage.order or dialect.orders_by_index)):
        return None
    meta = selection.root.__meta__.key
    if not all(is_property(sort.operand) and sort.operand.meta is meta for sort in selection.stage.order):
        return None
    codec = meta.codec(dialect.native)
    plan = plan_keyset(selection.with_stage(skip=None, limit=None), dialect)
    exact = not (codec.bounds or codec.function or any(plan.floats))
    return KeyBatches(plan, codec) if exact and len(plan.keys) == 1 else None


def steady(selection: Selection) -> Selection:
    """Return a selection whose batches, skipped through, go on where the last one ended.

    That takes an order without ties. Nodes of one class that nobody orders come as they are stored, time and again;
    all else is ordered by the keys of the nodes that make a result, after what it is ordered by anyway.
    """
    order = effective_order(selection)
    if not (order or selection.steps or selection.united) or selection.path is not None:
        return selection
    alone = len(selection.classes) == 1
    places = [target_of(selection)] if alone else [place for place in selection.visible if not is_edge(place)]
    keys = [key for place in places if not selection.stage.distinct or alone for key in _key_at(selection, place)]
    asked = [(_field_of(sort), place) for sort in order for place in sort.places.values()]
    more = [key for key in keys if not any((_field_of(key), place) in asked for place in key.places.values())]
    return selection.with_stage(order=(*order, *more))


def _field_of(sort: Sort) -> object:
    return sort.operand.meta if is_property(sort.operand) else None


def _key_at(selection: Selection, place: Place) -> Iterator[Sort]:
    """Yield the order by the key of a node, or by its id where the classes that it may have share no key."""
    metas = [cls.__meta__ for cls in selection.nodes_at(place)]
    if len({(meta.primary_label, meta.key.graph_name) for meta in metas}) == 1:
        key = metas[0].key
        yield Sort(Property.bound(key), descending=False, places={key: place})
    else:
        yield Sort(InternalId(place), descending=False, places={})


def goes_by_id(selection: Selection, dialect: Dialect) -> bool:
    """Tell whether a statement gives all nodes of a class, on a database that scans them by their ids."""
    whole = not (selection.stage.filters or selection.stage.order)
    return dialect.scans_by_id and whole and _is_plain(selection)


def compile_id_batch(
    selection: Selection, last: int | None, skip: int, size: int, dialect: Dialect, mapper: Mapper
) -> CompiledSelect:
    """Return the statement of the `size` nodes whose ids are beyond `last`, each with its id, as they are scanned."""
    if last is not None:
        condition = Comparison(">", InternalId(ROOT), Stored(last))
        selection = selection.with_stage(filters=(Filter(condition, {}),))
    selection = selection.with_stage(skip=skip or None, limit=size)
    compiler = SelectCompiler(selection, dialect, [ROOT])
    family = mapper.family(selection.roots)
    clauses = compiler.clauses()
    texts, wires = family.row(compiler.names[ROOT], with_id=True)
    # Of a class with several labels the database chooses which to scan, and in what order.
    by_id = f" ORDER BY {texts[-1]}" if len(selection.root.__meta__.labels) > 1 else ""
    clauses.append(dialect.render_return(texts, compiler.paging(selection.stage, by_id)))
    item, number = NodeColumn("item", family, 0, nullable=False), ValueColumn("_id", len(texts) - 1, None)
    return compiler.finish(clauses, wires, [item, number], (0, 1), single=False)


def _is_plain(selection: Selection) -> bool:
    """Tell whether each result is one node of one key, and there once."""
    labels = {cls.__meta__.primary_label for cls in selection.roots}
    more = selection.steps or selection.united or selection.columns or selection.projected or selection.writes
    alone = len(selection.classes) == 1 and len(selection.stages) == 1 and len(labels) == 1
    return alone and not more and selection.source is None and not selection.stage.distinct
