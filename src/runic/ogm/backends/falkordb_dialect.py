"""How FalkorDB spells what differs from standard openCypher."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from runic.ogm.backends._falkordb_queries import FalkorDBQueries
from runic.ogm.backends._falkordb_schema import FalkorDBSchema
from runic.ogm.backends._falkordb_search import FalkorDBSearch
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.identifiers import quote
from runic.ogm.query.search import SCORE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.ddl import SchemaItem
    from runic.ogm.cypher.statement import Wire
    from runic.ogm.model.metadata import NodeMeta


class FalkorDBDialect(FalkorDBSchema, FalkorDBSearch, FalkorDBQueries, Dialect):
    """FalkorDB 4: no transactions, one label test more than most, vectors of 32 bits."""

    name = "falkordb"
    supports_transactions = False
    serialises_writes = True
    supports_undirected_merge = False  # it is accepted, but makes a second edge within one batch
    supports_regex = False
    removes_together = False
    undoes_names = True  # a plan that is kept sets the property which has the number by then: an invented one
    undoes_whole_units = False  # 4.16 then leaves the edges of those with others, or with none: 39 of 400 such units
    compares_all_integers = False  # it subtracts: integers further apart than 2**63 are taken the wrong way round
    supports_subqueries_in_where = False
    id_wire: ClassVar[Wire] = "int"
    scans_by_id = True

    def render_variable(self, name: str) -> str:
        """Return a name, which FalkorDB does not order by twice if it stands in back-ticks: wrong, without an error."""
        return name if name == SCORE else super().render_variable(name)

    def key_item(self, meta: NodeMeta) -> SchemaItem:
        """Return the constraint on the key of a class; on integers only an index, and units look themselves.

        A unique constraint compares integers as floating-point numbers: of neighbours beyond 2**53, such as those that
        services hand out by the clock, it refuses the second. Writers take turns, so that looking first is as safe.
        """
        item = super().key_item(meta)
        return replace(item, kind="index") if meta.key.codec(self.native).wire == "int" else item

    def render_id(self, alias: str) -> str:
        """Return the number that FalkorDB gives a node or an edge; it is used again after a deletion."""
        return f"id({alias})"

    def render_value(self, codec: Codec, expression: str) -> str:
        """Return how a parameter is stored: vectors as their own type."""
        return f"vecf32({expression})" if codec.kind == "vector" else super().render_value(codec, expression)

    def render_changes(self, changes: Sequence[str], removals: Sequence[str]) -> str:
        """Return assignments with at most one removal in a SET.

        With two, FalkorDB 4.16 leaves properties that it should remove, and loses others that it should set, without
        an error (FalkorDB issue 1787). What stands in a loop of its own is done by itself.
        """
        together, *apart = [", ".join([*changes, *removals[:1]]), *removals[1:]]
        return " ".join([together, *(f"FOREACH (_ IN [1] | SET {removal})" for removal in apart)])

    def render_set(self, alias: str, changes: str, vectors: Sequence[str]) -> str:
        """Return SET, with vectors removed first.

        FalkorDB 4.16 takes any two vectors of one length for equal, and so leaves the stored one in place.
        """
        if not vectors:
            return super().render_set(alias, changes, vectors)
        return f"SET {self._without(vectors)} WITH {alias}, row SET {changes}"

    def _without(self, vectors: Sequence[str]) -> str:
        return self.render_changes([], [f"{vector} = null" for vector in vectors])

    def render_merge_node(
        self, labels: Sequence[str], key: str, properties: str, changes: str, vectors: Sequence[str],
        fits: Callable[[str], str] | None = None, made: str = "",
    ) -> str:  # fmt: skip
        """Return MERGE for one label; for several what finds the node, makes it with all of them, or sets it.

        FalkorDB takes a millisecond and more to set a label on a node that it has just merged into a graph of 34,000
        (500 such nodes: 600 to 8,700 ms, this way 25). Vectors are removed in a loop of their own, for the reason that
        `render_set` gives.
        """
        if len(labels) == 1:
            return super().render_merge_node(labels, key, properties, changes, vectors, fits, made)
        own = "" if fits is None else f"WITH row, found WHERE found IS NULL OR {fits('found')} "
        loop = "FOREACH (n IN CASE WHEN found IS NULL THEN [] ELSE [found] END | SET {})"
        removal = f"{loop.format(self._without(vectors))} " if vectors else ""
        return (
            f"OPTIONAL MATCH (found:{quote(labels[0])}{key}) {own}"
            f"FOREACH (_ IN CASE WHEN found IS NULL THEN [1] ELSE [] END | "
            f"CREATE ({self.render_labels(labels)}{properties})) "
            f"{removal}{loop.format(f'n{self.render_labels(labels[1:])}, {changes}')}"
        )

    def render_undirected_relate(self, edge: str, key: str, properties: str, changes: str) -> str:
        """Return what finds the edges of either direction between `a` and `b`, sets them, and makes one if none is.

        A directed MERGE from both ends makes two edges, and so do the two orders of one pair within a batch.
        """
        loop = f"FOREACH (r IN found | SET {changes}) " if changes else ""
        return (
            f"OPTIONAL MATCH (a)-[x{edge}{key}]-(b) WITH row, a, b, collect(x) AS found "
            f"FOREACH (_ IN CASE WHEN size(found) = 0 THEN [1] ELSE [] END | CREATE (a)-[{edge}{properties}]->(b)) "
            f"{loop}"
        ).rstrip()

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return the parts joined by UNION ALL: in one subquery that runs the prefix once, unless that is a bare scan.

        From nodes that were collected FalkorDB goes on one by one. From a scan of a label it multiplies matrices
        (10,000 edges: 1 ms against 30), but only where the relation is not optional: a table of pairs can do without.
        """
        if not _is_scan(prefix, carry):
            return super().render_parts(prefix, carry, parts)
        width = max(len(columns) for _, columns in parts)
        return " UNION ALL ".join(
            " ".join(
                filter(None, (prefix, body.removeprefix("OPTIONAL "), f"RETURN {_columns(columns, width, index)}"))
            )
            for index, (body, columns) in enumerate(parts)
        )


def _is_scan(prefix: str, carry: str) -> bool:
    """Tell whether a prefix matches all nodes of some labels, and does nothing else."""
    return re.fullmatch(rf"MATCH \({re.escape(carry)}(:`[^`]+`)+\)", prefix) is not None


def _columns(columns: Sequence[str], width: int, index: int) -> str:
    padded = [*columns, *["null"] * (width - len(columns)), str(index)]
    return ", ".join(f"{text} AS c{position}" for position, text in enumerate(padded))


DIALECT = FalkorDBDialect
