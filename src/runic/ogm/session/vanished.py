"""Nodes that others delete while a statement reads them, on databases that read without snapshots."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, Protocol, TypeVar

from runic.ogm.exceptions import FieldValidationError, TransientDatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation

P = ParamSpec("P")
R = TypeVar("R")
TRIES: Final = 5
"""How often a statement is sent before it is given up: each time another node vanished under it."""


class _Reader(Protocol):
    @property
    def dialect(self) -> Dialect: ...


S = TypeVar("S", bound=_Reader)


def may_have_vanished(dialect: Dialect, error: FieldValidationError) -> bool:
    """Tell whether a node that came without its key or a label may be one that was deleted after it was matched.

    One that lost other properties cannot be told from one that never had them: Neo4j 2026.09 removes the records of
    a node's properties one by one and its labels last, in an order of its own, while others read
    (`tests/backends/neo4j/test_vanishing.py` shows it).
    """
    return error.row is not None and not dialect.reads_snapshots


def reads_again(read: Callable[Concatenate[S, P], Operation[R]]) -> Callable[Concatenate[S, P], Operation[R]]:
    """Let an operation that sends a statement and loads its reply do so again after a node that may have vanished.

    A node that comes back just the same is stored so, and told as that. Raises TransientDatabaseError after
    the last try.
    """

    @wraps(read)
    def wrapped(self: S, /, *args: P.args, **options: P.kwargs) -> Operation[R]:
        before: list[object] | None = None
        for _ in range(TRIES):
            try:
                return (yield from read(self, *args, **options))
            except FieldValidationError as error:
                if not may_have_vanished(self.dialect, error) or error.row == before:
                    raise
                before = error.row
        raise TransientDatabaseError(f"of {TRIES} reads each met nodes that others were deleting: read again")

    return wrapped
