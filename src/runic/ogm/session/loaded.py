"""What entities show of their relations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.load import PairsPart, definition_of, is_alike
from runic.ogm.model.base import Node
from runic.ogm.model.relations import is_part, is_related_list
from runic.ogm.model.state import UNLOADED, Ambiguous

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runic.ogm.cypher.load import FetchStep, GraphPlan
    from runic.ogm.cypher.statement import Table
    from runic.ogm.model.metadata import RelationMeta


def refuse_ambiguous(entities: Iterable[Node], steps: Mapping[str, FetchStep]) -> None:
    """Raise CardinalityError for a single relation that was asked for and has several targets."""
    for entity in entities:
        for step in steps.values():
            if isinstance(getattr(entity, step.relation.slot, None), Ambiguous):
                getattr(entity, step.relation.name)


def without(sources: Iterable[Node], step: FetchStep) -> list[Node]:
    """Return those whose relation has yet to be loaded: a part of it is only enough where a part is asked for."""
    slot, whole = step.relation.slot, step.relation.many and not step.options.partial
    return [
        source for source in sources if (value := getattr(source, slot, None)) is UNLOADED or (whole and is_part(value))
    ]


def loaded(source: Node, relation: RelationMeta) -> list[Any]:
    """Return the targets of a relation that is loaded."""
    value: Any = getattr(source, relation.slot, None)
    return list(value) if is_related_list(value) else [value] if isinstance(value, Node) else []


def by_relations(
    entities: Sequence[Node], steps: Mapping[str, FetchStep]
) -> Iterator[tuple[list[Node], Mapping[str, FetchStep]]]:
    """Yield nodes that one statement can load relations of, with the steps along the relations that they have.

    They are of one primary label, so that their keys are of one kind, and none has declared a relation anew.
    """
    groups: defaultdict[object, list[Node]] = defaultdict(list)
    kinds: set[type[Node]] = {type(entity) for entity in entities}
    own = {kind: _own_steps(kind, steps) for kind in kinds}
    forms = {
        kind: (kind.__meta__.primary_label, *(definition_of(step.relation) for step in found.values()))
        for kind, found in own.items()
    }
    for entity in entities:
        groups[forms[type(entity)]].append(entity)
    for group in groups.values():
        yield group, own[type(group[0])]


def _own_steps(kind: type[Node], steps: Mapping[str, FetchStep]) -> Mapping[str, FetchStep]:
    relations = kind.__meta__.relations
    return {name: step.along(relations.get(name, step.relation)) for name, step in steps.items()}


def without_alike(kinds: Iterable[type[Node]], relation: RelationMeta) -> set[type[Node]]:
    """Return the classes that declare a relation anew, so that it is not loaded with that of the others."""
    own = {kind: kind.__meta__.relations.get(relation.name) for kind in set(kinds)}
    return {kind for kind, found in own.items() if found is not None and not is_alike(found, relation)}


def hashable_keys(plan: GraphPlan, tables: Sequence[Table]) -> list[Table]:
    """Return a reply's tables with tuples for the keys of sources that the database holds as lists."""
    return [
        [[tuple(row[0]), *row[1:]] for row in table] if isinstance(part, PairsPart) and not part.further else table
        for part, table in zip(plan.parts, tables, strict=True)
    ]


def not_loaded(source: Node, relation: RelationMeta, *, is_async: bool) -> str:
    """Return the text of the error of a relation that is not loaded on access."""
    wait = "await " if is_async else ""
    why = "an AsyncSession cannot load on access" if is_async else 'it is declared with lazy="raise"'
    return (
        f"{relation!r} of {source!r} is not loaded, and {why}. Read the entity with fetch=[{relation.name!r}], "
        f"or call `{wait}session.load(entity, {relation!r})` before."
    )
