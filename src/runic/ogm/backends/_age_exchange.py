"""What goes to and fro for one statement or transaction: all decisions, no connection, neither sync nor async."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

import orjson

from runic.ogm.backends import _age_commands as sql_commands
from runic.ogm.backends import _age_search as search
from runic.ogm.backends import _age_sql as sql
from runic.ogm.backends._age_errors import WriteRefusedError, database_error
from runic.ogm.backends._age_names import shown_name
from runic.ogm.backends._age_parameters import spell_parameters
from runic.ogm.backends._age_plans import beneath, plan_text, read_plan
from runic.ogm.backends._age_replies import Reader
from runic.ogm.backends._age_sources import Split, spell_found, split, with_found
from runic.ogm.backends._age_text import compile_text, expect, few_rows
from runic.ogm.backends._age_writes import spell_writes
from runic.ogm.exceptions import DatabaseError, DatabaseUnavailableError, QueryError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from runic.ogm.backends._age_sources import Source
    from runic.ogm.backends._age_url import AgeTarget
    from runic.ogm.backends._agtype import Text
    from runic.ogm.cypher.statement import Columns, Reply, Statement, Table
    from runic.ogm.exceptions import OGMError

Raw: TypeAlias = "Sequence[Sequence[Text]]"
READERS = 1024
WROTE = "Apache AGE refused a statement that writes where a read was announced; pass write=True"
ROOTS = frozenset({"_ag_label_vertex", "_ag_label_edge"})


class Request(NamedTuple):
    """One query with at most one parameter, a text."""

    text: str
    parameter: str | None = None


class Prepared(NamedTuple):
    """A statement's query, what reads its reply, and what is asked for before."""

    text: str
    reader: Reader
    sources: Sequence[Source] = ()


Steps: TypeAlias = "Generator[Request, Raw, Reply]"
Work: TypeAlias = "Generator[Request, Raw, None]"


class UnknownLabelError(LookupError):
    """A label that was made since the labels were read; internal."""


class _Labels(dict[str, tuple[str, ...]]):
    """The labels that a node of each table has: its own, and those of the tables that this one inherits from."""

    def __missing__(self, label: str) -> NoReturn:
        raise UnknownLabelError(label)


