"""What the managers do, as generators that yield statements and pauses: written once for sync and async."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from runic.ogm.cypher.statement import Pause, Reply, Statement
from runic.ogm.exceptions import (
    ConstraintViolationError,
    FieldValidationError,
    SchemaDriftError,
)
from runic.ogm.schema.declared import checked_classes, declared_items
from runic.ogm.schema.plan import SchemaPlan, compare
from runic.ogm.session.insisting import RETRIES, insist, jittered

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.cypher.ddl import FoundItem, SchemaItem
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.session.keys import KeyKeeper

T = TypeVar("T")
LONGEST_PAUSE = 0.25
PATIENCE = RETRIES[:5]
"""How long what another does at the same moment may take to show, besides the building of its index."""
Steps: TypeAlias = Generator[Statement | Pause, Reply, T]


class SchemaOperations:
    """The steps of each method, for one driver's dialect."""

    def __init__(self, dialect: Dialect, keys: KeyKeeper) -> None:
        self._dialect, self._keys = dialect, keys

    def create(self, classes: Iterable[object]) -> Steps[None]:
        """Make what is declared and missing, and wait until it is usable."""
        chosen = checked_classes(classes)
        plan = yield from self._settled(chosen, whole=False)
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
        plan = yield from self._settled(chosen, whole=not given)
        replaced = [item for item, _ in plan.different]
        if replaced:
            yield from self._refuse_unfit(replaced, plan.missing)
        yield from self._drop(partial(_is_one_of, {found for _, found in plan.different}))
        yield from self._make(chosen, [*replaced, *plan.missing])  # what was there first, since the rest may fail
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
        return self._compared(classes, (yield from self._read()), whole=whole)

    def _compared(self, classes: list[type[Any]], found: list[FoundItem], *, whole: bool) -> SchemaPlan:
        replaces = self._dialect.constraint_replaces_index
        return compare(declared_items(classes, self._dialect), found, whole=whole, replaces=replaces)

    def _settled(self, classes: list[type[Any]], *, whole: bool) -> Steps[SchemaPlan]:
        """Compare, and where an index is in the way of a constraint, wait whether it becomes that constraint.

        Another may be making it right now: until the constraint is there, its index looks like any other.
        """
        pauses = iter(PATIENCE)
        while True:
            found = yield from self._read()
            plan = self._compared(classes, found, whole=whole)
            in_the_way = {index for item, index in plan.different if item.kind == "unique" and index.kind == "index"}
            building = any(one.item in in_the_way and one.state == "building" for one in found)
            pause = LONGEST_PAUSE if building else next(pauses, None)
            if not in_the_way or pause is None:
                return plan
            yield jittered(pause)

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
                yield from insist(statement, self._dialect.is_already_there)
        for item in made:
            yield from self._refuse_flaws(item)
        yield from self._make_all(made)
        self._keys.forget()

    def _make_all(self, items: list[SchemaItem]) -> Steps[None]:
        """Make items until they are there: what seemed to be there may have been another's, who then failed."""
        lost = items
        for pause in (*PATIENCE, None):
            for item in lost:
                yield from self._make_one(item)
            there, lost = yield from self._await_ready(items)
            if not lost:
                return
            if pause is None:
                plan = compare(lost, there, whole=False)
                raise SchemaDriftError(f"somebody else changed the schema while it was made\n{plan}", plan)
            yield jittered(pause)

    def _make_one(self, item: SchemaItem) -> Steps[None]:
        try:
            for statement in self._dialect.ddl_make(item):
                yield from insist(statement, self._dialect.is_already_there)
        except ConstraintViolationError as error:
            raise (yield from self._violated(item)) from error

    def _await_ready(self, items: list[SchemaItem]) -> Steps[tuple[list[FoundItem], list[SchemaItem]]]:
        """Wait until all is usable; it may be built in the background, and a constraint may turn out not to hold.

        Returns what there is, and which of the items are not there at all.
        """
        pause = 0.002
        waiting = list(items)
        there: list[FoundItem] = []
        while waiting:
            there = yield from self._read()
            found = {one.item: one for one in there}
            lost = [item for item in waiting if item not in found]
            if lost:
                return there, lost
            for item in waiting:
                if found[item].state == "failed":
                    yield from self._drop(partial(_is_one_of, {item}))
                    raise (yield from self._violated(item))
            waiting = [item for item in waiting if found[item].state != "ready"]
            if waiting:
                yield Pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        return there, []

    def _refuse_unfit(self, replaced: Iterable[SchemaItem], missing: Iterable[SchemaItem]) -> Steps[None]:
        """Raise for stored data that cannot be under what is to be made, as long as what it replaces is still there."""
        for item in replaced:
            yield from self._refuse_flaws(item)
            if item.kind == "unique":
                reply = yield self._dialect.duplicates_statement(item)
                if reply.tables[0]:
                    raise _violation(item, reply)
        for item in missing:
            yield from self._refuse_flaws(item)

    def _violated(self, item: SchemaItem) -> Steps[ConstraintViolationError]:
        """Return the error for data that a constraint does not hold for, with an example."""
        return _violation(item, (yield self._dialect.duplicates_statement(item)))

    def _refuse_flaws(self, item: SchemaItem) -> Steps[None]:
        """Raise FieldValidationError if stored values could not be found through the index any more."""
        statement = self._dialect.flaw_statement(item)
        if statement is None:
            return
        reply = yield statement
        for row in reply.tables[0]:
            flaw = self._dialect.first_index_flaw(row)
            if flaw is not None:
                place, reason = flaw
                name, value = item.properties[place], row[place]
                raise FieldValidationError(item.label, name, f"{reason}, and {value!r} is stored: change it first")

    def _drop(self, goes: Callable[[FoundItem], bool]) -> Steps[None]:
        """Remove what `goes`: constraints first, since indexes stand under them."""
        found = [one for one in (yield from self._read()) if goes(one)]
        for one in sorted(found, key=lambda one: one.item.kind != "unique"):
            for statement in [] if one.implied else self._dialect.ddl_drop(one):
                yield from insist(statement, self._dialect.is_gone)
        self._keys.forget()


def _is_one_of(items: set[SchemaItem], one: FoundItem) -> bool:
    return one.item in items


def _violation(item: SchemaItem, reply: Reply) -> ConstraintViolationError:
    what = "nodes" if item.side == "node" else "edges"
    found = ""
    for *values, times in reply.tables[0]:
        pairs = ", ".join(f"{name}={value!r}" for name, value in zip(item.properties, values, strict=True))
        found = f": {times} {what} have {pairs}"
    return ConstraintViolationError(
        f"the {item}, declared by {item.owner}, cannot be made, since stored {what} break it{found}. "
        "Change or delete all but one of them, and call it again."
    )
