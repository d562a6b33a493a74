"""The way in: the mappers of classes and families for one dialect, each made once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import ref

from runic.ogm.mapping.entity import EntityMapper
from runic.ogm.mapping.family import Family
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.model.base import Node

__all__ = ["EntityMapper", "Family", "Mapper"]

_KEPT_ON_CLASS = "__ogm_mappers__"
_Kept: TypeAlias = "dict[ref[Dialect], EntityMapper]"


class Mapper:
    """Gives the mappers of one dialect.

    The mapper of a class is kept on the class itself, so that it goes when the class goes: a class that a function
    or a notebook defines again must not live on here.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._asking = ref(dialect)
        self._families: dict[tuple[ref[type[Node]], ...], Family] = {}
        self._version = -1

    def entity(self, cls: type[Any]) -> EntityMapper:
        """Return the mapper of a node or edge class."""
        kept: _Kept | None = cls.__dict__.get(_KEPT_ON_CLASS)
        found = None if kept is None else kept.get(self._asking)
        return self._make(cls.__meta__.cls) if found is None else found

    def family(self, classes: tuple[type[Node], ...]) -> Family:
        """Return the family of one class, or of a union, as the registry is now."""
        if self._version != metadata.version:
            self._families, self._version = {}, metadata.version
        key = tuple(map(ref, classes))
        found = self._families.get(key)
        if found is None:
            found = self._families[key] = Family(self, classes)
        return found

    def _make(self, cls: type[Any]) -> EntityMapper:
        kept: _Kept | None = cls.__dict__.get(_KEPT_ON_CLASS)
        if kept is None:
            kept = {}
            setattr(cls, _KEPT_ON_CLASS, kept)
        found = kept.get(self._asking)
        if found is None:
            self.dialect.check_class(cls.__meta__)
            # A dictionary with weak keys would do, but looks up in Python, and each get() looks up several times.
            found = kept[ref(self.dialect, partial(_forget, kept))] = EntityMapper(cls, self.dialect)
        return found


def _forget(kept: _Kept, gone: ref[Dialect]) -> None:
    kept.pop(gone, None)
