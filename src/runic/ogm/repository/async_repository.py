"""`AsyncRepository`: the usual reads and writes of one model, for asyncio; derive from it to add finders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from runic.ogm.model.base import Node
from runic.ogm.repository.returned import entities_of
from runic.ogm.repository.statements import ANY, BaseRepository, check_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runic.ogm.session.async_session import AsyncSession
    from runic.ogm.session.paging import KeysetPage, Page
    from runic.ogm.session.query import AsyncQuery
    from runic.ogm.session.result import Result

N = TypeVar("N", bound=Node)
M = TypeVar("M", bound=Node)


class AsyncRepository(BaseRepository[N]):
    """One model on one session: `AsyncRepository(session, Model)` or `class Finder(AsyncRepository[Model])`."""

    @overload
    def __init__(self, session: AsyncSession, model: type[N]) -> None: ...
    @overload
    def __init__(self, session: AsyncSession) -> None: ...
    def __init__(self, session: AsyncSession, model: type[N] | None = None) -> None:
        check_session(session, "an AsyncSession")
        super().__init__(model)
        self.session = session

    async def get(self, key: object, *, fetch: Sequence[object] = ()) -> N | None:
        """Return the entity of that key, or None."""
        return await self.session.get(self.model, key, fetch=fetch)

    async def find_all(
        self, fetch: Sequence[object] = (), skip: int = 0, limit: int | None = None, order_by: object = None
    ) -> list[N]:
        """Return all entities, with the relations of `fetch` loaded in the same statement."""
        return await self.session.scalars(self._find_all(fetch, skip, limit, order_by))

    async def find_all_by_ids(self, keys: Iterable[object], *, fetch: Sequence[object] = ()) -> list[N]:
        """Return the entities of those keys that are there, in the order of the keys."""
        found = await self.session.get_many(self.model, keys, fetch=fetch)
        return [entity for entity in found if entity is not None]

    async def find_by(self, *, fetch: Sequence[object] = (), **equals: object) -> list[N]:
        """Return the entities whose fields have all of these values."""
        return await self.session.scalars(self._find_by(fetch, equals))

    async def find_one_by(self, *, fetch: Sequence[object] = (), **equals: object) -> N | None:
        """Return the first entity whose fields have all of these values, or None."""
        return await self.session.scalar(self._find_by(fetch, equals))

    async def count(self, **equals: object) -> int:
        """Return how many entities there are, or how many have these values."""
        return await self.session.count(self._find_by((), equals))

    async def exists(self, key: object = ANY, /, **equals: object) -> bool:
        """Tell whether there is an entity of that key, or one with these values."""
        return await self.session.exists(self._exists(key, equals))

    def add(self, entity: N) -> N:
        """Stage a new entity, and return it."""
        self.session.add(self._checked(entity))
        return entity

    def delete(self, entity: N) -> None:
        """Stage the removal of an entity."""
        self.session.delete(self._checked(entity))

    async def page(self, number: int, size: int, order_by: object = None) -> Page[N]:
        """Return a page, counted from 1, with the total; ties of `order_by` are broken by the key."""
        return await self.session.page(self._ordered(order_by), number, size)

    async def after(self, cursor: str | None, size: int, order_by: object = None) -> KeysetPage[N]:
        """Return the next entities, in the order of their keys or any other: None begins, a page's `cursor` goes on.

        Unlike offset pages these neither skip nor repeat what is inserted meanwhile. Ties of `order_by` are broken by
        the key.
        """
        return await self.session.after(self._ordered(order_by), cursor, size)

    def query(self) -> AsyncQuery[N]:
        """Return a statement over the model, bound to the session."""
        return self.session.query(self.model)

    @overload
    async def cypher(self, text: str, params: Mapping[str, object] | None = None) -> list[N]: ...
    @overload
    async def cypher(self, text: str, params: Mapping[str, object] | None = None, *, returns: type[M]) -> list[M]: ...
    async def cypher(
        self, text: str, params: Mapping[str, object] | None = None, *, returns: type[Any] | None = None
    ) -> list[Any]:
        """Run Cypher that returns nodes of the model (or of `returns`) in its first column, and give the entities.

        It may only read: `cypher_raw(..., write=True)` is for Cypher that writes.
        """
        cls = self._returned(returns)
        result = await self.session.execute(text, params)
        found = await self.session.get_many(cls, entities_of(result, cls, self.session.mapper))
        return [entity for entity in found if entity is not None]

    @overload
    async def cypher_one(self, text: str, params: Mapping[str, object] | None = None) -> N | None: ...
    @overload
    async def cypher_one(
        self, text: str, params: Mapping[str, object] | None = None, *, returns: type[M]
    ) -> M | None: ...
    async def cypher_one(
        self, text: str, params: Mapping[str, object] | None = None, *, returns: type[Any] | None = None
    ) -> Any:
        """Run Cypher that returns nodes of the model (or of `returns`), and give the first entity, or None."""
        found = await self.cypher(text, params, returns=self._returned(returns))
        return found[0] if found else None

    async def cypher_raw(self, text: str, params: Mapping[str, object] | None = None, *, write: bool = False) -> Result:
        """Run Cypher and give its rows as the database returned them."""
        return await self.session.execute(text, params, write=write)
