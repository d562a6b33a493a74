"""redis-py's errors as errors of this package."""

from __future__ import annotations

import pytest
from redis import exceptions as redis_errors

from runic.ogm.backends._falkordb_errors import ConnectionBrokenError, database_error
from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    GuardViolationError,
    QuerySyntaxError,
    TransientDatabaseError,
)

ANSWERS = [
    ("Division by zero", GuardViolationError),
    ("unique constraint violation on node of type P", ConstraintViolationError),
    ("mandatory constraint violation: node with label P missing property zz", ConstraintViolationError),
    ("Query timed out", TransientDatabaseError),
    ("Max pending queries exceeded", TransientDatabaseError),
    ("BUSY Redis is busy", TransientDatabaseError),
    ("NOREPLICAS Not enough good replicas to write.", TransientDatabaseError),
    ("errMsg: Invalid input 'x'", QuerySyntaxError),
    ("'nope' not defined", QuerySyntaxError),
    ("Unknown function 'foo'", QuerySyntaxError),
    ("Type mismatch: expected String", DatabaseError),
]


@pytest.mark.parametrize(("text", "kind"), ANSWERS)
def test_message_decides_kind(text: str, kind: type[DatabaseError]) -> None:
    error = database_error(redis_errors.ResponseError(text), "db:1", sent=True)
    assert type(error) is kind
    assert text in str(error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (redis_errors.BusyLoadingError("loading"), TransientDatabaseError),
        (redis_errors.TryAgainError("x"), TransientDatabaseError),
        (redis_errors.ReadOnlyError("x"), TransientDatabaseError),
        (redis_errors.MaxConnectionsError("x"), TransientDatabaseError),
        (redis_errors.ConnectionError("No connection available."), TransientDatabaseError),
        (redis_errors.TimeoutError("x"), DatabaseUnavailableError),
        (OSError("x"), DatabaseUnavailableError),
        (redis_errors.AuthenticationError("x"), DatabaseUnavailableError),
        (redis_errors.DataError("x"), DatabaseError),
        (UnicodeError("x"), DatabaseError),
    ],
)
def test_class_decides_kind(error: Exception, kind: type[DatabaseError]) -> None:
    assert type(database_error(error, "db:1", sent=False)) is kind


def test_only_sent_command_breaks() -> None:
    error = redis_errors.ConnectionError("closed")
    assert type(database_error(error, "db:1", sent=False)) is DatabaseUnavailableError
    assert type(database_error(error, "db:1", sent=True)) is ConnectionBrokenError


def test_announced_read_that_writes_names_write() -> None:
    text = "graph.RO_QUERY is to be executed only on read-only queries"
    assert "write=True" in str(database_error(redis_errors.ResponseError(text), "db:1", sent=True))
