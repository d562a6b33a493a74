"""One event for each statement that reaches a database: the log, counting and tracing hang on it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from runic.ogm.exceptions import UnsendableValueError, UnsupportedFeatureError

if TYPE_CHECKING:
    from runic.ogm.cypher.statement import Origin, Reply, Statement

logger = logging.getLogger("runic.ogm.statement")
NOT_SENT = (UnsendableValueError, UnsupportedFeatureError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class StatementEvent:
    """What was sent and what came of it; `duration` is in seconds, `rows` counts those of the reply."""

    text: str
    parameters: Mapping[str, Any]
    origin: Origin
    duration: float
    rows: int
    error: BaseException | None = None

    @property
    def outcome(self) -> str:
        """What came of it in a few words, without any value."""
        what = f"{self.rows} rows" if self.error is None else type(self.error).__name__
        return f"{what}, {self.duration * 1000:.1f} ms"

    def __repr__(self) -> str:
        return f"<{self.origin}: {self.text!r}, {self.outcome}>"


Listener: TypeAlias = Callable[[StatementEvent], object]


class Observed(Protocol):
    """A driver, as far as listening goes."""

    @property
    def observer(self) -> Observer:
        """Its listeners."""
        ...


class Observer:
    """The listeners of one driver; with none, and no debug log, a statement costs one test more."""

    def __init__(self, *, log_parameters: bool = False, slow: float | None = None) -> None:
        if not isinstance(log_parameters, bool):
            raise TypeError(f"log_parameters must be a bool, not {log_parameters!r}")
        if slow is not None and (type(slow) not in {int, float} or not slow >= 0):
            raise ValueError(f"slow must be a number of seconds that is not negative, or None, not {slow!r}")
        self._listeners: tuple[Listener, ...] = ()
        self._registering = Lock()
        self._log_parameters = log_parameters
        self._slow = slow

    @property
    def active(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners) or self._slow is not None or logger.isEnabledFor(logging.DEBUG)

    def add(self, listener: Listener) -> None:
        """Let `listener` hear every statement from now on, as often as it was added."""
        with self._registering:
            self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Take back one `add` of `listener`; it is no error if there is none."""
        with self._registering:
            left = list(self._listeners)
            if listener in left:
                left.remove(listener)
            self._listeners = tuple(left)

    @contextmanager
    def watch(self, statement: Statement) -> Generator[list[Reply], None, None]:
        """Time a statement; its reply is put into the list."""
        started, replies = time.perf_counter(), list[Any]()
        try:
            yield replies
        except NOT_SENT:
            raise
        except BaseException as error:
            self._tell(statement, started, 0, error)
            raise
        self._tell(statement, started, sum(map(len, replies[0].tables)), None)

    def _tell(self, statement: Statement, started: float, rows: int, error: BaseException | None) -> None:
        event = StatementEvent(
            statement.text, statement.parameters, statement.origin, time.perf_counter() - started, rows, error
        )
        self._log(event)
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:  # what was written stays written, whatever a listener makes of it
                logger.exception("a listener failed on %r", event)

    def _log(self, event: StatementEvent) -> None:
        slow = self._slow is not None and event.duration >= self._slow
        level = logging.WARNING if slow else logging.DEBUG
        if logger.isEnabledFor(level):
            shown = dict(event.parameters) if self._log_parameters else f"<{len(event.parameters)} parameters>"
            logger.log(level, "%s %s %s: %s", event.origin, event.text, shown, event.outcome)


class Statements(list[StatementEvent]):
    """The statements of a block: `len()`, iteration, and their texts."""

    @property
    def texts(self) -> list[str]:
        """The texts, in the order in which they were sent."""
        return [event.text for event in self]


@contextmanager
def on_statement(driver: Observed, listener: Listener) -> Generator[None, None, None]:
    """Call `listener` with an event for each statement that reaches the database in the block."""
    if not callable(listener):
        raise TypeError(f"listener must be callable, not {listener!r}")
    observer = getattr(driver, "observer", None)
    if not isinstance(observer, Observer):
        raise TypeError(f"expected a driver, not {driver!r}")
    observer.add(listener)
    try:
        yield
    finally:
        observer.remove(listener)


@contextmanager
def count_statements(driver: Observed) -> Generator[Statements, None, None]:
    """Give the list of the statements that reach the database in the block.

    Left out is what a driver asks or makes of its own accord when a class is first used (the index of its key), so
    that a count does not depend on what ran before; `on_statement` hears that too.
    """
    statements = Statements()

    def collect(event: StatementEvent) -> None:
        if event.origin != "schema":
            statements.append(event)

    with on_statement(driver, collect):
        yield statements
