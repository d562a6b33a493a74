"""`Session`: the unit of work, run by waiting for the database."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from runic.ogm.cypher.statement import Begin, Commit, Operation, Pause, Rollback, Statement
from runic.ogm.driving import drive
from runic.ogm.model.base import Edge, Entity, Node
from runic.ogm.query.search import fulltext_selection, vector_selection
from runic.ogm.session.deadline import bounded, finite
from runic.ogm.session.query import Query
from runic.ogm.session.runner import NOTHING, BaseSession, SyncConnector, ends_transaction
from runic.ogm.session.select import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runic.ogm.backends.base import Transaction
    from runic.ogm.cypher.statement import Reply, Request
    from runic.ogm.model.relations import Related
    from runic.ogm.query.search import FieldName
    from runic.ogm.query.statement import Statement as Select
    from runic.ogm.session.paging import KeysetPage, Page
    from runic.ogm.session.plans import Plan
    from runic.ogm.session.result import Result
    from runic.ogm.types import Vector

logger = logging.getLogger("runic.ogm.session")
T = TypeVar("T")
N = TypeVar("N", bound=Node)
A = TypeVar("A", bound=Entity)
B = TypeVar("B", bound=Entity)
C = TypeVar("C", bound=Entity)
L = TypeVar("L", bound=Edge)


class Session(BaseSession):
    """A unit of work on one database: entities once each, changes staged, written at commit.

    driver: from `create_driver()`. autoflush: write what is staged before a read that it may change. read_only: refuse
    writes, and read from a replica where the database has them. timeout: seconds that a statement may take, instead
    of the driver's (`math.inf`: no bound). As a context manager it commits on success, rolls back on an exception,
    and always closes.
    """

    _awaits = False

    def __init__(
        self, driver: SyncConnector, *, autoflush: bool = True, read_only: bool = False, timeout: float | None = None
    ) -> None:
        super().__init__(driver, autoflush=autoflush, read_only=read_only, timeout=timeout, lazy=self._run)
        self._driver = driver
        self._transaction: Transaction | None = None

    def _run(self, operation: Operation[T]) -> T:
        """Drive an operation: the only place that waits for a database."""
        self._enter()
        try:
            return drive(operation, self._answer)
        finally:
            self._running.release()

    def _answer(self, request: Request) -> Reply:
        transaction = self._transaction
        if isinstance(request, Statement):
            try:
                return self._send(request)
            except BaseException as error:
                if transaction is not None and ends_transaction(request, error):
                    self._answer(Rollback())
                    self._unit.transaction_failed()
                raise
        if isinstance(request, Begin):
            if transaction is None:
                self._transaction = self._driver.begin(read_only=request.read_only, timeout=self._timeout)
        elif isinstance(request, Pause):
            time.sleep(request.seconds)
        elif transaction is not None:
            self._transaction = None
            if isinstance(request, Commit):
                with self._committing():
                    transaction.commit()
            else:
                self._forget_schema()
                with self._giving_up():
                    transaction.rollback()
        return NOTHING

    def _send(self, statement: Statement) -> Reply:
        """Send a statement on the open transaction; what makes indexes can seldom share one with writes."""
        if statement.origin == "schema" and not self._makes_schema_within(self._transaction):
            with self._undone():  # of the unit nothing was sent yet
                return self._driver.execute(bounded(statement, finite(self._driver.timeout)))
        statement = bounded(statement, self._timeout)
        if self._transaction is not None:
            with self._undone():
                return self._transaction.execute(statement)
        if not statement.write:
            return self._driver.execute(statement._replace(read_only=True) if self._unit.read_only else statement)
        with self._for_good():
            return self._driver.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.commit()
            else:
                self._quietly(self._unit.rollback())
        finally:
            self._quietly(self._unit.close())

    def _quietly(self, operation: Operation[None]) -> None:
        """End the block: a failure to do so must not hide why it ends."""
        try:
            self._run(operation)
        except Exception:
            logger.exception("the session's block could not be ended as it should")

    @overload
    def relate(
        self, source: Node, relation: Related[N] | Related[N | None] | Related[list[N]], target: N, /, *,
        edge: Edge | None = None,
    ) -> None: ...  # fmt: skip
    @overload
    def relate(
        self, source: Node, relation: N | Sequence[N] | str | None, target: N, /, *, edge: Edge | None = None
    ) -> None: ...
    def relate(self, source: Node, relation: object, target: Node, /, *, edge: Edge | None = None) -> None:
        """Stage an edge: MERGE semantics, so that doing it twice makes one edge; with `edge` its properties are set.

        relation: `Model.relation` or its name. Raises RelationValueError for a target or an edge of another class,
        EntityNotFoundError for an entity that is neither stored nor staged.
        """
        self._run(self._unit.relate(source, relation, target, edge=edge))

    def unrelate(self, source: Node, relation: object, target: Node, /, *, edge: Edge | None = None) -> None:
        """Stage the removal of every edge of the relation between the two, or only of `edge`."""
        self._run(self._unit.unrelate(source, relation, target, edge=edge))

    def relate_all(self, relation: object, pairs: Iterable[tuple[Any, ...]], /) -> None:
        """Stage many edges of one relation: (source, target) or (source, target, edge)."""
        self._run(self._unit.relate_all(relation, pairs))

    def get(self, cls: type[N], key: object, /, *, fetch: Sequence[object] = ()) -> N | None:
        """Return the entity of that key, or None: from the session if it is there, else with one statement.

        fetch: relations to load with it: names, attributes, or paths such as "orders.items".
        """
        return self._run(self._unit.get(cls, key, fetch=fetch))

    def get_many(self, cls: type[N], keys: Iterable[object], /, *, fetch: Sequence[object] = ()) -> list[N | None]:
        """Return the entities of those keys in their order, None where there is none, with one statement."""
        return self._run(self._unit.get_many(cls, keys, fetch=fetch))

    @overload
    def edges(
        self, source: Node, relation: Related[N] | Related[N | None] | Related[list[N]], /
    ) -> list[tuple[Any, N]]: ...
    @overload
    def edges(self, source: Node, relation: N | Sequence[N] | None, /) -> list[tuple[Any, N]]: ...
    @overload
    def edges(self, source: Node, relation: object, /) -> list[tuple[Any, Any]]: ...
    def edges(self, source: Node, relation: object, /) -> list[tuple[Any, Any]]:
        """Return the (edge, target) pairs of a relation; the edges are tracked, so that their changes are written."""
        return self._run(self._unit.edges(source, relation))

    def load(self, entities: Node | Iterable[Node], /, *relations: object) -> None:
        """Load relations of one or many entities of this session, in one statement."""
        self._run(self._unit.load(entities, *relations))

    def refresh(self, entity: Entity, fetch: Sequence[object] = ()) -> None:
        """Read an entity again; properties that were not flushed are lost. EntityNotFoundError if it is gone."""
        self._run(self._unit.refresh(entity, fetch))

    def flush(self) -> None:
        """Write what is staged and every changed property, in one unit."""
        self._run(self._unit.flush())

    def commit(self) -> None:
        """Flush, and make it lasting: all of it, or on any error nothing, and what was staged still is.

        Raises StaleEntityError, EntityNotFoundError, ConstraintViolationError or FieldValidationError that names the
        entity, DatabaseError for what the database reports.
        """
        self._run(self._unit.commit())

    def rollback(self) -> None:
        """Give up what is staged, and what was flushed in an open transaction."""
        self._run(self._unit.rollback())

    def close(self) -> None:
        """Give up what is staged and detach the entities; what they have loaded stays readable."""
        self._run(self._unit.close())

    def scalars(self, statement: Select[T], /) -> list[T]:
        """Return the results of a statement."""
        return self._run(self._unit.scalars(statement))

    def all(self, statement: Select[T], /) -> list[T]:
        """Return the results of a statement, like `scalars`."""
        return self._run(self._unit.scalars(statement))

    def scalar(self, statement: Select[T], /) -> T | None:
        """Return the first result, or None."""
        return cast("T | None", self._run(self._unit.scalar(statement)))

    def one(self, statement: Select[T], /) -> T:
        """Return the only result; CardinalityError if there is none, or more than one."""
        return cast("T", self._run(self._unit.one(statement)))

    def page(self, statement: Select[T], /, number: int, size: int) -> Page[T]:
        """Return a page of a statement's results, counted from 1, with the total; ties are broken by the key.

        Raises QueryError for a statement that gives no entities, or has a limit of its own.
        """
        return self._run(self._unit.page(statement, number, size))

    def after(self, statement: Select[T], /, cursor: str | None, size: int) -> KeysetPage[T]:
        """Return the next results in the statement's order, whatever it is, with the key as the last: None begins.

        The page's `cursor` goes on where it ended; what is inserted or deleted meanwhile neither repeats a result nor
        leaves one out. Where a pattern finds a result several times, it stands once for each place in the order.
        Raises ValueError for a cursor of another statement, QueryError as `page` does.
        """
        return self._run(self._unit.after(statement, cursor, size))

    def explain(self, statement: Select[Any], /) -> Plan:
        """Return how the database would run a statement, which it does not; print it to read it.

        Raises UnsupportedFeatureError where the database cannot tell.
        """
        return self._run(self._unit.explain(statement))

    def profile(self, statement: Select[Any], /) -> Plan:
        """Run a statement, and return how the database did so, with the rows and the time of each step.

        Raises UnsupportedFeatureError where the database cannot tell, QueryError for a statement that writes.
        """
        return self._run(self._unit.profile(statement))

    def count(self, statement: Select[Any], /) -> int:
        """Return how many results a statement has, with its skip and limit."""
        return self._run(self._unit.count(statement))

    def exists(self, statement: Select[Any], /) -> bool:
        """Tell whether a statement has any result."""
        return self._run(self._unit.exists(statement))

    def all_rows(self, statement: Select[Any], /) -> list[Any]:
        """Return the rows of a statement: tuples of what is returned, or dicts of a projection."""
        return self._run(self._unit.all_rows(statement))

    @overload
    def all_with_edges(self, statement: Select[tuple[A, L, C]], /) -> list[tuple[A, L, C]]: ...
    @overload
    def all_with_edges(self, statement: Select[Any], /) -> list[tuple[Any, Any, Any]]: ...
    @overload
    def all_with_edges(
        self, statement: Select[Any], a: type[A], edge: type[B], b: type[C], /
    ) -> list[tuple[A, B, C]]: ...
    def all_with_edges(self, statement: Select[Any], /, *classes: type[Any]) -> list[Any]:
        """Return tuples of nodes and edges in the order of the pattern; None where an optional step found nothing."""
        return self._run(self._unit.all_with_edges(statement, *classes))

    def stream(self, statement: Select[T], /, batch: int = 1000) -> Iterator[T]:
        """Yield the results in batches, a statement each, with bounded memory.

        Nodes of one class that are ordered by their key are read on behind the last key: none is left out or repeated
        because others come and go meanwhile. Other results want an order, so that their batches do not overlap.
        With the next batch what was read before leaves the session; what has changed is written first, or stays.
        """
        for operation in self._unit.stream_batches(statement, batch):
            yield from self._run(operation)

    def query(self, cls: type[N], /) -> Query[N]:
        """Return a statement over a class that is bound to this session: end it with `all()`, `one()`, `count()`..."""
        return Query(self, select(cls).selection)

    def fulltext_search(
        self, cls: type[N], /, query: str, fields: Iterable[FieldName] | None = None, *, raw: bool = False
    ) -> Query[N]:
        """Return a statement over the nodes whose full-text index holds all words of `query`, best first.

        fields: those to look at, by default all with index_type="FULLTEXT". raw: the query is in the database's own
        syntax; else nothing in it is. `score()` tells how well each fits. Raises QueryError where there is no index.
        """
        return Query(self, fulltext_selection(cls, query, fields, raw=raw))

    def vector_search(
        self, cls: type[N], /, field: FieldName, vector: Vector | Sequence[float], k: int = 10
    ) -> Query[N]:
        """Return a statement over the `k` nodes whose vectors are the most similar to `vector`, best first.

        What the statement goes on with, such as `where`, chooses among these. `score()` tells how similar each is,
        from 0 to 1. Raises FieldValidationError for a vector of another length, QueryError where there is no index.
        """
        return Query(self, vector_selection(cls, field, vector, k))

    def execute(
        self, cypher: str | Select[Any], params: Mapping[str, object] | None = None, *, write: bool = False,
        timeout: float | None = None,
    ) -> Result:  # fmt: skip
        """Run raw Cypher with bound parameters, or a statement that ends in `update()` or `delete()`.

        write: says that raw Cypher may change data. timeout: seconds that it may take, instead of the session's.
        """
        return self._run(self._unit.execute(cypher, params, write=write, timeout=timeout))
