"""How Neo4j makes, tells and removes indexes and constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.cypher.ddl import FoundItem, SchemaDialect, SchemaItem, pattern_of
from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.cypher.ddl import ItemKind, Side, State
    from runic.ogm.cypher.statement import Reply, Row
    from runic.ogm.exceptions import DatabaseError
    from runic.ogm.model.metadata import NodeMeta

_KINDS: dict[str, ItemKind] = {"RANGE": "index", "FULLTEXT": "fulltext", "VECTOR": "vector"}
_SIDES: dict[str, Side] = {"NODE": "node", "RELATIONSHIP": "edge"}
_STATES: dict[str, State] = {"ONLINE": "ready", "FAILED": "failed"}


class Neo4jSchema(SchemaDialect):
    """Each index and constraint by itself, under a name that the database gives it."""

    constraint_replaces_index: ClassVar[bool] = True

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        """Return what makes one index or constraint."""
        pattern, names = pattern_of(item), ", ".join(f"n.{quote(name)}" for name in item.properties)
        if item.kind == "unique":
            return [_write(f"CREATE CONSTRAINT IF NOT EXISTS FOR {pattern} REQUIRE ({names}) IS UNIQUE")]
        if item.kind == "index":
            return [_write(f"CREATE INDEX IF NOT EXISTS FOR {pattern} ON ({names})")]
        if item.kind == "fulltext":
            return [_write(f"CREATE FULLTEXT INDEX IF NOT EXISTS FOR {pattern} ON EACH [{names}]")]
        options = f"`vector.dimensions`: {item.dimensions}, `vector.similarity_function`: '{item.similarity}'"
        text = f"CREATE VECTOR INDEX IF NOT EXISTS FOR {pattern} ON ({names}) OPTIONS {{indexConfig: {{{options}}}}}"
        return [_write(text)]

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        """Return what removes one index or constraint; the index of a constraint goes with it."""
        word = "CONSTRAINT" if found.item.kind == "unique" else "INDEX"
        return [_write(f"DROP {word} {quote(found.name or '')} IF EXISTS")]

    def schema_statements(self) -> list[Statement]:
        """Return the questions for all indexes, and for all constraints."""
        indexes = (
            "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, options, state, owningConstraint"
        )
        constraints = "SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties"
        return [
            _question(f"{indexes} RETURN name, type, entityType, labelsOrTypes, properties, options, state, "
                      "owningConstraint", 8),
            _question(f"{constraints} RETURN name, type, entityType, labelsOrTypes, properties", 5),
        ]  # fmt: skip

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        """Return the indexes and constraints of the kinds that models declare."""
        indexes, constraints = (reply.tables[0] for reply in replies)
        found = [_found_index(row) for row in indexes if row[1] in _KINDS and len(row[3] or ()) == 1]
        return found + [_found_constraint(row) for row in constraints if row[1].endswith("UNIQUENESS")]

    def key_index_statement(self, meta: NodeMeta) -> Statement:
        """Return a statement with one row if the key of a class has its index, 2 if a constraint owns it."""
        return Statement(
            "SHOW INDEXES YIELD labelsOrTypes, properties, type, owningConstraint "
            "WHERE type = 'RANGE' AND labelsOrTypes = [$label] AND properties = [$name] "
            "RETURN CASE WHEN owningConstraint IS NULL THEN 1 ELSE 2 END AS found",
            {"label": meta.primary_label, "name": meta.key.graph_name},
            tables=(("int",),),
            origin="schema",
        )

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of making something only says that it is there."""
        text = str(error)
        return "already exists" in text or "EquivalentSchemaRule" in text

    def is_gone(self, error: DatabaseError) -> bool:
        """Tell whether an error of removing something only says that it is not there."""
        text = str(error)
        return "No such constraint" in text or "no such index" in text


def _write(text: str) -> Statement:
    return Statement(text, {}, write=True, origin="schema")


def _question(text: str, width: int) -> Statement:
    return Statement(text, {}, (tuple("any" for _ in range(width)),), origin="schema")


def _found_index(row: Row) -> FoundItem:
    name, kind, side, labels, properties, options, state, owner = row
    config = options["indexConfig"]
    names = sorted(properties) if kind == "FULLTEXT" else properties
    dimensions = config.get("vector.dimensions") if kind == "VECTOR" else None
    similarity = str(config.get("vector.similarity_function", "cosine")).lower() if kind == "VECTOR" else None
    item = SchemaItem(_KINDS[kind], _SIDES[side], labels[0], tuple(names), dimensions, similarity)
    return FoundItem(item, _STATES.get(state, "building"), name, implied=owner is not None)


def _found_constraint(row: Row) -> FoundItem:
    name, _, side, labels, properties = row
    return FoundItem(SchemaItem("unique", _SIDES[side], labels[0], tuple(sorted(properties))), "ready", name)
