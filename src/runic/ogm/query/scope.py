"""Which node or edge of the pattern an attribute, a relation or an alias stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from runic.ogm.exceptions import QueryError
from runic.ogm.expressions import (
    Aliased,
    Arithmetic,
    Case,
    Comparison,
    FunctionCall,
    InList,
    IsNull,
    Junction,
    Not,
    Ordering,
    TextMatch,
)
from runic.ogm.identifiers import check_name
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Property
from runic.ogm.model.metadata import PropertyMeta, RelationMeta
from runic.ogm.model.relations import RelationAttribute
from runic.ogm.query.pattern import Place, Places, is_edge
from runic.ogm.query.references import AliasedProperty, Named, is_column
from runic.ogm.query.related import Exists, RelatedCount, fits_classes, fits_edge, inner_side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runic.ogm.model.base import Entity
    from runic.ogm.model.metadata import NodeMeta
    from runic.ogm.query.pattern import Attribute, Selection


def _parts_of_list(e: InList) -> Iterable[object]:
    return (e.operand, *e.values) if isinstance(e.values, tuple) else (e.operand, e.values)


_PARTS: dict[type, Callable[[Any], Iterable[object]]] = {
    Comparison: lambda e: (e.left, e.right),
    TextMatch: lambda e: (e.left, e.right),
    InList: _parts_of_list,
    IsNull: lambda e: (e.operand,),
    Junction: lambda e: e.parts,
    Not: lambda e: (e.part,),
    Arithmetic: lambda e: (e.left, e.right),
    FunctionCall: lambda e: e.arguments,
    Case: lambda e: (*(condition for condition, _ in e.branches), *e.values),
    Aliased: lambda e: (e.operand,),
    Ordering: lambda e: (e.operand,),
}


def attributes(expression: object) -> Iterator[Attribute]:
    """Yield the attributes that an expression speaks of; of a question about a relation those of the outside."""
    if isinstance(expression, AliasedProperty):
        yield expression.key
    elif isinstance(expression, Property):
        yield expression.meta
    elif isinstance(expression, (Exists, RelatedCount)):
        yield expression.relation
        for found in attributes(Junction("AND", expression.predicates)):
            if isinstance(found, Named) or inner_side(expression.relation, found.owner) is None:
                yield found
    else:
        for part in parts_of(expression):
            yield from attributes(part)


def parts_of(expression: object) -> Iterable[object]:
    """Return what an expression is made of; a question about a relation has its predicates to itself."""
    parts = _PARTS.get(type(expression))
    return () if parts is None else parts(expression)


def columns_of(expression: object) -> Iterator[str]:
    """Yield the names of the columns that an expression speaks of."""
    if is_column(expression):
        yield expression.name
    elif isinstance(expression, (Exists, RelatedCount)):
        for predicate in expression.predicates:
            yield from columns_of(predicate)
    for part in parts_of(expression):
        yield from columns_of(part)


def aggregates(expression: object) -> bool:
    """Tell whether an expression makes one value of many rows."""
    if is_aggregate(expression):
        return True
    return any(map(aggregates, parts_of(expression)))


def is_call(expression: object) -> TypeGuard[FunctionCall[Any]]:
    """Tell calls of functions from other operands."""
    return isinstance(expression, FunctionCall)


def is_case(expression: object) -> TypeGuard[Case[Any]]:
    """Tell choices from other operands."""
    return isinstance(expression, Case)


def is_aggregate(expression: object) -> TypeGuard[FunctionCall[Any]]:
    """Tell whether an expression is an aggregate itself."""
    return is_call(expression) and expression.aggregate


def first_property(expression: object) -> PropertyMeta | None:
    """Return the first property that an expression speaks of, which names it in errors."""
    for found in attributes(expression):
        if not isinstance(found, RelationMeta):
            return found.meta if isinstance(found, Named) else found
    return None


def place_named(selection: Selection, name: object, argument: str) -> Place:
    """Return the place with the alias `name`; `argument` names in errors what was called with it."""
    if not isinstance(name, str):
        raise TypeError(f"{argument} takes an alias, a str, not {name!r}")
    for place in selection.visible:
        if selection.name_at(place) == name:
            return place
    raise QueryError(f"{argument}: there is no alias {name!r} here; {describe(selection)}")


def check_class_at(selection: Selection, place: Place, cls: object, argument: str) -> None:
    """Raise QueryError if other nodes than those of a class may stand at a place."""
    if not isinstance(cls, type) or not issubclass(cls, Node):
        raise TypeError(f"{argument} takes a node class, not {cls!r}")
    found = selection.nodes_at(place)
    if not all(issubclass(one, cls) for one in found):
        names = " or ".join(one.__name__ for one in found)
        raise QueryError(
            f"{argument}: {selection.name_at(place)!r} is {names}, not {cls.__name__}; {describe(selection)}"
        )


def check_new_alias(selection: Selection, name: object, at: Place | None) -> str:
    """Return `name` if the place `at`, or with None a column, may carry it: well formed, and not taken by another."""
    checked = check_name(name, "an alias")
    places = map(Place, range(selection.last + 1))
    if checked in selection.columns or any(place != at and selection.name_at(place) == checked for place in places):
        raise QueryError(f"the alias {checked!r} is taken already; {describe(selection)}")
    return checked


def resolve_places(selection: Selection, expression: object, on: Place | None = None) -> Places:
    """Return what the attributes of an expression stand for: those that fit `on` it, the others by the rule.

    Raises QueryError for an attribute that fits nothing, or several things, and if nothing fits `on`.
    """
    _check_columns(selection, expression)
    found: dict[Attribute, Place] = {}
    for prop in attributes(expression):
        if isinstance(prop, Named):
            found[prop] = _place_referred(selection, prop)
        elif on is not None and _fits(selection, on, prop.owner):
            found[prop] = on
        else:
            found[prop] = _place_of(selection, prop, on)
    unnamed = [prop for prop in found if not isinstance(prop, Named)]
    if on is not None and unnamed and on not in found.values():
        first = unnamed[0]
        raise QueryError(
            f"on={selection.name_at(on)!r} is {_kind(selection, on)}, which has no "
            f"{first.owner.__name__}.{first.name}; {describe(selection)}"
        )
    return found


def _check_columns(selection: Selection, expression: object) -> None:
    """Raise QueryError for a column that the statement does not have."""
    for name in columns_of(expression):
        known = [*selection.columns, *(item.name for item in selection.projected if item.name is not None)]
        if name == "score" and not known:
            raise QueryError("score() is what fulltext_search() and vector_search() bring: this statement is no search")
        if name not in known:
            raise QueryError(
                f"ref({name!r}): no column is called so; there are {', '.join(known) or 'none'}. For a field of a step "
                f"write ref({name!r}, Model.field); {describe(selection)}"
            )


def _place_referred(selection: Selection, named: Named) -> Place:
    place = place_named(selection, named.alias, "ref()")
    if not _fits(selection, place, named.owner):
        raise QueryError(
            f"ref(): {named.alias!r} is {_kind(selection, place)}, which has no {named.owner.__name__}.{named.name}"
        )
    return place


def _place_of(selection: Selection, prop: PropertyMeta | RelationMeta, on: Place | None) -> Place:
    """Return the latest step if the attribute's class fits it, else the only place that it fits."""
    fitting = [place for place in selection.visible if place != on and _fits(selection, place, prop.owner)]
    latest = [place for place in fitting if place in (selection.current, selection.current - 1)]
    if latest or len(fitting) == 1:
        return (latest or fitting)[0]
    name = f"{prop.owner.__name__}.{prop.name}"
    if not fitting:
        raise QueryError(f"{name} does not belong to this statement; {describe(selection)}")
    raise QueryError(f"{name} may stand for several of them: name one with on= or ref(); {describe(selection)}")


