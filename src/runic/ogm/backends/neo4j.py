"""Neo4j over its official driver, sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.backends._bolt import Product, open_async_backend, open_backend
from runic.ogm.backends.neo4j_dialect import Neo4jDialect
from runic.ogm.exceptions import ConstraintViolationError, QuerySyntaxError

if TYPE_CHECKING:
    from runic.ogm.backends._bolt import AsyncBoltBackend, BoltBackend
    from runic.ogm.cypher.dialect import Dialect

PRODUCT = Product(
    "Neo4j",
    {"neo4j": "neo4j", "bolt": "bolt"},
    patterns={
        "Schema.ConstraintCreationFailed": ConstraintViolationError,
        "queryparser.classic.ParseException": QuerySyntaxError,
    },
    bookmarks=True,
    notifications=True,
)


def connect(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> BoltBackend:
    """Return the backend for a URL, or for a bare scheme with keywords: `host`, `port`, `database`.

    `username` and `password`, or `auth` in any form that the official driver takes. `impersonated_user`,
    `fetch_size` and `notifications_min_severity` go to its sessions, all other options to `neo4j.GraphDatabase.driver`.
    `client` is a neo4j.Driver to use instead; it is not closed with the backend.
    """
    return open_backend(PRODUCT, url, dialect, client, options)


def connect_async(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> AsyncBoltBackend:
    """Return what `connect` does, for asyncio; `client` is a neo4j.AsyncDriver then."""
    return open_async_backend(PRODUCT, url, dialect, client, options)


def create_dialect() -> Dialect:
    """Return how Neo4j spells statements."""
    return Neo4jDialect()
