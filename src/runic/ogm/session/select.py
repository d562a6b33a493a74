"""`select()`: the statement as users hold it. It is here, above the compiler, because it knows its own text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.fetched import compile_fetched
from runic.ogm.cypher.order import target_of
from runic.ogm.cypher.rows import compile_rows
from runic.ogm.cypher.select import compile_paths, compile_select
from runic.ogm.cypher.writes import compile_write
from runic.ogm.exceptions import OGMError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.query.building import new_selection
from runic.ogm.query.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.cypher.plan import CompiledSelect
    from runic.ogm.model.base import Entity, Node
    from runic.ogm.model.relations import Related
    from runic.ogm.query.pattern import Selection
    from runic.ogm.session.path import Path

T = TypeVar("T")
A = TypeVar("A", bound="Node")
B = TypeVar("B", bound="Entity")
C = TypeVar("C", bound="Entity")
D = TypeVar("D", bound="Entity")
E = TypeVar("E", bound="Entity")


class Select(Statement[T]):
    """A statement that is bound to no session: run it with `session.scalars(statement)` and its kind."""

    __slots__ = ()

    def build(self, dialect: Dialect | str | None = None) -> tuple[str, dict[str, Any]]:
        """Return the text and the parameters, for standard openCypher or for a database's dialect.

        dialect: a driver's `dialect`, or the name of one: "falkordb", "neo4j", "memgraph", "arcadedb" or "age", whose
        extra must be installed then. Raises ValueError for another name.
        """
        chosen = Dialect() if dialect is None else named_dialect(dialect)
        compiled = compile_natural(self.selection, chosen, Mapper(chosen))
        return compiled.text, dict(compiled.parameters)

    def __repr__(self) -> str:
        return shown(self.build)

    @overload
    def return_target(self, alias: str, /) -> Self: ...
    @overload
    def return_target(self, alias: str, cls: type[A], /) -> Select[A]: ...
    def return_target(self, alias: str, cls: type[Node] | None = None, /) -> Select[Any]:
        """Give the node with this alias instead of the root; with `cls` a checker knows what comes.

        cls: the class of the node, or a base of it. Raises QueryError if the nodes there may be of another class.
        """
        return Select(self._targeting(alias, cls))

    @overload
    def shortest_path(
        self, relation: str, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> Select[Path[Any]]: ...
    @overload
    def shortest_path(
        self, relation: Related[A] | Related[A | None] | Related[list[A]], /, *, to: object,
        max_hops: int | None = None, on: str | None = None,
    ) -> Select[Path[A]]: ...  # fmt: skip
    @overload
    def shortest_path(
        self, relation: A | Sequence[A] | None, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> Select[Path[A]]: ...
    def shortest_path(
        self, relation: object, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> Select[Any]:
        """Give the shortest way along a relation from each node reached so far to each node that `to` tells.

        to: an entity, its key, or a predicate on the end, which may be named with `alias` and filtered further.
        max_hops: how long it may be. A pair without a way gives no path, and none leads from a node to itself.
        Of several ways of one length the database chooses one. Raises QueryError for a relation that does not go on.
        """
        return Select(self._shortest(relation, to, max_hops, on))


def shown(build: Callable[[], tuple[str, dict[str, Any]]]) -> str:
    """Return a statement's text, or why it has none: a debugger shows what is not finished, too."""
    try:
        return build()[0]
    except (OGMError, TypeError, ValueError) as error:
        return f"<statement that cannot be built: {error}>"


DIALECTS = ("falkordb", "neo4j", "memgraph", "arcadedb", "age")


def named_dialect(dialect: Dialect | str) -> Dialect:
    """Return the dialect of that name; raises ValueError if there is none."""
    given: object = dialect
    if isinstance(given, Dialect):
        return given
    if not isinstance(dialect, str):
        raise TypeError(f"dialect must be a driver's `dialect` or the name of one, not {dialect!r}")
    if dialect not in DIALECTS:
        raise ValueError(f"no dialect is called {dialect!r}; there are {', '.join(DIALECTS)}")
    found: Dialect = import_module(f"runic.ogm.backends.{dialect}").create_dialect()
    return found


def compile_natural(selection: Selection, dialect: Dialect, mapper: Mapper) -> CompiledSelect:
    """Compile a statement to what it asks for itself: a change, rows of values, of nodes and edges, or entities."""
    if selection.writes:
        return compile_write(selection, dialect)
    if selection.projected:
        return compile_rows(selection, dialect, mapper)
    if _is_one_statement(selection):
        return compile_fetched(selection, dialect, mapper).compiled
    compile_ = compile_paths if selection.returned else compile_select
    return compile_(selection, dialect, mapper)


def _is_one_statement(selection: Selection) -> bool:
    """Tell whether what is fetched is read together with the results, which are all there then."""
    nodes = bool(selection.fetched) and not selection.returned and len(selection.classes) == 1
    return nodes and not selection.may_lack(target_of(selection))


@overload
def select(a: type[A], /) -> Select[A]: ...
@overload
def select(a: type[A], b: type[B], /) -> Select[tuple[A, B]]: ...
@overload
def select(a: type[A], b: type[B], c: type[C], /) -> Select[tuple[A, B, C]]: ...
@overload
def select(a: type[A], b: type[B], c: type[C], d: type[D], /) -> Select[tuple[A, B, C, D]]: ...
@overload
def select(a: type[A], b: type[B], c: type[C], d: type[D], e: type[E], /) -> Select[tuple[A, B, C, D, E]]: ...
def select(a: type[Any], /, *others: type[Any]) -> Select[Any]:
    """Return a statement over the nodes of a class, and of its subclasses.

    With more classes its results are tuples, one part a class, in the order of the pattern: `traverse` says how
    they hang together. Raises TypeError for what is no mapped class.
    """
    return Select(new_selection((a, *others)))
