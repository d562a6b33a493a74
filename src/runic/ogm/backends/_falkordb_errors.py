"""redis-py's exceptions, and FalkorDB's messages, as errors of this package."""

from __future__ import annotations

from redis import exceptions as redis_errors

from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    GuardViolationError,
    QuerySyntaxError,
    TransientDatabaseError,
)


class ConnectionBrokenError(DatabaseUnavailableError):
    """The connection broke while a reply was awaited: whether the statement ran is not known."""


class EmptyGraphError(DatabaseError):
    """A read found no graph of this name; internal, since such a graph is read as an empty one."""


# The beginning of a message (or a word inside it, with "*" in front), in the order in which they are tried.
_MESSAGES: tuple[tuple[str, type[DatabaseError]], ...] = (
    ("Division by zero", GuardViolationError),
    ("Invalid graph operation on empty key", EmptyGraphError),
    ("unique constraint violation", ConstraintViolationError),
    ("mandatory constraint violation", ConstraintViolationError),
    ("* constraint violation", ConstraintViolationError),
    ("Query timed out", TransientDatabaseError),
    ("Max pending queries exceeded", TransientDatabaseError),
    ("Query's mem consumption exceeded capacity", DatabaseError),
    ("BUSY", TransientDatabaseError),
    ("LOADING", TransientDatabaseError),
    ("TRYAGAIN", TransientDatabaseError),
    ("READONLY", TransientDatabaseError),
    ("NOREPLICAS", TransientDatabaseError),
    ("CLUSTERDOWN", TransientDatabaseError),
    ("MASTERDOWN", TransientDatabaseError),
    ("MISCONF", DatabaseError),
    ("errMsg: ", QuerySyntaxError),
    ("RediSearch: Syntax error", QuerySyntaxError),
    ("* not defined", QuerySyntaxError),
    ("Unknown function", QuerySyntaxError),
    ("Missing parameters", QuerySyntaxError),
    ("Procedure `", QuerySyntaxError),
    ("All sub queries in a UNION", QuerySyntaxError),
    ("*WITH clause", QuerySyntaxError),
)
_TRANSIENT = (
    redis_errors.BusyLoadingError,
    redis_errors.TryAgainError,
    redis_errors.ReadOnlyError,
    redis_errors.ClusterDownError,
    redis_errors.MaxConnectionsError,
)
_REFUSED = (
    redis_errors.AuthenticationError,
    redis_errors.AuthenticationWrongNumberOfArgsError,
    redis_errors.AuthorizationError,
)
_LATE = (redis_errors.TimeoutError, TimeoutError)
_BROKEN = (redis_errors.ConnectionError, redis_errors.TimeoutError, OSError)


def database_error(error: Exception, where: str, *, sent: bool) -> DatabaseError:
    """Return what to raise (from `error`) for an error of the client; `sent`: the request may have left.

    Of a request that may have left, and that the server did not refuse, the outcome is not known.
    """
    text = str(error) or type(error).__name__
    if isinstance(error, _TRANSIENT):
        return TransientDatabaseError(f"FalkorDB at {where} cannot answer for now: {text}")
    if isinstance(error, _REFUSED):
        return DatabaseUnavailableError(f"FalkorDB at {where} refused the user name or the password")
    if isinstance(error, _BROKEN):
        return _unavailable(error, where, text, sent=sent)
    if isinstance(error, redis_errors.ResponseError):
        return _refused_statement(text)
    return DatabaseError(
        f"the exchange with FalkorDB at {where} failed: {type(error).__name__}: {text}", outcome_unknown=sent
    )


def _unavailable(error: Exception, where: str, text: str, *, sent: bool) -> DatabaseError:
    if text == "No connection available.":
        return TransientDatabaseError(
            f"all connections to FalkorDB at {where} are in use; raise max_connections or pool_timeout"
        )
    if not sent:
        return DatabaseUnavailableError(f"FalkorDB at {where} cannot be reached: {text}")
    if isinstance(error, _LATE):
        return DatabaseUnavailableError(
            f"FalkorDB at {where} did not answer within timeout or socket_timeout: {text}", outcome_unknown=True
        )
    return ConnectionBrokenError(
        f"the connection to FalkorDB at {where} broke while it answered: {text}", outcome_unknown=True
    )


def _refused_statement(text: str) -> DatabaseError:
    if text.startswith("graph.RO_QUERY is to be executed only on read-only queries"):
        return DatabaseError("FalkorDB refused a statement that writes where a read was announced; pass write=True")
    for pattern, kind in _MESSAGES:
        if pattern[1:] in text if pattern[0] == "*" else text.startswith(pattern):
            return kind(f"FalkorDB: {text}")
    return DatabaseError(f"FalkorDB: {text}")
