"""How Memgraph spells what differs from standard openCypher."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from runic.ogm.backends._bolt_dialect import PackedReplies
from runic.ogm.backends._memgraph_schema import MemgraphSchema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.cypher.patterns import Shortest
    from runic.ogm.cypher.statement import Wire


class MemgraphDialect(MemgraphSchema, PackedReplies):
    """Memgraph 2.20 and later.

    No server of it runs in the tests of this package: its statements are parsed by a grammar of openCypher, and those
    that Neo4j shares are run there. What could not be tried is text, such as times, or is said to be unsupported.
    """

    name = "memgraph"
    supports_fulltext_index = False
    supports_vector_index = False
    supports_subqueries_in_where = False
    supports_edge_constraints = False
    refuses_nul = False  # Bolt tells a text's length, so that nothing ends at U+0000
    id_wire: ClassVar[Wire] = "int"

    def render_id(self, alias: str) -> str:
        """Return the number that Memgraph gives a node or an edge."""
        return f"id({alias})"

    def render_parts(self, prefix: str, carry: str, parts: Sequence[tuple[str, Sequence[str]]]) -> str:
        """Return the prefix once, and one subquery, each branch of which imports what it goes on from."""
        text = super().render_parts(prefix, carry, parts)
        return text.replace("CALL (_roots) {", "CALL {").replace("UNWIND _roots AS", "WITH _roots UNWIND _roots AS")

    def render_shortest_path(self, shortest: Shortest, carry: str) -> str:  # noqa: ARG002 - as the others
        """Return the path of a breadth-first search."""
        return f"MATCH {shortest.path} = {shortest.pattern(' *BFS 1..')}"
