"""How `driver.run` goes about a unit of work: when it tries again, and how it never applies the unit twice."""

from __future__ import annotations

import logging
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from runic.ogm.cypher.marks import KEY, LABEL, compile_find_mark, compile_remove_marks, mark_section
from runic.ogm.exceptions import (
    DatabaseError,
    DatabaseUnavailableError,
    TransientDatabaseError,
    UnsupportedFeatureError,
)
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Field
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation
    from runic.ogm.session.keys import KeyKeeper
    from runic.ogm.session.runner import BaseSession

logger = logging.getLogger("runic.ogm.session")
LONGEST_WAIT = 2.0
FORGOTTEN = 86_400.0
"""Seconds after which the mark of a unit whose outcome was in doubt is removed by a later one."""


@dataclass
class Wait:
    """Let some seconds pass."""

    seconds: float


@dataclass
class Ask:
    """Run an operation in a session of its own."""

    operation: Operation[Any]


@dataclass
class Try:
    """Run the unit in a session of its own and commit."""

    once: Once | None
    session: BaseSession | None = None
    worked: bool = False
    """Has the work been done, so that only its commit can have failed?"""
    stored: bool = False
    """Was a part of it stored for good before the commit?"""

    def begin(self, session: BaseSession) -> None:
        """Note the session."""
        self.session = session

    def commit_next(self, result: object) -> None:
        """Note what the work returned, before it is committed."""
        assert self.session is not None  # noqa: S101 - begin() was called
        self.worked, self.stored = True, self.session.lasting
        if self.once is not None:
            self.session.mark_commit(self.once.section(result))


Step: TypeAlias = Wait | Ask | Try
Course: TypeAlias = "Generator[Step, Any, Any]"


def _make_mark() -> type[Node]:
    """Make the class that gives marks their key, and leave no trace of it among the user's."""
    before = metadata.snapshot()

    class RunicUnit(Node, labels=[LABEL]):
        """The mark of a unit of work."""

        id: str = Field(primary_key=True, name=KEY)

    metadata.restore(before)
    return RunicUnit


_Mark = _make_mark()


@dataclass
class Once:
    """One unit that is to be applied exactly once, however often it is tried."""

    dialect: Dialect
    keys: KeyKeeper
    token: str = field(default_factory=lambda: uuid4().hex)
    results: list[object] = field(default_factory=list[object])
    doubt: bool = False
    """May an attempt have been applied that failed?"""
    prepared: bool = False

    def prepare(self) -> Operation[None]:
        """See to it that no two marks of a unit can be written at a time; one guarded statement needs no help."""
        if not self.dialect.supports_transactions:
            return
        if not self.dialect.supports_constraints:
            raise UnsupportedFeatureError(f"{self.dialect.name} has no constraints, which exactly_once=True needs")
        yield from self.keys.ensure(_Mark.__meta__)

    def ready(self) -> Generator[Step, Any, None]:
        """Do what `prepare` does, once."""
        if not self.prepared:
            yield Ask(self.prepare())
            self.prepared = True

    def section(self, result: object) -> Any:  # noqa: ANN401 - a Section
        """Return what marks the next attempt."""
        self.results.append(result)
        return mark_section(self.dialect, self.token, len(self.results) - 1, time.time())

    def find(self) -> Operation[int | None]:
        """Return which attempt was applied, if one was."""
        reply = yield compile_find_mark(self.dialect, self.token)
        return reply.tables[0][0][0] if reply.tables[0] else None

    def clean(self) -> Operation[None]:
        """Remove the mark, unless an attempt in doubt might still be applied once it is gone; and forgotten ones."""
        yield compile_remove_marks(self.dialect, None if self.doubt else self.token, time.time() - FORGOTTEN)


def retrying(retries: object, once: Once | None) -> Course:
    """Yield what is to be done next, be sent its result or thrown its error, and return what the work returned."""
    for wait in _waits(retries):
        attempt = Try(once)
        try:
            if once is not None:
                yield from once.ready()
            result = yield attempt
        except Exception as error:  # noqa: BLE001 - raised again, unless the unit was applied or is tried again
            found = yield from _applied(once)
            if found is not None:
                return found[0]
            if wait is None or not _may_repeat(attempt, error):
                raise _in_doubt(once, error) from error.__cause__
        else:
            if once is not None:
                yield from _clean(once)
            return result
        yield Wait(wait)
        found = yield from _applied(once)
        if found is not None:
            return found[0]
    raise AssertionError("unreachable: the last try returns or raises")


def _may_repeat(attempt: Try, error: Exception) -> bool:
    """Tell whether a unit may be tried again after an error; if not only for what is stored, the error says it."""
    once, session = attempt.once, attempt.session
    lasting = session is not None and session.lasting
    if once is not None and isinstance(error, DatabaseError) and error.outcome_unknown:
        once.doubt = once.doubt or attempt.worked
        return attempt.worked and not attempt.stored
    known = TransientDatabaseError if once is None else (TransientDatabaseError, DatabaseUnavailableError)
    if isinstance(error, known) and lasting:
        error.add_note(
            "It was not tried again, since a part of this unit of work is stored for good: by a commit within it or, "
            "on a database without transactions, by a flush. Read first and write last, and it can be."
        )
    return isinstance(error, known) and not lasting


def _applied(once: Once | None) -> Generator[Step, Any, tuple[object] | None]:
    """Return what the attempt returned that was applied, if one was; None also where that cannot be asked now."""
    if once is None or not once.doubt:
        return None
    with suppress(DatabaseUnavailableError, TransientDatabaseError):
        number = yield Ask(once.find())
        return None if number is None else (once.results[number],)
    return None


def _in_doubt(once: Once | None, error: Exception) -> Exception:
    """Return an error that says so if an earlier attempt may have been, or may yet be, applied."""
    if once is not None and once.doubt:
        if isinstance(error, DatabaseError):
            error.outcome_unknown = True
        error.add_note("An attempt at this unit of work ended without an answer, and may have been applied.")
    return error


def _clean(once: Once) -> Course:
    try:
        yield Ask(once.clean())
    except DatabaseError:
        logger.warning("the mark of a unit of work stays for a day: it could not be removed", exc_info=True)


def _waits(retries: object) -> Iterator[float | None]:
    """Yield the seconds to wait after each failed try, and None after the last: exponential, with full jitter."""
    if type(retries) is not int or retries < 0:
        raise ValueError(f"retries must be a whole number that is not negative, not {retries!r}")
    for attempt in range(retries):
        yield random.uniform(0, min(LONGEST_WAIT, 0.05 * 2 ** min(attempt, 10)))  # noqa: S311 - jitter, no secret
    yield None
