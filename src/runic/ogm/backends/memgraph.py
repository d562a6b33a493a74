"""Memgraph over the Bolt driver of Neo4j, sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.backends._bolt import Product, open_async_backend, open_backend
from runic.ogm.backends._bolt_plans import read_lines
from runic.ogm.backends.memgraph_dialect import MemgraphDialect
from runic.ogm.exceptions import ConstraintViolationError, QuerySyntaxError, TransientDatabaseError

if TYPE_CHECKING:
    from runic.ogm.backends._bolt import AsyncBoltBackend, BoltBackend
    from runic.ogm.cypher.dialect import Dialect

PRODUCT = Product(
    "Memgraph",
    {"memgraph": "bolt"},
    patterns={
        "constraint violation": ConstraintViolationError,
        "existing node violates it": ConstraintViolationError,  # of a constraint that is to be made
        "Cannot resolve conflicting transactions": TransientDatabaseError,
        "mismatched input": QuerySyntaxError,
        "extraneous input": QuerySyntaxError,
        "no viable alternative": QuerySyntaxError,
        "Unbound variable": QuerySyntaxError,
        "not provided": QuerySyntaxError,
    },
    read_plan=read_lines,
)


def connect(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> BoltBackend:
    """Return the backend for a URL, or for a bare scheme with keywords: `host`, `port`, `database`.

    `username` and `password`, or `auth` in any form that the driver takes; all other options go to
    `neo4j.GraphDatabase.driver`. `client` is a neo4j.Driver to use instead; it is not closed with the backend.
    """
    return open_backend(PRODUCT, url, dialect, client, options)


def connect_async(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> AsyncBoltBackend:
    """Return what `connect` does, for asyncio; `client` is a neo4j.AsyncDriver then."""
    return open_async_backend(PRODUCT, url, dialect, client, options)


def create_dialect() -> Dialect:
    """Return how Memgraph spells statements."""
    return MemgraphDialect()
