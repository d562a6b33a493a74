"""What entities show of their relations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from runic.ogm.model.base import Node
from runic.ogm.model.relations import is_part, is_related_list
from runic.ogm.model.state import UNLOADED, Ambiguous

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runic.ogm.cypher.load import FetchStep
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


def by_label(entities: Iterable[Node]) -> list[list[Node]]:
    """Return nodes by primary label: the keys of each group are of one kind."""
    groups: dict[str, list[Node]] = defaultdict(list)
    for entity in entities:
        groups[entity.__meta__.primary_label].append(entity)
    return list(groups.values())


def not_loaded(source: Node, relation: RelationMeta, *, is_async: bool) -> str:
    """Return the text of the error of a relation that is not loaded on access."""
    wait = "await " if is_async else ""
    why = "an AsyncSession cannot load on access" if is_async else 'it is declared with lazy="raise"'
    return (
        f"{relation!r} of {source!r} is not loaded, and {why}. Read the entity with fetch=[{relation.name!r}], "
        f"or call `{wait}session.load(entity, {relation!r})` before."
    )
