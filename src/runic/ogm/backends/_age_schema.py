"""How Apache AGE makes labels, their inheritance and indexes, and tells and removes indexes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from runic.ogm.backends._age_commands import indexed_properties
from runic.ogm.backends._age_names import shown_name
from runic.ogm.backends._age_search import CLASSES, MOST_DIMENSIONS
from runic.ogm.cypher.ddl import FoundItem, SchemaDialect, SchemaItem
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import UnsupportedFeatureError
from runic.ogm.model.indexes import mapped_bases, own_label
from runic.ogm.model.metadata import EdgeMeta, NodeMeta
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from runic.ogm.cypher.ddl import ItemKind
    from runic.ogm.cypher.statement import Columns, Reply
    from runic.ogm.exceptions import DatabaseError
    from runic.ogm.model.metadata import ClassMeta


INDEX: Final[Columns] = ("any", "any", "any", "any", "any", "any", "any")
_DIMENSIONS = re.compile(r"vector\((\d+)\)")
_SIMILARITIES = {name: similarity for similarity, name in CLASSES.items()}


class AgeSchema(SchemaDialect):
    """Each class has a table, which inherits from those of its parents; an index is on one table."""

    has_class_indexes = True

    def ddl_class(self, meta: ClassMeta) -> list[Statement]:
        """Return what makes the tables of a class, of its parents, and of the edges of its relations."""
        if isinstance(meta, EdgeMeta):
            return [_labels([], [meta.type])]
        if not isinstance(meta, NodeMeta):
            return []
        bases: list[type[Any]] = mapped_bases(meta.cls)
        vertices = [(own_label(cls.__meta__), _parents(cls)) for cls in reversed(bases)]
        types = sorted({relation.type for relation in meta.relations.values()})
        return [_labels(vertices, types)]

    def ddl_first_use(self, meta: NodeMeta) -> list[Statement]:
        """Return what makes the tables: those that a write makes by itself would inherit from nothing."""
        return self.ddl_class(meta)

    def enforces_key(self, meta: NodeMeta) -> bool:
        """Tell whether the class stands alone: a unique index is on one table, not on those that inherit from it."""
        return len(mapped_bases(meta.cls)) == 1 and not metadata.subclasses(meta.cls)

    def key_label(self, meta: NodeMeta) -> str:
        """Return the label of the class's own table, which has the index and holds no nodes of other classes."""
        return own_label(meta)

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        """Return what makes one index or constraint."""
        if item.kind == "vector" and (item.dimensions or 0) > MOST_DIMENSIONS:
            raise UnsupportedFeatureError(
                f"{item.owner}.{item.properties[0]}: a vector index of pgvector has at most {MOST_DIMENSIONS} "
                f"dimensions, not {item.dimensions}"
            )
        given: dict[str, object] = {"kind": item.kind, "label": item.label, "properties": list(item.properties)}
        given |= {"dimensions": item.dimensions, "similarity": item.similarity}
        labels = _labels([(item.label, [])], []) if item.side == "node" else _labels([], [item.label])
        return [labels, Statement("AGE INDEX", given, write=True, origin="schema")]

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        """Return what removes one index or constraint."""
        return [Statement("AGE DROP INDEX", {"name": found.name or ""}, write=True, origin="schema")]

    def schema_statements(self) -> list[Statement]:
        """Return the question for all indexes on properties."""
        return [Statement("AGE INDEXES", {}, (INDEX,), origin="schema")]

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        """Return the indexes and constraints."""
        found: list[FoundItem] = []
        for name, unique, side, label, keys, method, operators in replies[0].tables[0]:
            item = _read_item(unique=unique, keys=keys, method=method, operators=operators)
            if item is not None:
                placed = replace(item, side="node" if side == "v" else "edge", label=shown_name(label))
                found.append(FoundItem(placed, name=name))
        return found

    def key_index_statement(self, meta: NodeMeta) -> Statement:
        """Return a statement with one row if the key of a class has its index: 2 if that is unique, else 1."""
        given = {"label": own_label(meta), "key": meta.key.graph_name}
        return Statement("AGE KEY", given, (("int",),), origin="schema")

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of making something only says that it is there."""
        return "already exists" in str(error)

    def is_gone(self, error: DatabaseError) -> bool:
        """Tell whether an error of removing something only says that it is not there."""
        return "does not exist" in str(error)


def _read_item(*, unique: bool, keys: Sequence[str], method: str, operators: str) -> SchemaItem | None:
    """Return what an index is, without its place; None for one that is none of ours."""
    names = [indexed_properties(key) for key in keys]
    first = tuple(names[0])
    if method == "btree" and all(len(each) == 1 for each in names):
        kind: ItemKind = "unique" if unique else "index"
        properties = tuple(each[0] for each in names)
        return SchemaItem(kind, "node", "", tuple(sorted(properties)) if unique else properties)
    if method == "gin" and first and "to_tsvector(" in keys[0]:
        return SchemaItem("fulltext", "node", "", tuple(sorted(first)))
    dimensions, similarity = _DIMENSIONS.search(keys[0]), _SIMILARITIES.get(operators)
    if method == "hnsw" and len(first) == 1 and dimensions is not None and similarity is not None:
        return SchemaItem("vector", "node", "", first, int(dimensions[1]), similarity)
    return None


def _labels(vertices: list[tuple[str, list[str]]], edges: list[str]) -> Statement:
    return Statement("AGE LABELS", {"vertices": vertices, "edges": edges}, write=True, origin="schema")


def _parents(cls: type[Any]) -> list[str]:
    """Return the labels of which a node of the class has to be found too, and that its table inherits from."""
    own = own_label(cls.__meta__)
    above = [own_label(base.__meta__) for base in mapped_bases(cls)[1:] if base in cls.__bases__]
    inherited = {label for base in mapped_bases(cls)[1:] for label in base.__meta__.labels}
    new = [label for label in cls.__meta__.labels if label not in inherited]
    return [label for label in dict.fromkeys([*above, *new]) if label != own]
