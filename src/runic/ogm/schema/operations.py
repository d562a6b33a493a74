"""What the managers do, as generators that yield statements and pauses: written once for sync and async."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.exceptions import (
    ConstraintViolationError,
    DatabaseError,
    FieldValidationError,
    SchemaDriftError,
    TransientDatabaseError,
)
from runic.ogm.schema.declared import checked_classes, declared_items
from runic.ogm.schema.plan import SchemaPlan, compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.cypher.ddl import FoundItem, SchemaItem
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.session.keys import KeyKeeper

T = TypeVar("T")
LONGEST_PAUSE = 0.25
RETRIES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)


class Pause(NamedTuple):
    """Wait this long before going on; the reply is empty."""

    seconds: float


Steps: TypeAlias = Generator[Statement | Pause, Reply, T]


class SchemaOperations:
    """The steps of each method, for one driver's dialect."""

    def __init__(self, dialect: Dialect, keys: KeyKeeper) -> None:
        self._dialect, self._keys = dialect, keys

    def create(self, classes: Iterable[object]) -> Steps[None]:
        """Make what is declared and missing, and wait until it is usable."""
        chosen = checked_classes(classes)
        plan = yield from self._compare(chosen, whole=False)
        if plan.different:
            raise SchemaDriftError(f"create() makes what is missing; to replace what differs call sync()\n{plan}", plan)
        yield from self._make(chosen, plan.missing)

    def diff(self, classes: Iterable[object]) -> Steps[SchemaPlan]:
        """Return what differs; without classes of all registered ones, and then all else is extra."""
        given = list(classes)
        return (yield from self._compare(checked_classes(given), whole=not given))

    def validate(self, classes: Iterable[object]) -> Steps[SchemaPlan]:
        """Return the plan, if nothing that is declared is missing or different."""
        plan = yield from self.diff(classes)
        if plan.drifted:
            raise SchemaDriftError(f"the database's schema is not what the classes declare\n{plan}", plan)
        return plan

    def sync(self, classes: Iterable[object], *, drop_extra: bool) -> Steps[SchemaPlan]:
        """Make what is missing, replace what differs, perhaps remove what is extra; return what there was to do."""
        if not isinstance(drop_extra, bool):
            raise TypeError(f"drop_extra must be a bool, not {drop_extra!r}")
        given = list(classes)
        chosen = checked_classes(given)
        plan = yield from self._compare(chosen, whole=not given)
        yield from self._drop(partial(_is_one_of, {found for _, found in plan.different}))
        yield from self._make(chosen, [*plan.missing, *(item for item, _ in plan.different)])
        left = plan.extra if drop_extra else ()
        while left:  # what stood under a constraint is extra only when that is gone
            yield from self._drop(partial(_is_one_of, set(left)))
            rest = yield from self._compare(chosen, whole=not given)
            left = rest.extra
            yield from self._make(chosen, rest.missing)  # an index that went with a constraint
        return plan

    def drop(self, classes: Iterable[object]) -> Steps[None]:
        """Remove what the classes declare, with what stands under their constraints."""
        items = declared_items(checked_classes(classes), self._dialect)
        places = {item.place for item in items}
        under = {replace(i, kind="index", properties=(n,)) for i in items if i.kind == "unique" for n in i.properties}
        yield from self._drop(lambda one: one.item.place in places)
        yield from self._drop(lambda one: one.item in under and not one.implied)

    def _compare(self, classes: list[type[Any]], *, whole: bool) -> Steps[SchemaPlan]:
        found = yield from self._read()
        replaces = self._dialect.constraint_replaces_index
        return compare(declared_items(classes, self._dialect), found, whole=whole, replaces=replaces)

    def _read(self) -> Steps[list[FoundItem]]:
        replies: list[Reply] = []
        for statement in self._dialect.schema_statements():
            reply = yield statement
            replies.append(reply)
        return self._dialect.read_schema(replies)

    def _make(self, classes: Iterable[type[Any]], items: Iterable[SchemaItem]) -> Steps[None]:
        made = list(items)
        for cls in classes:
            for statement in self._dialect.ddl_class(cls.__meta__):
                yield from self._tolerating(statement, self._dialect.is_already_there)
        for item in made:
            yield from self._refuse_flaws(item)
        for item in made:
            yield from self._make_one(item)
        yield from self._await_ready(made)
        self._keys.forget()

    def _make_one(self, item: SchemaItem) -> Steps[None]:
        try:
            for statement in self._dialect.ddl_make(item):
                yield from self._tolerating(statement, self._dialect.is_already_there)
        except ConstraintViolationError as error:
            raise (yield from self._violated(item)) from error

    def _await_ready(self, items: list[SchemaItem]) -> Steps[None]:
        """Wait until all is usable; it may be built in the background, and a constraint may turn out not to hold."""
        pause = 0.002
        waiting = list(items)
        while waiting:
            there = yield from self._read()
            found = {one.item: one for one in there}
            lost = [item for item in waiting if item not in found]
            if lost:
                plan = compare(lost, there, whole=False)
                raise SchemaDriftError(f"somebody else changed the schema while it was made\n{plan}", plan)
            for item in waiting:
                if found[item].state == "failed":
                    yield from self._drop(partial(_is_one_of, {item}))
                    raise (yield from self._violated(item))
            waiting = [item for item in waiting if found[item].state != "ready"]
            if waiting:
                yield Pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _violated(self, item: SchemaItem) -> Steps[ConstraintViolationError]:
        """Return the error for data that a constraint does not hold for, with an example."""
        reply = yield self._dialect.duplicates_statement(item)
        what = "nodes" if item.side == "node" else "edges"
        found = ""
        for *values, times in reply.tables[0]:
            pairs = ", ".join(f"{name}={value!r}" for name, value in zip(item.properties, values, strict=True))
            found = f": {times} {what} have {pairs}"
        return ConstraintViolationError(
            f"the {item}, declared by {item.owner}, cannot be made, since stored {what} break it{found}. "
            "Change or delete all but one of them, and call it again."
        )

    def _refuse_flaws(self, item: SchemaItem) -> Steps[None]:
        """Raise FieldValidationError if stored values could not be found through the index any more."""
        statement = self._dialect.flaw_statement(item)
        if statement is None:
            return
        reply = yield statement
        for row in reply.tables[0]:
            for name, value in zip(item.properties, row, strict=True):
                reason = self._dialect.index_flaw(value)
                if reason is not None:
                    raise FieldValidationError(item.label, name, f"{reason}, and {value!r} is stored: change it first")

    def _drop(self, goes: Callable[[FoundItem], bool]) -> Steps[None]:
        """Remove what `goes`: constraints first, since indexes stand under them."""
        found = [one for one in (yield from self._read()) if goes(one)]
        for one in sorted(found, key=lambda one: one.item.kind != "unique"):
            for statement in [] if one.implied else self._dialect.ddl_drop(one):
                yield from self._tolerating(statement, self._dialect.is_gone)
        self._keys.forget()

    @staticmethod
    def _tolerating(statement: Statement, harmless: Callable[[DatabaseError], bool]) -> Steps[None]:
        """Send a statement that another process may have sent as well, or that it waits for."""
        for pause in (*RETRIES, None):
            try:
                yield statement
            except TransientDatabaseError:
                if pause is None:
                    raise
            except DatabaseError as error:
                if not harmless(error):
                    raise
                return
            else:
                return
            yield Pause(random.uniform(pause / 2, pause))  # noqa: S311 - so that the two do not meet again


def _is_one_of(items: set[SchemaItem], one: FoundItem) -> bool:
    return one.item in items
