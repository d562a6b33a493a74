"""Pages of a statement's results: by number with the total, and from a cursor on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from runic.ogm.cypher.keyset import compile_keyset, plan_keyset, total_order
from runic.ogm.query.statement import checked_statement
from runic.ogm.session.cursors import read_cursor, spell_cursor
from runic.ogm.session.querying import Querying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.cypher.keyset import Keyset
    from runic.ogm.cypher.statement import Operation
    from runic.ogm.query.statement import Statement

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of results: `items`, how many there are in all, and which page (from 1) of which size this is."""

    items: list[T]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class KeysetPage(Generic[T]):
    """Results in a total order; `cursor` leads on, and is None after the last."""

    items: list[T]
    cursor: str | None

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Paging(Querying):
    """Statements whose results are read page by page."""

    def page(self, statement: Statement[Any], number: int, size: int) -> Operation[Page[Any]]:
        """Return a page, counted from 1, with how many results there are in all."""
        selection = checked_statement(statement, "page()")
        for name, value in (("number", number), ("size", size)):
            _check_positive(name, value)
        order = total_order(selection, "page()")
        ordered = statement._next(selection.with_stage(order=order))  # noqa: SLF001 - the statement's own copy
        items = yield from self.scalars(ordered.skip((number - 1) * size).limit(size))
        total = yield from self.count(statement)
        return Page(items, total, number, size)

    def after(self, statement: Statement[Any], cursor: str | None, size: int) -> Operation[KeysetPage[Any]]:
        """Return the results beyond a cursor; one more than asked for is read, to know whether there are any left."""
        selection = checked_statement(statement, "after()")
        _check_positive("size", size)
        plan = plan_keyset(selection, self.dialect)
        values = None if cursor is None else read_cursor(cursor, plan.owner, plan.codecs)
        compiled = compile_keyset(plan, values, size + 1, self.dialect, self.mapper)
        rows = yield from self._rows(selection, compiled)
        items = [row[0] for row in rows[:size]]
        yield from self.load_fetched(selection, items)
        return KeysetPage(items, self._cursor_of(plan, rows[size - 1][1:]) if len(rows) > size else None)

    def _cursor_of(self, plan: Keyset, values: tuple[Any, ...]) -> str:
        exact = [
            self.dialect.read_exact(value) if is_float else value
            for value, is_float in zip(values, plan.floats, strict=True)
        ]
        return spell_cursor(plan.owner, exact)


def _check_positive(name: str, value: object) -> None:
    if type(value) is not int or value < 1:
        raise ValueError(f"{name} must be a whole number from 1 on, not {value!r}")
