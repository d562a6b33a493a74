"""How Memgraph makes, tells and removes indexes and constraints; each such statement commits by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.cypher.ddl import FoundItem, SchemaDialect, SchemaItem, schema_write
from runic.ogm.cypher.statement import Statement
from runic.ogm.identifiers import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.cypher.ddl import Side
    from runic.ogm.cypher.statement import Reply, Row
    from runic.ogm.exceptions import DatabaseError
    from runic.ogm.model.metadata import NodeMeta

_SIDES: dict[str, Side] = {"label+property": "node", "edge-type+property": "edge"}


class MemgraphSchema(SchemaDialect):
    """Indexes and constraints have no names: what they are on tells them apart."""

    def ddl_make(self, item: SchemaItem) -> list[Statement]:
        """Return what makes one index or constraint; Memgraph's constraints bring no index."""
        if item.kind == "unique" and item.side == "node":
            return [schema_write(_index("CREATE", item)), schema_write(_constraint("CREATE", item))]
        return [schema_write(_index("CREATE", item))] if item.kind == "index" else super().ddl_make(item)

    def ddl_drop(self, found: FoundItem) -> list[Statement]:
        """Return what removes one index or constraint."""
        text = _constraint("DROP", found.item) if found.item.kind == "unique" else _index("DROP", found.item)
        return [schema_write(text)]

    def schema_statements(self) -> list[Statement]:
        """Return the questions for all indexes, and for all constraints."""
        return [
            Statement("SHOW INDEX INFO", {}, (("any", "any", "any", "any"),), origin="schema"),
            Statement("SHOW CONSTRAINT INFO", {}, (("any", "any", "any", "any"),), origin="schema"),
        ]

    def read_schema(self, replies: Sequence[Reply]) -> list[FoundItem]:
        """Return the indexes and unique constraints; the index below a constraint comes with it."""
        indexes, constraints = (reply.tables[0] for reply in replies)
        unique = [_found_constraint(row) for row in constraints if row[0] == "unique"]
        below = {(found.item.label, found.item.properties) for found in unique}
        found = [_found_index(row) for row in indexes if row[0] in _SIDES]
        return [one._replace(implied=(one.item.label, one.item.properties) in below) for one in found] + unique

    def key_index_statement(self, meta: NodeMeta) -> Statement | None:  # noqa: ARG002 - as the others
        """Return None: what Memgraph shows of its indexes cannot be narrowed to one."""
        return None

    def is_already_there(self, error: DatabaseError) -> bool:
        """Tell whether an error of making something only says that it is there."""
        return "already exists" in str(error)

    def is_gone(self, error: DatabaseError) -> bool:
        """Tell whether an error of removing something only says that it is not there."""
        return "doesn't exist" in str(error)


def _index(word: str, item: SchemaItem) -> str:
    names = ", ".join(map(quote, item.properties))
    return f"{word} {'EDGE ' if item.side == 'edge' else ''}INDEX ON :{quote(item.label)}({names})"


def _constraint(word: str, item: SchemaItem) -> str:
    names = ", ".join(f"n.{quote(name)}" for name in item.properties)
    return f"{word} CONSTRAINT ON (n:{quote(item.label)}) ASSERT {names} IS UNIQUE"


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _found_index(row: Row) -> FoundItem:
    return FoundItem(SchemaItem("index", _SIDES[row[0]], row[1], _names(row[2])))


def _found_constraint(row: Row) -> FoundItem:
    return FoundItem(SchemaItem("unique", "node", row[1], tuple(sorted(_names(row[2])))))
