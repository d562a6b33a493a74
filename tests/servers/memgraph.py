"""Memgraph has no program in any registry: its backend runs against Neo4j, wherever the two share a statement.

What they do not share is borrowed from Neo4j: indexes, constraints, and the shortest path. The rest of the dialect's
statements are the ones that a Memgraph would get.
"""

from __future__ import annotations

from runic.ogm.backends import memgraph
from runic.ogm.backends._neo4j_schema import Neo4jSchema
from runic.ogm.backends.memgraph_dialect import MemgraphDialect
from runic.ogm.cypher.patterns import Shortest
from tests.servers.neo4j import Neo4jServer, prepare


class StandIn(Neo4jSchema, MemgraphDialect):
    """The dialect with what Neo4j does not know replaced, and without plans, which it tells in another form."""

    supports_explain = False
    supports_profile = False

    def render_shortest_path(self, shortest: Shortest, carry: str) -> str:
        del carry
        return f"MATCH {shortest.path} = shortestPath({shortest.pattern()})"


class MemgraphStandIn(Neo4jServer):
    """Neo4j, asked by the backend of Memgraph."""

    scheme = "memgraph"


def start() -> MemgraphStandIn:
    """Start Neo4j, and let the backend use the stand-in's dialect."""
    memgraph.create_dialect = StandIn
    return MemgraphStandIn(*prepare())