def _fits(selection: Selection, place: Place, owner: type[Entity]) -> bool:
    if is_edge(place):
        return fits_edge(selection.step_at(place).relation, owner)
    return fits_classes(selection.nodes_at(place), owner)


def relation_from(selection: Selection, relation: object, source: Place, argument: str = "traverse()") -> RelationMeta:
    """Return the relation that `relation`, an attribute or its name, means at the node `source`."""
    classes = selection.nodes_at(source)
    if not classes:
        raise QueryError(f"{argument}: {_kind(selection, source)} is an edge, relations start at nodes")
    if isinstance(relation, RelationAttribute):
        if fits_classes(classes, relation.meta.owner):
            return relation.meta
        raise QueryError(
            f"{argument}: {_kind(selection, source)} has no {relation!r}; "
            f"to go on from another step name it with on=. {describe(selection)}"
        )
    if isinstance(relation, str):
        return _relation_named(classes, relation, argument)
    raise TypeError(f"{argument} takes a relation such as Model.relation, or its name, not {relation!r}")


def _relation_named(classes: tuple[type[Node], ...], name: str, argument: str) -> RelationMeta:
    found = [cls.__meta__.relations[name] for cls in classes if name in cls.__meta__.relations]
    names = " or ".join(cls.__name__ for cls in classes)
    if not found:
        known = sorted({known for cls in classes for known in cls.__meta__.relations})
        raise QueryError(f"{argument}: {names} has no relation {name!r}; there are {', '.join(known) or 'none'}")
    # A relation leads on from nodes of its own class: it has to be that of a class above all that have one so called.
    owners = [relation.owner for relation in found]
    for above in owners[0].__mro__:
        meta: NodeMeta | None = vars(above).get("__meta__")
        if meta is not None and name in meta.relations and all(issubclass(owner, above) for owner in owners):
            return meta.relations[name]
    raise QueryError(f"{argument}: {name!r} differs between {names}: give the attribute instead of its name")


def property_named(selection: Selection, name: str, argument: str) -> tuple[PropertyMeta, Place]:
    """Return the property with this name: of the latest node or edge, else of the only place that has it."""
    found: list[tuple[PropertyMeta, Place]] = []
    for place in selection.visible:
        for cls in _classes_at(selection, place):
            if name in cls.__meta__.properties:
                found.append((cls.__meta__.properties[name], place))
                break
    latest = [pair for pair in found if pair[1] in (selection.current, selection.current - 1)]
    if latest or len(found) == 1:
        return (latest or found)[-1]
    problem = "may stand for several fields" if found else "is no field of this statement"
    raise QueryError(f"{argument}: {name!r} {problem}; {describe(selection)}")


def _classes_at(selection: Selection, place: Place) -> tuple[type[Entity], ...]:
    edge = selection.edge_at(place)
    return selection.nodes_at(place) if edge is None else (edge,)


def describe(selection: Selection) -> str:
    """Return the nodes and edges of a statement with their aliases, for errors."""
    return "the statement has " + ", ".join(_kind(selection, place) for place in selection.visible)


def _kind(selection: Selection, place: Place) -> str:
    name = selection.name_at(place)
    if is_edge(place):
        edge = selection.edge_at(place)
        what = edge.__name__ if edge is not None else f"an edge {selection.step_at(place).relation.type}"
    else:
        what = " or ".join(cls.__name__ for cls in selection.nodes_at(place))
    return what + (f" {name!r}" if name is not None else " (without an alias)")
