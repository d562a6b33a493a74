"""Every dialect of the package, for tables of exact texts."""

from __future__ import annotations

from runic.ogm.backends.age_dialect import AgeDialect
from runic.ogm.backends.arcadedb_dialect import ArcadeDBDialect
from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.backends.memgraph_dialect import MemgraphDialect
from runic.ogm.backends.neo4j_dialect import Neo4jDialect
from runic.ogm.cypher.dialect import Dialect

DIALECTS: dict[str, Dialect] = {
    "cypher": Dialect(),
    "falkordb": FalkorDBDialect(),
    "neo4j": Neo4jDialect(),
    "memgraph": MemgraphDialect(),
    "arcadedb": ArcadeDBDialect(),
    "age": AgeDialect(),
}
