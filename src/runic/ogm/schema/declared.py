"""Which indexes and constraints the classes declare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from runic.ogm.cypher.ddl import SchemaItem
from runic.ogm.exceptions import MetadataError, UnsupportedFeatureError
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.indexes import declaring, declaring_fulltext, fulltext_fields, mapped_bases, own_label
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.model.metadata import EdgeMeta, NodeMeta, PropertyMeta


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
            if item.kind == "unique":
                _refuse_flaw(item, dialect)
            found.setdefault(item, item)
    unique = {(item.side, item.label, item.properties) for item in found if item.kind == "unique"}
    return [i for i in found.values() if i.kind != "index" or (i.side, i.label, i.properties) not in unique]


def _refuse_flaw(item: SchemaItem, dialect: Dialect) -> None:
    reason = dialect.constraint_flaw(item)
    if reason is not None:
        raise UnsupportedFeatureError(f"the {item}, declared by {item.owner}, cannot be: {reason}")


def _of_node(meta: NodeMeta, dialect: Dialect) -> Iterator[SchemaItem]:
    label = own_label(meta)
    whole = dialect.has_class_indexes
    key = dialect.key_item(meta)
    yield replace(key, label=label) if whole else key
    for prop in meta.properties.values():
        cls = declaring(prop)
        place = label if whole else own_label(cls.__meta__)
        if prop is not meta.key:
            yield from _of_field(prop, "node", place, cls.__name__, dialect)
    texts = fulltext_fields(meta)
    if texts:
        cls = declaring_fulltext(meta)
        yield _fulltext(texts, "node", label if whole else own_label(cls.__meta__), cls.__name__, dialect)
    for base in mapped_bases(meta.cls):
        of: NodeMeta = base.__meta__
        for group in of.unique_together:
            place = label if whole else own_label(of)
            yield SchemaItem("unique", "node", place, _graph_names(of, group), owner=of.name)


def _of_edge(meta: EdgeMeta, dialect: Dialect) -> Iterator[SchemaItem]:
    for prop in meta.properties.values():
        yield from _of_field(prop, "edge", meta.type, meta.name, dialect)
    texts = fulltext_fields(meta)
    if texts:
        yield _fulltext(texts, "edge", meta.type, meta.name, dialect)
    for group in meta.unique_together:
        yield SchemaItem("unique", "edge", meta.type, _graph_names(meta, group), owner=meta.name)


def _of_field(prop: PropertyMeta, side: Any, label: str, owner: str, dialect: Dialect) -> Iterator[SchemaItem]:  # noqa: ANN401 - a Side
    options, names = prop.options, (prop.graph_name,)
    if options.unique:
        yield SchemaItem("unique", side, label, names, owner=owner)
    elif options.index:
        yield SchemaItem("index", side, label, names, owner=owner)
    if options.index_type == "VECTOR":
        if prop.codec(dialect.native).kind != "vector":
            raise MetadataError(f"{owner}.{prop.name}: index_type='VECTOR' is for fields of the type Vector")
        similarity = options.similarity or "cosine"
        yield SchemaItem("vector", side, label, names, options.dimensions, similarity, owner=owner)


def _fulltext(texts: Iterable[PropertyMeta], side: Any, label: str, owner: str, dialect: Dialect) -> SchemaItem:  # noqa: ANN401 - a Side
    for prop in texts:
        if prop.codec(dialect.native).wire not in ("str", "any") or prop.codec(dialect.native).kind == "vector":
            raise MetadataError(f"{owner}.{prop.name}: index_type='FULLTEXT' is for fields that are stored as text")
    return SchemaItem("fulltext", side, label, tuple(sorted(prop.graph_name for prop in texts)), owner=owner)


def _graph_names(meta: NodeMeta | EdgeMeta, group: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(meta.properties[name].graph_name for name in group))


def _is_mapped(cls: object) -> TypeGuard[type[Any]]:
    return isinstance(cls, type) and issubclass(cls, Node | Edge) and hasattr(cls, "__meta__")
