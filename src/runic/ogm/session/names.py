"""The names that writes bring to a graph, which some databases have to know before a write that may be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from runic.ogm.cypher.marks import LABEL, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.model.metadata import ClassMeta, PropertyMeta

Name: TypeAlias = "tuple[Literal['label', 'type', 'property'], str]"

OF_MARKS: frozenset[Name] = frozenset([("label", LABEL), *(("property", name) for name in NAMES)])
"""What the mark of a unit brings."""


def names_of(metas: Iterable[ClassMeta], types: Iterable[str] = ()) -> set[Name]:
    """Return the labels or types of classes, the names that their properties have in the graph, and other types."""
    found: set[Name] = {("type", kind) for kind in types}
    for meta in metas:
        found |= properties_of(meta.properties.values())
        labels: tuple[str, ...] | None = getattr(meta, "labels", None)
        kind: object = getattr(meta, "type", None)
        found |= {("type", str(kind))} if labels is None else {("label", label) for label in labels}
    return found


def properties_of(properties: Iterable[PropertyMeta]) -> set[Name]:
    """Return the names of properties."""
    return {("property", prop.graph_name) for prop in properties}