class Exchange:
    """Turns statements into queries, and columns of agtype into tables; errors are thrown in.

    local: the connections are the user's own, so that nothing may be left set on them.
    """

    def __init__(self, target: AgeTarget, *, local: bool) -> None:
        self.graph, self.local = target.graph, local
        self.where = target.where
        self.ready = self.closed = False
        self._extension: search.Extension | None = None
        self._labels = _Labels({"": ()})
        self._prepared: OrderedDict[tuple[str, tuple[Columns, ...], int | None], Prepared] = OrderedDict()

    def failure(self, error: Exception, *, sent: bool) -> OGMError:
        """Return what to raise for an error of the client; `sent`: the query may have reached the server."""
        return database_error(error, self.where, sent=sent)

    def check_open(self) -> None:
        """Raise DatabaseUnavailableError once the driver is closed."""
        if self.closed:
            raise DatabaseUnavailableError(f"the driver of Apache AGE at {self.where} is closed")

    def make_ready(self, *, begins: bool) -> Work:
        """Make the graph unless it is there, once a driver."""
        if not self.ready:
            yield from self._own_transaction(sql.make_graph(self.graph), begins=begins)
            self.ready = True

    def _own_transaction(self, text: str, *, begins: bool) -> Work:
        if not self.local:
            yield Request(text)
            return
        yield Request(sql.begin(local=True, begins=begins, read_only=False, timeout=None))
        try:
            yield Request(text)
        except BaseException:
            yield Request("ROLLBACK")
            raise
        yield Request("COMMIT")

    def run_alone(self, statement: Statement, *, begins: bool) -> Steps:
        """Run one statement by itself; `begins`: the connection opens no transactions by itself."""
        yield from self.make_ready(begins=begins)
        raw_read = statement.origin == "execute" and not statement.write
        several = not statement.write and self._has_sources(statement)
        if not (self.local or raw_read or several) and statement.timeout is None:
            return (yield from self.run(statement))
        yield Request(
            sql.begin(local=self.local, begins=begins, read_only=raw_read, snapshot=several, timeout=statement.timeout)
        )
        try:
            reply = yield from self.run(statement)
        except BaseException as error:
            yield Request("ROLLBACK")
            if raw_read and isinstance(error, WriteRefusedError):
                raise DatabaseError(WROTE) from error.__cause__
            raise
        yield Request("COMMIT")
        return reply

    def begin(self, *, begins: bool, read_only: bool, timeout: float | None) -> Work:
        """Open a transaction."""
        yield from self.make_ready(begins=begins)
        text = sql.begin(local=self.local, begins=begins, read_only=read_only, timeout=timeout)
        if text:
            yield Request(text)

    def run_within(self, statement: Statement, usual: float | None) -> Steps:
        """Run one statement of an open transaction, whose statements have the bound `usual`."""
        if statement.timeout is None or statement.timeout == usual:
            return (yield from self.run(statement))
        yield Request(sql.bound(statement.timeout))
        reply = yield from self.run(statement)
        yield Request(sql.bound(usual))
        return reply

    def run(self, statement: Statement) -> Steps:
        """Run one statement on a connection that is ready."""
        if statement.text.startswith(sql.COMMAND):
            if statement.parameters.get("kind") == "vector":
                search.required((yield from self._learn_extension()))
            columns = yield Request(sql_commands.spell_command(statement, self.graph, self._extension))
            return sql_commands.read_command(statement, columns)
        prepared = self._prepare(statement)
        plans: list[Table] = []
        parameter = yield from self._find(prepared.sources, statement, spell_parameters(statement), plans)
        if statement.mode != "run":
            plan = read_plan((yield Request(plan_text(statement.mode, prepared.text), parameter)))
            return beneath(plan, plans)
        columns = yield Request(prepared.text, parameter)
        try:
            return prepared.reader.read(columns, self._labels.__getitem__)
        except UnknownLabelError:
            yield from self._learn_labels()
            return prepared.reader.read(columns, lambda label: self._labels.get(label, (shown_name(label),)))

    def _find(
        self, sources: Sequence[Source], statement: Statement, parameter: str | None, plans: list[Table]
    ) -> Generator[Request, Raw, str | None]:
        """Ask for what a statement goes on from; return its parameters with that, and note the plans if asked."""
        found: list[tuple[str, str]] = []
        for source in sources:
            given = parameter
            for part in source.parts:
                given = yield from self._find(part.sources, statement, given, plans)
            request = yield from self._question(source, statement, given)
            if statement.mode != "run":
                plans += read_plan((yield request._replace(text=plan_text(statement.mode, request.text)))).tables
            columns: Raw = [] if statement.mode == "explain" else (yield request)
            found.append((source.parameter, spell_found(columns)))
        return with_found(parameter, found)

    def _question(
        self, source: Source, statement: Statement, parameter: str | None
    ) -> Generator[Request, Raw, Request]:  # fmt: skip
        """Return the query for what a statement goes on from."""
        if not source.search:
            texts = [part.text for part in source.parts]
            return Request(sql.unite(self.graph, texts, bound=parameter is not None), parameter)
        extension = (yield from self._learn_extension()) if search.is_vector(source.search) else None
        found = search.search_query(self.graph, source.search, statement.parameters, extension)
        if found.settings:
            yield Request(found.settings)
        return Request(found.text, found.parameter)

    def _learn_extension(self) -> Generator[Request, Raw, search.Extension | None]:
        """Find out where pgvector is, until it is there."""
        if self._extension is None:
            self._extension = search.read_extension((yield Request(search.extension_question())))
        return self._extension

    def _learn_labels(self) -> Work:
        columns = yield Request(sql.labels_of_graph(self.graph))
        text = columns[0][0]
        rows: list[tuple[str, str, list[str]]] = [] if text is None else orjson.loads(text)
        above = {label: [parent for parent in parents if parent not in ROOTS] for label, _, parents in rows}
        self._labels.update({label: _shown(label, above) for label in above})

    def _has_sources(self, statement: Statement) -> bool:
        return not statement.text.startswith(sql.COMMAND) and bool(self._prepare(statement).sources)

    def _prepare(self, statement: Statement) -> Prepared:
        """Return the query of a statement, and what reads its reply; both are kept for the next one of its text."""
        few = few_rows(statement)
        place = (statement.text, statement.tables, few)
        found = self._prepared.get(place)
        if found is None:
            found = self._prepared[place] = self._compile(statement, few)
            while len(self._prepared) > READERS:
                self._prepared.popitem(last=False)
        return found

    def _compile(self, statement: Statement, few: int | None) -> Prepared:
        if "\0" in statement.text:
            raise QueryError("a statement may not hold a NUL character")
        try:
            statement.text.encode()
        except UnicodeEncodeError:
            raise QueryError("a statement may not hold a lone surrogate") from None
        own = Split(statement.text) if statement.origin == "execute" else split(expect(statement.text, few))
        compiled = compile_text(own.text, tuple(map(len, statement.tables)))
        bound = bool(statement.parameters or own.sources)
        ours = statement.write and statement.origin != "execute"
        written = spell_writes(self.graph, own.text, bound=bound) if ours else None
        text = written or sql.call(self.graph, compiled.text, compiled.width, bound=bound)
        return Prepared(text, Reader(compiled, statement.tables), own.sources)


def _shown(label: str, above: dict[str, list[str]]) -> tuple[str, ...]:
    """Return a table's label with those of all tables above it, the most general first."""
    found: dict[str, None] = {}
    for parent in above.get(label, ()):
        found.update(dict.fromkeys(_shown(parent, above)))
    return (*found, shown_name(label))
