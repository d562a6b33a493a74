"""A statement bound to a session: the methods that build it, and the endings that run it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from runic.ogm.model.base import Entity, Node
from runic.ogm.query.statement import Statement
from runic.ogm.session.select import Select, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.model.relations import Related
    from runic.ogm.query.pattern import Selection
    from runic.ogm.session.async_session import AsyncSession
    from runic.ogm.session.paging import KeysetPage, Page
    from runic.ogm.session.path import Path
    from runic.ogm.session.plans import Plan
    from runic.ogm.session.session import Session

T = TypeVar("T")
N = TypeVar("N", bound=Node)
A = TypeVar("A", bound=Entity)
B = TypeVar("B", bound=Entity)
C = TypeVar("C", bound=Entity)


class _Bound(Statement[T]):
    """A statement that remembers its session through every step of its building."""

    __slots__ = ("_session",)

    def __init__(self, session: object, selection: Selection) -> None:
        super().__init__(selection)
        self._session: Any = session

    def _next(self, selection: Selection) -> Self:
        return type(self)(self._session, selection)

    def build(self, dialect: Dialect | str | None = None) -> tuple[str, dict[str, Any]]:
        """Return the text and the parameters, for the session's database, another dialect, or one by its name."""
        return Select[Any](self.selection).build(self._session.dialect if dialect is None else dialect)

    def __repr__(self) -> str:
        return shown(self.build)


