"""What entities are once they are written: noted before, since they may change while it is on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.mapping.columns import same

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.cypher.statement import Row, Table
    from runic.ogm.mapping.mapper import EntityMapper


def keep(entities: Sequence[Any], rows: Table) -> None:
    """Set what the database holds of each entity."""
    for entity, row in zip(entities, rows, strict=True):
        entity._row = row


def note_changes(mapper: EntityMapper, entities: Sequence[Any], indexes: tuple[int, ...]) -> Callable[[], None]:
    """Return what is to be done once these properties, as they are now, are written."""
    loaded = [entity for entity in entities if not entity.__ogm_expired__]
    rows = mapper.renewals(loaded, indexes)
    version = mapper.meta.version
    if version is not None:
        place = mapper.index(version.name)
        for entity, row in zip(loaded, rows, strict=True):
            row[place] = (entity._row[place] or 0) + 1
    unread = [entity for entity in entities if entity.__ogm_expired__]
    sent = mapper.dump_values(unread, indexes)

    def apply() -> None:
        for entity, row in zip(loaded, rows, strict=True):
            if entity.__ogm_expired__:
                continue  # since then: it is read again anyway
            entity._row = row
            if version is not None:
                setattr(entity, version.name, row[mapper.index(version.name)])
        for entity, values in zip(unread, sent, strict=True):
            if entity.__ogm_expired__:
                _forget_written(mapper, entity, indexes, values)

    return apply


class Versions:
    """The versions of entities that may have been stored before: what the database says becomes part of their rows."""

    def __init__(self, mapper: EntityMapper, entities: Sequence[Any], rows: Table) -> None:
        self._entities, self._rows, self._version = entities, rows, mapper.meta.version
        self._place = 0 if self._version is None else mapper.index(self._version.name)

    def receive(self, found: list[list[Any]]) -> None:
        """Take [index, version] of each; a unit that is written again after it was undone comes here twice."""
        for index, version in found:
            self._rows[index][self._place] = version
            if self._entities[index]._row is self._rows[index]:
                setattr(self._entities[index], self._version.name, version)

    def apply(self) -> None:
        """Show them, once the entities have their rows."""
        for entity, row in zip(self._entities, self._rows, strict=True):
            if self._version is not None and entity._row is row:
                setattr(entity, self._version.name, row[self._place])


def _forget_written(mapper: EntityMapper, entity: Any, indexes: Sequence[int], sent: Row) -> None:  # noqa: ANN401 - any entity
    """Take what was written of an unread entity from it: what the database has is read at the next use."""
    values: dict[str, Any] = entity.__dict__
    for index, wire in zip(indexes, sent, strict=True):
        name = mapper.properties[index].name
        if name in values and same(mapper.encode(index, values[name]), wire):
            del values[name]


def put_back(old: Sequence[tuple[Any, Row | None]]) -> None:
    """Set what the database holds again, since what was written is undone."""
    for entity, row in old:
        entity._row = row
        version = entity.__meta__.version
        if version is not None and row is not None:
            setattr(entity, version.name, row[list(entity.__meta__.properties).index(version.name)])
