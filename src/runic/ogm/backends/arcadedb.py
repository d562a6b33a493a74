"""ArcadeDB over Bolt, sync and async: whatever may write runs in an explicit transaction."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from runic.ogm.backends._arcadedb_http import SqlOverHttp, is_sql, take_http_port
from runic.ogm.backends._bolt import AsyncBoltBackend, BoltBackend, Product, open_async_backend, open_backend
from runic.ogm.backends._bolt_plans import read_text
from runic.ogm.backends.arcadedb_dialect import ArcadeDBDialect
from runic.ogm.exceptions import DatabaseError, TransientDatabaseError

if TYPE_CHECKING:
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Reply, Statement

PRODUCT = Product(
    "ArcadeDB",
    {"arcadedb": "bolt"},
    patterns={
        # Two writers met a new label at once; the message does not tell, and names that ArcadeDB refuses are refused
        # by the dialect before.
        "Statement.SemanticError: Error executing Cypher command": TransientDatabaseError,
        "Please retry the operation": TransientDatabaseError,
    },
    read_plan=read_text,
)
_WRITING = re.compile(
    r"\b(CREATE|MERGE|SET|DELETE|REMOVE|FOREACH|INSERT|DROP|ALTER|CALL|LOAD|GRANT|REVOKE|DENY)\b", re.IGNORECASE
)
_SCHEMA = re.compile(r"\b(CREATE|DROP|ALTER)\b[^(]*\b(INDEX|CONSTRAINT|DATABASE|USER)\b", re.IGNORECASE)


class ArcadeDBBackend(BoltBackend):
    """One database of an ArcadeDB server; threads may share it.

    A write by itself would be an auto-commit, which ArcadeDB 26.10 runs in parts: one of 3,000 MERGE of edges met a
    deadlock with itself and left 535 of them behind. In a transaction it is whole.
    """

    def __init__(self, *details: Any, http_port: int, owned: bool) -> None:
        super().__init__(*details, owned=owned)
        self._http = SqlOverHttp(self._target, http_port)

    def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself: it commits, or it fails and leaves nothing."""
        if is_sql(statement):
            return self._http.run(statement)
        if not _needs_transaction(statement):
            return super().execute(statement)
        transaction = self.begin(read_only=not statement.write, timeout=statement.timeout)
        try:
            reply = _checked(statement, transaction.execute(statement._replace(write=True)))
        except BaseException:
            transaction.rollback()
            raise
        transaction.commit()
        return reply


class AsyncArcadeDBBackend(AsyncBoltBackend):
    """`ArcadeDBBackend` for asyncio; the tasks of one event loop may share it."""

    def __init__(self, *details: Any, http_port: int, owned: bool) -> None:
        super().__init__(*details, owned=owned)
        self._http = SqlOverHttp(self._target, http_port)

    async def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself: it commits, or it fails and leaves nothing."""
        if is_sql(statement):
            return await asyncio.to_thread(self._http.run, statement)
        if not _needs_transaction(statement):
            return await super().execute(statement)
        transaction = await self.begin(read_only=not statement.write, timeout=statement.timeout)
        try:
            reply = _checked(statement, await transaction.execute(statement._replace(write=True)))
        except BaseException:
            await transaction.rollback()
            raise
        await transaction.commit()
        return reply


def _needs_transaction(statement: Statement) -> bool:
    """Tell whether a statement may write: raw text that holds no word of a writing clause does not.

    Raises DatabaseError for raw text that changes the schema without `write=True`: no rollback would undo that.
    """
    if statement.write or statement.tables or _WRITING.search(statement.text) is None:
        return statement.write
    if _SCHEMA.search(statement.text) is not None:
        raise DatabaseError(REFUSED)
    return True


REFUSED = "ArcadeDB was sent a statement that writes where a read was announced; pass write=True"


def _checked(statement: Statement, reply: Reply) -> Reply:
    """Return the reply to a statement; DatabaseError if it changed something, which was not announced.

    The server does not hold anyone to an access mode.
    """
    if not statement.write and reply.counters:
        raise DatabaseError(REFUSED)
    return reply


def connect(
    url: str, dialect: Dialect, *, client: object = None, http_port: int | None = None, **options: Any
) -> BoltBackend:
    """Return the backend for a URL, or for a bare scheme with keywords: `host`, `port`, `database`.

    `username` and `password`, or `auth` in any form that the `neo4j` client takes. `http_port` (2480; also in the
    URL, as `?http_port=`) is where full-text and vector indexes are made. All other options go to
    `neo4j.GraphDatabase.driver`. `client` is a neo4j.Driver to use instead; it is not closed with the backend.
    """
    address, port = take_http_port(url, http_port)
    return open_backend(PRODUCT, address, dialect, client, options, partial(ArcadeDBBackend, http_port=port))


def connect_async(
    url: str, dialect: Dialect, *, client: object = None, http_port: int | None = None, **options: Any
) -> AsyncBoltBackend:
    """Return what `connect` does, for asyncio; `client` is a neo4j.AsyncDriver then."""
    address, port = take_http_port(url, http_port)
    kind = partial(AsyncArcadeDBBackend, http_port=port)
    return open_async_backend(PRODUCT, address, dialect, client, options, kind)


def create_dialect() -> Dialect:
    """Return how ArcadeDB spells statements."""
    return ArcadeDBDialect()
