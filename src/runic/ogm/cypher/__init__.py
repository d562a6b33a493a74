"""Metadata and queries to statements: with `backends`, the only place that writes Cypher."""
