"""What goes to and fro for one statement: all decisions, no connection, neither sync nor async."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from runic.ogm.backends._falkordb_errors import ConnectionBrokenError, EmptyGraphError, database_error
from runic.ogm.backends._falkordb_parameters import spell_statement
from runic.ogm.backends._falkordb_plans import read_plan
from runic.ogm.backends._falkordb_replies import (
    Names,
    Raw,
    UnknownNameError,
    read_plain,
    read_typed,
    wants_plain,
)
from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import (
    DatabaseError,
    DatabaseUnavailableError,
    QueryError,
    TransientDatabaseError,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from runic.ogm.backends._embedded import EmbeddedServer
    from runic.ogm.backends._falkordb_url import Target
    from runic.ogm.cypher.statement import Statement

Word: TypeAlias = str | bytes | int | float
Words: TypeAlias = tuple[Word, ...]

COMMAND = "GRAPH."
SCHEMA_ATTEMPTS = 8
_NO_VERSION = "0"


class Exchange:
    """Turns statements into commands, and replies into tables; raises through errors that are thrown in.

    `run` yields commands and is sent raw replies. A command that writes is never yielded twice.
    """

    def __init__(self, target: Target, server: EmbeddedServer | None) -> None:
        self.graph = target.graph
        self._where, self._server = target.where, server
        self._names = Names()
        self.closed = False

    def close(self) -> None:
        """Refuse statements from now on."""
        self.closed = True

    def go_on_with(self, server: EmbeddedServer | None) -> None:
        """Go on with another server, whose graph may have other names by now."""
        self._server, self._names = server, Names()

    def failure(self, error: Exception, *, sent: bool) -> DatabaseError:
        """Return what to raise for an error of the client; `sent`: the command may have reached the server."""
        mapped = database_error(error, self._where, sent=sent)
        if isinstance(mapped, DatabaseUnavailableError) and self._server is not None and self._server.ended():
            way = "it is started again on what it kept" if self._server.durable else "open a new driver"
            return DatabaseUnavailableError(f"{self._where} has ended (or was ended); {way}", outcome_unknown=sent)
        return mapped

    def run(self, statement: Statement) -> Generator[Words, Raw, Reply]:
        """Run one statement."""
        try:
            return (yield from self._run(statement))
        except DatabaseError as error:
            error.outcome_unknown = error.outcome_unknown and statement.write
            raise

    def _run(self, statement: Statement) -> Generator[Words, Raw, Reply]:
        if self.closed:
            raise DatabaseUnavailableError(f"the driver of {self._where} is closed")
        if statement.text.startswith(COMMAND):
            return _read_command((yield _spell_command(statement, self.graph)))
        text = spell_statement(statement)
        if statement.mode != "run":
            return read_plan((yield from self._ask_plan(statement.mode, text)))
        if wants_plain(statement.tables):
            return read_plain(statement.tables, (yield from self._ask(statement.write, text, *_bound(statement))))
        return (yield from self._run_typed(statement, text))

    def _run_typed(self, statement: Statement, text: bytes) -> Generator[Words, Raw, Reply]:
        for _ in range(SCHEMA_ATTEMPTS):
            names = self._names
            # The server refuses a statement that tells another version of the schema than the graph has by now.
            version = () if names.version is None else ("version", str(names.version))
            raw = yield from self._ask(statement.write, text, "--compact", *version, *_bound(statement))
            if not _tells_version(raw):
                break
            yield from self._learn_names(raw[1])
        else:
            raise TransientDatabaseError(f"the schema of graph {self.graph!r} changes faster than it can be read")
        try:
            return read_typed(statement.tables, raw, names)
        except UnknownNameError:  # the first names of this graph, or a name that this statement made
            return read_typed(statement.tables, raw, (yield from self._learn_names(None)))

    def _learn_names(self, version: int | None) -> Generator[Words, Raw, Names]:
        """Read the graph's names; of `version`, or a later one, since they are only ever added to."""
        if version is None:
            answer = yield from self._ask(False, b"RETURN 1", "--compact", "version", _NO_VERSION)
            version = answer[1] if _tells_version(answer) else int(_NO_VERSION)
        columns: list[list[str]] = []
        for procedure in (b"db.labels", b"db.relationshipTypes", b"db.propertyKeys"):
            raw = yield from self._ask(False, b"CALL %b()" % procedure)
            columns.append([row[0] for row in raw[1]])
        self._names = Names(version, *columns)
        return self._names

    def _ask_plan(self, mode: str, text: bytes) -> Generator[Words, Raw, Raw]:
        """Ask how a statement is run; a graph that does not exist yet is made first, which asking alone does not do."""
        words = (f"{COMMAND}{mode.upper()}", self.graph, text)
        try:
            return (yield from _ask_again(words))
        except EmptyGraphError:
            yield ("GRAPH.QUERY", self.graph, b"RETURN 1")
            return (yield from _ask_again(words))

    def _ask(self, write: bool, *words: Word) -> Generator[Words, Raw, Raw]:  # noqa: FBT001 - as Statement.write
        """Send a query; a read of a graph that does not exist yet finds an empty one."""
        if write:
            return (yield ("GRAPH.QUERY", self.graph, *words))
        try:
            return (yield from _ask_again(("GRAPH.RO_QUERY", self.graph, *words)))
        except EmptyGraphError:
            return (yield from _ask_again(("GRAPH.QUERY", self.graph, *words)))


def _bound(statement: Statement) -> tuple[Word, ...]:
    """Return the words that bound the time of a statement: milliseconds, and not 0, which would mean none."""
    return () if statement.timeout is None else ("timeout", max(1, round(statement.timeout * 1000)))


def _ask_again(words: Words) -> Generator[Words, Raw, Raw]:
    """Send a read, once more if its connection broke: the server may have closed it while it was idle."""
    try:
        return (yield words)
    except ConnectionBrokenError:
        return (yield words)


def _tells_version(raw: Raw) -> bool:
    """Tell whether a reply is not one, but the graph's version, because another one was asked for."""
    return len(raw) == 2 and isinstance(raw[0], Exception)  # noqa: PLR2004 - [error, version]


def _spell_command(statement: Statement, graph: str) -> Words:
    arguments = statement.parameters.get("arguments", ())
    for argument in arguments:
        if not isinstance(argument, str | int | float):
            raise QueryError(f"{statement.text} takes arguments of type str, int or float, not {argument!r}")
    return (*statement.text.split(), graph, *arguments)


def _read_command(raw: Raw) -> Reply:
    return Reply([[[raw]]], ("reply",))
