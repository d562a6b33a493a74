"""What a database says about how it runs, or ran, a statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runic.ogm.exceptions import QueryError, UnsupportedFeatureError
from runic.ogm.query.statement import Statement, checked_statement
from runic.ogm.session.select import compile_natural
from runic.ogm.session.streaming import Streaming

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from runic.ogm.cypher.statement import Mode, Operation


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One operator of a plan: how deep it lies under the first, what it works on, and of a profile what it did."""

    depth: int
    operator: str
    detail: str = ""
    rows: int | None = None
    milliseconds: float | None = None

    def __str__(self) -> str:
        figures = "" if self.rows is None else f"{self.rows} rows"
        time = "" if self.milliseconds is None else f"{self.milliseconds:g} ms"
        parts = [self.operator, self.detail, ", ".join(filter(None, [figures, time]))]
        return "    " * self.depth + " | ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Plan:
    """How a database runs a statement: `steps` from the last operator to the first; as text one a line."""

    steps: tuple[PlanStep, ...]

    @property
    def text(self) -> str:
        """The steps, one a line, each indented by its depth."""
        return "\n".join(map(str, self.steps))

    @property
    def rows(self) -> int | None:
        """How many rows came out at the end; None where nothing ran."""
        return self.steps[0].rows if self.steps else None

    def __iter__(self) -> Iterator[PlanStep]:
        return iter(self.steps)

    def __str__(self) -> str:
        return self.text


class Explaining(Streaming):
    """Statements that are looked at instead of read."""

    def explain(self, statement: Statement[Any]) -> Operation[Plan]:
        """Return how the database would run a statement, which it does not."""
        return self._plan(statement, "explain", known=self.dialect.supports_explain)

    def profile(self, statement: Statement[Any]) -> Operation[Plan]:
        """Run a statement, and return how the database did so."""
        if checked_statement(statement, "profile()").writes:
            raise QueryError("profile() runs its statement: one that updates or deletes can only be explained")
        return self._plan(statement, "profile", known=self.dialect.supports_profile)

    def _plan(self, statement: Statement[Any], mode: Mode, *, known: bool) -> Operation[Plan]:
        selection = checked_statement(statement, f"{mode}()")
        if not known:
            raise UnsupportedFeatureError(f"{self.dialect.name} cannot {mode} a statement here")
        compiled = compile_natural(selection, self.dialect, self.mapper)
        table = yield from self._send_compiled(selection, compiled, mode)
        return Plan(tuple(PlanStep(*row) for row in table))
