"""The Bolt client's exceptions as errors of this package."""

from __future__ import annotations

from typing import Any

import pytest
from neo4j import exceptions as client

from runic.ogm.backends import memgraph
from runic.ogm.backends._bolt_errors import BoltErrors
from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    DatabaseUnavailableError,
    QuerySyntaxError,
    TransientDatabaseError,
)

ERRORS = BoltErrors(
    "Neo4j", "db:7687", {"Custom.Conflict": TransientDatabaseError, "no room": DatabaseUnavailableError}
)


def from_server(code: str, message: str = "words") -> Any:
    return client.Neo4jError._hydrate_neo4j(code=code, message=message)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("Neo.ClientError.Schema.ConstraintValidationFailed", ConstraintViolationError),
        ("Neo.ClientError.Statement.SyntaxError", QuerySyntaxError),
        ("Neo.ClientError.Statement.ParameterMissing", QuerySyntaxError),
        ("Neo.ClientError.Statement.ArithmeticError", DatabaseError),
        ("Neo.TransientError.Transaction.DeadlockDetected", TransientDatabaseError),
        ("Neo.ClientError.Cluster.NotALeader", TransientDatabaseError),
        ("Neo.ClientError.Security.Unauthorized", DatabaseUnavailableError),
        ("Neo.DatabaseError.General.UnknownError", DatabaseError),
        ("Neo.Custom.Conflict", TransientDatabaseError),
    ],
)
def test_kind_of_what_the_server_refused(code: str, kind: type[DatabaseError]) -> None:
    mapped = ERRORS.mapped(from_server(code), lasting=True)
    assert type(mapped) is kind
    assert mapped.outcome_unknown is False


def test_message_tells_where_the_code_does_not() -> None:
    assert type(ERRORS.mapped(from_server("Neo.A.B.C", "there is no room"))) is DatabaseUnavailableError


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Unable to commit due to unique constraint violation on :A(id)", ConstraintViolationError),
        ("Unable to create unique constraint :A(id), because an existing node violates it.", ConstraintViolationError),
        ("Cannot resolve conflicting transactions. You can retry this transaction.", TransientDatabaseError),
        ("line 1:7 no viable alternative at input 'n RETURN'", QuerySyntaxError),
        ("Unbound variable: n.", QuerySyntaxError),
        ("Parameter $x not provided.", QuerySyntaxError),
        ("Division by zero.", DatabaseError),
    ],
)
def test_memgraph_tells_by_its_words(message: str, kind: type[DatabaseError]) -> None:
    errors = BoltErrors("Memgraph", "db:7687", memgraph.PRODUCT.patterns)
    assert type(errors.mapped(from_server("Memgraph.ClientError.MemgraphError.MemgraphError", message))) is kind


def test_read_that_writes_names_the_remedy() -> None:
    assert "write=True" in str(ERRORS.mapped(from_server("Neo.ClientError.Statement.AccessMode")))


@pytest.mark.parametrize("error", [client.ServiceUnavailable("gone"), client.SessionExpired("gone"), OSError("gone")])
def test_broken_connection_by_what_it_ended(error: Exception) -> None:
    read, write, within = (ERRORS.mapped(error, **how) for how in ({}, {"lasting": True}, {"undone": True}))
    assert (type(read), read.outcome_unknown) == (DatabaseUnavailableError, False)
    assert (type(write), write.outcome_unknown) == (DatabaseUnavailableError, True)
    assert (type(within), within.outcome_unknown) == (TransientDatabaseError, False)
    assert all("db:7687" in str(mapped) for mapped in (read, write, within))


def test_full_pool_may_be_tried_again() -> None:
    mapped = ERRORS.mapped(client.ConnectionAcquisitionTimeoutError("full"))
    assert type(mapped) is TransientDatabaseError
    assert "max_connection_pool_size" in str(mapped)


def test_refused_password_is_not_told() -> None:
    mapped = ERRORS.mapped(from_server("Neo.ClientError.Security.Unauthorized", "password secret is wrong"))
    assert "secret" not in str(mapped)
