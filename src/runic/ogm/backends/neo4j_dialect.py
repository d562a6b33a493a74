"""How Neo4j spells what differs from standard openCypher."""

from __future__ import annotations

from typing import ClassVar

from runic.ogm.backends._bolt_dialect import PackedReplies
from runic.ogm.backends._neo4j_schema import Neo4jSchema
from runic.ogm.backends._neo4j_search import Neo4jSearch
from runic.ogm.conversion import NativeTypes
from runic.ogm.identifiers import quote


class Neo4jDialect(Neo4jSchema, Neo4jSearch, PackedReplies):
    """Neo4j 5 and later."""

    name = "neo4j"
    orders_by_index = True
    refuses_nul = False
    reads_snapshots = False  # of 1,122 reads while an edge was replaced 3 found neither the old one nor the new
    # One instant in two zones is not equal in Neo4j, and durations have no order: both are text that has.
    native: ClassVar[NativeTypes] = NativeTypes(
        binary=True, date=True, naive_datetime=True, time=True, geo_location=True, non_finite=True
    )

    def render_keyed_nodes(self, alias: str, label: str, key: str, values: str, condition: str = "") -> str:
        """Return a condition on the list: without an index it scans the label once, not once for each value."""
        found = f"MATCH ({alias}:{quote(label)}) WHERE {self.render_property(alias, key)} IN {values}"
        return f"{found} AND {condition}" if condition else found

    def render_lock(self, alias: str, label: str) -> str:
        """Return SET of a label that is there: Neo4j reads without locks, and would overwrite what came between."""
        return f"SET {alias}:{quote(label)}"
