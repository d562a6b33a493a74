"""The variables of a statement's places, and which of them its expressions speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.query.pattern import ROOT, Place, is_edge

if TYPE_CHECKING:
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.query.pattern import Change, Filter, Projected, Selection, Sort


def mentioned(selection: Selection) -> set[Place]:
    """Return the places that expressions speak of, and those that `with_` hands on."""
    expressions: list[Filter | Sort | Projected | Change] = [
        *(item for stage in selection.stages for item in stage.computed),
        *selection.having,
        *(condition for stage in selection.stages for condition in stage.filters),
        *(condition for step in selection.steps for condition in step.filters),
        *(sort for stage in selection.stages for sort in stage.order),
        *selection.projected,
        *selection.changes,
    ]
    carried = {place for stage in selection.stages for place in stage.carry or ()}
    return carried.union(place for expression in expressions for place in expression.places.values())


def variables(selection: Selection, dialect: Dialect, *, named: bool) -> dict[Place, str]:
    """Return the variable of each place: the user's alias, else n, e1, n1, e2 and so on, none of them twice.

    What begins with an underscore is left to the variables of questions.
    """
    places = [Place(number) for number in range(selection.last + 1)]
    given = ((place, selection.name_at(place)) for place in places if named)
    aliases = {place: name for place, name in given if name is not None and not name.startswith("_")}
    taken = {*aliases.values()}
    taken.update(item.name for stage in selection.stages for item in stage.computed if item.name is not None)
    names: dict[Place, str] = {}
    for place in places:
        alias = aliases.get(place)
        names[place] = dialect.render_variable(alias) if alias is not None else _free_name(place, taken)
    return names


def _free_name(place: Place, taken: set[str]) -> str:
    name = "n" if place == ROOT else f"{'e' if is_edge(place) else 'n'}{(place + 1) // 2}"
    while name in taken:
        name += "_"
    return name
