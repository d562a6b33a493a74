"""What a unit of work has staged, as it is looked at before it is written."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from runic.ogm.exceptions import EntityNotFoundError, FieldValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.mapping.mapper import EntityMapper
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import NodeMeta
    from runic.ogm.session.staging import Staging


def place_of(node: Node) -> tuple[str, Any]:
    """Return what tells a node from others in the database, as far as the session knows."""
    meta = node.__meta__
    return meta.primary_label, vars(node).get(meta.key.name)


def metas_of(unit: Staging) -> list[NodeMeta]:
    """Return the node classes that are written or looked up."""
    kinds: dict[Any, None] = dict.fromkeys(
        map(type, chain(unit.new.values(), unit.merged.values(), unit.deleted.values()))
    )
    for pair in unit.pairs.values():
        kinds[type(pair.start)] = kinds[type(pair.end)] = None
    return list({id(kind.__meta__): kind.__meta__ for kind in kinds}.values())


def check_ends(unit: Staging) -> None:
    """Raise EntityNotFoundError for a node that is to be related and does not belong to the session."""
    pairs = unit.pairs.values()
    if unit.all_here({pair.start._ogm for pair in pairs} | {pair.end._ogm for pair in pairs}):
        return
    for pair in pairs:
        if pair.add:
            for node in (pair.start, pair.end):
                owner: object = None if node._ogm is None else node._ogm.owner
                if owner is not unit:
                    raise EntityNotFoundError(
                        f"{node!r} is reached by {pair.relation!r} but was never added: session.add() it, "
                        "or declare the relation with cascade=True"
                    )


def split_deleted(unit: Staging) -> tuple[list[Node], list[Node]]:
    """Return the nodes to be deleted first, since their keys are used again, and the others."""
    if not unit.deleted:
        return [], []
    keys = set(map(place_of, [*unit.new.values(), *unit.merged.values()]))
    early: list[Node] = []
    late: list[Node] = []
    for node in unit.deleted.values():
        (early if place_of(node) in keys else late).append(node)
    return early, late


def refuse_new_key(mapper: EntityMapper, nodes: Iterable[Node]) -> None:
    """Raise FieldValidationError for a stored node whose key would lead a statement to another one."""
    meta: Any = mapper.meta
    name, place = meta.key.name, mapper.index(meta.key.name)
    for node in nodes:
        if node._row is not None and node._row[place] != vars(node).get(name):
            raise changed_key(mapper, node)


def changed_key(mapper: EntityMapper, entity: Any) -> FieldValidationError:  # noqa: ANN401 - a node or an edge
    """Return the error of a stored entity whose key was changed."""
    meta: Any = mapper.meta
    reason = f"the key of a stored entity cannot change: {entity!r}; add a new entity"
    return FieldValidationError(meta.name, meta.key.name, reason)
