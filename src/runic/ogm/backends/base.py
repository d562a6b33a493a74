"""What a database must offer to the core, sync and async; no database is named here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Reply, Statement

GRACE = 0.25
"""Seconds that a server which ends a statement in time has to say so, before the connection is given up."""


class Transaction(Protocol):
    """An open transaction: it holds one connection until it is committed or rolled back."""

    def execute(self, statement: Statement) -> Reply: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...


class Backend(Protocol):
    """A thread-safe, pooled way to one database. Client errors leave it only as DatabaseError.

    One that ends a write which may have been made all the same has `outcome_unknown`.
    """

    @property
    def dialect(self) -> Dialect: ...
    def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself: it commits, or it fails and leaves nothing."""
        ...

    def begin(self, *, read_only: bool, timeout: float | None = None) -> Transaction:
        """Open a transaction, which the database may end after `timeout` seconds."""
        ...

    def close(self) -> None: ...


class AsyncTransaction(Protocol):
    """`Transaction` for asyncio."""

    async def execute(self, statement: Statement) -> Reply: ...
    async def commit(self) -> None: ...
    async def rollback(self) -> None: ...


class AsyncBackend(Protocol):
    """`Backend` for asyncio."""

    @property
    def dialect(self) -> Dialect: ...
    async def execute(self, statement: Statement) -> Reply: ...
    async def begin(self, *, read_only: bool, timeout: float | None = None) -> AsyncTransaction: ...
    async def close(self) -> None: ...
