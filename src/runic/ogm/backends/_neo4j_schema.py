"""How Neo4j makes, tells and removes indexes and constraints."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.backends._shown_indexes import ShownIndexes
from runic.ogm.cypher.ddl import FoundItem, SchemaItem, pattern_of, schema_question, schema_write
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.cypher.ddl import ItemKind, Side, State
    from runic.ogm.cypher.statement import Reply, Row, Statement
    from runic.ogm.exceptions import DatabaseError

_KINDS: dict[str, ItemKind] = {"RANGE": "index", "FULLTEXT": "fulltext", "VECTOR": "vector"}
_SIDES: dict[str, Side] = {"NODE": "node", "RELATIONSHIP": "edge"}
_STATES: dict[str, State] = {"ONLINE": "ready", "FAILED": "failed"}


class Neo4jSchema(ShownIndexes):
    """Each index and constraint by itself, under a name that the database gives it."""

    constraint_replaces_index: ClassVar[bool] = True

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        """Return what makes one index or constraint."""
        pattern, names = pattern_of(item), ", ".join(f"n.{quote(name)}" for name in item.properties)
        if item.kind == "unique":
            return [schema_write(f"CREATE CONSTRAINT IF NOT EXISTS FOR {pattern} REQUIRE ({names}) IS UNIQUE")]
        if item.kind == "index":
            return [schema_write(f"CREATE INDEX IF NOT EXISTS FOR {pattern} ON ({names})")]
        if item.kind == "fulltext":
            return [schema_write(f"CREATE FULLTEXT INDEX IF NOT EXISTS FOR {pattern} ON EACH [{names}]")]
        options = f"`vector.dimensions`: {item.dimensions}, `vector.similarity_function`: '{item.similarity}'"
        text = f"CREATE VECTOR INDEX IF NOT EXISTS FOR {pattern} ON ({names}) OPTIONS {{indexConfig: {{{options}}}}}"
        return [schema_write(text)]

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        """Return what removes one index or constraint; the index of a constraint goes with it."""
        word = "CONSTRAINT" if found.item.kind == "unique" else "INDEX"
        return [schema_write(f"DROP {word} {quote(found.name or '')} IF EXISTS")]

    def schema_statements(self) -> list[Statement]:
        """Return the questions for all indexes, and for all constraints."""
        indexes = (
            "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, options, state, owningConstraint"
        )
        constraints = "SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties"
        return [
            schema_question(f"{indexes} RETURN name, type, entityType, labelsOrTypes, properties, options, state, "
                      "owningConstraint", 8),
            schema_question(f"{constraints} RETURN name, type, entityType, labelsOrTypes, properties", 5),
        ]  # fmt: skip

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        """Return the indexes and constraints of the kinds that models declare."""
        indexes, constraints = (reply.tables[0] for reply in replies)
        unique = [_found_constraint(row) for row in constraints if row[1].endswith("UNIQUENESS")]
        names = {one.name for one in unique}  # a constraint that came between the two questions has its index's name
        found = [_found_index(row) for row in indexes if row[1] in _KINDS and len(row[3] or ()) == 1]
        return [one._replace(implied=one.implied or one.name in names) for one in found] + unique

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of making something only says that it is there."""
        text = str(error)
        return "already exists" in text or "EquivalentSchemaRule" in text

    def is_gone(self, error: DatabaseError) -> bool:
        """Tell whether an error of removing something only says that it is not there."""
        text = str(error)
        return "No such constraint" in text or "no such index" in text


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
