"""How long the database may take: the bounds of drivers, sessions and single statements."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, TypeVar

from runic.ogm.cypher.statement import Statement

if TYPE_CHECKING:
    from runic.ogm.cypher.statement import Operation

T = TypeVar("T")
UNBOUNDED = frozenset({"schema", "flush"})
"""What a read's own bound does not concern: making indexes, and writing what was staged before it."""


def finite(timeout: float | None) -> float | None:
    """Return a bound as backends know it: None where there is none."""
    return None if timeout == inf else timeout


def bounded(statement: Statement, timeout: float | None) -> Statement:
    """Return a statement with the bound of its session, unless it has one of its own."""
    if statement.timeout is not None:
        return statement._replace(timeout=finite(statement.timeout))
    return statement if timeout is None else statement._replace(timeout=timeout)


def within(timeout: float | None, operation: Operation[T]) -> Operation[T]:
    """Run an operation whose reads all have this bound."""
    if timeout is None:
        return (yield from operation)
    try:
        request = next(operation)
        while True:
            if isinstance(request, Statement) and request.origin not in UNBOUNDED:
                request = request._replace(timeout=timeout)
            try:
                reply = yield request
            except BaseException as error:  # noqa: BLE001 - the operation decides
                request = operation.throw(error)
            else:
                request = operation.send(reply)
    except StopIteration as done:
        result: T = done.value
        return result
