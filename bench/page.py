"""The tables and charts of docs/performance.md, between marks in its text, from all results that are kept."""

from __future__ import annotations

import os
import platform
import re
from functools import partial
from typing import TYPE_CHECKING, Final

from bench import chart
from bench.limits import LIMITS
from bench.measure import growth
from bench.report import by_series
from bench.target import FAST_READ, FAST_WRITE
from bench.workloads import WORKLOADS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.measure import Result

DATABASES: Final = ("falkordb", "neo4j", "arcadedb", "age")
PEERS: Final = ("neomodel", "sqlalchemy")
ORDER: Final = [workload.name for workload in WORKLOADS]
LARGEST: Final = 10_000
"""The size of the table; larger ones tell the growth."""


def write(docs: Path, results: Sequence[Result]) -> None:
    """Write the tables between the marks of the page, and the charts beside it."""
    tables = {
        "goals": _goals(results),
        "floors": _floors(results),
        "growth": _growth(results),
        "limits": _limits(results),
        "peers": _peers(results),
        "charts": _charts(docs / "charts", results),
        "machine": _machine(results),
    }
    page = docs / "performance.md"
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- bench: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(partial(_between, table), text)
    page.write_text(text, encoding="utf-8")


def _between(table: str, found: re.Match[str]) -> str:
    return f"{found[1]}{table}{found[2]}"


def _goals(results: Sequence[Result]) -> str:
    """Return one table a database."""
    parts: list[str] = []
    for database in (*DATABASES, "python"):
        head = f"| workload | rows | baseline | ours, ms | ratio | on the clock | goal | met |\n|{'---|' * 8}\n"
        lines = [_largest(group) for group in by_series(_table(results, database))]
        if lines:
            ordered = sorted(lines, key=_place)
            parts.append(f"### {database}\n\n{head}{''.join(map(_goal_line, ordered))}\n")
    return "".join(parts)


def _table(results: Sequence[Result], database: str) -> list[Result]:
    return [r for r in results if r.database == database and r.workload not in LIMITS]


def _largest(group: Sequence[Result]) -> Result:
    """Return the largest size of the table."""
    return max((r for r in group if r.size <= LARGEST), key=lambda r: r.size, default=group[-1])


def _place(result: Result) -> tuple[int, str]:
    return (ORDER.index(result.workload) if result.workload in ORDER else len(ORDER), result.workload)


def _goal_line(result: Result) -> str:
    ours = f"{result.ours:.1f}" if result.unit == "ms" else f"{result.ours:.1f} {result.unit}"
    ratio = f"{result.value:.2f}" if result.theirs else "-"
    clock = f"{result.clock:.2f}" if result.theirs else "-"
    goal = "-" if result.goal is None else f"≤ {result.goal:g}"
    met = {True: "yes", False: "**no**", None: "-"}[result.met]
    return (
        f"| {result.workload} | {result.size:,} | {result.baseline} | {ours} | {ratio} | {clock} | {goal} | {met} |\n"
    )


def _floors(results: Sequence[Result]) -> str:
    """Return what the fastest form by hand is of the usual one, a workload a line."""
    lines = [f"| workload | {' | '.join(DATABASES)} |\n|---|{'---|' * len(DATABASES)}\n"]
    for name in ORDER:
        cells = [_floor([r for r in results if r.series[:2] == (database, name)]) for database in DATABASES]
        if set(cells) != {"-"}:
            lines.append(f"| {name} | {' | '.join(cells)} |\n")
    return "".join(lines)


def _floor(mine: Sequence[Result]) -> str:
    """Return it for one workload of one database; the usual form is the first of its baselines."""
    size = max((r.size for r in mine if r.size <= LARGEST), default=0)
    largest = [r for r in mine if r.size == size]
    fast = [r for r in largest[1:] if r.goal in (FAST_READ, FAST_WRITE)]
    if not fast:
        return "-"
    usual = largest[0]
    goal = "" if usual.goal is None else f" (goal {usual.goal:g})"
    return f"{usual.value / max(r.value for r in fast):.2f}, ours {usual.value:.2f}{goal}"


def _growth(results: Sequence[Result]) -> str:
    """Return the exponents of all databases, a workload a line."""
    lines = [f"| workload | {' | '.join(DATABASES)} |\n|---|{'---|' * len(DATABASES)}\n"]
    for name in ORDER:
        cells: list[str] = []
        for database in DATABASES:
            mine = by_series(r for r in results if r.series[:2] == (database, name))
            longest = max(mine, key=lambda sizes: sizes[-1].size, default=[])
            exponent = growth(longest)
            largest = longest[-1].size if longest else 0
            cells.append("-" if exponent is None else f"{exponent:.2f} (to {largest:,})")
        lines.append(f"| {name} | {' | '.join(cells)} |\n")
    return "".join(lines)


def _limits(results: Iterable[Result]) -> str:
    lines = ["| database | what | rows | figure | goal | met |\n|---|---|---|---|---|---|\n"]
    for result in sorted((r for r in results if r.workload in LIMITS), key=lambda r: r.series):
        goal = "-" if result.goal is None else f"≤ {result.goal:g}"
        met = {True: "yes", False: "**no**", None: "-"}[result.met]
        lines.append(
            f"| {result.database} | {result.workload}: {result.baseline} | {result.size:,} "
            f"| {result.ours:,.1f} {result.unit} | {goal} | {met} |\n"
        )
    return "".join(lines)


def _peers(results: Iterable[Result]) -> str:
    lines = ["| peer | workload | rows | baseline | ratio |\n|---|---|---|---|---|\n"]
    for group in by_series(r for r in results if r.database in PEERS):
        result = group[-1]
        lines.append(
            f"| {result.database} | {result.workload} | {result.size:,} | {result.baseline} | {result.value:.1f} |\n"
        )
    return "".join(lines)


def _charts(folder: Path, results: Sequence[Result]) -> str:
    """Write a chart a workload, of the first baseline of each database; return the links to them."""
    folder.mkdir(exist_ok=True)
    links: list[str] = []
    for name in ORDER:
        lines: dict[str, list[tuple[int, float]]] = {}
        for database in (*DATABASES, *PEERS):
            mine = [r for r in results if r.series[:2] == (database, name)]
            if mine:
                usual = mine[0].baseline  # results are kept in the order of the baselines
                lines[database] = sorted((r.size, r.value) for r in mine if r.baseline == usual)
        if lines:
            file = f"{name.replace(' ', '-')}.svg"
            (folder / file).write_text(chart.draw(f"{name}: ratio to the usual client code", lines), encoding="utf-8")
            links.append(f"![{name}: the ratio over the size](charts/{file})\n")
    return "".join(links)


def _machine(results: Sequence[Result]) -> str:
    busy = [r.busy for r in results]
    dates = sorted(r.date[:10] for r in results)
    return (
        f"Measured {dates[0]} to {dates[-1]} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}; load average {min(busy):.0f} to {max(busy):.0f} meanwhile.\n"
    )
