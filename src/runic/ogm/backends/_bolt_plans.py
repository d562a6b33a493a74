"""Plans of the databases that speak Bolt, as the rows that `Statement.mode` promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runic.ogm.backends._bolt_dialect import unpacked
from runic.ogm.cypher.statement import PLAN_COLUMNS, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from neo4j import ResultSummary

    from runic.ogm.cypher.statement import Row, Statement

_NANOSECONDS = 1_000_000
_STEP = re.compile(
    r"(?P<operator>(?:[A-Z]+ )*[A-Z]{2,}(?!\w)|\w+) ?(?P<detail>.*?)(?P<figures> \((?:[\d,.]+μs.*|[\d,]+ rows.*|)\))?"
)
"""What ArcadeDB writes of a step, such as `EXPAND (a)-->(b) (1,980μs, 1 rows, ...)`."""
_MICROSECONDS = re.compile(r"([\d,.]+)μs")
_ROWS = re.compile(r"([\d,]+) rows")
_RESULT = re.compile(r"^Rows Returned: (\d+)$", re.MULTILINE)
_TIME = re.compile(r"([\d.]+) ms")


def plan_text(statement: Statement) -> str:
    """Return what asks for the plan of a statement, whose rows come one by one then."""
    return f"{statement.mode.upper()} {unpacked(statement.text)}"


def read_summary(records: Iterable[Sequence[Any]], summary: ResultSummary) -> Reply:
    """Return the plan that came beside the records, a tree of maps: Neo4j's."""
    del records
    return _plan(_below(_told(summary), 0))


def _told(summary: ResultSummary) -> dict[str, Any]:
    untyped: Any = summary  # the client says no more of a plan than that it is a dict
    return untyped.profile or untyped.plan or {}


def _below(plan: dict[str, Any], depth: int) -> Iterator[Row]:
    given = plan.get("args", {})
    time = given.get("Time")
    yield [
        depth,
        str(plan.get("operatorType", "")).partition("@")[0],
        str(given.get("Details", "")),
        plan.get("rows"),
        None if time is None else time / _NANOSECONDS,
    ]
    for child in plan.get("children", ()):
        yield from _below(child, depth + 1)


def read_text(records: Iterable[Sequence[Any]], summary: ResultSummary) -> Reply:
    """Return the plan that came as one text: ArcadeDB's, a tree of what matches, and the steps after it in order."""
    del records
    text = str(_told(summary).get("args", {}).get("string-representation", ""))
    tree: list[Row] = []
    steps: list[Row] = []
    is_tree = False
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        plain = line.strip()
        if plain.endswith(":"):
            is_tree = plain == "Physical Plan:" or plain.endswith("(Cost-Based Optimizer):")
        elif plain.startswith("+ ") or (plain.endswith("Step") and " " not in plain):
            step = _read_step(plain.removeprefix("+ "))
            (tree if is_tree else steps).append([indent // 2, *step])
    rows = [[depth, *step[1:]] for depth, step in enumerate(reversed(steps))]
    rows += [[depth + len(steps), *step] for depth, *step in tree]
    result = _RESULT.search(text)
    if result is not None and rows:
        rows[0][3] = int(result[1])
    return _plan(rows)


def _read_step(text: str) -> Row:
    match = _STEP.fullmatch(text)
    if match is None:
        return [text, "", None, None]
    figures = match["figures"] or ""
    time, rows = _MICROSECONDS.search(figures), _ROWS.search(figures)
    return [match["operator"], match["detail"], _whole(rows), None if time is None else _number(time) / 1000]


def _whole(match: re.Match[str] | None) -> int | None:
    return None if match is None else int(_number(match))


def _number(match: re.Match[str]) -> float:
    return float(match[1].replace(",", ""))


def read_lines(records: Iterable[Sequence[Any]], summary: ResultSummary) -> Reply:
    """Return the plan that came as records, one an operator, such as ` | * ScanAll (n)`: Memgraph's.

    A profile tells the rows, a share of the time and the time as well. An operator works on the next one, and one
    that has two on what is set off by a bar, too.
    """
    del summary
    rows: list[Row] = []
    last = [-1]
    for line, *figures in records:
        text = str(line)
        level = text.partition("*")[0].count("|")
        if "*" not in text:  # `|\\` opens a branch
            last[level:] = [last[level - 1]]
            continue
        del last[level + 1 :]
        last[level] += 1
        operator, _, detail = text.partition("*")[2].strip().partition(" ")
        hits, _, time = figures or (None, None, "")
        rows.append([last[level], operator, detail, hits, _milliseconds(str(time))])
    return _plan(rows)


def _milliseconds(text: str) -> float | None:
    match = _TIME.search(text)
    return None if match is None else float(match[1])


def _plan(rows: Iterable[Row]) -> Reply:
    return Reply([list(rows)], PLAN_COLUMNS)
