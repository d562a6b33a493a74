"""The Bolt client's exceptions as errors of this package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from neo4j import exceptions as client
from neo4j._exceptions import SocketDeadlineExceededError

from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    QuerySyntaxError,
    TransientDatabaseError,
)

Patterns: TypeAlias = Mapping[str, type[DatabaseError]]
"""Parts of `code: message`, and the errors that they stand for where the client does not tell."""

BROKEN: Final = (client.ServiceUnavailable, client.SessionExpired, OSError)
CLIENT_ERRORS: Final = (client.Neo4jError, client.DriverError, OSError)
"""All that the client raises for what happens on the way; wrong arguments are other errors."""
_MISUNDERSTOOD: Final = ("Statement.SyntaxError", "Statement.SemanticError", "Statement.ParameterMissing")


def is_late(error: BaseException | None) -> bool:
    """Tell whether an error of the client is that a deadline has passed: its own errors have that as their cause."""
    while error is not None and not isinstance(error, (SocketDeadlineExceededError, TimeoutError)):
        error = error.__cause__
    return error is not None


class BoltErrors:
    """Maps the client's errors for one database: `name` is the product, `where` its address without a password."""

    def __init__(self, name: str, where: str, patterns: Patterns | None = None) -> None:
        self._name, self._where, self._patterns = name, where, patterns or {}

    def mapped(self, error: Exception, *, lasting: bool = False, undone: bool = False) -> DatabaseError:
        """Return what to raise (from `error`).

        lasting: it ended what may be stored for good all the same, if the connection broke. undone: it ended a
        transaction before its commit, of which nothing stays.
        """
        if isinstance(error, client.Neo4jError):
            return self._refused(error)
        text = str(error) or type(error).__name__
        if isinstance(error, client.ConnectionAcquisitionTimeoutError):
            return TransientDatabaseError(
                f"all connections to {self._name} at {self._where} are in use; raise max_connection_pool_size, or "
                "wait longer with connection_acquisition_timeout or timeout"
            )
        if is_late(error):
            return self._silent(lasting=lasting, undone=undone)
        if isinstance(error, BROKEN):
            return self._broken(text, lasting=lasting, undone=undone)
        return DatabaseError(
            f"the exchange with {self._name} at {self._where} failed: {type(error).__name__}: {text}",
            outcome_unknown=lasting,
        )

    def _silent(self, *, lasting: bool, undone: bool) -> DatabaseError:
        what = f"{self._name} at {self._where} did not answer within timeout"
        if undone:
            return TransientDatabaseError(f"{what}; the transaction is undone with its connection")
        return DatabaseUnavailableError(what, outcome_unknown=lasting)

    def _broken(self, text: str, *, lasting: bool, undone: bool) -> DatabaseError:
        if undone:
            return TransientDatabaseError(
                f"the connection to {self._name} at {self._where} broke, and with it the transaction: {text}"
            )
        what = "broke while it answered" if lasting else "cannot be had, or broke"
        return DatabaseUnavailableError(
            f"the connection to {self._name} at {self._where} {what}: {text}", outcome_unknown=lasting
        )

    def unannounced(self) -> DatabaseError:
        """Return the error for raw Cypher that writes and was not said to."""
        return DatabaseError(
            f"{self._name} refused a statement that writes where a read was announced; pass write=True"
        )

    def _refused(self, error: client.Neo4jError) -> DatabaseError:
        code, message = error.code or "", error.message or type(error).__name__
        text = f"{self._name}: {message}"
        if isinstance(error, client.AuthError):
            return DatabaseUnavailableError(f"{self._name} at {self._where} refused the user name or the password")
        if code.endswith("Statement.AccessMode"):
            return self.unannounced()
        for part, kind in self._patterns.items():
            if part in f"{code}: {message}":
                return kind(text)
        if isinstance(error, client.ConstraintError):
            return ConstraintViolationError(text)
        if isinstance(error, client.CypherSyntaxError) or code.endswith(_MISUNDERSTOOD):
            return QuerySyntaxError(text)
        return TransientDatabaseError(text) if error.is_retryable() else DatabaseError(text)
