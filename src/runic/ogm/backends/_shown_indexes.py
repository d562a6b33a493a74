"""What databases share that tell their indexes by SHOW INDEXES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.cypher.ddl import SchemaDialect
from runic.ogm.cypher.statement import Statement

if TYPE_CHECKING:
    from runic.ogm.model.metadata import NodeMeta


class ShownIndexes(SchemaDialect):
    """Asks for the index of a key as Neo4j is asked."""

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