class Query(_Bound[T]):
    """A statement bound to a session."""

    __slots__ = ()
    _session: Session

    @overload
    def return_target(self, alias: str, /) -> Self: ...
    @overload
    def return_target(self, alias: str, cls: type[N], /) -> Query[N]: ...
    def return_target(self, alias: str, cls: type[Node] | None = None, /) -> Query[Any]:
        """Give the node with this alias instead of the root: see `Select.return_target`."""
        return Query(self._session, self._targeting(alias, cls))

    @overload
    def shortest_path(
        self, relation: str, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> Query[Path[Any]]: ...
    @overload
    def shortest_path(
        self, relation: Related[N] | Related[N | None] | Related[list[N]], /, *, to: object,
        max_hops: int | None = None, on: str | None = None,
    ) -> Query[Path[N]]: ...  # fmt: skip
    @overload
    def shortest_path(
        self, relation: N | Sequence[N] | None, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> Query[Path[N]]: ...
    def shortest_path(
        self, relation: object, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> Query[Any]:
        """Give the shortest way along a relation to each node that `to` tells: see `Select.shortest_path`."""
        return Query(self._session, self._shortest(relation, to, max_hops, on))

    def all(self) -> list[T]:
        """Return all results."""
        return self._session.scalars(self)

    def scalars(self) -> list[T]:
        """Return all results, like `all`."""
        return self._session.scalars(self)

    def first(self) -> T | None:
        """Return the first result, or None."""
        return self._session.scalar(self)

    def scalar(self) -> T | None:
        """Return the first result, or None, like `first`."""
        return self._session.scalar(self)

    def one(self) -> T:
        """Return the only result; CardinalityError if there is none, or more than one."""
        return self._session.one(self)

    def explain(self) -> Plan:
        """Return how the database would run the statement, which it does not."""
        return self._session.explain(self)

    def profile(self) -> Plan:
        """Run the statement, and return how the database did so."""
        return self._session.profile(self)

    def page(self, number: int, size: int) -> Page[T]:
        """Return a page of the results, counted from 1, with the total; ties are broken by the key."""
        return self._session.page(self, number, size)

    def after(self, cursor: str | None, size: int) -> KeysetPage[T]:
        """Return the results beyond a cursor in the statement's order, with the key as the last: None begins."""
        return self._session.after(self, cursor, size)

    def count(self) -> int:
        """Return how many results there are."""
        return self._session.count(self)

    def exists(self) -> bool:  # type: ignore[override] # the ending of a bound statement takes no relation
        """Tell whether there is any result."""
        return self._session.exists(self)

    def all_rows(self) -> list[Any]:
        """Return the rows: tuples of what is returned, or dicts of a projection."""
        return self._session.all_rows(self)

    @overload
    def all_with_edges(self) -> list[tuple[Any, Any, Any]]: ...
    @overload
    def all_with_edges(self, a: type[A], edge: type[B], b: type[C], /) -> list[tuple[A, B, C]]: ...
    def all_with_edges(self, *classes: Any) -> list[Any]:
        """Return tuples of nodes and edges in the order of the pattern; None where an optional step found nothing."""
        rows: list[Any] = self._session.all_with_edges(self, *classes)
        return rows

    def stream(self, batch: int = 1000) -> Iterator[T]:
        """Yield the results in batches, with bounded memory."""
        return self._session.stream(self, batch)


class AsyncQuery(_Bound[T]):
    """`Query` for asyncio."""

    __slots__ = ()
    _session: AsyncSession

    @overload
    def return_target(self, alias: str, /) -> Self: ...
    @overload
    def return_target(self, alias: str, cls: type[N], /) -> AsyncQuery[N]: ...
    def return_target(self, alias: str, cls: type[Node] | None = None, /) -> AsyncQuery[Any]:
        """Give the node with this alias instead of the root: see `Select.return_target`."""
        return AsyncQuery(self._session, self._targeting(alias, cls))

    @overload
    def shortest_path(
        self, relation: str, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> AsyncQuery[Path[Any]]: ...
    @overload
    def shortest_path(
        self, relation: Related[N] | Related[N | None] | Related[list[N]], /, *, to: object,
        max_hops: int | None = None, on: str | None = None,
    ) -> AsyncQuery[Path[N]]: ...  # fmt: skip
    @overload
    def shortest_path(
        self, relation: N | Sequence[N] | None, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> AsyncQuery[Path[N]]: ...
    def shortest_path(
        self, relation: object, /, *, to: object, max_hops: int | None = None, on: str | None = None
    ) -> AsyncQuery[Any]:
        """Give the shortest way along a relation to each node that `to` tells: see `Select.shortest_path`."""
        return AsyncQuery(self._session, self._shortest(relation, to, max_hops, on))

    async def all(self) -> list[T]:
        """Return all results."""
        return await self._session.scalars(self)

    async def scalars(self) -> list[T]:
        """Return all results, like `all`."""
        return await self._session.scalars(self)

    async def first(self) -> T | None:
        """Return the first result, or None."""
        return await self._session.scalar(self)

    async def scalar(self) -> T | None:
        """Return the first result, or None, like `first`."""
        return await self._session.scalar(self)

    async def one(self) -> T:
        """Return the only result; CardinalityError if there is none, or more than one."""
        return await self._session.one(self)

    async def explain(self) -> Plan:
        """Return how the database would run the statement, which it does not."""
        return await self._session.explain(self)

    async def profile(self) -> Plan:
        """Run the statement, and return how the database did so."""
        return await self._session.profile(self)

    async def page(self, number: int, size: int) -> Page[T]:
        """Return a page of the results, counted from 1, with the total; ties are broken by the key."""
        return await self._session.page(self, number, size)

    async def after(self, cursor: str | None, size: int) -> KeysetPage[T]:
        """Return the results beyond a cursor in the statement's order, with the key as the last: None begins."""
        return await self._session.after(self, cursor, size)

    async def count(self) -> int:
        """Return how many results there are."""
        return await self._session.count(self)

    async def exists(self) -> bool:  # type: ignore[override] # the ending of a bound statement takes no relation
        """Tell whether there is any result."""
        return await self._session.exists(self)

    async def all_rows(self) -> list[Any]:
        """Return the rows: tuples of what is returned, or dicts of a projection."""
        return await self._session.all_rows(self)

    @overload
    async def all_with_edges(self) -> list[tuple[Any, Any, Any]]: ...
    @overload
    async def all_with_edges(self, a: type[A], edge: type[B], b: type[C], /) -> list[tuple[A, B, C]]: ...
    async def all_with_edges(self, *classes: Any) -> list[Any]:
        """Return tuples of nodes and edges in the order of the pattern; None where an optional step found nothing."""
        rows: list[Any] = await self._session.all_with_edges(self, *classes)
        return rows

    def stream(self, batch: int = 1000) -> AsyncIterator[T]:
        """Yield the results in batches, with bounded memory."""
        return self._session.stream(self, batch)
