"""What the core asks of a database, and what it gets back: plain data, no behaviour."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

T = TypeVar("T")

Wire: TypeAlias = Literal["str", "int", "float", "bool", "labels", "any"]
"""What a column of a reply holds.

`str`, `int`, `float` and `bool` promise that value or null, so that a backend may ask for an untyped reply.
`labels` is a node's label list and arrives as any hashable value that is equal for equal lists.
`any` (lists, maps, vectors, times, nodes, edges, paths) makes the backend ask for a typed reply.
"""

Columns: TypeAlias = tuple[Wire, ...]
Origin: TypeAlias = Literal["get", "lazy", "load", "query", "flush", "schema", "execute"]
Mode: TypeAlias = Literal["run", "explain", "profile"]
PLAN_COLUMNS = ("depth", "operator", "detail", "rows", "milliseconds")
"""What a backend answers in the modes "explain" and "profile": one row an operator, the last one of the plan first."""
Row: TypeAlias = list[Any]
Table: TypeAlias = list[Row]


class Statement(NamedTuple):
    """One statement: its text, its bound parameters, and the shape of its reply.

    `parameters` hold wire values only (converters have run). `tables` names the columns of each table of the
    reply. With none (raw Cypher) the reply is one table whose columns the database names, decoded by what the
    database says of each value. With several, each row of the reply carries its table's index in its last column.
    `timeout` is how many seconds the database may take; a backend also gives up waiting a little later.
    `read_only`: a session that only reads sends it, so that a replica may answer.
    `mode`: "explain" asks for the plan without running the statement, "profile" for that of a run; the reply is one
    table with `PLAN_COLUMNS`, rows and milliseconds None where they are not known. Only sent where the dialect has
    `supports_explain` or `supports_profile`.
    """

    text: str
    parameters: Mapping[str, Any]
    tables: tuple[Columns, ...] = ()
    write: bool = False
    origin: Origin = "execute"
    timeout: float | None = None
    read_only: bool = False
    mode: Mode = "run"


class Reply(NamedTuple):
    """Tables of rows; `columns` are the names of a raw reply, `counters` what the database says it changed."""

    tables: Sequence[Table]
    columns: Sequence[str] = ()
    counters: Mapping[str, int] = {}


class Begin(NamedTuple):
    """Open a transaction, or go on in the one that is open."""

    read_only: bool = False


class Commit(NamedTuple):
    """Commit the open transaction, if there is one."""


class Rollback(NamedTuple):
    """Undo the open transaction, if there is one."""


class Pause(NamedTuple):
    """Wait this long before going on."""

    seconds: float


Request: TypeAlias = Statement | Begin | Commit | Rollback | Pause
Operation: TypeAlias = Generator[Request, Reply, T]
"""Yields requests, is sent replies, returns T. Errors are thrown in at the yield."""
