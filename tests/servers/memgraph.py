"""Memgraph has no program in any registry: its backend runs against Neo4j, wherever the two share a statement.

What they do not share is borrowed from Neo4j: indexes and constraints with the error that stored data break one, the
shortest path, and the lock before a guarded write, which Memgraph does not need: its transactions read from snapshots.
The rest of the dialect's statements are the ones that it would get.
"""

from __future__ import annotations

from dataclasses import replace

from runic.ogm.backends import memgraph, neo4j
from runic.ogm.backends._neo4j_schema import Neo4jSchema
from runic.ogm.backends.memgraph_dialect import MemgraphDialect
from runic.ogm.backends.neo4j_dialect import Neo4jDialect
from runic.ogm.cypher.patterns import Shortest
from tests.servers.neo4j import Neo4jServer, prepare


class StandInDialect(Neo4jSchema, MemgraphDialect):
    """The dialect as Neo4j needs and understands it, without plans, which it tells in another form."""

    reads_snapshots = False
    supports_explain = False
    supports_profile = False

    def render_lock(self, alias: str, label: str) -> str:
        return Neo4jDialect().render_lock(alias, label)

    def render_shortest_path(self, shortest: Shortest, carry: str) -> str:
        del carry
        return f"MATCH {shortest.path} = shortestPath({shortest.pattern()})"


class MemgraphStandIn(Neo4jServer):
    """Neo4j, asked by the backend of Memgraph."""

    scheme = "memgraph"


def start() -> MemgraphStandIn:
    """Start Neo4j, and let the backend use the stand-in's dialect."""
    memgraph.create_dialect = StandInDialect
    memgraph.PRODUCT = replace(memgraph.PRODUCT, patterns={**neo4j.PRODUCT.patterns, **memgraph.PRODUCT.patterns})
    return MemgraphStandIn(*prepare())
