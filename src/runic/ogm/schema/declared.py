"""Which indexes and constraints the classes declare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from runic.ogm.cypher.ddl import SchemaItem
from runic.ogm.cypher.indexes import fulltext_item, label_of, side_of, together_items, vector_item
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.indexes import fulltext_fields, mapped_bases, own_label
from runic.ogm.model.metadata import NodeMeta
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runic.ogm.cypher.ddl import ItemKind
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.model.metadata import EdgeMeta


def checked_classes(classes: Iterable[object]) -> list[type[Any]]:
    """Return classes that can have a schema, or all that are registered if there are none."""
    given = list(classes)
    for cls in given:
        if not _is_mapped(cls):
            raise TypeError(f"expected node and edge classes, not {cls!r}")
    return [cls.__meta__.cls for cls in given if _is_mapped(cls)] or [*metadata.all_nodes(), *metadata.all_edges()]


def declared_items(classes: Iterable[type[Any]], dialect: Dialect) -> list[SchemaItem]:
    """Return what the classes declare, each once; raises MetadataError for a field that cannot be indexed so."""
    found: dict[SchemaItem, SchemaItem] = {}
    for cls in classes:
        items = _of_node(cls.__meta__, dialect) if issubclass(cls, Node) else _of_edge(cls.__meta__, dialect)
        for item in items:
            _refuse_unsupported(item, dialect)
            found.setdefault(item, item)
    unique = {(item.side, item.label, item.properties) for item in found if item.kind == "unique"}
    return [i for i in found.values() if i.kind != "index" or (i.side, i.label, i.properties) not in unique]


def _refuse_unsupported(item: SchemaItem, dialect: Dialect) -> None:
    unique = dialect.supports_constraints if item.side == "node" else dialect.supports_edge_constraints
    able = {"unique": unique, "fulltext": dialect.supports_fulltext_index, "vector": dialect.supports_vector_index}
    flaw = dialect.constraint_flaw(item) if item.kind == "unique" else None
    reason = flaw if able.get(item.kind, True) else f"{dialect.name} has none of its kind"
    if reason is not None:
        raise UnsupportedFeatureError(f"the {item}, declared by {item.owner}, cannot be: {reason}")


def _of_node(meta: NodeMeta, dialect: Dialect) -> Iterator[SchemaItem]:
    whole = dialect.has_class_indexes
    key = dialect.key_item(meta)
    yield replace(key, label=own_label(meta)) if whole else key
    yield from _of_fields(meta, dialect)
    for base in mapped_bases(meta.cls):
        of: NodeMeta = base.__meta__
        for names in together_items(of):
            yield SchemaItem("unique", "node", own_label(meta if whole else of), names, owner=of.name)


def _of_edge(meta: EdgeMeta, dialect: Dialect) -> Iterator[SchemaItem]:
    yield from _of_fields(meta, dialect)
    for names in together_items(meta):
        yield SchemaItem("unique", "edge", meta.type, names, owner=meta.name)


def _of_fields(meta: NodeMeta | EdgeMeta, dialect: Dialect) -> Iterator[SchemaItem]:
    for prop in meta.properties.values():
        options = prop.options
        if (options.unique or options.index) and not (prop is meta.key and isinstance(meta, NodeMeta)):
            label, owner = label_of(meta, prop, dialect)
            kind: ItemKind = "unique" if options.unique else "index"
            yield SchemaItem(kind, side_of(meta), label, (prop.graph_name,), owner=owner)
        if options.index_type == "VECTOR":
            yield vector_item(prop, meta, dialect)
    if fulltext_fields(meta):
        yield fulltext_item(meta, dialect)


def _is_mapped(cls: object) -> TypeGuard[type[Any]]:
    return isinstance(cls, type) and issubclass(cls, Node | Edge) and hasattr(cls, "__meta__")
