"""Runs statements of the query language: text and columns from the compiler, rows to entities, tuples or values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from runic.ogm.cypher.fetched import compile_fetched
from runic.ogm.cypher.kept import kept
from runic.ogm.cypher.load import plan_fetch
from runic.ogm.cypher.order import target_of
from runic.ogm.cypher.plan import EdgeColumn, NodeColumn, PathColumn, ValueColumn
from runic.ogm.cypher.rows import compile_rows
from runic.ogm.cypher.select import (
    compile_count,
    compile_exists,
    compile_paths,
    compile_select,
)
from runic.ogm.cypher.statement import Statement as Request
from runic.ogm.cypher.writes import compile_write
from runic.ogm.exceptions import CardinalityError, FieldValidationError, OGMError, QueryError, UnsendableValueError
from runic.ogm.garbage import still
from runic.ogm.identifiers import is_plain
from runic.ogm.model.base import Edge
from runic.ogm.model.state import Link
from runic.ogm.query.bounds import checked_timeout
from runic.ogm.query.scope import describe
from runic.ogm.query.search import searches_of
from runic.ogm.query.statement import Statement
from runic.ogm.session.deadline import within
from runic.ogm.session.edges import EdgeReading
from runic.ogm.session.flaws import refuse_flawed_changes
from runic.ogm.session.names import properties_of
from runic.ogm.session.reach import resolved
from runic.ogm.session.result import Result
from runic.ogm.session.select import select
from runic.ogm.session.vanished import reads_again

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.cypher.statement import Mode, Operation, Reply, Table
    from runic.ogm.model.base import Entity, Node
    from runic.ogm.query.pattern import Selection


class Querying(EdgeReading):
    """Statements built with `select`, and raw Cypher."""

    def scalars(self, statement: Statement[Any]) -> Operation[list[Any]]:
        """Return the results of a statement: entities, or tuples for `select(A, E, B)`."""
        selection = _entities(statement)
        if len(selection.classes) > 1:
            return (yield from self._rows(selection, kept(selection, compile_paths, self.dialect, self.mapper)))
        if selection.fetched:
            return (yield from within(selection.timeout, self._fetched(selection)))
        return (yield from self._rows(selection, kept(selection, compile_select, self.dialect, self.mapper)))

    def all(self, statement: Statement[Any]) -> Operation[list[Any]]:
        """Return the results of a statement, like `scalars`."""
        return self.scalars(statement)

    def _before(self, selection: Selection) -> Operation[None]:
        classes = {cls for place in selection.visible for cls in _classes_at(selection, place)}
        yield from self.before_read(classes)
        yield from self.prepare_keys([cls.__meta__ for cls in classes if not issubclass(cls, Edge)])
        yield from self.keys.require_indexes(searches_of(selection))

    @reads_again
    def _fetched(self, selection: Selection) -> Operation[list[Any]]:
        if selection.may_lack(target_of(selection)):
            found = yield from self._rows(selection, kept(selection, compile_select, self.dialect, self.mapper))
            yield from self.load_fetched(selection, found)
            return found
        compiled, plan, steps = kept(selection, compile_fetched, self.dialect, self.mapper)
        reply = yield from self._ask(selection, compiled)
        roots = self.take(plan, reply.tables)
        yield from self.load_steps([root for root in roots if root is not None], steps, "load")
        return roots

    def load_fetched(self, selection: Selection, found: Iterable[Node | None]) -> Operation[None]:
        """Load what a statement fetches with results that are read; some are None, which no table of nodes has."""
        if selection.fetched:
            steps = plan_fetch(selection.nodes_at(target_of(selection)), selection.fetched, selection.values)
            yield from self.load_steps([one for one in found if one is not None], steps, "load")

    def _send_compiled(self, selection: Selection, compiled: CompiledSelect, mode: Mode = "run") -> Operation[Table]:
        return (yield from self._ask(selection, compiled, mode)).tables[0]

    def _ask(self, selection: Selection, compiled: CompiledSelect, mode: Mode = "run") -> Operation[Reply]:
        """Send a statement whose parameters all have values; name the field of one that cannot be sent."""
        if compiled.unbound:
            raise QueryError(f"the statement needs values for {', '.join(compiled.unbound)}: give them with params()")
        yield from self._before(selection)
        try:
            statement = compiled.statement()
            if mode != "run":
                statement = statement._replace(mode=mode, write=False)
            if searches_of(selection):
                statement = statement._replace(
                    parameters=(yield from resolved(self.dialect, self.keys, statement.parameters))
                )
            if selection.timeout is not None:
                statement = statement._replace(timeout=selection.timeout)
            return (yield from self.send(statement))
        except UnsendableValueError as error:
            field = compiled.field_of(str(error.path[0]))
            if field is None:
                raise
            raise FieldValidationError(field.owner.__name__, field.name, error.reason) from error

    @reads_again
    def _rows(self, selection: Selection, compiled: CompiledSelect) -> Operation[list[Any]]:
        table = yield from self._send_compiled(selection, compiled)
        with still(len(table)):
            columns = self._columns(compiled, table)
            shown = [columns[place] for place in compiled.shape]
            return shown[0] if compiled.single else list(zip(*shown, strict=True))

    def _columns(self, compiled: CompiledSelect, table: Table) -> list[list[Any]]:
        """Return a reply by columns: entities, edges, decoded values. Nodes come first, since edges lead to them."""
        columns: list[list[Any]] = [
            column.family.load(table, self.identity.nodes, Link(self.owner), column.offset, nullable=column.nullable)
            if isinstance(column, NodeColumn)
            else []
            for column in compiled.plan
        ]
        for place, column in enumerate(compiled.plan):
            if isinstance(column, EdgeColumn):
                source: Any = compiled.plan[column.source]
                columns[place] = self._edges(column, table, columns, source.offset + source.family.id_position)
            elif isinstance(column, PathColumn):
                columns[place] = self._paths(column, table)
            elif isinstance(column, ValueColumn):
                columns[place] = _decoded(column, [row[column.offset] for row in table])
        return columns

    # -- endings

    def scalar(self, statement: Statement[Any]) -> Operation[Any]:
        """Return the first result, or None."""
        selection = _selection(statement)
        limit = selection.stage.limit
        found = yield from self.scalars(statement if limit is not None and limit < 1 else statement.limit(1))
        return found[0] if found else None

    def one(self, statement: Statement[Any]) -> Operation[Any]:
        """Return the only result; CardinalityError if there is none, or more than one."""
        limit = _selection(statement).stage.limit
        found = yield from self.scalars(statement if limit is not None and limit < 2 else statement.limit(2))  # noqa: PLR2004
        if len(found) == 1:
            return found[0]
        raise CardinalityError(
            f"one() found {'several results' if found else 'no result'} of {_selection(statement).root.__name__}: "
            "use scalar() where it may be missing, scalars() where there may be several"
        )

    def count(self, statement: Statement[Any]) -> Operation[int]:
        """Return how many results a statement has, with its skip and limit."""
        selection = _selection(statement)
        table = yield from self._send_compiled(selection, kept(selection, compile_count, self.dialect))
        return int(table[0][0]) if table else 0

    def exists(self, statement: Statement[Any]) -> Operation[bool]:
        """Tell whether a statement has any result."""
        selection = _selection(statement)
        return bool((yield from self._send_compiled(selection, kept(selection, compile_exists, self.dialect))))

    @reads_again
    def all_rows(self, statement: Statement[Any]) -> Operation[list[Any]]:
        """Return the rows: dicts of what is projected or aggregated, else tuples in the order of the pattern."""
        selection = _selection(statement)
        if not selection.projected:
            return (yield from self.all_with_edges(statement))
        compiled = kept(selection, compile_rows, self.dialect, self.mapper)
        table = yield from self._send_compiled(selection, compiled)
        names = [column.name for column in compiled.plan]
        return [dict(zip(names, row, strict=True)) for row in zip(*self._columns(compiled, table), strict=True)]

    def all_with_edges(self, statement: Statement[Any], *classes: type[Entity]) -> Operation[list[tuple[Any, ...]]]:
        """Return tuples of nodes and edges in the order of the pattern; None where an optional step found nothing."""
        selection = _entities(statement)
        compiled = kept(selection, compile_paths, self.dialect, self.mapper, classes)
        rows = yield from self._rows(selection, compiled)
        return [(row,) for row in rows] if compiled.single else rows

    def edges(self, source: Node, relation: object) -> Operation[list[tuple[Any, Any]]]:
        """Return the (edge, target) pairs of a relation, as tracked edges."""
        self.check_open()
        meta = self.relation_of(source, relation)
        self._require(source)
        if id(source) in self.new and not self.autoflush:
            return []
        cls = source.__meta__.cls
        key = cls.__properties__[source.__meta__.key.name]
        statement = (
            select(cls).where(key == getattr(source, source.__meta__.key.name)).alias("source")
            .traverse(getattr(cls, meta.name), edge_alias="edge", optional=False).alias("target")
            .return_nodes("target").return_edge("edge")
        )  # fmt: skip
        rows = yield from self.all_with_edges(_ordered(statement, meta.options.order_by))
        return [(row[0], row[1]) for row in rows]

    def execute(
        self, cypher: str | Statement[Any], params: Mapping[str, object] | None = None, *, write: bool = False,
        timeout: float | None = None,
    ) -> Operation[Result]:  # fmt: skip
        """Run raw Cypher with bound parameters, or a statement that updates or deletes what it matches."""
        self.check_open()
        if isinstance(cypher, Statement):
            chosen = cypher if timeout is None else cypher.timeout(timeout)
            return (yield from self._execute_write(chosen))
        if not isinstance(cypher, str) or not cypher.strip():
            raise TypeError(f"cypher must be a statement's text, not {cypher!r}")
        if not isinstance(write, bool):
            raise TypeError(f"write must be a bool, not {write!r}")
        parameters = _checked_parameters(params)
        if write:
            self.check_writable()
        bound = checked_timeout(timeout)
        yield from self.before_read(None)
        reply = yield from self.send(Request(cypher, parameters, write=write, origin="execute", timeout=bound))
        return Result(list(reply.columns), [tuple(row) for row in reply.tables[0]] if reply.tables else [])

    def _execute_write(self, statement: Statement[Any]) -> Operation[Result]:
        self.check_writable()
        yield from refuse_flawed_changes(self, statement.selection)
        if self.dialect.undoes_names:
            yield from self.keys.introduce(properties_of(change.prop for change in statement.selection.changes))
        compiled = kept(statement.selection, compile_write, self.dialect)
        table = yield from self._send_compiled(statement.selection, compiled)
        return Result(["count"], [(row[0],) for row in table])


def _decoded(column: ValueColumn, values: list[Any]) -> list[Any]:
    """Return the values of a column; raises QueryError if they are not stored as those that it is read as."""
    decode = column.codec.decode if column.codec else None
    if decode is None:
        return values
    try:
        return [None if value is None else decode(value) for value in values]
    except OGMError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise QueryError(
            f"column {column.name!r} has values that are stored in another way than the first of its expression: "
            f"choose between values of one type ({error})"
        ) from error


def _checked_parameters(params: object) -> dict[str, object]:
    if params is None:
        return {}
    if not isinstance(params, Mapping):
        raise TypeError(f"params must map names to values, not {params!r}")
    given = cast("Mapping[Any, object]", params)
    for name in given:
        if not isinstance(name, str):
            raise TypeError(f"a parameter's name must be a str, not {name!r}")
        if not is_plain(name):
            raise QueryError(f"a parameter's name must be letters, digits and underscores, not {name!r}")
    return dict(given)


def _selection(statement: object) -> Selection:
    if not isinstance(statement, Statement):
        raise TypeError(f"expected a statement made with select(), not {statement!r}")
    return statement.selection


def _entities(statement: object) -> Selection:
    selection = _selection(statement)
    if selection.projected:
        raise QueryError(f"project() and aggregate() make rows: read them with all_rows(). {describe(selection)}")
    return selection


def _classes_at(selection: Selection, place: Any) -> tuple[type[Any], ...]:  # noqa: ANN401 - a Place
    edge = selection.edge_at(place) if place % 2 else None
    return (edge,) if edge is not None else selection.nodes_at(place)


def _ordered(statement: Any, order_by: object) -> Any:  # noqa: ANN401 - a Select
    return statement if order_by is None else statement.order_by(order_by)
