"""How ArcadeDB makes, tells and removes indexes and constraints."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runic.ogm.backends._arcadedb_http import SQL
from runic.ogm.backends._shown_indexes import ShownIndexes
from runic.ogm.cypher.ddl import FoundItem, SchemaItem, pattern_of, schema_question, schema_write
from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import quote
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runic.ogm.conversion import NativeTypes
    from runic.ogm.cypher.ddl import ItemKind, Side
    from runic.ogm.cypher.statement import Reply, Row
    from runic.ogm.exceptions import DatabaseError
    from runic.ogm.model.metadata import ClassMeta

_KINDS: Final[dict[str, ItemKind]] = {"RANGE": "index", "FULLTEXT": "fulltext", "VECTOR": "vector"}
_SIDES: Final[dict[str, Side]] = {"NODE": "node", "RELATIONSHIP": "edge"}
_TYPES: Final = {"str": "STRING", "int": "INTEGER", "float": "FLOAT", "bool": "BOOLEAN"}
_NATIVE: Final[dict[object, str]] = {date: "DATE", timedelta: "DURATION"}


class ArcadeDBSchema(ShownIndexes):
    """Constraints and indexes as in Neo4j, but each index declares the type of its property."""

    native: ClassVar[NativeTypes]

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        """Return what makes one index or constraint, after the types of its properties.

        Without them ArcadeDB takes the type of what is stored when an index is made, and from then on forces every
        value into it: after whole numbers 1.5 becomes 1, numbers beyond 32 bits are refused.
        """
        names, pattern = ", ".join(f"n.{quote(name)}" for name in item.properties), pattern_of(item)
        constraint = f"CREATE CONSTRAINT IF NOT EXISTS FOR {pattern} REQUIRE"
        known = [(name, _type(item, name, self.native)) for name in item.properties]
        types = [schema_write(f"{constraint} n.{quote(name)} IS :: {kind}") for name, kind in known if kind is not None]
        if item.kind == "unique":
            return [*types, schema_write(f"{constraint} ({names}) IS UNIQUE")]
        if item.kind == "index":
            return [*types, schema_write(f"CREATE INDEX IF NOT EXISTS FOR {pattern} ON ({names})")]
        kind = "VERTEX" if item.side == "node" else "EDGE"
        label, listed = quote(item.label), ", ".join(map(quote, item.properties))
        stored, form = "STRING", "FULL_TEXT"
        if item.kind == "vector":
            options = {"dimensions": item.dimensions, "similarity": (item.similarity or "cosine").upper()}
            stored, form = "ARRAY_OF_FLOATS", f"LSM_VECTOR METADATA {json.dumps(options)}"
        return [
            _sql(f"CREATE {kind} TYPE {label} IF NOT EXISTS"),
            *(_sql(f"CREATE PROPERTY {label}.{quote(name)} IF NOT EXISTS {stored}") for name in item.properties),
            _sql(f"CREATE INDEX IF NOT EXISTS ON {label} ({listed}) {form}"),
        ]

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        """Return what removes one index or constraint, and the types of its properties."""
        item = found.item
        word = "CONSTRAINT" if item.kind == "unique" else "INDEX"
        types = [f"constraint_{item.label}_{name}_type" for name in item.properties]
        declared = item.properties if item.kind in ("fulltext", "vector") else ()
        return [
            schema_write(f"DROP {word} {quote(found.name or '')} IF EXISTS"),
            *(schema_write(f"DROP CONSTRAINT {quote(name)} IF EXISTS") for name in types),
            *(_sql(f"DROP PROPERTY {quote(item.label)}.{quote(name)} IF EXISTS") for name in declared),
        ]

    def schema_statements(self) -> list[Statement]:
        """Return the questions for all indexes, for all constraints, and for what vector indexes are like."""
        indexes = "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint"
        constraints = "SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties"
        return [
            schema_question(f"{indexes} RETURN name, type, entityType, labelsOrTypes, properties, owningConstraint", 6),
            schema_question(f"{constraints} RETURN name, type, entityType, labelsOrTypes, properties", 5),
            _sql("SELECT name, indexes FROM schema:types", write=False),
        ]

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        """Return the indexes and constraints."""
        indexes, constraints, types = (reply.tables[0] for reply in replies)
        vectors = {index["name"]: index for (row,) in types for index in row["indexes"] if "dimensions" in index}
        found = [FoundItem(_index(row, vectors), name=row[0], implied=row[5] is not None) for row in indexes]
        unique = [FoundItem(_item("unique", row), name=row[0]) for row in constraints if "UNIQUENESS" in row[1]]
        return [*found, *unique]

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of making something only says that it is there."""
        return "already exists" in str(error)

    def is_gone(self, error: DatabaseError) -> bool:
        """Tell whether an error of removing something only says that it is not there."""
        return "does not exist" in str(error)


def _type(item: SchemaItem, name: str, native: NativeTypes) -> str | None:
    """Return what ArcadeDB calls the type of an indexed property; None for lists and the like, and for no field."""
    for meta in _classes(item):
        for prop in meta.properties.values():
            if prop.graph_name == name:
                codec = prop.codec(native)
                plain = codec.wire != "any" or codec.decode is not None
                return _TYPES.get(codec.wire) if plain else _NATIVE.get(prop.type)
    return None


def _classes(item: SchemaItem) -> Iterator[ClassMeta]:
    """Yield the classes whose nodes or edges an index holds."""
    if item.side == "node":
        yield from (cls.__meta__ for cls in metadata.all_nodes() if item.label in cls.__meta__.labels)
    else:
        yield from (cls.__meta__ for cls in metadata.all_edges() if item.label == cls.__meta__.type)


def _sql(text: str, *, write: bool = True) -> Statement:
    return Statement(text, SQL, write=write, origin="schema")


def _index(row: Row, vectors: Mapping[str, Mapping[str, Any]]) -> SchemaItem:
    item = _item(_KINDS[row[1]], row)
    known = vectors.get(row[0])
    if known is None:
        return item
    similarity = str(known["scoring"]).rpartition(":")[2].lower()
    return replace(item, dimensions=known["dimensions"], similarity=similarity)


def _item(kind: ItemKind, row: Row) -> SchemaItem:
    _, _, side, [label], properties, *_ = row
    ordered = sorted(properties) if kind in ("unique", "fulltext") else properties
    return SchemaItem(kind, _SIDES[side], label, tuple(ordered))
