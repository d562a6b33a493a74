"""PostgreSQL's plans as the rows that `Statement.mode` promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from runic.ogm.cypher.statement import PLAN_COLUMNS, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runic.ogm.cypher.statement import Mode, Row, Table

_OPTIONS: Final = {"explain": "FORMAT JSON", "profile": "ANALYZE, FORMAT JSON"}
_DETAILS: Final = (
    "Join Type", "Relation Name", "Alias", "Index Name", "Index Cond", "Hash Cond", "Merge Cond", "Recheck Cond",
    "Join Filter", "Filter", "Function Name", "Sort Key", "Group Key",
)  # fmt: skip
"""What is told of an operator, in this order."""


def plan_text(mode: Mode, query: str) -> str:
    """Return what asks for the plan of a query."""
    return f"EXPLAIN ({_OPTIONS[mode]}) {query}"


def read_plan(columns: Sequence[Sequence[bytes | None]]) -> Reply:
    """Return the plan, which comes as one text of JSON."""
    told: list[dict[str, Any]] = orjson.loads(columns[0][0] or b"[]")
    return Reply([[row for each in told for row in _below(each["Plan"], 0)]], PLAN_COLUMNS)


def beneath(plan: Reply, others: Sequence[Table]) -> Reply:
    """Return a plan with those of what it goes on from under its first operator."""
    return Reply([[*plan.tables[0], *([depth + 1, *rest] for rows in others for depth, *rest in rows)]], PLAN_COLUMNS)


def _below(plan: dict[str, Any], depth: int) -> Iterator[Row]:
    details = [f"{name}: {_shown(plan[name])}" for name in _DETAILS if name in plan]
    loops = plan.get("Actual Loops")
    rows = time = None
    if loops is not None:  # the figures are those of one loop
        rows, time = round(plan["Actual Rows"] * loops), round(plan["Actual Total Time"] * loops, 3)
    yield [depth, plan["Node Type"], ", ".join(details), rows, time]
    for child in plan.get("Plans", ()):
        yield from _below(child, depth + 1)


def _shown(value: object) -> str:
    return str(value) if isinstance(value, str) else orjson.dumps(value).decode()
