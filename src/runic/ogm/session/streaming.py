"""Statements whose results are read in batches that the session does not keep."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.batches import compile_id_batch, goes_by_id, plan_key_batches, steady
from runic.ogm.exceptions import DatabaseError
from runic.ogm.model.state import DETACHED
from runic.ogm.query.statement import checked_statement
from runic.ogm.session.changes import changes
from runic.ogm.session.paging import Paging

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runic.ogm.cypher.batches import KeyBatches
    from runic.ogm.cypher.statement import Operation
    from runic.ogm.model.base import Node
    from runic.ogm.query.pattern import Selection
    from runic.ogm.query.statement import Statement


class Streaming(Paging):
    """Results in bounded memory."""

    def stream_batches(self, statement: Statement[Any], batch: int = 1000) -> Iterator[Operation[list[Any]]]:
        """Yield operations that each return the next results; the next lets go of what this one read.

        What changed by then is written first, or stays in the session where it does not flush by itself.
        Nodes of one class are read by their key, if they are ordered by it or its index orders them, or by the
        database's ids where it scans them in that order: none is left out or repeated because others come and go
        meanwhile. All else is skipped and read again.
        """
        if type(batch) is not int or batch < 1:
            raise ValueError(f"batch must be a positive int, not {batch!r}")
        limit = checked_statement(statement, "stream()").stage.limit
        reader = self._reader(statement)
        while not reader.ended and (limit is None or reader.done < limit):
            yield reader.read(batch if limit is None else min(batch, limit - reader.done))

    def _reader(self, statement: Statement[Any]) -> _Reader:
        selection = statement.selection
        if goes_by_id(selection, self.dialect):
            return _ById(self, statement)
        batches = plan_key_batches(selection, self.dialect)
        return _BySkip(self, statement) if batches is None else _ByKey(self, statement, batches)

    def release(self, nodes: Iterable[Node]) -> None:
        """Let go of nodes, with their edges: all but those that have changed, or of which something is staged."""
        read = [node for node in nodes if self.owns(node)]
        busy = self.new.keys() | self.merged.keys() | self.deleted.keys()
        busy |= {source for source, _ in (*self.replaced, *self.assigned)}
        busy |= {id(node) for node, _ in changes(self, [read])}
        busy |= {id(node) for node in read if self.pairs.touching(node)}
        for node in read:
            edges = [self.identity.edges[place] for place in self.identity.edges.touching(node)]
            kept = any(id(edge) in self.deleted_edges for edge in edges) or changes(self, [edges])
            if id(node) not in busy and not kept:
                self.identity.remove(node)
                for entity in (node, *edges):
                    entity._ogm = DETACHED

    def read_by_id(self, selection: Selection, last: int | None, skip: int, size: int) -> Operation[list[Any]]:
        """Return nodes with their ids, beyond an id."""
        compiled = compile_id_batch(selection, last, skip, size, self.dialect, self.mapper)
        rows = yield from self._rows(selection, compiled)
        yield from self.load_fetched(selection, (row[0] for row in rows))
        return rows


class _Reader(ABC):
    """Reads the results of a statement on from where it came to; `done` counts them."""

    def __init__(self, session: Streaming, statement: Statement[Any]) -> None:
        self._session, self._statement, self._selection = session, statement, statement.selection
        self.done, self.ended = 0, False
        self._last_read: list[Node] = []

    def read(self, size: int) -> Operation[list[Any]]:
        """Return the next results, so many or the last of all."""
        session = self._session
        if self._last_read:
            yield from session.before_read(None)
            session.release(self._last_read)
        before = set(map(id, session.identity))
        found = yield from self._read(size)
        self._last_read = [node for node in session.identity if id(node) not in before]
        self.done += len(found)
        self.ended = len(found) < size
        return found

    @abstractmethod
    def _read(self, size: int) -> Operation[list[Any]]: ...

    @property
    def _skip(self) -> int:
        """How many results the statement itself leaves out, which matters before the first."""
        return 0 if self.done else self._selection.stage.skip or 0


class _BySkip(_Reader):
    """Skips what was read: the database finds it again each time."""

    def __init__(self, session: Streaming, statement: Statement[Any]) -> None:
        super().__init__(session, statement)
        self._steady = steady(self._selection)

    def _read(self, size: int) -> Operation[list[Any]]:
        start = (self._selection.stage.skip or 0) + self.done
        page = self._steady.with_stage(skip=start, limit=size)
        return self._session.scalars(self._statement._next(page))  # noqa: SLF001 - the statement's own copy


class _ByKey(_Reader):
    """Reads on behind the key of the last node."""

    def __init__(self, session: Streaming, statement: Statement[Any], batches: KeyBatches) -> None:
        super().__init__(session, statement)
        self._batches = batches
        self._last: object | None = None

    def _read(self, size: int) -> Operation[list[Any]]:
        page = self._batches.next(self._last, self._skip, size)
        found = yield from self._session.scalars(self._statement._next(page))  # noqa: SLF001 - the statement's own copy
        if found:
            self._last = self._batches.place_of(found[-1])
        return found


class _ById(_Reader):
    """Reads on behind the highest id."""

    _last: int | None = None

    def _read(self, size: int) -> Operation[list[Any]]:
        rows = yield from self._session.read_by_id(self._selection, self._last, self._skip, size)
        ids = [row[1] for row in rows]
        if ids != sorted(ids):
            raise DatabaseError(
                f"{self._session.dialect.name} gave nodes of {self._selection.root.__name__} out of the order of their "
                "ids, so that stream() cannot go on: order the statement by the key"
            )
        self._last = ids[-1] if ids else self._last
        return [row[0] for row in rows]
