"""psycopg's exceptions as errors of this package."""

from __future__ import annotations

import psycopg
from psycopg import errors
from psycopg_pool import PoolTimeout, TooManyRequests

from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    QuerySyntaxError,
    TransientDatabaseError,
)


class WriteRefusedError(TransientDatabaseError):
    """A write met a standby, or a transaction that only reads."""


class SilentError(DatabaseUnavailableError):
    """The server did not answer in time: it was reached, so that nothing is gained by another connection."""


_TRANSIENT = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.TooManyConnections,
    errors.CannotConnectNow,
    errors.TransactionTimeout,
    errors.IdleInTransactionSessionTimeout,
)
_ENDED = (errors.AdminShutdown, errors.CrashShutdown, errors.IdleSessionTimeout)
_UNWELCOME = (errors.InvalidPassword, errors.InvalidAuthorizationSpecification, errors.InvalidCatalogName)
_MISSING = ('schema "ag_catalog" does not exist', 'type "ag_catalog.agtype" does not exist')
_CONCURRENT = (
    "Entity failed to be updated",
    "failed to be deleted",
    "ag_label_name_graph_index",
    "ag_graph_name_index",
)
"""What AGE says where two transactions change one entity, or make the same label, at once."""


def database_error(error: Exception, where: str, *, sent: bool) -> DatabaseError:
    """Return what to raise (from `error`) for an error of the client; `sent`: the statement may have been run."""
    text = _message(error)
    if isinstance(error, psycopg.DatabaseError) and error.sqlstate is not None and not isinstance(error, _ENDED):
        return _refused(error, where, text)
    if isinstance(error, PoolTimeout | TooManyRequests):
        return TransientDatabaseError(
            f"all connections to Apache AGE at {where} are in use; raise max_size, "
            "or wait longer with pool_timeout or timeout"
        )
    if not isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError, OSError)):
        return DatabaseError(
            f"the exchange with Apache AGE at {where} failed: {type(error).__name__}: {text}", outcome_unknown=sent
        )
    if isinstance(error, errors._WaitTimeout):  # noqa: SLF001 - psycopg has no other name for it
        return SilentError(f"Apache AGE at {where} did not answer within timeout", outcome_unknown=True)
    if sent:
        return DatabaseUnavailableError(
            f"the connection to Apache AGE at {where} broke while it answered: {text}", outcome_unknown=True
        )
    return DatabaseUnavailableError(f"Apache AGE at {where} cannot be reached: {text}")


def _refused(error: psycopg.DatabaseError, where: str, text: str) -> DatabaseError:
    """Return the error for what the server says of a statement, of which nothing stays."""
    if any(sign in text for sign in _MISSING):
        return DatabaseError(f"PostgreSQL at {where} has no Apache AGE: run CREATE EXTENSION age in this database")
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return WriteRefusedError(f"PostgreSQL at {where} takes no writes for now: {text}")
    if isinstance(error, _TRANSIENT) or any(sign in text for sign in _CONCURRENT):
        return TransientDatabaseError(f"Apache AGE at {where} gave up for now: {text}")
    if isinstance(error, _UNWELCOME):
        return DatabaseUnavailableError(f"PostgreSQL at {where} refused the user, the password or the database: {text}")
    if isinstance(error, psycopg.IntegrityError):
        return ConstraintViolationError(f"Apache AGE: {text}{_detail(error)}")
    is_syntax = isinstance(error, psycopg.ProgrammingError | psycopg.NotSupportedError)
    return (QuerySyntaxError if is_syntax else DatabaseError)(f"Apache AGE: {text}")


def _message(error: Exception) -> str:
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        return error.diag.message_primary
    return (str(error) or type(error).__name__).strip().splitlines()[0]


def _detail(error: Exception) -> str:
    found = error.diag.message_detail if isinstance(error, psycopg.Error) else None
    return f" ({found})" if found else ""
