"""Nodes that raw Cypher returned, as the keys of the entities that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.conversion.scalars import brief
from runic.ogm.exceptions import FieldValidationError, QueryError
from runic.ogm.types import RawNode

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import PropertyMeta
    from runic.ogm.session.result import Result


def entities_of(result: Result, cls: type[Node], mapper: Mapper) -> list[Any]:
    """Return the keys of the nodes in a result's first column; QueryError for anything else there.

    A node of another class is refused too: its key may be that of some entity of `cls`. Raises FieldValidationError for
    a key that does not fit.
    """
    meta = cls.__meta__
    key, labels = meta.key, set(meta.labels)
    decode = key.codec(mapper.dialect.native).decode
    keys: list[Any] = []
    for row in result.rows:
        node = row[0] if row else None
        if node is None:
            continue
        if not isinstance(node, RawNode) or not labels.issubset(node.labels):
            raise QueryError(f"cypher() takes a statement that returns nodes of {cls.__name__} first, not {node!r}")
        wire = node.properties.get(key.graph_name)
        keys.append(wire if decode is None or wire is None else _read(decode, wire, key))
    return keys


def _read(decode: Callable[[Any], Any], wire: object, key: PropertyMeta) -> object:
    """Return a key of a stored value; FieldValidationError for one that does not fit, as other reads have it."""
    try:
        return decode(wire)
    except Exception as error:  # a converter may raise anything
        why = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        reason = f"the database holds {brief(wire)}, which does not fit: {why}"
        raise FieldValidationError(key.owner.__name__, key.name, reason) from error
