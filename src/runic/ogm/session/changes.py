"""Which entities of a session changed since they were read."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from runic.ogm.exceptions import StaleEntityError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.session.flush import Flushing

FEW: Final = 4
"""Up to how many classes one pass for each is quicker than a look into a dict for each entity."""


def changes(unit: Flushing, groups: Iterable[Sequence[Any]]) -> list[tuple[Any, tuple[int, ...]]]:
    """Return the stored entities of some groups whose properties changed, with the indexes of these."""
    found: list[tuple[Any, tuple[int, ...]]] = []
    compared: list[tuple[Any, tuple[int, ...]]] = []
    for cls, group in chain.from_iterable(map(by_type, groups)):
        if cls.__ogm_expired__:
            for entity in group:
                found += _set_unread(unit, entity)
        else:
            compared += unit.mapper.entity(cls).changed(group)
    return found + compared


def by_type(entities: Sequence[Any]) -> Iterable[tuple[Any, Sequence[Any]]]:
    """Return entities by their type; most often they have one, which is seen without a look at each."""
    kinds = dict.fromkeys(map(type, entities))
    if len(kinds) <= 1:
        return [(kind, entities) for kind in kinds]
    if len(kinds) <= FEW:
        return [(kind, [entity for entity in entities if type(entity) is kind]) for kind in kinds]
    groups: dict[type, list[Any]] = {kind: [] for kind in kinds}
    for entity in entities:
        groups[type(entity)].append(entity)
    return groups.items()


def _set_unread(unit: Flushing, entity: Any) -> list[tuple[Any, tuple[int, ...]]]:  # noqa: ANN401 - any entity
    """Return what was set on an entity that is not loaded: a reference, or one that expired."""
    meta = entity.__meta__
    names = [name for name in meta.properties if name in entity.__dict__ and meta.key is not meta.properties[name]]
    if names and meta.version is not None:
        raise StaleEntityError(
            f"{entity!r} counts its versions, so it must be read before it is changed: use get() instead of reference()"
        )
    mapper = unit.mapper.entity(meta.cls)
    return [(entity, tuple(mapper.index(name) for name in names))] if names else []
