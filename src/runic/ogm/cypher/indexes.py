"""Which index or constraint a declaration stands for, under which label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.ddl import SchemaItem
from runic.ogm.exceptions import MetadataError
from runic.ogm.model.indexes import declaring, declaring_fulltext, fulltext_fields, own_label

if TYPE_CHECKING:
    from runic.ogm.cypher.ddl import Side
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.model.metadata import ClassMeta, PropertyMeta


def label_of(meta: ClassMeta, prop: PropertyMeta, dialect: Dialect) -> tuple[str, str]:
    """Return the label, or the edges' type, of a field's index, and the name of the class that declares it."""
    whole: Any = meta
    if not _is_node(meta):
        return whole.type, meta.name
    cls = declaring(prop)
    return own_label(whole if dialect.has_class_indexes else cls.__meta__), cls.__name__


def fulltext_item(meta: ClassMeta, dialect: Dialect) -> SchemaItem:
    """Return the index over all full-text fields of a class; raises MetadataError for a field that is no text."""
    whole: Any = meta
    texts = fulltext_fields(meta)
    for prop in texts:
        codec = prop.codec(dialect.native)
        if codec.wire not in ("str", "any") or codec.kind == "vector":
            reason = "index_type='FULLTEXT' is for fields that are stored as text"
            raise MetadataError(f"{meta.name}.{prop.name}: {reason}")
    names = tuple(sorted(prop.graph_name for prop in texts))
    if not _is_node(meta):
        return SchemaItem("fulltext", "edge", whole.type, names, owner=meta.name)
    cls = declaring_fulltext(whole)
    label = own_label(whole if dialect.has_class_indexes else cls.__meta__)
    return SchemaItem("fulltext", "node", label, names, owner=cls.__name__)


def vector_item(prop: PropertyMeta, meta: ClassMeta, dialect: Dialect) -> SchemaItem:
    """Return the vector index of a field; raises MetadataError for one that is no Vector."""
    label, owner = label_of(meta, prop, dialect)
    if prop.codec(dialect.native).kind != "vector":
        raise MetadataError(f"{owner}.{prop.name}: index_type='VECTOR' is for fields of the type Vector")
    options = prop.options
    similarity = options.similarity or "cosine"
    return SchemaItem("vector", side_of(meta), label, (prop.graph_name,), options.dimensions, similarity, owner)


def side_of(meta: ClassMeta) -> Side:
    """Tell node classes from edge classes."""
    return "node" if _is_node(meta) else "edge"


def together_items(meta: ClassMeta) -> tuple[tuple[str, ...], ...]:
    """Return the groups of properties that a class itself declares to be unique together."""
    return tuple(tuple(sorted(meta.properties[name].graph_name for name in g)) for g in meta.unique_together)


def _is_node(meta: ClassMeta) -> bool:
    return hasattr(meta, "labels")
