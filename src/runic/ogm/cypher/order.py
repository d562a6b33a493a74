"""What a statement gives, and in which order, where its last stage does not say so itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.exceptions import QueryError
from runic.ogm.query.pattern import ROOT, Place
from runic.ogm.query.scope import aggregates, columns_of, describe
from runic.ogm.query.search import SCORE

if TYPE_CHECKING:
    from collections.abc import Collection

    from runic.ogm.query.pattern import Selection, Sort


def target_of(selection: Selection) -> Place:
    """Return the place of what `scalars` gives."""
    place = selection.result
    if place not in selection.visible:
        raise QueryError(f"with_() left the root behind: name the result with return_target(). {describe(selection)}")
    return place


def effective_order(selection: Selection) -> tuple[Sort, ...]:
    """Return the order of the results: the open stage's, else that of the last stage which has one, if it can last."""
    if selection.stage.order:
        return selection.stage.order
    merged = bool(selection.having) or any(aggregates(item.operand) for item in selection.projected)
    distinct = selection.stage.distinct
    if merged or (distinct and selection.projected):
        return ()
    lasting = {selection.result} if distinct else {*selection.visible}
    for stage in reversed(selection.stages):
        if stage.order:
            kept = all(lasts(sort, lasting, selection, distinct=distinct) for sort in stage.order)
            return stage.order if kept else ()
    return _order_of_search(selection)


def lasts(sort: Sort, places: Collection[Place], selection: Selection, *, distinct: bool) -> bool:
    """Tell whether the end of a statement still knows what an earlier stage was ordered by."""
    names = set(columns_of(sort.operand))
    known = names <= selection.columns.keys() and not (names and distinct)
    return known and all(place in places for place in sort.places.values())


def _order_of_search(selection: Selection) -> tuple[Sort, ...]:
    """Return the order that a search brings to results which ask for none, unless they are made of several nodes."""
    if selection.source is None or SCORE not in selection.columns or ROOT not in selection.visible:
        return ()
    merged = selection.groups or any(aggregates(item.operand) for item in selection.projected)
    if merged or (selection.stage.distinct and (selection.projected or selection.result != ROOT)):
        return ()
    return selection.source.order
